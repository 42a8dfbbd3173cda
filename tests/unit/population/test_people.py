from __future__ import annotations

import numpy as np
import pytest

from plsim.evidence import registry
from plsim.population import PopulationSpec, from_norms


def test_learning_rates_have_mean_one_and_the_registrys_spread(big):
    assert big.learning_rate.mean() == pytest.approx(1.0, abs=0.002)
    assert big.learning_rate.std() == pytest.approx(registry().value("population.learning_rate_cv"), abs=0.002)


def test_learning_rate_leaves_room_below_the_limit_of_persistent_growth(big):
    assert big.learning_rate.std() / big.learning_rate.mean() <= 0.20


def test_learning_rate_does_not_depend_on_achievement(big):
    assert abs(np.corrcoef(big.learning_rate, big.entry_z[:, 0])[0, 1]) < 0.01


def test_attendance_has_the_asked_mean():
    population = from_norms(PopulationSpec(schools=400, attendance_rate=0.91), seed=1)
    assert population.attendance_rate.mean() == pytest.approx(0.91, abs=0.003)


def test_one_in_six_is_chronically_absent(big):
    # Published: 16% missed a tenth of the days in 2017-18.
    assert (big.attendance_rate < 0.9).mean() == pytest.approx(0.16, abs=0.01)


def test_traits_keep_their_ranges(big):
    assert big.attendance_rate.min() >= 0.6
    assert big.attendance_rate.max() <= 1.0
    assert big.self_regulation.min() >= 0.02
    assert big.self_regulation.max() <= 0.98
    assert big.home_access.min() >= 0.0
    assert big.home_access.max() <= 1.0
    assert big.learning_rate.min() > 0.0


def test_self_regulation_goes_with_achievement(big):
    found = np.corrcoef(big.self_regulation, big.entry_z.sum(axis=1))[0, 1]
    # The lunch shift adds a little to the direct link.
    assert found == pytest.approx(registry().value("population.self_regulation_link"), abs=0.04)


def test_engagement_levels_are_standardized(big):
    assert big.engagement_level.mean() == pytest.approx(0.0, abs=0.01)
    assert big.engagement_level.std() == pytest.approx(1.0, abs=0.01)


def test_home_access_differs_by_lunch_status_as_registered(big):
    eligible, other = big.home_access[big.lunch_eligible].mean(), big.home_access[~big.lunch_eligible].mean()
    assert eligible == pytest.approx(registry().value("population.home_access_lunch"), abs=0.005)
    assert other == pytest.approx(registry().value("population.home_access_other"), abs=0.005)


@pytest.mark.parametrize("flag", ["english_learner", "special_education"])
def test_flags_have_the_asked_share(flag):
    population = from_norms(PopulationSpec(schools=400, **{f"{flag}_share": 0.3}), seed=1)
    assert getattr(population, flag).mean() == pytest.approx(0.3, abs=0.01)


def test_no_flag_is_given_when_none_is_asked_for():
    population = from_norms(PopulationSpec(english_learner_share=0.0), seed=1)
    assert not population.english_learner.any()
