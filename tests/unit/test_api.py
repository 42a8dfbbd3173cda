"""The public surface: what ``import plsim`` offers, what it refuses, and that what it gives can be sent elsewhere."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.api.arguments import progress_from

CHECKOUT = Path(__file__).resolve().parents[2]
CONTRIBUTORS = {"adding-a-form.md", "adding-a-practice.md", "adding-an-outcome.md", "changing-a-rule.md"}
"""Pages for who changes the code: their files are what they are about."""
PAGES = [
    *sorted((CHECKOUT / "docs").glob("*.md")),
    CHECKOUT / "README.md",
    *sorted((CHECKOUT / "examples").glob("*.py")),
]


def _sent(value: Any) -> Any:
    """The value as another process would get it."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


@pytest.fixture(scope="module")
def result() -> plsim.Result:
    return plsim.run("one_school_demo", seed=1, worlds=2, years=1, other_designs=False)


def test_every_public_name_is_there_and_documented() -> None:
    for name in plsim.__all__:
        assert getattr(plsim, name).__doc__, name
    assert plsim.__all__ == sorted(plsim.__all__)
    assert {*plsim._HOMES, "population", "sweeps"} == set(plsim.__all__)


def test_the_public_names_are_shown_by_dir() -> None:
    assert set(plsim.__all__) <= set(dir(plsim))


def test_importing_plsim_loads_nothing_heavy() -> None:
    heavy = ("numba", "mesa", "pandas", "scipy", "numpy", "matplotlib", "pydantic")
    code = f"import plsim, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"worlds": -1}, r"worlds: got -1 \(int\).*0 to"),
        ({"worlds": 2.5}, r"worlds: got 2.5 \(float\)"),
        ({"worlds": True}, "worlds: got True"),
        ({"worlds": "many"}, "worlds: got 'many'"),
        ({"worlds": float("nan")}, "worlds: got nan"),
        ({"worlds": float("inf")}, "worlds: got inf"),
        ({"seed": "1"}, r"seed: got '1' \(str\)"),
        ({"seed": -1}, "seed: got -1"),
        ({"seed": 2**64}, "seed: got"),
        ({"years": 0}, "years: got 0"),
        ({"years": 9}, "years: got 9.*1 to 8"),
        ({"engine": "msea"}, "Did you mean 'mesa'"),
        ({"engine": None}, "engine: got None"),
        ({"workers": 0}, "workers: got 0"),
        ({"population": 3}, r"population: got 3 \(int\)"),
        ({"population": "no/such/folder"}, "no such file or folder"),
    ],
)
def test_a_wrong_argument_is_one_message(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(plsim.InputError, match=message):
        plsim.run("one_school_demo", **arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plsim.run(3), r"scenario: got 3 \(int\)"),
        (lambda: plsim.run("one_scool_demo"), "Did you mean 'one_school_demo'"),
        (lambda: plsim.load(None), r"source: got None"),
        (lambda: plsim.change("one_school_demo", [1]), "changes: got a list"),
        (lambda: plsim.change("one_school_demo", {1: 2}), "dotted keys"),
        (lambda: plsim.change("one_school_demo", {"practices.advisng.intensity": 1.0}), "Did you mean 'advising'"),
        (lambda: plsim.compare("one_school_demo"), "a list of two or more"),
        (lambda: plsim.compare(["one_school_demo"]), "two or more"),
        (lambda: plsim.worlds("x"), "worlds: got 'x'"),
        (lambda: plsim.evaluate("one_school_demo", years="two"), "years: got 'two'"),
        (lambda: plsim.study("no_such_study", "x"), "no_such_study"),
        (lambda: plsim.study(3, "x"), "source: got 3"),
        (lambda: plsim.rule("motivatoin"), "Did you mean 'motivation'"),
        (lambda: list(plsim.districts("one_school_demo", 1.5)), "districts: got 1.5"),
    ],
)
def test_a_wrong_call_is_one_message(call: object, message: str) -> None:
    with pytest.raises(plsim.InputError, match=message):
        call()  # type: ignore[operator]


