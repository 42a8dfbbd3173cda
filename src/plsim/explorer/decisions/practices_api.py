"""The third door, "Which practices matter?": the shipped studies of all combinations, told in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from fastapi import APIRouter

from plsim.core.errors import InputError
from plsim.engine.worlds import model_digest, worlds_digest
from plsim.measures.effects import percentile_points
from plsim.measures.vocabulary import PRACTICE_LABELS, joined, practice_label
from plsim.measures.vocabulary import in_worlds as share_of_worlds
from plsim.report.limits import PURPOSE
from plsim.report.study.attribution import outcomes_of
from plsim.report.study.folder import StudyFolder, read_study
from plsim.report.study.words import outcome_name
from plsim.report.tables import ReportedEstimate
from plsim.report.words import in_worlds, signed
from plsim.scenario.schema import Scenario, typical_practices
from plsim.studies.loading import load_study, shipped_studies

router = APIRouter(prefix="/api", tags=["explore"])
START = "typical_practice"
"""The starting point in which a practice is shown alone."""
_MOST_PAIRS = 3
_NARROW = "of what is uncertain goes with"


@router.get("/practices", summary="What the shipped studies say of the practices")
def practices() -> dict[str, Any]:
    """Every shipped study of all combinations of practices: rankings, best pairs, how many suffice, what decides."""
    return _practices()


@cache
def _practices() -> dict[str, Any]:
    found = [told for name, path in shipped_studies().items() if (told := _study(name, path)) is not None]
    # Studies of all eight practices come first.
    return {"studies": sorted(found, key=lambda each: -len(each["outcomes"][0]["ranking"])), "purpose": PURPOSE}


def _study(name: str, path: Path) -> dict[str, Any] | None:
    """A study whose stored results hold an attribution; None for others."""
    results = path.parent / "results"
    if not (results / "attribution.csv").is_file():
        return None
    try:
        folder, scenario = read_study(results), load_study(name).scenario
    except InputError:
        return None
    outcomes = [one for one in outcomes_of(folder) if one["outcome"] == "achievement"]
    worlds = int(folder.manifest["worlds"])
    said = [str(line) for line in folder.summary["statements"]]
    return {
        "name": name,
        "question": str(folder.summary["question"]),
        "worlds": worlds,
        "world_label": str(folder.manifest["worlds_are"]),
        "years": int(folder.manifest["years"]),
        "stale": is_old(folder.manifest),
        "outcomes": [_outcome(folder, one, worlds, scenario) for one in outcomes],
        "decides": [line for line in said if _NARROW in line],
    }


def is_old(manifest: Mapping[str, Any]) -> bool:
    """Whether the rules, their numbers or the worlds have changed since; another Python or compiler changes nothing."""
    return [manifest.get(key) for key in ("model_digest", "worlds_digest")] != [model_digest(), worlds_digest()]


def _outcome(folder: StudyFolder, outcome: dict[str, Any], worlds: int, scenario: Scenario) -> dict[str, Any]:
    ranking = _ranking(folder, outcome, worlds, scenario)
    return {
        "label": outcome_name(outcome, short=True),
        "ranking": ranking,
        "sentences": [*_leader(folder, outcome, ranking), *_together(folder, outcome, worlds)],
        "pairs": _pairs(folder, outcome, worlds),
        "suffice": _suffice(folder, outcome, scenario),
    }


def _points(value: float, outcome: dict[str, Any]) -> float:
    return float(percentile_points(value)) if outcome["unit"] == "SD" else float(value)


def _ranking(folder: StudyFolder, outcome: dict[str, Any], worlds: int, scenario: Scenario) -> list[dict[str, Any]]:
    """Practices by what each contributes, the largest first, with the range over worlds."""
    rows = folder.rows("attribution", outcome)
    if rows is None:
        return []
    rows = rows[rows["measure"] == "shapley"].sort_values("value", ascending=False)
    found = []
    row: Any
    for row in rows.itertuples(index=False):
        value, low, high = (_points(each, outcome) for each in (row.value, row.low, row.high))
        found.append({
            "key": row.practice,
            "label": practice_label(row.practice),
            "value": value,
            "low": low,
            "high": high,
            "words": f"{signed(value, 1)} ({signed(low, 1)} to {signed(high, 1)}), a gain in "
                     f"{in_worlds(ReportedEstimate(value, low, high, float(row.positive), 'points'), worlds)}",
            "told": int(row.found) != 0,
            "changes": _alone(scenario, (row.practice,)),
        })  # fmt: skip
    return found


def _leader(folder: StudyFolder, outcome: dict[str, Any], ranking: list[dict[str, Any]]) -> list[str]:
    """How sure the first place is."""
    firsts = folder.rows("firsts", outcome)
    lines = []
    if firsts is not None and len(firsts):
        top = firsts.sort_values("share", ascending=False).iloc[0]
        name = "No practice" if top["practice"] == "(none)" else practice_label(top["practice"])
        where = share_of_worlds(float(top["share"]), int(top["worlds"]))
        lines.append(f"Most often in first place: {name[:1].lower()}{name[1:]}, in {where}.")
    losses = [one["label"].lower() for one in ranking if one["told"] and one["value"] < 0.0]
    unclear = [one["label"].lower() for one in ranking if not one["told"]]
    if losses:
        lines.append(f"A loss in nearly all worlds: {joined(losses)}.")
    if unclear:
        lines.append(f"Not clearly different from zero: {joined(unclear)}.")
    return lines


def _together(folder: StudyFolder, outcome: dict[str, Any], worlds: int) -> list[str]:
    rows = folder.rows("attribution_joint", outcome)
    rows = None if rows is None else rows[rows["measure"] == "joint"]
    if rows is None or not len(rows):
        return []
    row = rows.iloc[0]
    value, low, high = (_points(float(row[each]), outcome) for each in ("value", "low", "high"))
    where = in_worlds(ReportedEstimate(value, low, high, float(row["positive"]), "points"), worlds)
    span = f"{signed(low, 1)} to {signed(high, 1)}"
    return [f"All together: {signed(value, 1)} percentile points ({span}), a gain in {where}."]


def _pairs(folder: StudyFolder, outcome: dict[str, Any], worlds: int) -> list[dict[str, Any]]:
    """The pairs that help each other most, and those that get in each other's way."""
    rows = folder.rows("interactions", outcome)
    if rows is None:
        return []
    rows = rows[rows["measure"] == "shapley"].sort_values("value", ascending=False)
    chosen = pd.concat([rows.head(_MOST_PAIRS), rows.tail(1)]).drop_duplicates(["practice", "practice2"])
    found = []
    row: Any
    for row in chosen.itertuples(index=False):
        value, low, high = (_points(each, outcome) for each in (row.value, row.low, row.high))
        found.append({
            "label": f"{practice_label(row.practice)} with {practice_label(row.practice2).lower()}",
            "value": value,
            "low": low,
            "high": high,
            "words": f"{signed(value, 1)} ({signed(low, 1)} to {signed(high, 1)}), above zero in "
                     f"{in_worlds(ReportedEstimate(value, low, high, float(row.positive), 'points'), worlds)}",
        })  # fmt: skip
    return found


