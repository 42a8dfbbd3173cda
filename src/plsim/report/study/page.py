"""The page of a study: its question, what was found in plain words, and the pictures behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plsim.report.material import DataTable, Picture
from plsim.report.page import filled, write_page
from plsim.report.study.attribution import (
    attribution_pictures,
    best_table,
    every_outcome_table,
    needs_table,
    outcomes_of,
    waterfalls,
)
from plsim.report.study.folder import StudyFolder, outcome_of, read_study
from plsim.report.study.responses import response_pictures, tornado_picture
from plsim.report.study.sensitivity import convergence_picture, index_picture, pairs_picture
from plsim.report.study.words import METHODS, factor_name, outcome_name, percent, scale_of
from plsim.report.words import counted

MOST_OUTCOMES = 4
"""Outcomes that get pictures of their own; the tables have all."""
_ALARMS = ("REFUSED", "WARNING")
_SAID_ON_TOP = ("Worlds: ", "All of this holds inside the model")


def write_study_report(folder: Path) -> Path:
    """Write ``report.html`` into the result folder of a study; the same folder gives the same bytes.

    Raises
    ------
    InputError
        When the folder is not whole.
    """
    return write_page(folder, study_html(folder))


def study_html(path: Path) -> str:
    """The page of a study's result folder, as text."""
    return filled("study.html.j2", _contents(read_study(path)))


def _contents(folder: StudyFolder) -> dict[str, Any]:
    """What the template is filled with."""
    manifest, summary = folder.manifest, folder.summary
    outcomes = outcomes_of(folder)[:MOST_OUTCOMES]
    # The warning on top says what worlds are and what the model is not.
    statements = [line for line in map(str, summary["statements"]) if not line.startswith(_SAID_ON_TOP)]
    # Switches alone are told better by their attribution than by ends of bars.
    plain = "attribution" not in folder.names
    responses = [each for at, one in enumerate(outcomes) for each in response_pictures(folder, one, at=at)]
    influence = [
        picture
        for at, one in enumerate(outcomes)
        for picture in (
            index_picture(folder, one, at=at),
            pairs_picture(folder, one, at=at),
            convergence_picture(folder, one, at=at),
        )
        if picture is not None
    ]
    tornadoes: list[Picture] = []
    if plain:
        found = (tornado_picture(folder, one, at=at) for at, one in enumerate(outcomes))
        tornadoes = [picture for picture in found if picture is not None]
    return {
        "name": str(manifest["name"]).replace("_", " "),
        "question": str(summary["question"]),
        "method": METHODS.get(str(manifest["method"]), str(manifest["method"])),
        "scenario": str(summary.get("scenario") or "").replace("_", " "),
        "runs": counted(int(manifest["runs"]), "run"),
        "years": counted(int(manifest["years"]), "year"),
        "worlds": int(manifest["worlds"]),
        "worlds_are": str(manifest["worlds_are"]),
        "alarms": [line for line in statements if line.startswith(_ALARMS)],
        "statements": [line for line in statements if not line.startswith(_ALARMS)],
        "factors": factors_table(folder),
        "attribution": attribution_pictures(folder),
        "needs": needs_table(folder),
        "best": best_table(folder),
        "waterfalls": waterfalls(folder),
        "every_outcome": every_outcome_table(folder),
        "influence": influence,
        "tornadoes": tornadoes,
        "responses": responses,
        "surrogate": surrogate_table(folder),
        "outcomes": outcomes_table(folder),
        "tables": folder.names,
        "more_outcomes": len(summary["outcomes"]) > MOST_OUTCOMES,
        "version": str(manifest.get("plsim") or "unknown"),
        "source_digest": str(manifest.get("source_digest") or "unknown"),
        "evidence_digest": str(manifest.get("evidence_digest") or "unknown"),
        "seed": int(manifest["seed"]),
    }


def factors_table(folder: StudyFolder) -> DataTable | None:
    """What was varied, and how."""
    table = folder.table("factors")
    if table is None:
        return None
    roles = {"lever": "chosen", "uncertainty": "not known", "context": "circumstance", "luck": "chance"}
    rows = []
    for _, row in table.iterrows():
        listed = str(row["values"] or "")
        span = ", ".join(listed.split(";")) if listed and listed != "nan" else f"{row['low']:g} to {row['high']:g}"
        if row["kind"] == "world":
            span = "whole worlds"
        if row["kind"] == "luck":
            span = "draws of students, teachers and years"
        meaning = str(row["meaning"] or "")
        rows.append((factor_name(str(row["factor"])), roles.get(str(row["role"]), str(row["role"])), span, meaning))
    has_meaning = any(row[3] for row in rows)
    header = ("Factor", "It is", "Values", *(("Meaning",) if has_meaning else ()))
    return DataTable("What was varied", header, tuple(row if has_meaning else row[:3] for row in rows))


def outcomes_table(folder: StudyFolder) -> DataTable | None:
    """Every outcome over all runs."""
    table = folder.table("outcomes")
    if table is None:
        return None
    rows = []
    for _, row in table.iterrows():
        outcome = outcome_of(row)
        scale = scale_of(outcome)
        span = scale.span(row["low"], row["high"])
        rows.append((outcome_name(outcome), scale.unit, scale.signed(row["middle"]), span, percent(row["positive"])))
    first = "Outcome (beside typical practice unless it says otherwise)"
    header = (first, "Unit", "Middle of all runs", "90% of runs", "Above zero")
    return DataTable("Every outcome over all runs", header, tuple(rows))


def surrogate_table(folder: StudyFolder) -> DataTable | None:
    """How far surrogates may be believed."""
    table = folder.table("surrogate")
    if table is None:
        return None
    rows = tuple(
        (
            outcome_name(outcome_of(row)),
            str(row["kind"]).replace("_", " "),
            f"{int(row['runs']):,}",
            percent(max(0.0, float(row["explained"]))),
            f"{float(row['error']):.4f} {row['unit']}",
            str(row["verdict"]),
        )
        for _, row in table.iterrows()
    )
    header = ("Outcome", "Surrogate", "Runs", "Explained (cross-validated)", "Typical error", "Verdict")
    return DataTable("How far the surrogates may be believed", header, rows)