def test_whole_numbers_of_every_kind_are_accepted(result: plsim.Result) -> None:
    again = plsim.run(
        "one_school_demo", seed=np.int64(1), worlds=2.0, years=np.uint8(1), workers=np.int32(1), other_designs=False
    )
    assert again.effects.equals(result.effects)


def test_a_result_and_what_made_it_can_be_copied_and_sent(result: plsim.Result) -> None:
    for again in (_sent(result), copy.deepcopy(result)):
        assert again.effects.equals(result.effects)
        assert again.weekly.equals(result.weekly)
    evaluator = plsim.evaluate("one_school_demo", years=1)
    first = evaluator()
    assert np.array_equal(_sent(evaluator)(), first)
    assert np.array_equal(copy.deepcopy(evaluator)(), first)


def test_a_notebook_shows_progress_unless_somebody_else_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert progress_from(None, "run") is None
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    report = progress_from(None, "run")
    assert report is not None
    report(1, 4)
    report(4, 4)
    assert "run: 100%" in capsys.readouterr().err
    told: list[int] = []
    assert progress_from(lambda done, _: told.append(done), "run") is not None
    assert capsys.readouterr().err == ""


def test_a_comparison_can_be_copied_and_sent() -> None:
    school = plsim.load("one_school_demo", overrides=("population.students_per_school=40",))
    more = plsim.change(school, {"practices.advising.intensity": 1.0}).with_changes(name="more")
    found = plsim.compare([school, more], worlds=0, years=1)
    for again in (_sent(found), copy.deepcopy(found)):
        assert again.differences.equals(found.differences)
        assert again.summary() == found.summary()
        assert repr(again) == repr(found)


def _achievement(seed: int) -> list[float]:
    """Values of a small run, as another process gives them."""
    school = plsim.load("one_school_demo", overrides=("population.students_per_school=40",), years=1)
    found: list[float] = plsim.run(school, seed=seed, worlds=0, other_designs=False).effects["value"].tolist()
    return found


@pytest.mark.slow
def test_joblib_runs_plsim_in_processes_and_threads() -> None:
    joblib = pytest.importorskip("joblib")
    here = [_achievement(seed) for seed in (1, 2)]
    assert here[0] != here[1]
    for backend in ("loky", "threading"):
        found = joblib.Parallel(n_jobs=2, backend=backend)(joblib.delayed(_achievement)(seed) for seed in (1, 2))
        np.testing.assert_array_equal(found, here)


@pytest.mark.slow
def test_dask_runs_plsim_in_processes_and_threads() -> None:
    dask = pytest.importorskip("dask")
    here = [_achievement(seed) for seed in (1, 2)]
    for scheduler in ("processes", "threads"):
        found = dask.compute(*(dask.delayed(_achievement)(seed) for seed in (1, 2)), scheduler=scheduler)
        np.testing.assert_array_equal(found, here)


def test_results_come_back_from_other_processes(result: plsim.Result) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sent = pool.submit(plsim.run, "one_school_demo", seed=1, worlds=2, years=1, other_designs=False).result()
    assert sent.effects.equals(result.effects)


def test_a_result_shows_its_headline_on_one_screen(result: plsim.Result) -> None:
    assert len(repr(result)) < 3000
    assert "one_school_demo" in repr(result).splitlines()[0]
    assert {"achievement", "percentile_points"} == set(result.headline["outcome"])
    assert "<table" in result._repr_html_()


def test_students_may_come_from_a_data_frame() -> None:
    frame = pd.DataFrame({
        "student_id": [f"s{n:03d}" for n in range(120)],
        "school": ["North"] * 60 + ["South"] * 60,
        "grade": ["4", "5"] * 60,
        "math_rit": np.linspace(185.0, 225.0, 120).round(),
    })  # fmt: skip
    found = plsim.run("one_school_demo", population=frame, worlds=0, years=1, other_designs=False)
    assert found.pair.base_setting.population.students == 120


def test_no_page_teaches_a_deep_path() -> None:
    deep = re.compile(r"^\s*(?:from|import) plsim\.[\w.]+", re.MULTILINE)
    taught = {
        page.name: found
        for page in PAGES
        if page.name not in CONTRIBUTORS and (found := deep.findall(page.read_text(encoding="utf-8")))
    }
    assert not taught