def _suffice(folder: StudyFolder, outcome: dict[str, Any], scenario: Scenario) -> list[dict[str, Any]]:
    """The best combination of each size."""
    rows = folder.rows("best_combinations", outcome)
    if rows is None:
        return []
    found = []
    row: Any
    for row in rows.sort_values("size").itertuples(index=False):
        names = tuple(str(row.practices).split(";")) if isinstance(row.practices, str) and row.practices else ()
        value, low, high = (_points(each, outcome) for each in (row.value, row.low, row.high))
        found.append({
            "size": int(row.size),
            "label": joined([practice_label(name) if not at else practice_label(name).lower()
                             for at, name in enumerate(names)]) or "None of them",
            "value": value,
            "low": low,
            "high": high,
            "words": f"{signed(value, 1)} ({signed(low, 1)} to {signed(high, 1)})",
            "changes": _alone(scenario, names),
        })  # fmt: skip
    return found


def _alone(scenario: Scenario, names: tuple[str, ...]) -> dict[str, Any]:
    """Changes to typical practice that put some practices to what the study's scenario does, with its support."""
    usual = typical_practices()
    changes: dict[str, Any] = {}
    for name in names:
        if name not in PRACTICE_LABELS:
            continue  # a switch of another kind, such as shared vision
        given, typical = scenario.practices[name], usual[name]
        for field in type(given).model_fields:
            if getattr(given, field) != getattr(typical, field):
                changes[f"practices.{name}.{field}"] = getattr(given, field)
    plain = type(scenario.support)()
    for field in type(scenario.support).model_fields:
        if getattr(scenario.support, field) != getattr(plain, field):
            changes[f"support.{field}"] = getattr(scenario.support, field)
    return changes
