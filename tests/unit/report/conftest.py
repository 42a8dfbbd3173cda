"""A small result folder, written by hand: three schools, of which one is too small to show, and two years."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plsim.evidence import registry
from plsim.report.page import report_html
from plsim.scenario import loads

SCENARIO = """
schema_version = 1
name = "hill_county"
purpose = "Three schools that try <everything> at once."
years = 2

[practices.technology]
intensity = 0.9

[support]
coaching_hours = 1.5

[programs.tutoring]
share = 0.25
"""
SCHOOLS = (("North", False, 40), ("South & West", True, 20), ("Tiny", False, 9))
HOURS = {
    "whole": 2.0,
    "group": 0.5,
    "one_on_one": 0.1,
    "supervised": 1.0,
    "unsupervised": 0.4,
    "peer": 0.5,
    "home": 1.0,
}
GRADES = ("K", "4", "5", "11")

FLAGS = ("lunch_eligible", "english_learner", "special_education")

Change = Callable[[dict[str, pd.DataFrame], dict[str, Any]], None]


def effects_table() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []

    def add(outcome: str, subject: str, year: int, group: str, arm: str, value: float, unit: str) -> None:
        positive = 1.0 if value - 0.9 > 0 else 0.7
        rows.append(
            (outcome, subject, year, group, "paired", arm, value, value - 0.9, value + 0.9, unit, value, positive)
        )

    groups = [
        "all",
        *(f"quintile:{n}" for n in range(1, 6)),
        "governance:district",
        "lunch_eligible:yes",
        "band:$5 & <6>",
    ]
    groups += [f"grade:{grade}" for grade in GRADES]
    for year in (1, 2):
        for index, group in enumerate(groups):
            for subject, extra in (("math", 0.2), ("reading", -0.2), ("both", 0.0)):
                value = 0.4 * year + extra + 0.05 * index
                add("percentile_points", subject, year, group, "difference", value, "points")
                add("achievement", subject, year, group, "difference", value / 40.0, "SD")
                add("achievement", subject, year, group, "difference", value / 2.5, "RIT")
                add("achievement", subject, year, group, "scenario", 201.0, "RIT")
                add("achievement", subject, year, group, "counterfactual", 200.0, "RIT")
        for name, unit, here, typical in (("teacher_hours", "hours/week", 53.4, 50.1), ("strain", "index", 0.2, 0.1),
                                          ("fidelity", "share", 0.9, 0.98)):  # fmt: skip
            add(name, "both", year, "all", "scenario", here, unit)
            add(name, "both", year, "all", "counterfactual", typical, unit)
            add(name, "both", year, "all", "difference", here - typical, unit)
    names = ["outcome", "subject", "year", "group", "estimator", "arm", "value", "low", "high", "unit", "central"]
    return pd.DataFrame(rows, columns=[*names, "positive"])


def weekly_table() -> pd.DataFrame:
    rows = [
        {
            "arm": arm, "year": year, "week": week, "school_id": school, "subject": subject,
            "achievement": 200.0 + 5.0 * (subject == "math") + 0.2 * week + (0.01 * week if arm == "scenario" else 0.0),
            "hours_demanded": 28.0 if arm == "scenario" else 25.0, "strain": 0.01 * week if arm == "scenario" else 0.0,
            **{f"{mode}_hours": hours + (0.1 if (arm, mode) == ("scenario", "group") else 0.0)
               for mode, hours in HOURS.items()},
        }
        for arm in ("scenario", "counterfactual") for year in (1, 2) for week in range(1, 37)
        for school, _, _ in SCHOOLS for subject in ("math", "reading")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def students_table() -> pd.DataFrame:
    rows = [
        {
            "year": year, "subject": subject, "grade": GRADES[place % 4], "entered_year": 1, "school_id": school,
            "lunch_eligible": place % 2 == 0, "english_learner": place % 5 == 0, "special_education": place % 10 == 0,
        }
        for year in (1, 2) for subject in ("math", "reading") for school, _, size in SCHOOLS for place in range(size)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def people() -> dict[str, Any]:
    """Who is in the table of students, as a manifest counts them."""
    students = students_table()
    one = students[(students["year"] == 1) & (students["subject"] == "math")]
    counts = {label: int(count) for label, count in one["grade"].value_counts().items()}
    return {
        "students": len(one), "schools": len(SCHOOLS), "charter_schools": 1, "grades": list(GRADES),
        "shares": {name: float(one[name].mean()) for name in FLAGS},
        "stayers_by_grade": [counts, counts],
    }  # fmt: skip


def teachers_table() -> pd.DataFrame:
    rows = [
        {"seat": seat, "school_id": school, "year": year, "arm": arm, "hours_demanded": 24.0 + seat,
         "hours_supplied": 26.0 if arm == "scenario" else 30.0}
        for arm in ("scenario", "counterfactual") for year in (1, 2) for school, _, _ in SCHOOLS for seat in range(4)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def schools_table() -> pd.DataFrame:
    rows = []
    for year in (1, 2):
        for (school, charter, size), gain in zip(SCHOOLS, (-0.3, 0.7, 9.0), strict=True):
            row: dict[str, Any] = {"school_id": school, "year": year, "charter": charter, "students": size}
            for subject in ("math", "reading"):
                row |= {f"{subject}_week32_scenario": 200.0 + gain, f"{subject}_week32_counterfactual": 200.0}
            rows.append(row)
    return pd.DataFrame(rows)


def written(folder: Path, change: Change | None = None) -> Path:
    """The folder, after a change to its tables and manifest."""
    tables = {
        "effects": effects_table(), "weekly": weekly_table(), "students": students_table(),
        "teachers": teachers_table(), "schools": schools_table(),
    }  # fmt: skip
    manifest = {
        "schema_version": 1, "plsim": "0.1.0", "scenario": loads(SCENARIO).to_toml(), "seed": 7, "years": 2,
        "worlds": 40, "world_label": "prior range, not calibrated", "population": "", "population_drawn": {},
        "parameters": {"measures.instruction_hours": 25.2}, "parameters_digest": registry().digest(),
        "engine": "batch", "people": people(),
    }  # fmt: skip
    if change is not None:
        change(tables, manifest)
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes the folder, after a change to its tables and manifest."""
    return partial(written, tmp_path / "result")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the folder as it is."""
    return report_html(written(tmp_path_factory.mktemp("report") / "result"))


@pytest.fixture
def folder(make_folder: Callable[..., Path]) -> Path:
    """The folder as it is."""
    return make_folder()


@pytest.fixture
def without_worlds(make_folder: Callable[..., Path]) -> Path:
    """The same result of the central world alone."""

    def change(tables: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> None:
        manifest["worlds"] = 0
        tables["effects"][["low", "high", "positive"]] = np.nan

    return make_folder(change)
