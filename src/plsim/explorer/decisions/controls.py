"""Everything that can be set on the page: in plain words, with unit, typical value and the evidence behind it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from plsim.evidence import registry
from plsim.explorer.decisions.labels import (
    CHOICES,
    FIRST,
    GROUPS,
    LABELS,
    MAIN,
    MEANINGS,
    MORE_EVIDENCE,
    SPANS,
    TITLES,
    UNITS,
)
from plsim.explorer.languages.texts import Inner, said
from plsim.explorer.server.requests import GRADES_KEY, grades_text
from plsim.practices import Context, Options, Programs, Support, known_practices
from plsim.report.words import number, unit_of
from plsim.scenario.schema import PopulationTable, Scenario, typical_practices

Value = bool | int | float | str | None


@dataclass(frozen=True)
class Control:
    """One thing to set.

    Attributes
    ----------
    key
        Dotted key of the scenario.
    section, group
        Where it stands: a section of the page, and a practice or program in it.
    title, meaning
        In a few plain words, and in a sentence.
    kind
        ``share``, ``number``, ``count``, ``choice`` or ``switch``.
    unit
        Of numbers, as in the registry.
    typical
        What typical schools do; None: as each school has it, or not at all.
    low, high, step
        Ends and steps of the slider.
    choices
        Values and words of a choice.
    evidence
        Registry keys.
    main
        Whether it is shown before "more settings" is opened.
    first
        Its place among the first of all; 0 is none.
    """

    key: str
    section: str
    group: str
    title: str
    meaning: str
    kind: Literal["share", "number", "count", "choice", "switch"]
    unit: str
    typical: Value
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    choices: tuple[tuple[str | int, str], ...] = ()
    evidence: tuple[str, ...] = ()
    main: bool = False
    first: int = 0

    @property
    def whole_title(self) -> str:
        """The title with the practice or program that it belongs to."""
        group = GROUPS[self.group][0] if self.group in GROUPS else self.group
        if self.section not in {"practices", "programs"}:
            return self.title
        return (
            group if self.key.endswith(".intensity") else said("{group}: {title}", group=group, title=Inner(self.title))
        )

    def shown(self, value: float) -> str:
        """A value with its unit."""
        if self.kind == "share":
            return f"{number(100.0 * value, 0)}%"
        text = f"{value:,.2f}".rstrip("0").rstrip(".")
        return f"{text} {unit_of(self.unit).level}".strip()


def value_of(scenario: Scenario, key: str) -> Value:
    """The value of a dotted key; None where its table is not there."""
    found: Any = scenario
    for part in key.split("."):
        found = getattr(found, part, None)
        if found is None:
            return None
    value: Value = grades_text(found) if key == GRADES_KEY else found
    return value


@cache
def controls() -> tuple[Control, ...]:
    """All of them, in the order of the page."""
    found: list[Control] = []
    for name, practice in known_practices().items():
        found += _of(f"practices.{name}", "practices", name, practice, typical_practices()[name])
    found += _of("support", "support", "support", Support, Support())
    for name, field in Programs.model_fields.items():
        kind = next(each for each in get_args(field.annotation) if each is not type(None))
        found += _of(f"programs.{name}", "programs", name, kind, None)
    found += _of("context", "context", "context", Context, Context())
    found += _of("population", "population", "population", PopulationTable, PopulationTable())
    return tuple(found)


def groups() -> list[dict[str, str]]:
    """Practices, programs and the other groups of controls, in words."""
    found: list[dict[str, str]] = []
    for control in controls():
        if control.group not in {each["key"] for each in found}:
            title, meaning = GROUPS.get(control.group, ("", ""))
            if control.section == "practices":
                meaning = (inspect.getdoc(known_practices()[control.group]) or "").partition("\n")[0]
            found.append({
                "key": control.group, "section": control.section, "meaning": meaning,
                "title": title or control.group.replace("_", " ").capitalize(),
            })  # fmt: skip
    return found


def _of(prefix: str, section: str, group: str, options: type[Options], typical: Options | None) -> list[Control]:
    found = []
    for name, field in options.model_fields.items():
        key = f"{prefix}.{name}"
        if key not in LABELS and name not in TITLES:
            continue
        evidence = _evidence(field.json_schema_extra) + MORE_EVIDENCE.get(key, ())
        entry = registry()[evidence[0]] if evidence else None
        default = field.get_default(call_default_factory=True) if typical is None else getattr(typical, name)
        kind, choices = _kind(field.annotation, entry.unit if entry is not None else "", key)
        title = LABELS.get(key) or TITLES[name]
        meaning = MEANINGS.get(key) or MEANINGS.get(name) or (entry.meaning if entry is not None else title)
        found.append(
            Control(
                key=key,
                section=section,
                group=group,
                title=title,
                meaning=meaning,
                kind=kind,
                unit=UNITS.get(key, entry.unit if entry is not None else "share" if kind == "share" else ""),
                typical=default,
                choices=choices,
                evidence=evidence,
                main=name == "intensity" or key in MAIN,
                first=FIRST.index(key) + 1 if key in FIRST else 0,
                **_span(key, field.metadata, kind),
            )
        )
    return found


def _evidence(extra: Any) -> tuple[str, ...]:
    key = extra.get("evidence") if isinstance(extra, dict) else None
    return (str(key),) if key in registry() else ()


def _kind(annotation: Any, unit: str, key: str) -> tuple[Any, tuple[tuple[str | int, str], ...]]:
    if (choices := CHOICES.get(key) or CHOICES.get(key.rpartition(".")[2])) is not None:
        return "choice", choices
    inner = [each for each in get_args(annotation) if each is not type(None)] if get_args(annotation) else [annotation]
    if annotation is bool or inner == [bool]:
        return "switch", ()
    if get_origin(annotation) is Literal:
        return "choice", tuple((str(each), str(each).replace("_", " ")) for each in get_args(annotation))
    if int in inner:
        return "count", ()
    return ("share" if unit == "share" or (not unit and key not in SPANS) else "number"), ()


def _span(key: str, metadata: list[Any], kind: str) -> dict[str, float]:
    if kind in {"choice", "switch"}:
        return {}
    low = next((float(each.ge) for each in metadata if hasattr(each, "ge")), 0.0)
    high = next((float(each.le) for each in metadata if hasattr(each, "le")), 1.0)
    if key in SPANS:
        low, high, step = SPANS[key]
    else:
        step = 0.01 if kind == "share" else 1.0
    return {"low": low, "high": high, "step": step}
