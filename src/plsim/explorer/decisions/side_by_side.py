"""Pinned scenarios side by side on common ground: what differs, in words and numbers, and through which channel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.decisions.parts import parts_of
from plsim.measures.vocabulary import outcome_label
from plsim.report.tables import BOTH, Effects, ReportedEstimate
from plsim.report.words import (
    by_chance,
    compared,
    group_name,
    in_worlds,
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
    ("budget_cost_per_student", BOTH, "all"),
    ("unpaid_teacher_hours", BOTH, "all"),
    ("unpaid_hours_value", BOTH, "all"),
)
_TITLES = {
    "percentile_points": "Learning",
    "teacher_hours": "Work asked of a teacher",
    "budget_cost_per_student": "Budget cost",
}
_CHART = ("percentile_points", "teacher_hours", "budget_cost_per_student")


def on_common_context(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """The scenarios in the schools of the first, with its random draws, for as many years as all have."""
    first = scenarios[0]
    years = min(each.years for each in scenarios)
    return tuple(each.with_changes(population=first.population, seed=first.seed, years=years) for each in scenarios)


def compared_evaluations(evaluations: Sequence[Evaluation], labels: Sequence[str]) -> dict[str, Any]:
    """What is known of how evaluations differ; the first is what the others are compared with."""
    shared = set.intersection(*(set(evaluation.found) for evaluation in evaluations))
    chosen = tuple(sorted(shared))
    results = tuple(
        _named(evaluation.result(chosen), f"scenario-{index + 1}") for index, evaluation in enumerate(evaluations)
    )
    found = Comparison(results)
    effects = [Effects(result.effects) for result in results]
    differences = [
        Effects(found.differences[found.differences["scenario"] == result.scenario.name]) for result in results[1:]
    ]
    year = results[0].years
    return {
        "labels": list(labels),
        "year": year,
        "worlds": {"done": len(chosen), "asked": len(evaluations[0].worlds), "label": results[0].world_label},
        "sentences": _sentences(differences, labels, year, len(chosen)),
        "charts": [_chart(name, effects, labels, year) for name in _CHART],
        "table": _table(effects, differences, labels, year, len(chosen)),
        "notes": list(_notes(found)),
        "why": parts_of(evaluations, labels) if all(evaluation.why is not None for evaluation in evaluations) else None,
    }


def _named(result: Result, name: str) -> Result:
    """The same under a name of its own: pins may be the same scenario."""
    return replace(result, scenario=result.scenario.with_changes(name=name))


def _notes(found: Comparison) -> tuple[str, ...]:
    """The comparison's own notes; those of the first result stand with its evaluation."""
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
        if moved := by_chance(points):
            said += f" Other students and teachers would move the difference by up to {moved}."
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
    title = _TITLES[name]
    return {"key": name, "title": f"{title} in year {year}, against typical practice", "axis": unit, "rows": rows}


def _numbers(estimate: ReportedEstimate) -> dict[str, float | None]:
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
