"""One class, week by week, for people to watch: recorded from the agents of :class:`plsim.SchoolModel`.

Nothing here decides anything. A pupil is a :class:`~plsim.engine.mesa.model.Student` who also writes down what each
week held; the class is a small school of one class, made so that both sides of a comparison hold the same students
with the same random draws.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from plsim.core.calendar import GRADES, LAST_ELEMENTARY_GRADE, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.errors import ScenarioError
from plsim.core.jit import interpreted
from plsim.engine.pair import population_of
from plsim.explorer.server.requests import MAX_CHANGES, _Id, _Key, _started, _Value
from plsim.explorer.teaching.classroom_changes import Thing, changes_of
from plsim.population.model import Population
from plsim.practices import Context
from plsim.scenario.loading import changed
from plsim.scenario.schema import MAX_SEED, PopulationTable, Scenario

LED = ("whole", "group", "one_on_one")
ALONE, PEERS = "alone", "peers"
MODES = (*LED, ALONE, PEERS)
"""What a student can be doing in a lesson."""
KEPT = 32
"""Recordings that are kept."""
_TABLES = ("practices", "support", "programs")

matching: Any = interpreted("plsim.rules.match")
timing: Any = interpreted("plsim.rules.time")


class Later(BaseModel):
    """What is changed in the middle of the year; until then nothing of the year is different."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    week: int = Field(ge=0, le=WEEKS_PER_YEAR - 1, description="Weeks that are over when it changes.")
    thing: Thing


class Side(BaseModel):
    """What the school of one side does: practices, support and programs of a scenario, and changes to them."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    start: _Id = Field(default="typical_practice", description="Name of a shipped scenario.")
    changes: dict[_Key, _Value] = Field(
        default_factory=dict,
        max_length=MAX_CHANGES,
        description="Dotted keys of practices, support and programs, and their values.",
    )
    later: Later | None = Field(default=None, description="What the school does differently from some week on.")


class Classroom(BaseModel):
    """A class to watch: who sits in it, and what its school does on either side."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    left: Side = Side()
    right: Side | None = Field(
        default=None, description="A second class to set beside it: the same students and random draws."
    )
    grade: int = Field(default=4, ge=0, le=12, description="0 is kindergarten.")
    students: int = Field(default=22, ge=8, le=32)
    subject: Literal["math", "reading"] = "math"
    alone: float = Field(
        default=0.5, ge=0.1, le=0.9, description="How well students can work on their own, on average."
    )
    years: int = Field(default=0, ge=0, le=3, description="Years that the school has done this before.")
    seed: int = Field(default=0, ge=0, le=MAX_SEED, description="Seed: who sits in the class, and their random draws.")

    def scenario(self, side: Side, *, later: bool = False) -> Scenario:
        """The scenario of one side: a school of one class, exactly at the plan's intensities; or as changed later."""
        made = _started(side.start)
        for key in side.changes:
            if key.partition(".")[0] not in _TABLES:
                allowed = f"keys of {', '.join(_TABLES)}"
                raise ScenarioError("changes", key, "cannot be changed for a class", allowed=allowed)
        if side.changes:
            made = changed(made, side.changes)
        if later and side.later is not None:
            made = changed(made, changes_of(side.later.thing, made))
        practices = made.practices.model_copy(
            update={name: practice.model_copy(update={"spread": 0.0}) for name, practice in made.practices.items()}
        )
        high, middle = self.grade > 8, self.grade > LAST_ELEMENTARY_GRADE
        people = PopulationTable(
            schools=1,
            students_per_school=self.students,
            grades=(self.grade,),
            level_shares=(0.0, 0.0, 1.0) if high else (0.0, 1.0, 0.0) if middle else (1.0, 0.0, 0.0),
            self_regulation=self.alone,
            device_share=1.0,
            condition_spread=0.0,
            years_in_operation_shares=(*(0.0,) * self.years, 1.0),
        )
        return Scenario(
            name="classroom",
            years=1,
            seed=self.seed,
            population=people,
            practices=practices,
            support=made.support.model_copy(update={"network_schools": 0, "pool_coaching_hours": 0.0}),
            context=Context(class_size=float(self.students)),
            # Another class size would seat other students together.
            programs=made.programs.model_copy(update={"class_size": None}),
        )


