"""Every table and every sentence of a study is about one outcome: its name, subject, year, group, arm and unit."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsim.report.study.folder import KEY, StudyFolder, outcome_of
from plsim.report.study.words import outcome_name
from plsim.runs.evaluate import Outcome
from plsim.studies.analysis import analysed
from plsim.studies.design import Design, column_name, design
from plsim.studies.loading import LoadedStudy, loads_study

TWO_OF_EACH = {
    "outcome": ("achievement", "match"),
    "subject": ("math", "both"),
    "year": (1, 2),
    "group": ("all", "quintile:1"),
    "arm": ("difference", "scenario"),
}
HEAD = 'schema_version = 1\nname = "keys"\nquestion = "?"\nscenario = "one_school_demo"\nyears = 2\n'
LEVERS = '[levers]\n"practices.advising" = "on_off"\n"practices.learning_paths" = "on_off"\n'
METHODS = {
    "factorial": "[uncertainties]\nworlds = 12\n",
    "grid": "[uncertainties]\nworlds = 3\n",
    "fractional_factorial": "[uncertainties]\nworlds = 3\n",
    "sobol": "",
    "pawn": "",
    "regional": "",
    "surrogate": "",
}
SAMPLES = {"sobol": 32, "pawn": 64, "regional": 64, "surrogate": 64}


def study_of(method: str, outcomes: tuple[Outcome, ...]) -> LoadedStudy:
    asked = "".join(
        f'[[outcomes]]\noutcome = "{at.outcome}"\nsubject = "{at.subject}"\nyear = {at.year}\ngroup = "{at.group}"\n'
        f'arm = "{at.arm}"\n'
        for at in outcomes
    )
    samples = f"samples = {SAMPLES[method]}\n" if method in SAMPLES else ""
    return loads_study(f'{HEAD}{LEVERS}{METHODS[method]}{asked}[method]\nkind = "{method}"\n{samples}')


def made_up(runs: Design, outcomes: int) -> np.ndarray:
    """Values of every run in which outcome number j is 1000 j and a little more, so that none passes for another."""
    rng = np.random.default_rng(1)
    here = runs.units[runs.order]
    own = 1000.0 * np.arange(outcomes) + rng.normal(0.0, 0.01, (runs.runs, outcomes))
    return own + here[:, :1] + 2.0 * here[:, 1:2]


@pytest.mark.parametrize("method", METHODS)
def test_two_of_each_never_share_a_row(method: str) -> None:
    cells = itertools.product(*TWO_OF_EACH.values())
    some = tuple(Outcome(*cell, "SD" if cell[0] == "achievement" else "share") for cell in cells)
    some = some[:: {"grid": 1, "surrogate": 11}.get(method, 5)]
    loaded = study_of(method, some)
    runs = design(loaded.study, loaded.factors)
    outcomes = loaded.study.asked(2)
    assert outcomes == some
    found = analysed(loaded, runs, outcomes, made_up(runs, len(outcomes)), label="made up")
    about_outcomes = {name: table for name, table in found.tables.items() if "outcome" in table.columns}
    assert len(about_outcomes) >= 2
    for name, table in about_outcomes.items():
        assert set(KEY) <= set(table.columns), name
        sizes = table.groupby(list(KEY), sort=False).size()
        assert len(sizes) == len(outcomes), name
        if name not in ("needs", "best_combinations"):
            assert sizes.nunique() == 1, name
    middles = found.tables["outcomes"].set_index("column")["middle"]
    for number, outcome in enumerate(outcomes):
        assert middles[column_name(outcome)] == pytest.approx(1000.0 * number, abs=5.0)
    if "response" in found.tables:
        response = found.tables["response"]
        for number, outcome in enumerate(outcomes):
            mine = response[(response[list(KEY)] == list(outcome)).all(axis=1)]
            assert mine["value"].to_numpy() == pytest.approx(1000.0 * number, abs=5.0)


def test_no_sentence_is_told_of_two_outcomes_and_its_number_is_that_of_its_own_row() -> None:
    outcomes = tuple(Outcome(arm=arm, year=2) for arm in ("difference", "scenario", "counterfactual"))
    loaded = study_of("grid", outcomes)
    runs = design(loaded.study, loaded.factors)
    found = analysed(loaded, runs, outcomes, made_up(runs, 3), label="made up")
    for number, outcome in enumerate(outcomes):
        mine = [line for line in found.statements if line.startswith(f"{outcome.label}: ")]
        best = next(line for line in mine if "highest" in line or "lowest" in line or " is " in line)
        response = found.tables["response"]
        row = response[(response[list(KEY)] == list(outcome)).all(axis=1)]["value"].max()
        assert f"{row:.3g}" in best
        assert row == pytest.approx(1000.0 * number, abs=5.0)
    labels = [outcome.label for outcome in outcomes]
    assert len(set(labels)) == 3


DIFFERENT = st.tuples(*(st.sampled_from(values) for values in TWO_OF_EACH.values()))


@given(st.lists(DIFFERENT, min_size=2, max_size=6, unique=True))
@settings(max_examples=60, deadline=None)
def test_different_outcomes_have_different_columns_labels_and_names(cells: list[tuple[object, ...]]) -> None:
    outcomes = [Outcome(*cell) for cell in cells]  # type: ignore[arg-type]
    for words in (column_name, lambda at: at.label, lambda at: outcome_name(at._asdict())):
        assert len({words(at) for at in outcomes}) == len(outcomes)


def test_the_page_takes_its_rows_by_the_whole_key(tmp_path: Path) -> None:
    arms = [Outcome(arm=arm) for arm in ("difference", "scenario")]
    rows = pd.DataFrame([at._asdict() | {"value": float(number)} for number, at in enumerate(arms)])
    (tmp_path / "tables").mkdir()
    rows.to_parquet(tmp_path / "tables" / "response.parquet")
    rows.drop(columns=["arm", "estimator"]).to_parquet(tmp_path / "tables" / "of_old.parquet")
    folder = StudyFolder(tmp_path, {}, {})
    for number, at in enumerate(arms):
        mine = folder.rows("response", at._asdict())
        assert mine is not None
        assert mine["value"].tolist() == [float(number)]
        assert outcome_of(mine.iloc[0]) == at._asdict()
    # A folder of an earlier version says nothing of the arm: all of it is differences.
    assert folder.rows("of_old", arms[1]._asdict()) is None
