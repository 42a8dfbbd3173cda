"""``plsim list``: what there is, one line each."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable

import click

Row = dict[str, object]


def _scenarios() -> list[Row]:
    from plsim.scenario.shipped import first_line, shipped_scenarios

    return [{"name": name, "meaning": first_line(path)} for name, path in shipped_scenarios().items()]


def _experiments() -> list[Row]:
    from plsim.scenario.shipped import first_line
    from plsim.studies.loading import shipped_studies

    return [{"name": name, "meaning": first_line(path)} for name, path in shipped_studies().items()]


def _practices() -> list[Row]:
    from plsim.practices import known_practices

    rows: list[Row] = []
    for name, practice in known_practices().items():
        meaning = (inspect.getdoc(practice) or "").partition("\n")[0]
        rows.append({"name": name, "meaning": meaning, "options": list(practice.model_fields)})
    return rows


def _levers() -> list[Row]:
    from plsim.practices.levers import WITHOUT_LEVER, all_levers

    return [
        {"name": lever.name, "practice": lever.practice, "unit": lever.unit, "meaning": lever.meaning}
        for lever in (*all_levers(), *WITHOUT_LEVER)
    ]


def _parameters() -> list[Row]:
    from plsim.evidence import registry

    return [
        {
            "name": parameter.key,
            "value": parameter.value,
            "low": parameter.low,
            "high": parameter.high,
            "unit": parameter.unit,
            "grade": parameter.grade,
            "uncertain": parameter.uncertain,
            **({"options": list(parameter.forms)} if parameter.forms else {}),
            "meaning": parameter.meaning,
            "source": parameter.source,
        }
        for parameter in registry()
    ]


def _outcomes() -> list[Row]:
    from plsim.measures.vocabulary import OUTCOMES

    return [outcome._asdict() for outcome in OUTCOMES]


def _facts() -> list[Row]:
    from plsim.evidence import facts

    return [
        {
            "name": fact.id,
            "role": fact.role,
            "value": fact.value,
            "unit": fact.unit,
            "confidence": fact.confidence,
            "meaning": fact.statement,
            "study": fact.study,
        }
        for fact in facts()
    ]


_KINDS: dict[str, Callable[[], list[Row]]] = {
    "scenarios": _scenarios,
    "experiments": _experiments,
    "practices": _practices,
    "levers": _levers,
    "parameters": _parameters,
    "outcomes": _outcomes,
    "facts": _facts,
}


@click.command("list")
@click.argument("kind", type=click.Choice(list(_KINDS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(*, kind: str, as_json: bool) -> None:
    """List what is available, one per line: name, values, meaning."""
    rows = _KINDS[kind]()
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        click.echo(f"{row['name']!s:<{width}}  {_words(row)}")


def _words(row: Row) -> str:
    """A row without its name, on one line."""
    value, low, high = row.get("value"), row.get("low"), row.get("high")
    span = f" [{low:g} to {high:g}]" if low is not None and high is not None else ""
    number = f"{value:g}{span}" if value is not None else ""
    unit = str(row.get("unit") or "")
    grade = f"grade {row['grade']}" if "grade" in row else ""
    seen = "recalled, not seen" if row.get("confidence") == "memory" else ""
    short = ", ".join(part for part in (f"{number} {unit}".strip(), grade, str(row.get("role") or ""), seen) if part)
    names = row.get("options")
    options = f" ({', '.join(names)})" if isinstance(names, list) else ""
    return " ".join(f"{short + ': ' if short else ''}{row['meaning']}{options}".split())