def record(
    scenario: Scenario, population: Population, subject: str, *, then: Scenario | None = None, week: int = 0
) -> dict[str, Any]:
    """36 weeks of the first section of a subject.

    Parameters
    ----------
    then, week
        What the school does after so many weeks.

    Returns
    -------
    dict
        ``students``: a list with, for each, ``start`` and lists of 36 weeks. ``weeks``: what the class and the teacher
        did in each. All plain numbers, ready for JSON. Levels and targets in RIT, time in hours a week.
    """
    from plsim.engine.mesa.model import SchoolModel, Student

    at = SUBJECTS.index(subject)

    class Pupil(Student):
        """A student who writes down what the week held."""

        def experience(self, row: int, section: Any) -> Any:
            """What the week holds, and a note of it."""
            held = super().experience(row, section)
            if row == self.places[at][0]:
                self.held = held
                self.level_before = self.context.rows.achievement[row]
            return held

    model = SchoolModel(scenario, seed=scenario.seed, student_class=Pupil, population=population, years=1)
    if then is not None:
        # A plan is a table of levers by week: from this week on, that of the other plan.
        changed_plan = SchoolModel(then, seed=then.seed, population=population, years=1).arm.tables.planned
        model.arm.tables.planned[:, week:] = changed_plan[:, week:]
    section = min(student.section[at] for student in model.students)
    pupils = sorted((one for one in model.students if one.section[at] == section), key=lambda one: one.index)
    diary = _Diary(model, pupils, section, at)
    while model.running:
        before = diary.before()
        model.step()
        diary.note(before)
    return diary.result()


class _Diary:
    """What is written down of a class."""

    def __init__(self, model: Any, pupils: list[Any], section: int, subject: int) -> None:
        self.model, self.pupils, self.section, self.subject = model, pupils, section, subject
        self.teacher = next(one for one in model.teachers if section in one.sections)
        self.students: list[dict[str, Any]] = [
            {
                "number": number,
                "start": _rounded(one.in_subject("achievement", subject)),
                "believed": _rounded(one.in_subject("estimate", subject)),
                "habits": _rounded(one.self_regulation, 3),
                "own_pace": False,
                **{name: [] for name in _LISTS},
            }
            for number, one in enumerate(pupils, start=1)
        ]
        self.weeks: list[dict[str, Any]] = []

    def before(self) -> list[tuple[float, ...]]:
        """Tallies of the year so far, which a week adds to."""
        return [tuple(one.in_subject(name, self.subject) for name in _TALLIES) for one in self.pupils]

    def note(self, before: list[tuple[float, ...]]) -> None:
        """Write down the week that was just lived."""
        context = self.model.context
        week = context.section_weeks[self.section]
        groups = self._groups(week)
        for entry, one, tally in zip(self.students, self.pupils, before, strict=True):
            held, row = one.held, one.places[self.subject][0]
            entry["own_pace"] = bool(context.rows.u_pace[row] < week.own_pace_share)
            level, p = one.level_before, context.p.match
            targets = {
                "whole": held.target_whole,
                "group": held.target_group,
                "one_on_one": held.target_one_on_one,
                ALONE: held.target_whole + held.path_share * (held.target_path - held.target_whole),
                PEERS: held.target_whole,
            }
            watched = held.supervised / max(held.supervised + held.unsupervised, 1e-9)
            attention = {
                "whole": held.on_task_led,
                "group": held.on_task_group,
                "one_on_one": context.p.attention.one_on_one,
                ALONE: watched * held.on_task_supervised + (1.0 - watched) * held.on_task_unsupervised,
                PEERS: held.on_task_peer,
            }
            gained = [
                after - then
                for after, then in zip((one.in_subject(name, self.subject) for name in _TALLIES), tally, strict=True)
            ]
            matches = {mode: matching.match(target, level, p) for mode, target in targets.items()}
            path = matching.match(held.target_path, level, p)
            matches[ALONE] = matches["whole"] + held.path_share * (path - matches["whole"])
            for name, value in {
                "level": one.in_subject("achievement", self.subject),
                "estimate": one.in_subject("estimate", self.subject),
                "targets": [_rounded(targets[mode]) for mode in MODES],
                "matches": [_rounded(matches[mode]) for mode in MODES],
                "attention": [_rounded(attention[mode], 3) for mode in MODES],
                "match": one.in_subject("match", self.subject),
                "on_task": one.in_subject("on_task", self.subject),
                "attended": one.attended[self.subject],
                "group": int(one.in_subject("group", self.subject)) if groups > 1 else 0,
                "one_on_one": 60.0 * gained[0],
                "waiting": gained[1],
                "units": gained[2],
                "unmet": gained[3],
                "engagement": one.engagement,
                "self_regulation": one.self_regulation,
            }.items():
                entry[name].append(_rounded(value, 3) if isinstance(value, float) else value)
        self.weeks.append(self._week(week, groups))

    def _groups(self, week: Any) -> int:
        """Groups that take turns with the teacher."""
        school, context = self.teacher.school, self.model.context
        size = context.size[self.section]
        if week.group <= 0.0:
            return 1
        levers = school.lever_of(self.section)
        space = timing.usable_space(context.schools.flexible_space[school.index], levers.flexible_space)
        return int(timing.group_count(size, levers.groups, space, context.p.time))

    def _week(self, week: Any, groups: int) -> dict[str, Any]:
        """The teacher's time and state, and what the class stands at."""
        size = len(self.pupils)
        led = {"whole": week.whole, "group": week.group * groups, "one_on_one": week.one_on_one * size}
        around = max(week.contact - sum(led.values()), 0.0)
        # Work on one's own and with peers runs while the teacher walks around; the rest of it while others are taught.
        peers = min(week.peer, around)
        time = {**led, ALONE: around - peers, PEERS: peers}
        alone = week.supervised + week.unsupervised
        believed = [one.in_subject("estimate", self.subject) for one in self.pupils]
        return {
            "time": [_rounded(time[mode], 3) for mode in MODES],
            "student_time": [_rounded(each, 3) for each in (week.whole, week.group, week.one_on_one, alone, week.peer)],
            "watched": _rounded(week.supervised / alone if alone > 0.0 else 0.0, 3),
            "groups": groups,
            "class_level": _rounded(
                float(np.mean([one.in_subject("achievement", self.subject) for one in self.pupils]))
            ),
            "error": _rounded(
                float(
                    np.mean(
                        [
                            abs(a - one.in_subject("achievement", self.subject))
                            for a, one in zip(believed, self.pupils, strict=True)
                        ]
                    )
                )
            ),
            "asked": _rounded(self.teacher.demand),
            "had": _rounded(float(self.model.context.seats.supply[self.teacher.index])),
            "fidelity": _rounded(self.teacher.fidelity, 3),
            "strain": _rounded(self.teacher.strain, 3),
            "skill": _rounded(float(np.mean(self.teacher.proficiency)), 3),
        }

    def result(self) -> dict[str, Any]:
        """The recording."""
        return {
            "students": self.students,
            "weeks": self.weeks,
            "stretch": _rounded(self.model.context.p.match.stretch),
        }


