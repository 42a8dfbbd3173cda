"""What is planted is found, and where nothing is planted nothing is found.

Through the model: worlds in which an hour is worth the same whatever is done in it, so that no practice can matter; and
the same worlds with one channel opened, so that one practice, or one pair, must be named. On tables: how often chance
alone makes a claim, against the rate that is stated.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

import plsim
from plsim.attribution.game import Game
from plsim.attribution.sentences import attribution_sentences
from plsim.attribution.spread import FALSE_ALARMS
from plsim.attribution.tables import NEGLIGIBLE, games
from plsim.core.arrays import Floats
from plsim.engine.parameters import World, prior_worlds
from plsim.practices.levers import PRACTICES
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario
from plsim.studies.factors import Factor, changes_at
from plsim.studies.indices import FALSE_ALARMS as INFLUENCE_ALARMS
from plsim.studies.schema import Delta, Method, Morris, Pawn, RbdFast, Regional, Sobol
from plsim.studies.sensitivity import indices, points_of

SAME = 0.7
"""On-task share of every mode, in worlds where no mode is better than another."""
FIVE = ("learner_profiles", "learning_paths", "flexible_environment", "data_driven_grouping", "technology")
WORLDS = 12

# Every hour is worth the same: any work fits everybody, attention and quality are those of every other mode.
NO_CHANNEL = {
    "match.floor": 1.0,
    "match.low_group_stretch": 0.0,
    "needs.stake": 0.0,
    **dict.fromkeys(
        [f"attention.{name}" for name in ("led", "one_on_one", "alone_floor", "alone_ceiling", "peer")], SAME
    ),
    **dict.fromkeys(
        [
            f"attention.{name}"
            for name in ("led_engagement", "led_regulation", "group_gain", "low_group_loss", "alone_engagement",
                         "peer_collaboration", "choice_gain", "relevance_gain", "device_gain", "device_loss",
                         "device_loss_young")
        ],
        0.0,
    ),
    **dict.fromkeys(
        [
            f"quality.{name}"
            for name in ("group_novice", "group_expert", "group_adult", "one_on_one_novice", "one_on_one_expert",
                         "materials", "software_worst", "software_best", "curation", "peer", "transfer")
        ],
        1.0,
    ),
    **dict.fromkeys(
        [
            f"quality.{name}"
            for name in ("class_size_slope", "strain_loss", "experience_gain", "fragmentation_loss", "skill_gain",
                         "lesson_gain")
        ],
        0.0,
    ),
    "quality.peer_pace_width": 1e9,
    "teacher.effectiveness_spread": 0.0,
    "teacher.yearly_spread": 0.0,
    "time.belonging_hours": 0.0,
}  # fmt: skip


@cache
def base() -> Scenario:
    tiny = {"population.schools": 1, "population.students_per_school": 100, "years": 1}
    return changed(plsim.load("redesigned_school"), {**tiny, "practices.belonging.college_career_minutes": 0.0})


def at(practice: str, intensity: float) -> dict[str, object]:
    return {f"practices.{practice}.intensity": intensity, f"practices.{practice}.spread": 0.0}


def found_in_model(practices: tuple[str, ...], worlds: int, **opened: float) -> Game:
    """The attribution in worlds with no channel but those that are opened; practices are off at 0, on at 0.9."""
    planted = {key.replace("__", "."): value for key, value in opened.items()}
    # All else varies as it does between prior worlds.
    where = tuple(World(one.name, {**one.values, **NO_CHANNEL, **planted}) for one in prior_worlds(worlds, 5))
    return all_combinations(base(), practices, where, seeds=(0, 1))


def all_combinations(
    scenario: Scenario, practices: tuple[str, ...], where: tuple[World, ...], *, seeds: tuple[int, ...]
) -> Game:
    """Every on/off combination of practices, in every world and with every seed."""
    values = np.empty((len(seeds), len(where), 1 << len(practices), 1))
    variations = [
        changed(scenario, {key: value for bit, name in enumerate(practices)
                           for key, value in at(name, 0.9 if mask >> bit & 1 else 0.0).items()})
        for mask in range(1 << len(practices))
    ]  # fmt: skip
    for draw, seed in enumerate(seeds):
        evaluator = Evaluator(scenario, seed=seed, outcomes=(Outcome(),))
        for place, world in enumerate(where):
            values[draw, place, :, 0] = [evaluator.of(variation, world)[0] for variation in variations]
    return games(practices, (Outcome(),), values)[0]


@cache
def with_software() -> Game:
    return found_in_model(FIVE, WORLDS, quality__software_best=2.4)


@cache
def with_targeting() -> Game:
    # Needs are known by data alone, and met in groups and at their stations alone.
    nothing = dict.fromkeys(("observation", "start", "reteach", "own_use", "software", "tutor_sight"), 0.0)
    groups = {"stake": 0.9, "prerequisite": 0.0, "station": 1.0, "purity_half": 1000.0, **nothing}
    opened = {f"needs__{name}": value for name, value in groups.items()}
    return found_in_model(FIVE, WORLDS, match__path_standards_pull=100.0, **opened)


def test_in_worlds_without_any_channel_nothing_is_found():
    game = found_in_model(FIVE, WORLDS)
    assert np.abs(game.singles["shapley"]).max() < 0.1 * NEGLIGIBLE["SD"]
    assert not game.found.any()
    assert not game.found_pairs.any()
    assert game.ranking.nothing().all()
    assert "No finding" in " ".join(attribution_sentences([game]))


def test_software_that_is_good_is_named_where_only_software_can_matter():
    game = with_software()
    place = FIVE.index("technology")
    assert game.found[place] == 1
    assert game.ranking.firsts()[:, place].all()
    # Profiles and grouping have nothing to do with software.
    assert game.found[FIVE.index("learner_profiles")] == game.found[FIVE.index("data_driven_grouping")] == 0
    assert "Technology ranks first in 100% of worlds" in " ".join(attribution_sentences([game]))


def test_the_pair_is_named_where_only_groups_made_from_data_can_matter():
    game = with_targeting()
    top = int(np.argmax(np.median(game.together.mean(axis=1), axis=1)))
    assert {FIVE[one] for one in game.pairs[top]} == {"learner_profiles", "data_driven_grouping"}
    assert game.found_pairs[top] == 1
    text = " ".join(attribution_sentences([game]))
    assert "Data-driven grouping works only with learner profiles" in text
    assert "technology" not in text.split("Not distinguished from zero")[0]


def influences(method: Method, main: str, **opened: float) -> dict[str, float]:
    """The main index of every practice, by a method of sensitivity analysis, in a world without other channels."""
    factors = tuple(
        Factor(name, "lever", "on_off", labels=("off", "on"), options=(at(name, 0.0), at(name, 0.9))) for name in FIVE
    )
    world = World("planted", {**NO_CHANNEL, **{key.replace("__", "."): value for key, value in opened.items()}})
    evaluator = Evaluator(base(), outcomes=(Outcome(),))
    units = points_of(method, factors, seed=1)
    values = np.array([evaluator(changes_at(factors, point), world)[0] for point in units])
    found = indices(method, factors, units, values, seed=1)
    return {row.factor: row.value for row in found if row.index == main and row.factor2 == "" and row.factor in FIVE}


def test_sensitivity_analysis_names_what_is_planted():
    steps = influences(Morris(kind="morris", trajectories=8), "mu_star", quality__software_best=2.4)
    assert max(steps, key=lambda name: steps[name]) == "technology"
    assert max(steps["learner_profiles"], steps["data_driven_grouping"]) < NEGLIGIBLE["SD"]
    shares = influences(Sobol(kind="sobol", samples=16), "ST", quality__software_best=2.4)
    assert max(shares, key=lambda name: shares[name]) == "technology"
    assert max(shares["learner_profiles"], shares["data_driven_grouping"]) < 0.01


def test_sensitivity_analysis_finds_nothing_where_nothing_is_planted():
    steps = influences(Morris(kind="morris", trajectories=8), "mu_star")
    assert len(steps) == len(FIVE)
    assert max(steps.values()) < NEGLIGIBLE["SD"]


@pytest.mark.parametrize(
    ("method", "studies"),
    [
        (RbdFast(kind="rbd_fast", samples=128), 60),
        pytest.param(Pawn(kind="pawn", samples=128, resamples=20), 60, marks=pytest.mark.slow),
        pytest.param(Regional(kind="regional", samples=128, resamples=20), 30, marks=pytest.mark.slow),
        pytest.param(Delta(kind="delta", samples=300), 20, marks=pytest.mark.slow),
    ],
    ids=lambda given: getattr(given, "kind", ""),
)
def test_a_sample_of_chance_names_a_factor_at_most_as_often_as_stated(method: Method, studies: int) -> None:
    # A dose is planted and found; of five factors beside it, none with an influence, one is named in 5% of studies.
    factors = tuple(Factor(f"x{at}", "lever", "range", 0.0, 1.0) for at in range(6))
    alarms = missed = 0
    for seed in range(studies):
        units = points_of(method, factors, seed=seed)
        values = units[:, 0] + np.random.default_rng([3, seed]).normal(0.0, 0.2, units.shape[0])
        rows = indices(method, factors, units, values, seed=seed)
        above = [row.factor for row in rows if row.index == rows[0].index and row.value > row.chance]
        missed += "x0" not in above
        alarms += any(name != "x0" for name in above)
    assert missed == 0
    assert alarms <= binom.ppf(0.999, studies, INFLUENCE_ALARMS)


@pytest.mark.slow
def test_among_all_eight_practices_too_what_is_planted_is_named_and_nothing_else_is():
    nothing = found_in_model(PRACTICES, WORLDS)
    assert not nothing.found.any()
    assert not nothing.found_pairs.any()
    software = found_in_model(PRACTICES, WORLDS, quality__software_best=2.4)
    assert software.ranking.firsts()[:, PRACTICES.index("technology")].all()
    pair = found_in_model(PRACTICES, WORLDS, quality__targeting=6.0)
    top = int(np.argmax(np.median(pair.together.mean(axis=1), axis=1)))
    assert {PRACTICES[one] for one in pair.pairs[top]} == {"learner_profiles", "data_driven_grouping"}


def synthetic(rng: np.random.Generator, *, one: float = 0.0, pair: float = 0.0, worlds: int = 40) -> Game:
    """Six practices: number 2 brings ``one``, 0 and 4 together bring ``pair``; all runs scatter by 1."""
    on = np.array([[mask >> bit & 1 for bit in range(6)] for mask in range(64)], dtype=float)
    values: Floats = (one * on[:, 2] + pair * on[:, 0] * on[:, 4])[:, np.newaxis] + rng.normal(size=(64, worlds))
    draws = values[:, np.newaxis] + 0.3 * rng.normal(size=(64, 5, 1)) + 0.1 * rng.normal(size=(64, 5, worlds))
    return Game(tuple("abcdef"), Outcome("regroupings_per_month", unit="count"), draws)


def test_on_tables_of_chance_claims_are_made_at_most_as_often_as_stated():
    # Two families of claims, practices and pairs, each at the stated rate; bounds three standard errors above it.
    rng = np.random.default_rng(11)
    studies = 600
    practices = pairs = 0
    for _ in range(studies):
        game = synthetic(rng)
        practices += bool(game.found.any())
        pairs += bool(game.found_pairs.any())
    bound = FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS * (1.0 - FALSE_ALARMS) / studies)
    assert practices / studies <= bound
    assert pairs / studies <= bound
    assert practices + pairs > 0


def test_on_tables_a_planted_practice_and_a_planted_pair_are_found_nearly_always():
    # Between worlds a Shapley value of these tables scatters by about 0.37, a pair's by 0.64: effects of about that.
    rng = np.random.default_rng(12)
    studies = 200
    single = sum(bool(synthetic(rng, one=0.4).found[2] == 1) for _ in range(studies)) / studies
    tables = [synthetic(rng, pair=0.8) for _ in range(studies)]
    double = sum(bool(each.found_pairs[each.pairs.index((0, 4))] == 1) for each in tables) / studies
    assert single > 0.95
    assert double > 0.95


def test_on_tables_nothing_but_what_is_planted_is_found():
    rng = np.random.default_rng(13)
    studies = 300
    others = sum(bool(synthetic(rng, one=0.4).found[[0, 1, 3, 4, 5]].any()) for _ in range(studies)) / studies
    assert others <= FALSE_ALARMS + 3.0 * np.sqrt(FALSE_ALARMS * (1.0 - FALSE_ALARMS) / studies)
