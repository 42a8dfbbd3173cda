"""Pinned scenarios side by side on common ground: what differs, in words and numbers, and through which channel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from plsim.explorer.decisions.evaluation import Picture
from plsim.measures.effects import percentile_points
from plsim.measures.vocabulary import outcome_label
from plsim.report.tables import BOTH, Effects, Estimate
from plsim.report.words import (
    compared,
    group_name,
    in_worlds,
    signed,
    subject_name,
    unit_of,
    with_interval,
)
from plsim.runs.compare import Comparison
from plsim.runs.result import Result
from plsim.scenario.schema import Scenario

_ROWS = (
    ("percentile_points", BOTH, "all"),
    ("percentile_points", "math", "all"),
    ("percentile_points", "reading", "all"),
    ("percentile_points", BOTH, "quintile:1"),
    ("percentile_points", BOTH, "quintile:5"),
    ("teacher_hours", BOTH, "all"),
    ("strain", BOTH, "all"),
    ("fidelity", BOTH, "all"),
    ("one_on_one_minutes", BOTH, "all"),
    ("cost_per_student", BOTH, "all"),
)
CHANNELS = {
    "time": "Time: where the hours go",
    "match": "Match: how well the work fits",
    "attention": "Attention: how much of it is on task",
    "quality": "Quality: of teaching and material",
}
_FLAT = 1e-6
_CHART = ("percentile_points", "teacher_hours", "cost_per_student")


def on_common_ground(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """The scenarios in the schools of the first, with its luck, for as many years as all have."""
    first = scenarios[0]
    years = min(each.years for each in scenarios)
    return tuple(each.with_changes(population=first.population, seed=first.seed, years=years) for each in scenarios)


def compared_pictures(pictures: Sequence[Picture], labels: Sequence[str]) -> dict[str, Any]:
    """What is known of how pictures differ; the first is what the others are compared with."""
    shared = set.intersection(*(set(picture.found) for picture in pictures))
    chosen = tuple(sorted(shared))
    results = tuple(_named(picture.result(chosen), f"scenario-{index + 1}") for index, picture in enumerate(pictures))
    found = Comparison(results)
    effects = [Effects(result.effects) for result in results]
    differences = [
        Effects(found.differences[found.differences["scenario"] == result.scenario.name]) for result in results[1:]
    ]
    year = results[0].years
    return {
        "labels": list(labels),
        "year": year,
        "worlds": {"done": len(chosen), "asked": len(pictures[0].worlds), "label": results[0].world_label},
        "sentences": _sentences(differences, labels, year, len(chosen)),
        "charts": [_chart(name, effects, labels, year) for name in _CHART],
        "table": _table(effects, differences, labels, year, len(chosen)),
        "notes": list(_notes(found)),
        "why": _why(pictures, labels) if all(picture.why is not None for picture in pictures) else None,
    }


def _named(result: Result, name: str) -> Result:
    """The same under a name of its own: pins may be the same scenario."""
    return replace(result, scenario=result.scenario.with_changes(name=name))


def _notes(found: Comparison) -> tuple[str, ...]:
    """The comparison's own notes; those of the first result stand with its picture."""
    return tuple(note for note in found.notes if note not in found.base.notes)


def _sentences(differences: list[Effects], labels: Sequence[str], year: int, worlds: int) -> list[str]:
    lines = []
    for label, one in zip(labels[1:], differences, strict=True):
        points = one.find("percentile_points", year=year)
        if points is None:
            continue
        apart = compared(points.value, 1, "percentile points", other=f"with “{labels[0]}”")
        said = f"With “{label}” students end {apart}."
        if where := in_worlds(points, worlds):
            said += f" It is ahead in {where}."
        lines.append(said)
    return lines


