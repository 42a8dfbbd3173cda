"""What is planted is found, and where nothing is planted nothing is found.

Through the model: worlds in which an hour is worth the same whatever is done in it, so that no practice can matter; and
the same worlds with one channel opened, so that one practice, or one pair, must be named. On tables: how often chance
alone makes a claim, against the rate that is stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

import plsim
from plsim.attribution.game import Game
from plsim.attribution.sentences import attribution_sentences
from plsim.attribution.tables import NEGLIGIBLE, games
from plsim.core.arrays import Floats
from plsim.engine.parameters import World, prior_worlds
from plsim.measures.effects import Row
from plsim.measures.findings import FALSE_ALARMS, found
from plsim.practices.levers import PRACTICES
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.runs.paired import PairedRuns
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario
from plsim.studies.factors import Factor, changes_at
from plsim.studies.schema import Method, Morris, Sobol
from plsim.studies.sensitivity import indices, points_of

SAME = 0.7
"""On-task share of every mode, in worlds where no mode is better than another."""
FIVE = ("learner_profiles", "learning_paths", "flexible_environment", "data_driven_grouping", "technology")
SOFTWARE = ("learner_profiles", "data_driven_grouping", "technology")
GROUPS = ("learner_profiles", "data_driven_grouping", "advising")
WORLDS = 8
DRAWS = 4

# Every hour is worth the same: any work fits everybody, attention and quality are those of every other mode. Practices
# take no hours from each other and do not crowd each other out.
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
    "plan.demand_scale": 0.0,
    "plan.tool_hours_cost": 0.0,
    "plan.tool_hours_saved": 0.0,
    "proficiency.crowding": 0.0,
}  # fmt: skip

# Software is worth twice a teacher's hour.
GOOD_SOFTWARE = {"quality.software_best": 2.4}
# Needs are known by data alone, and met at the stations of groups alone; everything at a station is the group's work.
KNOWN_GROUPS = {
    "needs.stake": 0.9,
    "needs.station": 1.0,
    "needs.purity_half": 1000.0,
    "match.path_standards_pull": 100.0,
    **dict.fromkeys(
        [f"needs.{name}" for name in ("prerequisite", "observation", "start", "reteach", "own_use", "software",
                                      "tutor_sight")],
        0.0,
    ),
}  # fmt: skip


TINY = {"population.schools": 1, "population.students_per_school": 100, "years": 1}
EFFECT = Row(**Outcome()._asdict())


@cache
def base() -> Scenario:
    return changed(plsim.load("redesigned_school"), {**TINY, "practices.belonging.college_career_minutes": 0.0})


def at(practice: str, intensity: float) -> dict[str, object]:
    return {f"practices.{practice}.intensity": intensity, f"practices.{practice}.spread": 0.0}


@cache
def with_stations() -> Scenario:
    """Small groups work at stations whatever else is done, and nobody is on an own path."""
    return changed(base(), {**at("flexible_environment", 0.9), **at("learning_paths", 0.0)})


def planted_worlds(worlds: int, planted: Mapping[str, float]) -> tuple[World, ...]:
    """Worlds with no channel but those that are opened; all else varies as it does between prior worlds."""
    return tuple(World(one.name, {**one.values, **NO_CHANNEL, **planted}) for one in prior_worlds(worlds, 5))


def all_combinations(
    scenario: Scenario, practices: tuple[str, ...], where: tuple[World, ...], *, seeds: Sequence[int]
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


@pytest.mark.slow
def test_in_worlds_without_any_channel_nothing_is_found():
    game = all_combinations(base(), FIVE, planted_worlds(WORLDS, {}), seeds=range(2))
    assert np.abs(game.singles["shapley"]).max() < 0.1 * NEGLIGIBLE["SD"]
    assert not game.found.any()
    assert not game.found_pairs.any()
    assert game.ranking.nothing().all()
    assert "No finding" in " ".join(attribution_sentences([game]))


@pytest.mark.slow
def test_software_that_is_good_is_named_where_only_software_can_matter():
    game = all_combinations(with_stations(), SOFTWARE, planted_worlds(WORLDS, GOOD_SOFTWARE), seeds=range(DRAWS))
    place = SOFTWARE.index("technology")
    assert game.found.tolist() == [0, 0, 1]
    assert not game.found_pairs.any()
    assert game.ranking.firsts()[:, place].all()
    # Profiles and grouping have nothing to do with software.
    assert np.abs(game.singles["shapley"][:place]).max() < 0.1 * NEGLIGIBLE["SD"]
    assert "Technology ranks first in 100% of worlds" in " ".join(attribution_sentences([game]))


def test_the_pair_is_named_where_only_groups_made_from_data_can_matter():
    game = all_combinations(with_stations(), GROUPS, planted_worlds(WORLDS, KNOWN_GROUPS), seeds=range(DRAWS))
    # The pairs are: both together, and each of them with advising.
    assert game.pairs == ((0, 1), (0, 2), (1, 2))
    assert game.found_pairs.tolist() == [1, 0, 0]
    assert game.found[GROUPS.index("advising")] == 0
    text = " ".join(attribution_sentences([game]))
    assert "Data-driven grouping works only with learner profiles" in text
    assert "dvising" not in text.split("Not distinguished from zero")[0]


def influences(method: Method, main: str, planted: Mapping[str, float]) -> dict[str, float]:
    """The main index of every practice, by a method of sensitivity analysis, in a world without other channels."""
    factors = tuple(
        Factor(name, "lever", "on_off", labels=("off", "on"), options=(at(name, 0.0), at(name, 0.9))) for name in FIVE
    )
    world = World("planted", {**NO_CHANNEL, **planted})
    evaluator = Evaluator(base(), outcomes=(Outcome(),))
    units = points_of(method, factors, seed=1)
    values = np.array([evaluator(changes_at(factors, point), world)[0] for point in units])
    found = indices(method, factors, units, values, seed=1)
    return {row.factor: row.value for row in found if row.index == main and row.factor2 == "" and row.factor in FIVE}


def test_sensitivity_analysis_names_what_is_planted():
    steps = influences(Morris(kind="morris", trajectories=8), "mu_star", GOOD_SOFTWARE)
    assert max(steps, key=lambda name: steps[name]) == "technology"
    assert max(steps["learner_profiles"], steps["data_driven_grouping"]) < NEGLIGIBLE["SD"]
    shares = influences(Sobol(kind="sobol", samples=16), "ST", GOOD_SOFTWARE)
    assert max(shares, key=lambda name: shares[name]) == "technology"
    assert max(shares["learner_profiles"], shares["data_driven_grouping"]) < 0.01


def test_sensitivity_analysis_finds_nothing_where_nothing_is_planted():
    steps = influences(Morris(kind="morris", trajectories=8), "mu_star", {})
    # Where all runs are the same to the last bit there is no index at all.
    assert max(steps.values(), default=0.0) < NEGLIGIBLE["SD"]


def effects_of_technology(planted: Mapping[str, float], *, studies: int, draws: int, worlds: int) -> Floats:
    """Effects of software in place of the teacher (SD), each draw with students and teachers of its own.

    Shape (studies, draws, worlds).
    """
    scenario = changed(plsim.load("typical_practice"), {**TINY, **at("technology", 0.9)})
    where = planted_worlds(worlds, planted)
    references = [PairedRuns(seed=0, years=1).typical(world) for world in where]
    found = np.empty((studies * draws, worlds))
    for draw in range(studies * draws):
        runs = PairedRuns(seed=draw, years=1, keep=0)
        both = runs.pair(scenario)
        for place, (world, reference) in enumerate(zip(where, references, strict=True)):
            rows, values = runs.outcomes(
                both, runs.run(both, world, found=reference), only=("achievement",), groups=("all",)
            )
            found[draw, place] = dict(zip(rows, values.tolist(), strict=True))[EFFECT]
    return found.reshape(studies, draws, worlds)


@pytest.mark.slow
def test_over_forty_seeds_luck_is_called_found_no_oftener_than_stated_and_an_effect_nearly_always():
    # Teachers differ: software in a teacher's place is a loss in one draw, a gain in the next, nothing on average.
    luck = {"teacher.effectiveness_spread": 0.25}
    studies, draws, worlds = 40, 5, 6
    nothing = effects_of_technology(luck, studies=studies, draws=draws, worlds=worlds)
    alarms = sum(bool(found(each[:, :, np.newaxis])[0]) for each in nothing)
    assert alarms <= binom.ppf(0.999, studies, FALSE_ALARMS)
    # In nearly every single draw all worlds agree on a sign: without other draws there would be a finding in each.
    assert (np.abs(np.sign(nothing).sum(axis=2)) == worlds).mean() > 0.9
    planted = effects_of_technology({**luck, **GOOD_SOFTWARE}, studies=10, draws=draws, worlds=worlds)
    assert all(found(each[:, :, np.newaxis])[0] == 1 for each in planted)


def test_among_all_eight_practices_what_is_planted_ranks_first_in_every_world():
    where = planted_worlds(2, KNOWN_GROUPS)
    game = all_combinations(base(), PRACTICES, where, seeds=range(1))
    values = game.singles["shapley"][:, 0]
    planted = [PRACTICES.index(name) for name in ("learner_profiles", "data_driven_grouping", "flexible_environment")]
    others = np.delete(values, planted, axis=0)
    # Groups at stations, made from what is known: it takes all three.
    assert values[planted].min() > 5.0 * max(others.max(), NEGLIGIBLE["SD"])
    top = {game.pairs[pair] for pair in np.argsort(-game.together[:, 0].mean(axis=1))[:3]}
    assert top == {(a, b) for a, b in game.pairs if a in planted and b in planted}


def synthetic(rng: np.random.Generator, *, one: float = 0.0, pair: float = 0.0, worlds: int = 40) -> Game:
    """Six practices: number 2 brings ``one``, 0 and 4 together bring ``pair``; all runs scatter by 1."""
    on = np.array([[mask >> bit & 1 for bit in range(6)] for mask in range(64)], dtype=float)
    values: Floats = (one * on[:, 2] + pair * on[:, 0] * on[:, 4])[:, np.newaxis] + rng.normal(size=(64, worlds))
    draws = values[:, np.newaxis] + 0.3 * rng.normal(size=(64, 10, 1)) + 0.1 * rng.normal(size=(64, 10, worlds))
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
