"""Row tables of a run in one world, made on demand, as named columns: students, teachers, schools, weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from plsim.core.arrays import Column, Floats, Ints, Labels
from plsim.core.calendar import FALL_WEEK, GRADES, SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.engine.arm import Arm, Engine
from plsim.engine.setting import WINDOWS
from plsim.engine.transient import solve, test_errors, transient_scores
from plsim.engine.year_end import end_year
from plsim.engine.year_start import begin_year
from plsim.measures.effects import Row
from plsim.rules.levers import PRACTICE_COUNT
from plsim.rules.week.section import Section

if TYPE_CHECKING:
    from plsim.engine.pair import Pair, WorldRun
    from plsim.engine.parameters import World

ALL_SCHOOLS = "all"
"""School of the weeks of real students."""
ARM_NAMES = ("scenario", "counterfactual")
FALL, SPRING = WINDOWS.index(FALL_WEEK), WINDOWS.index(SPRING_WEEK)


def student_table(run: WorldRun, pair: Pair) -> dict[str, Column]:
    """One row per student, year and subject. Achievement is latent (RIT); tests add transient growth and error."""
    setting = pair.base_setting
    people = setting.population
    passing = transient_scores(setting, solve(run.typical.structure))
    arms = dict(zip(ARM_NAMES, (run.scenario, run.counterfactual), strict=True))
    parts = []
    for year, roster in enumerate(setting.timeline.years):
        errors = {window: test_errors(setting, year, WINDOWS[window]) for window in (FALL, SPRING)}
        for subject, label in enumerate(SUBJECTS):
            columns: dict[str, Any] = {
                "student_id": people.student_id,
                "school_id": people.school_id[people.school],
                "year": year + 1,
                "subject": label,
                "grade": np.array(GRADES)[roster.grade],
                "entered_year": roster.entered + 1,
                "lunch_eligible": roster.lunch_eligible,
                "english_learner": roster.english_learner,
                "special_education": roster.special_education,
            }
            for name, arm in arms.items():
                record = arm.record[year]
                seen = record.achievement
                columns[f"achievement_start_{name}"] = seen[0, :, subject]
                columns[f"achievement_week32_{name}"] = seen[SPRING, :, subject]
                columns[f"achievement_end_{name}"] = seen[-1, :, subject]
                for window, term in ((FALL, "fall"), (SPRING, "spring")):
                    score = seen[window] + passing[year, window] + errors[window]
                    columns[f"{term}_test_{name}"] = score[:, subject]
                for unit in ("coverage", "units_taught", "taught_mastery", "unmet", "one_on_one", "profile_error"):
                    columns[f"{unit}_{name}"] = record.units[unit][:, subject]
                columns[f"self_regulation_{name}"] = record.self_regulation
                columns[f"engagement_{name}"] = record.engagement
            parts.append(columns)
    return joined(parts)


def teacher_table(run: WorldRun, pair: Pair) -> dict[str, Column]:
    """One row per seat that taught, year and arm: hours a week outside lessons, strain, fidelity, proficiency."""
    people = pair.base_setting.population
    parts = []
    for name, arm in zip(ARM_NAMES, (run.scenario, run.counterfactual), strict=True):
        seats = arm.setting.timeline.seats
        for year, record in enumerate(arm.record):
            taught = record.taught > 0.0
            columns: dict[str, Any] = {
                "seat": np.flatnonzero(taught),
                "school_id": people.school_id[seats.seat_school[taught]],
                "year": year + 1,
                "arm": name,
                "holder": record.holder[taught],
                "hours_demanded": record.demand[taught],
                "hours_supplied": record.supply[taught],
                "strain": record.strain[taught],
                "fidelity": record.fidelity[taught],
            }
            for k in range(PRACTICE_COUNT):
                columns[f"proficiency_{k + 1}"] = record.proficiency[taught, k]
            parts.append(columns)
    return joined(parts)


def school_table(run: WorldRun, pair: Pair) -> dict[str, Column]:
    """One row per school and year: conditions and mean achievement at week 32, both arms side by side.

    Means of real students are missing where they could tell of a few of them.
    """
    from plsim.runs.outcomes import schools_shown

    setting = pair.base_setting
    people = setting.population
    parts = []
    for year in range(setting.years):
        shown = schools_shown(setting, year)
        columns: dict[str, Any] = {
            "school_id": people.school_id,
            "year": year + 1,
            "charter": people.charter,
            "students": np.bincount(people.school, minlength=setting.schools),
        }
        for name, arm in zip(ARM_NAMES, (run.scenario, run.counterfactual), strict=True):
            record = arm.record[year]
            count = np.bincount(people.school, minlength=setting.schools)
            for subject, label in enumerate(SUBJECTS):
                total = np.bincount(people.school, record.achievement[SPRING, :, subject], minlength=setting.schools)
                columns[f"{label}_week32_{name}"] = np.where(shown, total / count, np.nan)
            for condition in ("library", "trust", "vision", "regroupings", "reverted"):
                columns[f"{condition}_{name}"] = getattr(record, condition)
        parts.append(columns)
    return joined(parts)


def weekly_table(run: WorldRun, pair: Pair, engine_name: str) -> dict[str, Column]:
    """One row per arm, year, week, school and subject: achievement, hours by mode, attention, teachers' load.

    Of real students all schools are one, and only who counts in headlines counts: schools week by week would show few.
    """
    from plsim.engine.engines import engine_named

    engine = engine_named(engine_name)
    parts = []
    for name, setting, planned in (
        ("scenario", pair.setting, pair.plan),
        ("counterfactual", pair.base_setting, pair.base_plan),
    ):
        arm = Arm(setting, planned, run.world, run.typical.reference)
        for _ in range(setting.years):
            parts += _recorded_year(arm, engine, name)
    return joined(parts)


def transposed(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Column]:
    """Rows of plain values as named columns."""
    return {name: _plain([row[place] for row in rows]) for place, name in enumerate(names)}


def _plain(values: Sequence[Any]) -> Column:
    return np.array(values, None if values and not isinstance(values[0], str) else object)


def world_table(worlds: Sequence[World]) -> dict[str, Column]:
    """One row per world: its name, and the value of every uncertain parameter."""
    keys = dict.fromkeys(key for world in worlds for key in world.values)
    numbers = {key: np.array([world.number(key) for world in worlds]) for key in keys}
    return {"world": _plain([world.name for world in worlds])} | numbers


def long_table(rows: Sequence[Row], worlds: Sequence[str], values: Floats) -> dict[str, Column]:
    """Every value in every world, without those that are missing: the key of a row, the world, the value.

    ``values`` has shape (worlds, rows).
    """
    there = ~np.isnan(values.T.reshape(-1))
    keys = {name: np.repeat(each, len(worlds)) for name, each in transposed(rows, Row._fields).items()}
    table = keys | {"world": np.tile(_plain(worlds), len(rows)), "value": values.T.reshape(-1)}
    return {name: column[there] for name, column in table.items()}


def joined(parts: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """The rows of tables with the same columns, one below another; what is one value stands in every row of its table.

    The first column is none of these.
    """
    first = next(iter(parts[0]))
    lengths = [len(part[first]) for part in parts]

    def column(name: str) -> Column:
        values = [np.asarray(part[name], object if isinstance(part[name], str) else None) for part in parts]
        return np.concatenate([np.broadcast_to(*each) for each in zip(values, lengths, strict=True)])

    return {name: column(name) for name in parts[0]}


def _recorded_year(arm: Arm, engine: Engine, name: str) -> list[dict[str, Any]]:
    """A year, week by week."""
    begin_year(arm, engine)
    of = _together(arm) if arm.setting.population.are_people else _by_school(arm)
    seen = [arm.by_student(arm.rows.achievement)]
    parts = []
    for week in range(WEEKS_PER_YEAR):
        engine.run(arm, week, week + 1)
        parts.append(_week_rows(arm, name, week + 1, of))
        if week + 1 in WINDOWS:
            seen.append(arm.by_student(arm.rows.achievement))
    end_year(arm, np.stack(seen))
    return parts


class _TableSchools(NamedTuple):
    """Which schools a table by week has, and which of them each row, seat and school counts in; -1 in none."""

    school_id: Labels
    row: Ints
    seat: Ints
    school: Ints


def _by_school(arm: Arm) -> _TableSchools:
    """Every school."""
    people, seats = arm.setting.population, arm.setting.timeline.seats
    return _TableSchools(
        people.school_id,
        people.school[arm.rows.student].astype(np.int64),
        seats.seat_school.astype(np.int64),
        np.arange(arm.setting.schools),
    )


def _together(arm: Arm) -> _TableSchools:
    """All schools as one, with the students of the headline, if these may be shown."""
    from plsim.runs.outcomes import partitions

    everyone = partitions(arm.setting, arm.year)[0]
    may_be_shown = everyone.allowed is not None and bool(everyone.allowed.all())
    counted = everyone.codes[:, 0] if may_be_shown else np.full(arm.setting.students, -1)
    seats = arm.setting.timeline.seats.seat_school
    return _TableSchools(
        np.array([ALL_SCHOOLS], object),
        counted[arm.rows.student],
        np.zeros(len(seats), np.int64),
        np.zeros(arm.setting.schools, np.int64),
    )


def _week_rows(arm: Arm, name: str, week: int, of: _TableSchools) -> dict[str, Any]:
    """The state after a week, by school and subject: columns, each (schools x subjects,)."""
    rows = arm.rows
    schools = len(of.school_id)
    cells = schools * len(SUBJECTS)
    inside = np.flatnonzero(of.row >= 0)
    cell = of.row[inside] * len(SUBJECTS) + arm.layout.subject[inside]
    count = np.maximum(np.bincount(cell, minlength=cells), 1)

    def mean(values: Any) -> Any:
        return np.bincount(cell, values[inside], minlength=cells) / count

    section_of_row = np.repeat(np.arange(arm.sections.seat.shape[0]), np.diff(arm.sections.first_row))
    school = np.repeat(np.arange(schools), len(SUBJECTS))
    columns: dict[str, Any] = {
        "arm": np.full(cells, name, object),
        "year": np.full(cells, arm.year + 1),
        "week": np.full(cells, week),
        "school_id": of.school_id[school],
        "subject": np.tile(np.array(SUBJECTS, object), schools),
        "achievement": mean(rows.achievement),
        "on_task": mean(rows.on_task),
        "match": mean(rows.match),
        "unit_mastery": mean(rows.unit_mastery),
        "units_taught": mean(rows.units_taught),
        "self_regulation": mean(arm.students.self_regulation[rows.student]),
        "engagement": mean(arm.students.engagement[rows.student]),
    }
    for field in ("whole", "group", "one_on_one", "supervised", "unsupervised", "peer", "home"):
        columns[f"{field}_hours"] = mean(arm.sections.values[section_of_row, Section._fields.index(field)])
    seats = np.maximum(np.bincount(of.seat, minlength=schools), 1)
    for field, values in (
        ("hours_demanded", arm.seats.demand),
        ("fidelity", arm.seats.fidelity),
        ("strain", arm.seats.strain),
        ("proficiency", arm.seats.proficiency.mean(axis=1)),
    ):
        columns[field] = (np.bincount(of.seat, values, minlength=schools) / seats)[school]
    each = np.bincount(of.school, minlength=schools)
    for field in ("library", "trust", "vision", "regroupings"):
        columns[field] = (np.bincount(of.school, getattr(arm.schools, field), minlength=schools) / each)[school]
    return columns
