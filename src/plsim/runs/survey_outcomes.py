"""Survey items and logs of a year, in both arms, as outcomes."""

from __future__ import annotations

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import LAST_ELEMENTARY_GRADE, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import Arm
from plsim.engine.setting import Setting
from plsim.measures.effects import GroupOutcome, StudentOutcome
from plsim.measures.products import MOST_PRODUCTS, Market, picks, shared
from plsim.measures.surveys import Thresholds, behind, implementation_index, obstacles, pace_weeks
from plsim.population.draws import normals
from plsim.practices.levers import FIRST_INTENSITY, LEVERS
from plsim.runs.spending import YearLevers

GOVERNANCE = ("all", "governance:district", "governance:charter")
_INTENSITIES = tuple(lever.name for lever in LEVERS[FIRST_INTENSITY:])
_INDEX = 9
"""Subject of the index's survey luck in the stream "survey"."""


def surveys(
    scenario: Arm, counterfactual: Arm, year: int
) -> tuple[tuple[StudentOutcome, ...], tuple[GroupOutcome, ...]]:
    """Items of students, and of teachers and schools."""
    arms = (scenario, counterfactual)
    paces = [pace(arm, year) for arm in arms]
    return _student_items(arms, year, paces), _group_items(arms, year, paces)


def _student_items(arms: tuple[Arm, Arm], year: int, paces: list[Floats]) -> tuple[StudentOutcome, ...]:
    """Pace against the guide, wait for promotion, how far off the picture of habits is."""
    unit_weeks = arms[0].world.number("pace.unit_weeks")
    records = [arm.record[year] for arm in arms]
    waits = [record.units["waiting"] / np.maximum(record.units["units_taught"], 1.0) for record in records]
    errors = [np.abs(record.habits - record.self_regulation)[:, np.newaxis] for record in records]
    return (
        StudentOutcome("pace_weeks", "weeks", paces[0], paces[1]),
        StudentOutcome("behind_pace", "share", behind(paces[0], unit_weeks), behind(paces[1], unit_weeks)),
        StudentOutcome("wait_per_unit", "weeks", waits[0], waits[1]),
        StudentOutcome("habits_error", "share", errors[0], errors[1]),
    )


def pace(arm: Arm, year: int) -> Floats:
    """Weeks ahead of the pacing guide at the end of the year. Shape (students, 2)."""
    of = np.arange(len(SUBJECTS)), arm.setting.timeline.years[year].grade.astype(np.int64)[:, np.newaxis]
    last = arm.growth.level[:, :, -1] + arm.p.match.stretch
    weekly = arm.growth.year / WEEKS_PER_YEAR
    return pace_weeks(arm.record[year].units["position"], last[of], weekly[of])


def _group_items(arms: tuple[Arm, Arm], year: int, paces: list[Floats]) -> tuple[GroupOutcome, ...]:
    """Obstacles, work with students individually, products named and shared."""
    charter = arms[0].setting.population.charter
    levers = [YearLevers(arm, year) for arm in arms]
    items = [_items(arm, of, ahead) for arm, of, ahead in zip(arms, levers, paces, strict=True)]
    found = []
    for name, (unit, _, by_seat) in items[0].items():
        both = []
        for arm, each in zip(arms, items, strict=True):
            of = charter[arm.setting.timeline.seats.seat_school] if by_seat else charter
            counts = arm.record[year].taught > 0.0 if by_seat else np.ones(len(of), bool)
            values = each[name][1]
            both.append(np.array([_mean(values[counts & chosen]) for chosen in (counts, ~of, of)]))
        found.append(GroupOutcome(name, unit, GOVERNANCE, both[0], both[1]))
    products = [shared(named_products(arm, each)) for arm, each in zip(arms, levers, strict=True)]
    for name in ("distinct", "shared"):
        counts_of = [np.array([float(getattr(each, name))]) for each in products]
        found.append(GroupOutcome(f"products_{name}", "count", ("all",), counts_of[0], counts_of[1]))
    return tuple(found)


def _items(arm: Arm, levers: YearLevers, ahead: Floats) -> dict[str, tuple[str, Floats, bool]]:
    """Unit, values and whether they are of seats (else of schools), by name; ``ahead`` is :func:`pace`."""
    number, record = arm.world.number, arm.record[levers.year]
    people, roster = arm.setting.population, arm.setting.timeline.years[levers.year]
    schools = arm.setting.schools
    late = behind(ahead, number("pace.unit_weeks")).mean(axis=1)
    behind_share = np.bincount(people.school, late, minlength=schools) / np.bincount(people.school, minlength=schools)
    felt = tools_in_use(levers) * (1.0 + levers.mean("curriculum_fragmentation"))
    named = obstacles(
        missing_hours=np.maximum(record.demand / np.maximum(record.supply, 1e-9) - 1.0, 0.0),
        tool_overload=np.maximum(felt / number("plan.tool_capacity") - 1.0, 0.0),
        trust=record.trust,
        behind_share=behind_share,
        standards=people.accountability * levers.mean("path_share"),
        thresholds=Thresholds(*(number(f"surveys.{name}") for name in Thresholds._fields)),
    )
    # A class has its teacher all week; a departmental section is its part of a teacher's load.
    part = np.where(
        roster.section_grade <= LAST_ELEMENTARY_GRADE,
        1.0 / len(SUBJECTS),
        1.0 / number("population.sections_per_teacher"),
    )
    seats = record.taught.shape[0]
    load = np.minimum(np.bincount(roster.section_seat, part, minlength=seats), 1.0)
    alone = load * number("measures.instruction_hours") * levers.mean("one_on_one_share")[_seat_school(arm)]
    items = {
        "individual_hours": ("hours/week", alone, True),
        "individual_5_hours": ("share", np.where(alone >= number("surveys.individual_hours"), 1.0, 0.0), True),
        "obstacle_time": ("share", named["time"], True),
    }
    items |= {f"obstacle_{name}": ("share", named[name], False) for name in named if name != "time"}
    items["implementation"] = ("share", done(levers), False)
    return items


def done(levers: YearLevers) -> Floats:
    """How much of full practice each school really does: mean adopted intensity of the practices. Shape (schools,)."""
    return np.asarray(np.mean([levers.mean(name) for name in _INTENSITIES], axis=0), dtype=np.float64)


def index(setting: Setting, arm: Arm, year: int) -> Floats:
    """The implementation index of each school as a survey would find it, in SD over schools. Shape (schools,)."""
    keys = setting.population.school_key
    z = normals(setting.seed, keys, "survey", subject=_INDEX, year=year)[0]
    return implementation_index(done(YearLevers(arm, year)), z, arm.world.number("surveys.index_reliability"))


def tools_in_use(levers: YearLevers) -> Floats:
    """Digital tools that a school's teachers work with. Shape (schools,)."""
    tools: Floats = levers.mean("base_tools") + levers.mean("tools")
    return tools


def named_products(arm: Arm, levers: YearLevers) -> np.ndarray:
    """Curricula and assessments that each school names. Shape (schools, places), -1 beyond a school's list."""
    number, people = arm.world.number, arm.setting.population
    count = np.rint(number("surveys.products_named") * tools_in_use(levers)).astype(np.int64)
    market = Market(
        products=round(number("surveys.catalogue_products")),
        exponent=number("surveys.popularity_exponent"),
        imitation=number("surveys.imitation"),
    )
    return picks(
        people.school_key, people.network, np.minimum(count, MOST_PRODUCTS), seed=arm.setting.seed, market=market
    )


def _seat_school(arm: Arm) -> np.ndarray:
    return arm.setting.timeline.seats.seat_school.astype(np.int64)


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")
