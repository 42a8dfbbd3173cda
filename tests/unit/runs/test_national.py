"""A synthetic nation: its districts are as published, and its runs those of any sweep."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import plsim
from plsim.cli.main import main
from plsim.core.errors import InputError
from plsim.evidence import registry
from plsim.runs.national import MOST_STUDENTS, NationTask, district_sizes, parts_of_nation, totals
from plsim.sweeps.runner import results, run_task


@pytest.fixture(scope="module")
def task() -> NationTask:
    """Some of the smallest parts of a nation, so that it is quick."""

    class Few(NationTask):
        @property
        def parts(self) -> tuple:
            return tuple(part for part in parts_of_nation() if part.students < 60)[:4]

    return Few(plsim.load("one_school_demo", years=1))


def test_the_nation_has_the_published_districts_and_students() -> None:
    sizes = np.array(district_sizes())
    assert sizes.sum() == pytest.approx(registry().value("districts.students"), rel=0.001)
    for key, low, high in (
        ("size_25000_or_more", 25_000, 2e6),
        ("size_1000_to_2499", 1_000, 2_500),
        ("size_1_to_299", 1, 300),
    ):
        assert ((sizes >= low) & (sizes < high)).sum() == registry().value(f"districts.{key}")
    assert sizes.max() <= registry().value("districts.largest")


def test_parts_hold_every_student_once_and_no_school_twice() -> None:
    parts = parts_of_nation()
    assert sum(part.students for part in parts) == sum(district_sizes())
    assert max(part.students for part in parts) <= MOST_STUDENTS
    ordered = sorted(parts, key=lambda part: part.offset)
    assert all(a.offset + a.schools == b.offset for a, b in itertools.pairwise(ordered))


def test_a_sample_of_parts_is_a_fair_one() -> None:
    some = parts_of_nation()[::20]
    assert 20 * sum(part.students for part in some) == pytest.approx(sum(district_sizes()), rel=0.1)


def test_runs_are_the_same_made_in_any_order(task: NationTask, tmp_path: Path) -> None:
    run_task(task, tmp_path, workers=1)
    table = results(task, tmp_path).to_pandas().set_index("run")
    make = task.prepare()
    for run in (3, 0):
        assert dict(zip(task.columns, make(run), strict=True)) == table.loc[run].to_dict()


def test_totals_weigh_districts_by_students(task: NationTask, tmp_path: Path) -> None:
    run_task(task, tmp_path, workers=1)
    table = results(task, tmp_path).to_pandas()
    row = totals(task, tmp_path).query("subject == 'math' and year == 1 and group == 'all'").iloc[0]
    weight = table["counted.math.1.all"]
    assert row["mean"] == pytest.approx(np.average(table["math.1.all"], weights=weight))
    assert row["students"] == weight.sum()


def test_one_in_is_checked() -> None:
    with pytest.raises(InputError, match="one-in"):
        NationTask(plsim.load("one_school_demo"), 0)


def test_the_command_says_what_it_does_not_take(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["districts", "one_school_demo", "--national", "--count", "3"])
    assert done.exit_code == 2
    done = CliRunner().invoke(main, ["districts", "one_school_demo", "--one-in", "3"])
    assert "need --national" in done.output + done.stderr


@pytest.mark.slow
def test_the_command_runs_a_small_sample(tmp_path: Path) -> None:
    words = ["districts", "one_school_demo", "--national", "--one-in", "9000", "--years", "1", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, [*words, "--workers", "1", "--json"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["kind"] == "nation"
    assert document["runs"] >= 1
