"""`plsim norms` prints typical practice beside the norms."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from plsim.cli.main import main

FEW = ("norms", "--schools", "60", "--seed", "3")


@pytest.fixture(scope="module")
def document() -> list[dict[str, object]]:
    ran = CliRunner().invoke(main, [*FEW, "--json"])
    assert ran.exit_code == 0, ran.output
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


def test_json_holds_every_figure_with_its_norm_and_tolerance(document):
    (central,) = document
    assert central["world"] == "central"
    assert central["students"] == 60 * 504
    figures = central["figures"]
    assert {figure["subject"] for figure in figures} == {"math", "reading"}
    assert {figure["grade"] for figure in figures} == {str(grade) for grade in range(1, 11)}
    assert {"statistic", "unit", "simulated", "norm", "tolerance", "error", "inside"} <= set(figures[0])
    growth = [figure for figure in figures if figure["statistic"] == "mean growth"]
    # Few teachers have a grade of high school, and each moves its growth by a sixth of an SD.
    allowed = [max(0.06 * figure["norm"], 4.0 * figure["error"]) for figure in growth]
    assert all(abs(each["simulated"] - each["norm"]) < most for each, most in zip(growth, allowed, strict=True))


@pytest.mark.slow
def test_the_table_names_what_is_out_and_how_far(document):
    ran = CliRunner().invoke(main, [*FEW, "--worlds", "2"])
    assert ran.exit_code == 0, ran.output
    figures = document[0]["figures"]
    out = sum(not figure["inside"] for figure in figures)
    assert f"{out} of {len(figures)} figures are out" in ran.stdout
    assert ran.stdout.count("*") >= min(out, 1)
    assert "2 further worlds" in ran.stdout
    assert "math" in ran.stdout


def test_too_few_schools_are_a_mistake_that_is_explained():
    ran = CliRunner().invoke(main, ["norms", "--schools", "3"])
    assert ran.exit_code == 2
    assert "--schools" in ran.output
