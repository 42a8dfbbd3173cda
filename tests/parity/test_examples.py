"""The examples run, and show what they say."""

from __future__ import annotations

import importlib.util
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_new_motivation_changes_what_the_plan_does(capsys):
    effects = _load("new_motivation").main(students=40)
    assert effects["match"]["engagement"] != effects["success"]["engagement"]
    assert effects["match"]["growth"] != effects["success"]["growth"]
    assert "effect of the plan on" in capsys.readouterr().out


def test_datacollector_example_collects_every_week(capsys):
    weekly = _load("datacollector_agentset").main(students=40, weeks=4)
    assert len(weekly) == 4
    assert weekly["achievement"].is_monotonic_increasing
    assert "On-task share by grade" in capsys.readouterr().out


def test_the_watched_school_records_every_week():
    model = _load("mesa_visualisation").WatchedSchool(students=20, coaching_hours=1)
    for _ in range(3):
        model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 4


GALLERY = sorted(path for path in EXAMPLES.glob("*.py") if path.stem != "mesa_visualisation")


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_an_example_has_a_title_and_ends_with_a_picture(path):
    text = path.read_text(encoding="utf-8")
    assert re.match(r'"""\n(.+)\n=+\n\n', text)
    assert text.rstrip().endswith("plt.show()") or "plt.show()\n\n# %%" in text


def test_the_gallery_has_eight_examples_and_more():
    assert len(GALLERY) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_an_example_of_the_gallery_runs_and_draws(path, monkeypatch, capsys):
    from matplotlib import pyplot as plt

    plt.switch_backend("Agg")
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: drawn.extend(plt.get_fignums()))
    try:
        runpy.run_path(str(path), run_name="__main__")
    finally:
        plt.close("all")

    assert drawn
    assert capsys.readouterr().out


@pytest.mark.slow
def test_visualisation_says_what_is_missing():
    if importlib.util.find_spec("solara") is not None:
        pytest.skip("solara is installed")
    example = str(EXAMPLES / "mesa_visualisation.py")
    done = subprocess.run([sys.executable, example], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'needs the extra "mesa-viz"' in done.stderr
    assert "Traceback" not in done.stderr
