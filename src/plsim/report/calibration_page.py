"""The documentation's page of a calibration: prior predictive, worlds, what the evidence pins down, and checks."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from plsim.calibration.leave_out_text import grid, verdict
from plsim.calibration.one_number import MOST
from plsim.core.errors import InputError
from plsim.core.files import write_file
from plsim.evidence import registry
from plsim.report.figures import GREY, INK, LOSS, SCENARIO, Plot, Sheet, drawing

_TABLES = ("facts", "parameters", "combinations", "emulators", "recovery", "narrowing", "predicted", "one_number")
_NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_TEMPLATES = Path(__file__).resolve().parent / "templates"
_AGAIN = "`plsim calibrate --out FOLDER` writes whole folders."


def write_calibration_page(folder: Path, page: Path) -> None:
    """Write the page, and its two pictures into ``figures/`` beside it.

    Raises
    ------
    InputError
        When the folder holds no whole calibration.
    """
    tables, said = _read(folder)
    pictures = page.parent / "figures"
    pictures.mkdir(parents=True, exist_ok=True)
    write_file(pictures / "calibration-facts.svg", _facts_picture(tables["facts"]).encode())
    write_file(pictures / "calibration-parameters.svg", _parameters_picture(tables["parameters"]).encode())
    write_file(page, _page(tables, said).encode())


def _read(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    tables = {}
    for name in _TABLES:
        file = folder / "tables" / f"{name}.csv"
        if not file.is_file():
            raise InputError(str(folder), f"tables/{name}.csv", "missing", fix=_AGAIN)
        tables[name] = pd.read_csv(file, keep_default_na=False)
    return tables, json.loads((folder / "worlds.json").read_text(encoding="utf-8"))


def _records(table: pd.DataFrame) -> list[Any]:
    """The rows, with columns as attributes."""
    return [SimpleNamespace(**{str(name): value for name, value in row.items()}) for row in table.to_dict("records")]


def _spread(row: Any, name: str) -> tuple[float, float, float]:
    low, middle, high = (float(getattr(row, f"{name}_{at}")) for at in ("low", "median", "high"))
    return low, middle, high


def _interval(row: Any, name: str) -> str:
    low, middle, high = _spread(row, name)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def _page(tables: dict[str, pd.DataFrame], said: dict[str, Any]) -> str:
    facts, parameters, checks = tables["facts"], tables["parameters"], tables["recovery"]
    outside = [row.fact for row in _records(facts) if str(row.outside_prior) == "True"]
    open_ = parameters[parameters["identified"].astype(str) != "True"]
    first = grid(
        (
            "fact",
            "published",
            "may be off by",
            "prior",
            "evidence-consistent worlds",
            "doubled discrepancy",
            "agrees in",
        ),
        [
            (
                f"{row.fact}{' (outside)' if str(row.outside_prior) == 'True' else ''}",
                str(row.published),
                f"{row.discrepancy:.2g}",
                _interval(row, "prior"),
                _interval(row, "worlds"),
                _interval(row, "doubled"),
                f"{row.share:.0%}",
            )
            for row in _records(facts)
        ],
    )
    second = grid(
        ("parameter", "prior range", "worlds, 90%", "prior spread left", "most narrowed by"),
        [
            (
                f"`{row.parameter}`",
                _tried(row),
                str(row.in_words),
                f"{row.spread_left:.2f}",
                str(row.most_narrowed_by),
            )
            for row in _records(parameters.sort_values("spread_left"))
        ],
    )
    third = grid(
        ("direction", "prior spread left", "made of"),
        [(str(row.direction), f"{row.left:.2f}", str(row.made_of)) for row in _records(tables["combinations"])],
    )
    fourth = grid(
        ("statistic", "spread over the bank", "held-out error", "variance explained"),
        [
            (str(row.statistic), f"{row.spread:.4f}", f"{row.error:.4f}", f"{row.explained:.3f}")
            for row in _records(tables["emulators"])
        ],
    )
    missed = (
        f"Outside the 90% band of the prior: {', '.join(outside)}. A fact outside is a finding about mechanisms."
        if outside
        else "No fact lies outside the 90% band of the prior predictive."
    )
    # Markdown, from our own numbers: nothing to escape.
    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(loader=loader, autoescape=False, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701
    return environment.get_template("calibration.md.j2").render(
        said=said,
        bank=f"{said['bank']:,}",
        wave=f"{said['wave']:,}",
        candidates=f"{said['candidates']:,}",
        in_full=f"{said['effective_size_in_full']:.0f}",
        discrepancy=grid(("kind", "SD"), [(kind, f"{value:.3f}") for kind, value in said["discrepancy"].items()]),
        verdict=verdict(said["leave_out"]),
        predicted=grid(
            ("truths", "50% intervals", "90% intervals"),
            [(row.truths, f"{row.held_50:.0%}", f"{row.held_90:.0%}") for row in _records(tables["predicted"])],
        ),
        leading=_leading(_records(tables["one_number"])),
        effective=f"{said['effective_size']:,.0f}",
        effective_doubled=f"{said['effective_size_doubled']:,.0f}",
        parameters=len(parameters),
        open=len(open_),
        missed=missed,
        explained={
            row.fact: f"{float(row.worlds_median) / float(str(row.published).split(' ')[0]):.0%}"
            for row in _records(facts)
            if row.fact in {"R17-01", "R17-02"}
        },
        poor=[row.fact for row in _records(facts) if float(row.share) < 0.5],
        facts=first,
        narrowed=second,
        directions=third,
        emulators=fourth,
        covered={where: _ends(checks[f"covered_{where}"]) for where in ("prior", "posterior")},
        uniform={where: f"{checks[f'uniform_{where}'].min():.3g}" for where in ("prior", "posterior")},
        alarm=f"{0.05 / len(checks):.2g}",
        alarmed={
            where: checks.loc[checks[f"uniform_{where}"] < 0.05 / len(checks), "parameter"].tolist()
            for where in ("prior", "posterior")
        },
    )


def _tried(row: Any) -> str:
    """The prior range of a parameter, or the forms of a rule."""
    forms = registry()[row.parameter].forms if row.parameter in registry() else ()
    return " or ".join(forms) or f"{row.prior_low:g} to {row.prior_high:g}"


def _leading(rows: list[Any]) -> str:
    """Which facts are as good as a function of one parameter, or that none is and which comes nearest."""
    far = [row for row in rows if abs(row.r) > MOST]
    nearest = max(rows, key=lambda row: abs(row.r))
    if far:
        named = ", ".join(f"{row.fact} (`{row.parameter}`, r = {row.r:.2f})" for row in far)
        return f"These are, with a correlation beyond {MOST}: {named}."
    return (
        f"None is (|r| at most {MOST}); {nearest.fact} comes nearest: r = {nearest.r:.2f} with `{nearest.parameter}`."
    )


def _ends(shares: pd.Series) -> tuple[str, str]:
    return f"{shares.min():.0%}", f"{shares.max():.0%}"


def _facts_picture(facts: pd.DataFrame) -> str:
    rows = _records(facts[facts["kind"] == "value"])[::-1]

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            for shift, name, colour in ((0.16, "prior", GREY), (-0.16, "worlds", SCENARIO)):
                low, middle, high = (float(getattr(row, f"{name}_{at}")) for at in ("low", "median", "high"))
                axes.plot([low, high], [place + shift] * 2, color=colour, linewidth=2.5 if name == "worlds" else 1.2)
                axes.plot([middle], [place + shift], "o" if name == "worlds" else "|", color=colour, markersize=6)
            axes.plot([float(str(row.published).split(" ")[0])], [place], "D", color=LOSS, markersize=6)
        axes.set_yticks(range(len(rows)), [row.fact for row in rows])
        axes.set_xlabel("SD")
        _legend(axes, (("prior", GREY, "|"), ("worlds", SCENARIO, "o"), ("published", LOSS, "D")))

    says = "Intervals of each fact with a value: prior thin grey, worlds thick blue, published diamond."
    return _file(drawing(draw, name="calibration-facts", says=says, height=0.4 * len(rows) + 1.1))


def _parameters_picture(parameters: pd.DataFrame) -> str:
    rows = _records(parameters.sort_values("spread_left", ascending=False))

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        left = [float(row.spread_left) for row in rows]
        colours = [SCENARIO if value <= 0.9 else GREY for value in left]
        axes.barh(range(len(rows)), left, color=colours)
        axes.axvline(1.0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(rows)), [row.parameter for row in rows], fontsize=8)
        axes.set_xlabel("share of the prior's spread that is left")

    says = "Bars: share of its prior spread that each parameter keeps; most keep nearly all of it."
    return _file(drawing(draw, name="calibration-parameters", says=says, height=0.2 * len(rows) + 0.9))


def _legend(axes: Plot, entries: tuple[tuple[str, str, str], ...]) -> None:
    for label, colour, marker in entries:
        axes.plot([], [], marker, color=colour, label=label)
    axes.legend(frameon=False, fontsize=8, loc="best")


def _file(inline: str) -> str:
    """A drawing as a file of its own."""
    if "xmlns=" not in inline:
        inline = inline.replace("<svg ", f"<svg {_NAMES} ", 1)
    return inline + "\n"
