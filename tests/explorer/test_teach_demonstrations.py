"""Demonstration files: what they may say, what is said when they are wrong, and that every step can be run."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import plsim
from plsim.cli.main import main
from plsim.core.errors import InputError
from plsim.engine.parameters import CENTRAL
from plsim.explorer.teaching import demonstration_run
from plsim.explorer.teaching.demonstration_files import (
    SHIPPED,
    LoadedDemonstration,
    all_demonstrations,
    read_demonstration,
)
from plsim.explorer.teaching.demonstration_run import Numbers, StepRunner
from plsim.explorer.teaching.demonstrations import OUTCOMES
from plsim.practices import known_practices
from plsim.runs.robustness import other_seed

NAMES = tuple(path.stem for path in sorted(SHIPPED.glob("*.toml")))
FEW = 2
WORLDS = 10
STAGE = StepRunner()

SMALL = """
kind = "demonstration"
schema_version = 1
title = "Small"
about = "For tests."
scenario = "typical_practice"
worlds = 10

[changes]
population.schools = 1
population.students_per_school = 120

[settings.plain]
label = "Plain"

[settings.coached]
label = "Coached"
changes.support.coaching_hours = 2.0

[[steps]]
title = "One"
ask = "What happens?"
settings = ["plain", "coached"]
change = [{ setting = "coached" }, { setting = "plain", times = -1.0 }]
options = [{ text = "Up", when = "rises" }, { text = "Down or nothing", when = ["falls", "unclear"] }]
discuss = ["Why?"]
[steps.reveal]
rises = "From {plain} to {coached}: {change}."
otherwise = "No: {change}."
"""


def few(loaded: LoadedDemonstration) -> LoadedDemonstration:
    """The demonstration over fewer worlds than a file may have."""
    return dataclasses.replace(loaded, says=loaded.says.model_copy(update={"worlds": FEW}))


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_at_least_eight_demonstrations_ship_with_about_five_steps_each():
    assert len(NAMES) >= 8
    assert all(4 <= len(read_demonstration(SHIPPED / f"{name}.toml").says.steps) <= 8 for name in NAMES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if n % 3 == 0 else pytest.mark.slow) for n, name in enumerate(NAMES)]
)
def test_every_step_runs_and_has_words_for_how_it_turned_out(name, monkeypatch):
    monkeypatch.setattr(demonstration_run, "luck_draws", lambda students, years: FEW)
    loaded = few(read_demonstration(SHIPPED / f"{name}.toml"))
    for index, step in enumerate(loaded.says.steps):
        found = STAGE.step(loaded, index)
        assert found["verdict"] in step.verdicts
        assert 0 <= found["right"] < len(step.options)
        assert len(found["text"]) > 20
        assert "{" not in found["text"]
        assert all(len(one["points"]) == len(found["chart"]["ticks"]) for one in found["chart"]["series"])
        points = np.array([point for one in found["chart"]["series"] for point in one["points"]])
        assert np.isfinite(points).all()


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_demonstration_holds_a_figure_that_a_run_should_give(name):
    for step in read_demonstration(SHIPPED / f"{name}.toml").says.steps:
        for text in step.reveal.values():
            assert not re.search(r"[+−-]\d|\d\.\d", re.sub(r"\{[^}]*\}", "", text)), text


def test_numbers_of_a_step_are_those_of_a_run(tmp_path):
    loaded = read_demonstration(written(tmp_path, SMALL))
    found = StepRunner().step(loaded, 0)
    table = plsim.run(loaded.scenarios["coached"], seed=0, worlds=WORLDS, other_designs=False).effects
    row = table.query(
        "outcome == 'percentile_points' and subject == 'both' and group == 'all' and estimator == 'paired'"
    ).iloc[0]
    value, low, high = found["chart"]["series"][0]["points"][1]
    assert (value, low, high) == pytest.approx((row["value"], row["low"], row["high"]), abs=1e-12)


def turned_out(
    folder: Path, monkeypatch, text: str, coached: list[float], draws: list[float] | None = None
) -> dict[str, Any]:
    """The step of ``text`` when its second setting gives these numbers in ten worlds and some draws; its first, 1."""
    loaded = read_demonstration(written(folder, text))
    worlds = np.array(coached)
    others = np.full(5, np.median(worlds)) if draws is None else np.array(draws)
    given = {"plain": Numbers(np.ones_like(worlds), np.ones_like(others)), "coached": Numbers(worlds, others)}

    def made_up(of, names, tried, stop):
        return {name: dict.fromkeys(demonstration_run._addresses(of, name), given[name]) for name in names}

    monkeypatch.setattr(demonstration_run, "_evaluated", made_up)
    return StepRunner().step(loaded, 0)


@pytest.mark.parametrize(
    ("coached", "draws", "verdict"),
    [
        ([3.0] * 10, [2.9, 3.0, 3.1], "rises"),
        ([-3.0] * 10, [-2.9, -3.0, -3.1], "falls"),
        ([3.0] * 10, [2.0, 3.0, 4.0], "unclear"),  # other students and teachers could have made it
        ([3.0] * 10, [3.0], "unclear"),  # chance was not tried
        ([3.0] * 9 + [0.0], [2.9, 3.0, 3.1], "unclear"),  # nine of ten worlds are not enough to be sure
        ([1.1] * 10, [1.1, 1.1, 1.1], "unclear"),  # sure, but too small to matter
    ],
)
def test_a_change_has_a_direction_when_worlds_and_draws_tell_it_and_it_is_large_enough(
    tmp_path, monkeypatch, coached, draws, verdict
):
    found = turned_out(tmp_path, monkeypatch, SMALL, coached, draws)
    assert found["verdict"] == verdict
    assert found["right"] == (0 if verdict == "rises" else 1)
    assert found["text"].startswith("From" if verdict == "rises" else "No")


def test_placeholders_stand_for_the_median_and_change_for_the_difference(tmp_path, monkeypatch):
    found = turned_out(tmp_path, monkeypatch, SMALL, [2.0, *[4.0] * 8, 4.8], [3.9, 4.0, 4.1])
    assert found["text"] == "From +1.0 points to +4.0 points: +3.0 points."
    assert found["sure"] == (
        "It goes up in 10 of 10 sets of assumptions. Nine in ten lie between +1.9 and +3.4 points. "
        "Other students, teachers and years move it by up to 0.4 points."  # 4.3 standard deviations with three draws
    )


@pytest.mark.parametrize(
    ("coached", "draws", "verdict", "sure"),
    [
        ([2.0] * 7 + [0.0] * 3, [2.0, 2.0, 2.0, 0.0], "coached", ".* highest in 7 of 10 .* 3 of 4 other draws"),
        ([2.0] * 6 + [0.0] * 4, [2.0, 2.0, 2.0, 2.0], "unclear", ".* highest in 6 of 10 .* 4 of 4 other draws"),
        ([2.0] * 9 + [0.0] * 1, [2.0, 2.0, 0.0, 0.0], "unclear", ".* highest in 9 of 10 .* 2 of 4 other draws"),
    ],
)  # fmt: skip
def test_one_is_ahead_when_it_is_so_in_most_worlds_and_draws(tmp_path, monkeypatch, coached, draws, verdict, sure):
    text = SMALL.replace('change = [{ setting = "coached" }, { setting = "plain", times = -1.0 }]', 'find = "largest"')
    text = text.replace('"rises"', '"coached"').replace('["falls", "unclear"]', '["plain", "unclear"]')
    text = text.replace('rises = "From {plain} to {coached}: {change}."', 'coached = "{found}."')
    found = turned_out(tmp_path, monkeypatch, text, coached, draws)
    assert found["verdict"] == verdict
    assert re.match(sure, found["sure"])


def test_other_draws_are_other_people_in_the_central_world(tmp_path):
    loaded = read_demonstration(written(tmp_path, SMALL))
    found = demonstration_run._evaluated(loaded, ["coached"], (CENTRAL,), lambda: False)["coached"]
    (address,) = found
    for place, seed in enumerate([0, other_seed(0, 1), other_seed(0, 2)]):
        table = plsim.run(loaded.scenarios["coached"], seed=seed, worlds=0, other_designs=False).effects
        row = table.query(
            "outcome == 'percentile_points' and subject == 'both' and group == 'all' and estimator == 'paired'"
        ).iloc[0]
        number = found[address].worlds[0] if not place else found[address].draws[place - 1]
        assert number == pytest.approx(row["value"], abs=1e-12)
    assert found[address].draws.size == 10


def test_a_change_smaller_than_asked_for_is_called_unclear(tmp_path, monkeypatch):
    text = SMALL.replace('ask = "What happens?"', 'ask = "What happens?"\nsmallest = 50.0')
    assert turned_out(tmp_path, monkeypatch, text, [40.0] * 10)["verdict"] == "unclear"


@pytest.mark.parametrize(("hours", "right"), [(1.0, 0), (2.0, 1), (4.9, 1), (5.0, 2)])
def test_a_guess_is_right_where_its_number_lies(tmp_path, monkeypatch, hours, right):
    text = SMALL.replace('ask = "What', 'outcome = "teacher_hours"\nguess = true\nask = "What').replace(
        '{ text = "Up", when = "rises" }, { text = "Down or nothing", when = ["falls", "unclear"] }',
        '{ text = "Less", below = 2.0 }, { text = "Some", below = 5.0 }, { text = "More" }',
    ).replace('rises = "From', 'otherwise = "From').replace('otherwise = "No: {change}."\n', "")  # fmt: skip
    assert turned_out(tmp_path, monkeypatch, text, [1.0 + hours] * 10)["right"] == right


def test_the_band_of_a_level_has_no_signs(tmp_path, monkeypatch):
    text = SMALL.replace('ask = "What', 'outcome = "teacher_hours"\narm = "scenario"\nask = "What').replace(
        ', { setting = "plain", times = -1.0 }', ""
    )  # fmt: skip
    said = turned_out(tmp_path, monkeypatch, text, list(np.linspace(3.0, 4.5, 10)))["sure"]
    assert "between 3.1 and 4.4" in said


ASK = 'ask = "What happens?"'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("coaching_hours", "coachin_hours", r"settings.coached: .*Did you mean 'coaching_hours'"),
        ('title = "One"', 'titel = "One"', r"mine.toml:\d+: step 1, titel: unknown key. Did you mean 'title'"),
        ('["plain", "coached"]', '["plain", "coachd"]', r"no setting 'coachd'. Did you mean 'coached'"),
        ("{plain}", "{plan}", r"'\{plan\}' stands for nothing. Did you mean 'plain'"),
        ('when = "rises"', 'when = "rise"', r"'rise' is no way to turn out. Did you mean 'rises'"),
        ('otherwise = "No', 'falls = "No', r"reveal lacks 'unclear'"),
        (
            "worlds = 10",
            "worlds = 4000",
            r"mine.toml:7: worlds: 4000 is out of range. Allowed: a whole number from 10 to 100",
        ),
        (
            "schema_version = 1",
            "schema_version = 9",
            r"schema_version: 9 is not a value that this plsim reads. Allowed: 1",
        ),
        (ASK, f"{ASK}\nyear = 3", r"step 1: year 3, but the demonstration has years = 1"),
        (ASK, f'{ASK}\noutcome = "fidelty"', r"'fidelty' cannot be shown. Did you mean 'fidelity'"),
        (ASK, f'{ASK}\noutcome = "reverted"', r"'reverted' has no difference: write arm = 'scenario'"),
        ('title = "Small"', "title = Small", r"not valid TOML"),
        ('["falls", "unclear"]', '"falls"', r"exactly one option must say when = 'unclear'; 0 do"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place_and_the_likely_fix(tmp_path, old, new, message):
    text = SMALL.replace(old, new)
    assert text != SMALL
    with pytest.raises(InputError, match=message):
        read_demonstration(written(tmp_path, text))


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path):
    text = SMALL.replace('title = "One"', 'titel = "One"').replace("worlds = 10", "worlds = 4000")
    with pytest.raises(InputError) as raised:
        read_demonstration(written(tmp_path, text))
    lines = str(raised.value).splitlines()
    assert len(lines) == 3  # an unknown key, and the right one missing
    assert "worlds" in lines[0]


def test_plsim_check_reads_demonstrations(tmp_path, capsys):
    good = written(tmp_path, SMALL)
    assert main(["check", str(good)], standalone_mode=False) is None
    assert "1 step\n" in capsys.readouterr().out
    bad = tmp_path / "bad.toml"
    bad.write_text(SMALL.replace('title = "One"', 'titel = "One"'), encoding="utf-8")
    with pytest.raises(SystemExit) as raised:
        main(["check", str(bad)], standalone_mode=False)
    assert raised.value.code == 2
    assert "Did you mean 'title'" in capsys.readouterr().err


def test_a_trainers_own_folder_is_added_and_a_file_of_the_same_name_replaces(tmp_path):
    written(tmp_path, SMALL)
    (tmp_path / "technology.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "scenario.toml").write_text("schema_version = 1\n", encoding="utf-8")
    found = all_demonstrations(tmp_path)
    assert len(found) == len(NAMES) + 1
    assert found["mine"].own
    assert found["technology"].says.title == "Small"
    assert "scenario" not in found


def test_a_folder_without_demonstrations_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no demonstration file"):
        all_demonstrations(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        all_demonstrations(tmp_path / "nowhere")


def test_every_practice_of_the_model_is_used_by_some_demonstration():
    used = set()
    for name in NAMES:
        for scenario in read_demonstration(SHIPPED / f"{name}.toml").scenarios.values():
            typical = plsim.load("typical_practice").practices
            used |= {key for key, practice in scenario.practices.items() if practice != typical[key]}
    assert used >= set(known_practices()) - {"belonging"}


def test_the_example_of_the_trainers_page_can_be_read(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "teaching.md"
    (example,) = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert read_demonstration(written(tmp_path, example)).says.steps


def test_outcomes_that_can_be_shown_are_in_results(tmp_path):
    loaded = read_demonstration(written(tmp_path, SMALL))
    table = plsim.run(loaded.scenarios["plain"], seed=0, worlds=0, other_designs=False).effects
    assert set(OUTCOMES) <= set(table["outcome"])