_TALLIES = ("one_on_one", "waiting", "units_taught", "unmet")
_LISTS = (
    "level", "estimate", "targets", "matches", "attention", "match", "on_task", "attended", "group", "one_on_one",
    "waiting", "units", "unmet", "engagement", "self_regulation",
)  # fmt: skip


def _rounded(value: float, digits: int = 2) -> float:
    return round(float(value), digits)


class Recorder:
    """Records classes and keeps the last ones. May be used by several threads: one records at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def recorded(self, asked: Classroom) -> dict[str, Any]:
        """One class or two: the modes, the grade, and a recording for each side."""
        sides = [asked.left] if asked.right is None else [asked.left, asked.right]
        with self._lock:
            return {
                "modes": MODES,
                "grade": GRADES[asked.grade],
                "subject": asked.subject,
                "weeks": WEEKS_PER_YEAR,
                "sides": [self._side(asked, side) for side in sides],
            }

    def _side(self, asked: Classroom, side: Side) -> dict[str, Any]:
        scenario = asked.scenario(side)
        then = None if side.later is None else asked.scenario(side, later=True)
        week = 0 if side.later is None else side.later.week
        plans = f"{asked.subject} {scenario.to_toml()} {week} {'' if then is None else then.to_toml()}"
        key = hashlib.blake2b(plans.encode(), digest_size=16).hexdigest()
        if key not in self._kept:
            # Conditions of the school are part of its context, which is the same on both sides.
            people = population_of(scenario, None, asked.seed)
            self._kept[key] = record(scenario, people, asked.subject, then=then, week=week)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]


def compact(recording: Mapping[str, Any]) -> str:
    """A recording as JSON text without spaces."""
    return json.dumps(recording, separators=(",", ":"))
