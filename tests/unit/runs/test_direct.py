"""The arm of the direct effect lives its first year with the scenario: no bit tells it from one that lives it alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import plsim
from plsim.engine.engines import engine_named
from plsim.engine.pair import Pair
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.records import YearRecord
from plsim.engine.reference import typical
from plsim.runs.direct import direct_run
from plsim.runs.paired import PairedRuns

SMALL = ("population.schools=3", "population.charter_schools=1", "population.students_per_school=60", "years=3")
TIRING = World("tiring", {"proficiency.strain_rise": 0.2, "proficiency.leave_strain": 2.0})
SEED = 23
"""With which a teacher leaves after the first year in one arm and not in the other."""


def made(*overrides: str, engine: str = "batch") -> tuple[PairedRuns, Pair]:
    scenario = plsim.load("nglc_2015", overrides=[*SMALL, *overrides])
    runs = PairedRuns(seed=SEED, years=scenario.years, population=None, engine=engine, keep=0)
    return runs, runs.pair(scenario)


def bits(of: YearRecord) -> list[bytes]:
    arrays = [*vars(replace(of, units={})).values(), *of.units.values()]
    return [each.tobytes() for each in arrays if isinstance(each, np.ndarray)]


@pytest.mark.parametrize("engine", ["batch", "mesa"])
def test_a_first_year_lived_together_has_the_bits_of_one_lived_alone(engine: str) -> None:
    runs, both = made("years=2", engine=engine)
    found = typical(TIRING, engine_named("batch"))
    shared = runs.run(both, TIRING, found=found, with_direct=True)
    assert shared.direct is not None
    assert len(shared.direct.record) == 1
    alone = runs.run(both, TIRING, found=found)
    assert alone.direct is None
    one, other = (direct_run(both, run, engine_named(engine)) for run in (shared, alone))
    assert [bits(year) for year in one.record] == [bits(year) for year in other.record]
    for year, kept in zip(shared.scenario.record, alone.scenario.record, strict=True):
        assert bits(year) == bits(kept), "nor does the scenario notice"
    assert (one.record[1].holder != shared.scenario.record[1].holder).any()


def test_it_is_lived_alone_where_classes_differ() -> None:
    runs, both = made("context.class_size=28", "programs.class_size.students=15")
    assert both.setting is not both.base_setting
    assert runs.run(both, CENTRAL, with_direct=True).direct is None


def test_nothing_is_lived_twice_where_nothing_differs() -> None:
    for override in ("years=1", "freeze.staff=true"):
        runs, both = made(override)
        run = runs.run(both, CENTRAL, with_direct=True)
        assert run.direct is None
        assert direct_run(both, run, engine_named("batch")) is run.scenario


def test_a_result_keeps_no_arm_that_only_designs_read() -> None:
    found = plsim.run(plsim.load("nglc_2015", overrides=list(SMALL)), worlds=0)
    assert found.central_run.direct is None
    assert (found.effects["estimator"] == "direct").any()