def _chart(name: str, effects: list[Effects], labels: Sequence[str], year: int) -> dict[str, Any]:
    """One outcome of every scenario, against typical practice."""
    rows = []
    unit = ""
    for label, one in zip(labels, effects, strict=True):
        found = one.find(name, year=year)
        if found is None:
            continue
        unit = unit_of(found.unit).difference
        rows.append({"label": label, **_numbers(found), "words": with_interval(found)})
    title = {"percentile_points": "Learning", "teacher_hours": "Work asked of a teacher", "cost_per_student": "Cost"}[
        name
    ]
    return {"key": name, "title": f"{title} in year {year}, against typical practice", "axis": unit, "rows": rows}


def _numbers(estimate: Estimate) -> dict[str, float | None]:
    def known(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {"value": known(estimate.value), "low": known(estimate.low), "high": known(estimate.high)}


def _table(
    effects: list[Effects], differences: list[Effects], labels: Sequence[str], year: int, worlds: int
) -> dict[str, Any]:
    """Every scenario against typical practice, and the others against the first."""
    rows = []
    for outcome, subject, group in _ROWS:
        cells = [one.find(outcome, year=year, subject=subject, group=group) for one in effects]
        apart = [one.find(outcome, year=year, subject=subject, group=group) for one in differences]
        if cells[0] is None:
            continue
        name = "Learning" if outcome == "percentile_points" else outcome_label(outcome)
        name = "Cost per student" if outcome == "cost_per_student" else name
        of = [subject_name(subject).lower()] if subject != BOTH else []
        of += [group_name(group).lower()] if group != "all" else []
        title = f"{name}{': ' if of else ''}{', '.join(of)} ({unit_of(cells[0].unit).difference or 'index'})"
        better = in_worlds(apart[0], worlds) if outcome == "percentile_points" and apart and apart[0] else ""
        rows.append([
            title,
            *("" if one is None else with_interval(one) for one in cells),
            *("" if one is None else with_interval(one) for one in apart),
            *([better] if len(labels) == 2 else []),
        ])  # fmt: skip
    header = ["", *labels, *(f"{label} − {labels[0]}" for label in labels[1:])]
    if len(labels) == 2:
        header.append(f"{labels[1]} ahead in")
    return {
        "caption": f"Against typical practice in year {year}, and against each other",
        "header": header,
        "rows": rows,
    }


def _why(pictures: Sequence[Picture], labels: Sequence[str]) -> dict[str, Any]:
    """Parts of the effects in percentile points, and what makes the difference."""
    parts = []
    for picture in pictures:
        assert picture.why is not None
        total = float(picture.why.total[-1, 2])
        # Points are hardly curved in SD; one slope for all parts keeps their sum the whole.
        slope = (
            float(percentile_points(total)) / total if abs(total) > _FLAT else float(percentile_points(_FLAT)) / _FLAT
        )
        parts.append({name: slope * float(part[-1, 2]) for name, part in picture.why.parts.items()})
    rows = [[label, *(signed(one[name], 2) for name in CHANNELS), signed(sum(one.values()), 2)]
            for label, one in zip(labels, parts, strict=True)]  # fmt: skip
    sentences = []
    for label, one in zip(labels[1:], parts[1:], strict=True):
        apart = {name: one[name] - parts[0][name] for name in CHANNELS}
        rows.append(
            [f"{label} − {labels[0]}", *(signed(apart[name], 2) for name in CHANNELS), signed(sum(apart.values()), 2)]
        )
        order = sorted(apart, key=lambda name: -abs(apart[name]))
        said = " and ".join(f"{name} ({signed(apart[name], 2)})" for name in order[:2])
        sentences.append(
            f"“{label}” differs from “{labels[0]}” by {signed(sum(apart.values()), 2)} points in the central world, "
            f"most of it through {said}."
        )
    return {
        "channels": list(CHANNELS.values()),
        "rows": [
            {"label": label, "values": [one[name] for name in CHANNELS]}
            for label, one in zip(labels, parts, strict=True)
        ],
        "sentences": sentences,
        "table": {
            "caption": "Parts of each effect, percentile points, both subjects, last year, central world",
            "header": ["", *CHANNELS.values(), "Together"],
            "rows": rows,
        },
    }
