"""Two more effects of a pair of arms: direct (classes and staff kept), and on all who started, wherever they went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SPRING_WEEK, WEEKS_PER_YEAR
from plsim.engine.arm import SUMMER_WEEKS, Arm, Engine, plain
from plsim.engine.pair import Pair, WorldRun, direct_arm
from plsim.engine.setting import WINDOWS
from plsim.engine.year import run_years
from plsim.evidence import norms
from plsim.measures.effects import Row, StudentOutcome, student_rows
from plsim.measures.groups import SMALLEST_GROUP, SUBJECT_LABELS, Partition, headline, with_both

SPRING = WINDOWS.index(SPRING_WEEK)


def direct_run(both: Pair, run: WorldRun, engine: Engine) -> Arm:
    """The scenario with the counterfactual's classes and teachers, all years."""
    if not both.direct_differs:
        return run.scenario
    begun = run.direct or direct_arm(both, run.scenario.plan, run.world, run.typical, run.counterfactual)
    return run_years(begun, engine)


def direct_effects(
    both: Pair, run: WorldRun, engine: Engine, everyone: Sequence[Partition]
) -> Iterator[tuple[Row, float]]:
    """The direct effect on achievement for everybody, by year; ``everyone`` is who counts in each."""
    setting = both.base_setting
    arm = direct_run(both, run, engine)
    for year in range(setting.years):
        grade = setting.timeline.years[year].grade.astype(np.int64)[:, np.newaxis]
        sd = norms().sd_fall_observed[np.arange(2), grade]
        seen = [each.record[year].achievement[SPRING] for each in (arm, run.counterfactual)]
        outcomes = (
            StudentOutcome("achievement", "SD", seen[0] / sd, seen[1] / sd),
            StudentOutcome("achievement", "RIT", seen[0], seen[1]),
        )
        for row, value in zip(*student_rows(outcomes, (everyone[year],), year + 1), strict=True):
            if row.arm == "difference":
                yield row._replace(estimator="direct"), value


def intention_to_treat(both: Pair, run: WorldRun) -> Iterator[tuple[Row, float]]:
    """The paired effect on all who started and could be there throughout, movers included, by year.

    They are those whose grade the school has in every year of the run, the same students in all of them; where there
    are none, those whose grade it has in the year. Who moves away takes the effect along, grows from then on as anybody
    does in a typical school, and forgets as everybody does (:func:`plsim.rules.learning.lasting_change`).
    """
    setting = both.base_setting
    people = setting.population
    rules, p = plain("learning"), run.scenario.p.learning
    first, last = people.grade.astype(np.int64), people.grade.astype(np.int64) + setting.years - 1
    throughout = (last <= people.last_grade[people.school]) & headline(first) & headline(last)
    lasting = fresh = np.zeros((setting.students, 2))
    here = np.ones(setting.students, bool)
    for year, roster in enumerate(setting.timeline.years):
        here = here & (roster.entered == 0)
        grade = people.grade.astype(np.int64) + year
        spring, end = (
            run.scenario.record[year].achievement[window] - run.counterfactual.record[year].achievement[window]
            for window in (SPRING, -1)
        )
        still = (grade <= people.last_grade[people.school]) & headline(grade)
        still = throughout if throughout.sum() >= SMALLEST_GROUP else still
        if still.sum() < SMALLEST_GROUP:
            continue
        stays = here[:, np.newaxis]
        effect = np.where(stays, spring, lasting + rules.lasting_change(0.0, 0.0, fresh, SPRING_WEEK, p))[still]
        sd = norms().sd_fall_observed[np.arange(2), grade[still][:, np.newaxis]]
        yield from _rows(effect, sd, year)
        end = np.where(stays, end, lasting + rules.lasting_change(0.0, 0.0, fresh, WEEKS_PER_YEAR, p))
        of_year = run.scenario.record[year].units["fresh"] - run.counterfactual.record[year].units["fresh"]
        fresh = np.where(stays, of_year, rules.fresh_after(fresh, WEEKS_PER_YEAR, p))
        lasting = end + rules.lasting_change(end - lasting, 0.0, fresh, SUMMER_WEEKS, p)
        fresh = rules.fresh_after(fresh, SUMMER_WEEKS, p)


def _rows(effect: Floats, sd: Floats, year: int) -> Iterator[tuple[Row, float]]:
    for unit, scaled in (("SD", effect / sd), ("RIT", effect)):
        for label, values in zip(SUBJECT_LABELS, with_both(scaled).T, strict=True):
            row = Row("achievement", label, year + 1, "intention_to_treat", "paired", "difference", unit)
            yield row, float(np.bincount(np.zeros(len(values), np.int64), values)[0] / len(values))
