"""Rules with two published forms: what each form moves, in which direction, and that typical practice stays at rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from plsim.core.errors import EvidenceError
from plsim.core.jit import interpreted
from plsim.engine.arm import Arm, Engine
from plsim.engine.pair import Pair
from plsim.engine.parameters import CENTRAL, World, parameters, prior_worlds
from plsim.engine.reference import Typical, reference_population, typical
from plsim.engine.year import run_year
from plsim.evidence import norms, registry
from plsim.rules.week.student import Experience
from plsim.runs.held_channels import run_held

match, motivation, learning = (interpreted(f"plsim.rules.{name}") for name in ("match", "motivation", "learning"))


class Form(NamedTuple):
    """A second form: where it stands, the state that it moves first, in which direction, and who published it."""

    key: str
    quantity: str
    sign: float
    source: str


FORMS = (
    # Inside a zone no miss costs anything, and most misses of typical practice are small.
    Form("match.form", "match", 1.0, "Murray & Arroyo 2002"),
    # What is learned beyond typical practice leaves the fresh store from the first week on, not in summer alone.
    Form("learning.form", "achievement", -1.0, "Jacob, Lefgren & Sims 2008"),
    # In schools whose appeal is above typical, the product gives less to students whom the work does not fit.
    Form("motivation.form", "engagement of the worst matched", -1.0, "Eccles & Wigfield 2002"),
)
SECOND = {form.key: World(f"second {form.key}", {form.key: 1.0}) for form in FORMS}
ALL_SECOND = World("second forms", {form.key: 1.0 for form in FORMS} | {"learning.fading": 0.08})
"""Forgetting at its fastest: what a reference that took no heed of it would miss by 3% of growth."""


def test_every_form_stands_here_with_its_source() -> None:
    assert {entry.key for entry in registry().forms()} == set(SECOND)
    for form in FORMS:
        entry = registry()[form.key]
        assert entry.value == 0.0, "the central world has the first form"
        assert entry.uncertain
        assert len(entry.forms) == 2
        for name in entry.forms:
            assert f"{name}: " in entry.source, "each form names its source"
        assert form.source in entry.source


def test_worlds_have_one_form_or_the_other_equally_often() -> None:
    worlds = prior_worlds(40, 5)
    for key in SECOND:
        drawn = [world.number(key) for world in worlds]
        assert sorted(set(drawn)) == [0.0, 1.0]
        assert sum(drawn) == 20.0


@pytest.mark.parametrize("key", SECOND)
def test_there_is_nothing_between_two_forms(key: str) -> None:
    with pytest.raises(EvidenceError, match="no form of the rule"):
        parameters(World("half", {key: 0.37}))


# Rule by rule


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_inside_the_zone_a_miss_costs_nothing_and_far_outside_everything(side: float) -> None:
    bell, zone = (parameters(world).match for world in (CENTRAL, SECOND["match.form"]))
    width = bell.width_above if side > 0.0 else bell.width_below

    def worth(p: object, widths: float) -> float:
        return float(match.match(200.0 + bell.stretch + side * widths * width, 200.0, p))

    assert worth(zone, 0.0) == worth(bell, 0.0) == 1.0
    assert worth(zone, 0.49) == 1.0 > worth(bell, 0.49)
    assert worth(zone, 1.0) == pytest.approx(worth(bell, 1.0))  # half of what can be lost, in both
    assert worth(zone, 1.5) == pytest.approx(zone.floor)
    assert worth(zone, 1.5) < worth(bell, 1.5)


def test_in_the_product_appeal_counts_as_far_as_success_is_expected() -> None:
    total, product = (parameters(world).motivation for world in (CENTRAL, SECOND["motivation.form"]))

    def of_appeal(p: object, matched: float) -> float:
        return float(motivation.next_engagement(0.0, 0.0, matched, 0.1, p) -
                     motivation.next_engagement(0.0, 0.0, matched, 0.0, p))  # fmt: skip

    typical_match = total.engagement_match_typical
    assert of_appeal(product, typical_match) == pytest.approx(of_appeal(total, typical_match))
    assert of_appeal(total, 0.5) == pytest.approx(of_appeal(total, 0.9)), "a sum knows no such difference"
    assert of_appeal(product, 0.5) == pytest.approx(0.5 / 0.9 * of_appeal(product, 0.9))
    assert motivation.next_engagement(0.3, 0.3, typical_match, 0.0, product) == pytest.approx(0.3)


def test_of_two_stores_the_consolidated_one_keeps_its_share() -> None:
    p = parameters(SECOND["learning.form"]).learning
    achievement, fresh, seen = 0.0, 10.0, []
    for _ in range(600):
        achievement -= learning.forgotten(fresh, p)
        fresh = learning.next_fresh(fresh, 0.0, p)
        seen.append(10.0 + achievement)
    lost = -np.diff([10.0, *seen])
    assert (lost > 0.0).all()
    assert (np.diff(lost) < 0.0).all(), "the old is lost more slowly (Jost)"
    assert seen[-1] == pytest.approx(10.0 * p.durability, abs=1e-4)
    # A summer is so many weeks of the same.
    assert 10.0 + learning.lasting_change(99.0, 0.0, 10.0, 16, p) == pytest.approx(seen[15])
    assert learning.fresh_after(10.0, 16, p) == pytest.approx(10.0 * (1.0 - p.fading) ** 16)


def test_the_first_form_knows_no_fresh_store() -> None:
    p = parameters(CENTRAL).learning
    assert learning.forgotten(5.0, p) == 0.0
    assert learning.next_fresh(5.0, 1.0, p) == 0.0


# In a year


@pytest.fixture(scope="module")
def busy(few: Callable[..., object], pair_of: Callable[..., Pair]) -> Pair:
    return pair_of(few("personalized_school", years=2))


@pytest.fixture(scope="module")
def lives(busy: Pair, arm_of: Callable[..., Arm], engine: Engine) -> Callable[[World], Arm]:
    """An arm of schools that do much at once, after its first year; all with the central reference."""
    kept: dict[str, Arm] = {}

    def live(world: World) -> Arm:
        if world.name not in kept:
            arm = kept[world.name] = arm_of(busy, world=world)
            run_year(arm, engine)
        return kept[world.name]

    return live


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_a_form_moves_its_quantity_as_its_source_says(form: Form, lives: Callable[[World], Arm]) -> None:
    first, second = lives(CENTRAL), lives(SECOND[form.key])
    if form.quantity == "match":
        moved = second.record[0].units["match"].mean() - first.record[0].units["match"].mean()
    elif form.quantity == "achievement":
        # Who learned more than typical practice teaches keeps less of it to the end of the year.
        above = second.by_student(second.rows.fresh) > 0.0
        assert above.mean() > 0.5
        moved = (second.record[0].achievement[-1] - first.record[0].achievement[-1])[above].mean()
    else:
        fit = first.record[0].units["match"].mean(axis=1)
        worst = fit < np.quantile(fit, 0.1)
        moved = (second.lasting.engagement - first.lasting.engagement)[worst].mean()
    assert form.sign * moved > 1e-4


def test_only_two_stores_have_a_fresh_one(lives: Callable[[World], Arm]) -> None:
    assert not lives(CENTRAL).rows.fresh.any()
    assert not lives(CENTRAL).lasting.fresh.any()
    assert lives(SECOND["learning.form"]).rows.fresh.std() > 0.1
    assert lives(SECOND["learning.form"]).lasting.fresh.std() > 0.05


@pytest.fixture(scope="module")
def with_all_second(engine: Engine) -> Typical:
    return typical(ALL_SECOND, engine)


def test_typical_practice_grows_as_the_norms_under_the_second_forms(with_all_second: Typical, engine: Engine) -> None:
    from plsim.engine.reference import REFERENCE_SEED, SCHOOLS, _gain, _lived_in

    arm = Arm(*_lived_in(SCHOOLS, REFERENCE_SEED), ALL_SECOND, with_all_second.reference, even_teachers=True)
    gain = _gain(arm, engine)
    grade = reference_population().grade.astype(int)
    for at in range(1, 11):
        np.testing.assert_allclose(gain[grade == at].mean(axis=0), norms().growth[:, at], rtol=0.01)
    fresh = arm.by_student(arm.rows.fresh)
    assert abs(fresh.mean()) < 0.05, "typical practice leaves nobody ahead of typical practice"


def test_an_experience_held_leaves_no_effect_in_any_form(busy: Pair, with_all_second: Typical, engine: Engine) -> None:
    run = run_held(busy, ALL_SECOND, engine, Experience._fields, found=with_all_second)
    for policy, base in zip(run.scenario.record, run.counterfactual.record, strict=True):
        np.testing.assert_array_equal(policy.achievement, base.achievement)
    np.testing.assert_array_equal(run.scenario.lasting.fresh, run.counterfactual.lasting.fresh)
    np.testing.assert_array_equal(run.scenario.lasting.achievement, run.counterfactual.lasting.achievement)
