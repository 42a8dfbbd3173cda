"""What is luck, what is not known, and what an effect hangs on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

import plsim
from plsim.engine.pair import DOSE
from plsim.engine.parameters import World
from plsim.evidence import registry
from plsim.runs.result import Result
from plsim.runs.sureness import FEWEST_WORLDS, TOO_FEW, assumption_sentences, form_sentences, hangs_on
from plsim.scenario import load

SMALL = ("population.schools=3", "population.students_per_school=60", "population.charter_schools=1")
KEYS = tuple(one.key for one in registry().uncertain() if one.key != DOSE and not one.forms)[:30]


@cache
def result(worlds: int = 3) -> Result:
    return plsim.run(load("nglc_2015", overrides=SMALL), worlds=worlds, other_designs=False)


def in_worlds(points: np.ndarray, keys: tuple[str, ...] = KEYS) -> Result:
    drawn = tuple(World(str(row), dict(zip(keys, values, strict=True))) for row, values in enumerate(points.tolist()))
    return replace(result(), worlds_run=drawn)


def test_an_effect_hangs_on_the_parameter_that_makes_it() -> None:
    points = np.random.default_rng(0).random((FEWEST_WORLDS, 30))
    effects = points[:, 4] ** 3 + 0.1 * points[:, 5]
    (first, share), *rest = hangs_on(in_worlds(points), effects)
    assert first == KEYS[4]
    assert share > 0.8
    assert {key for key, _ in rest} <= {KEYS[5]}


def test_shares_of_parameters_luck_and_the_rest_are_parts_of_one_whole() -> None:
    about, found = "Math, year 2", (("learning.durability", 0.5), ("match.floor", 0.25))
    lines = assumption_sentences(found, about=about, luck=0.2)
    assert [re.search(r"(\d+)% of what is uncertain", line)[1] for line in lines[:2]] == ["40", "20"]
    assert lines[2] == f"{about}: 20% is chance (other students, teachers and years), 20% all other assumptions."
    assert assumption_sentences(found, about=about)[-1] == f"{about}: 25% goes with all other assumptions."


def in_forms(effects: Callable[[np.ndarray], np.ndarray], *, count: int = FEWEST_WORLDS) -> list[str]:
    keys = [form.key for form in registry().forms()]
    levels = np.random.default_rng(2).integers(0, 2, (count, len(keys))).astype(float)
    drawn = [World(str(row), dict(zip(keys, each, strict=True))) for row, each in enumerate(levels.tolist())]
    return form_sentences(drawn, effects(levels), about="Math, year 2")


def test_worlds_say_how_much_hangs_on_the_form_of_a_rule() -> None:
    noise = np.random.default_rng(3).standard_normal(FEWEST_WORLDS)
    (half,) = in_forms(lambda levels: 2.0 * levels[:, 1] + noise)
    share = int(re.search(r"form of a rule: (\d+)% of the differences between worlds", half)[1])
    assert 40 <= share <= 60
    assert "learning.form" in half
    (nothing,) = in_forms(lambda levels: noise)
    assert int(re.search(r"(\d+)%", nothing)[1]) <= 5
    # How two forms act together counts too.
    (both,) = in_forms(lambda levels: (levels[:, 0] == levels[:, 1]) + 0.0)
    assert "100%" in both


def test_few_worlds_or_one_form_say_nothing_of_forms() -> None:
    assert in_forms(lambda levels: levels[:, 0], count=FEWEST_WORLDS - 1) == []
    assert form_sentences([World(str(n)) for n in range(FEWEST_WORLDS)], np.arange(200.0), about="x") == []


def test_few_worlds_say_nothing_of_what_an_effect_hangs_on() -> None:
    points = np.random.default_rng(0).random((FEWEST_WORLDS - 1, 30))
    assert hangs_on(in_worlds(points), points[:, 0]) == ()
    assert TOO_FEW in result().sureness


def test_doses_matter_only_where_they_were_not_published() -> None:
    points = np.random.default_rng(0).random((FEWEST_WORLDS, 1))
    unpublished = in_worlds(points, (DOSE,))
    known = replace(unpublished, scenario=unpublished.scenario.with_changes(dose_unpublished=False))
    assert [key for key, _ in hangs_on(unpublished, points[:, 0])] == [DOSE]
    assert hangs_on(known, points[:, 0]) == ()


def test_luck_and_durability_are_told_for_everybodys_achievement() -> None:
    found = result().robustness
    assert {(row.subject, row.year) for row in found.luck} == {
        (subject, year) for subject in ("math", "reading", "both") for year in (1, 2)
    }
    assert all(spread > 0.0 for spread in found.luck.values())
    assert {row.year for row in found.durability} == {2}


def test_gains_that_last_leave_more_of_a_positive_effect() -> None:
    gentle = plsim.run(load("gentle_start", overrides=SMALL[:2]), worlds=1, years=2, other_designs=False)
    assert all(most > least for least, most in gentle.robustness.durability.values())


def test_sentences_name_share_of_worlds_luck_and_summers() -> None:
    said = " ".join(result().sureness)
    for part in ("of 3 worlds (", "other students, teachers and years", "lasts over a summer"):
        assert part in said


def test_the_central_world_alone_says_nothing_of_sureness() -> None:
    assert result(0).sureness == ()


def test_other_workers_change_no_bit_of_luck() -> None:
    again = plsim.run(load("nglc_2015", overrides=SMALL), worlds=3, other_designs=False, workers=2)
    assert again.robustness == result().robustness


def test_chance_is_told_of_groups_as_of_everybody() -> None:
    table = result().effects
    paired = table[
        (table["outcome"] == "achievement") & (table["arm"] == "difference") & (table["estimator"] == "paired")
    ]
    for group in ("all", "quintile:1", "quintile:5", "governance:charter"):
        rows = paired[paired["group"] == group]
        assert (rows["seeds"] >= 5).all()
        assert (rows["luck"] > 0.0).all()
    # Fewer students are more at the mercy of chance: an average over fifths spreads less than they do on average.
    luck = paired[(paired["subject"] == "math") & (paired["year"] == 1)].groupby("group")["luck"].max()
    assert luck.filter(like="quintile:").mean() > luck["all"]
