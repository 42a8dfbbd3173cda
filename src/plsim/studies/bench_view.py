"""One experiment made ready, and seen in one world: what its statistics read."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

from plsim.core.calendar import (
    FALL_WEEK,
    GRADES,
    HEADLINE_GRADES,
    LAST_ELEMENTARY_GRADE,
    LAST_MIDDLE_GRADE,
    SPRING_WEEK,
)
from plsim.core.errors import StudyError
from plsim.engine.designs import counted
from plsim.engine.outcomes import partitions, year_outcomes
from plsim.engine.setting import WINDOWS, Setting
from plsim.engine.state import Floats
from plsim.engine.survey_outcomes import done
from plsim.evidence import norms
from plsim.measures.effects import Row, effect_rows
from plsim.measures.matching import MATCHES
from plsim.practices.levers import FIRST_INTENSITY
from plsim.scenario.build import counterfactual
from plsim.scenario.loading import changed
from plsim.scenario.schema import typical_practices
from plsim.studies.fact_statistics import Statistic, fall_slope, school_noise, statistic, student_noise
from plsim.studies.lives import Life, Lives, Place, Places, Snapshot
from plsim.studies.study_facts import Experiment, StudyFact

_MATCHED = 1.0 + 1.0 / MATCHES
"""Variance of a student less the mean of matched students, over that of one student."""
_COLUMNS = {"math": [0], "reading": [1], "both": [0, 1]}


class Prepared:
    """An experiment with its populations and plans, and what of its statistics is the same in every world."""

    def __init__(self, of: Experiment, chosen: tuple[StudyFact, ...], places: Places, size: str) -> None:
        self.experiment = of
        self.design = of.design
        self.facts = chosen
        self.rules: tuple[Statistic, ...] = tuple(statistic(each.table.statistic) for each in chosen)
        program, comparison = of.sized(size)
        self.places: dict[str, Place] = {"program": places.place(program)}
        if of.design.estimand == "study_other_schools":
            self.places["comparison"] = places.place(counterfactual(program), ordinary=True)
        else:
            self.places["comparison"] = places.place(comparison)
        for each, rule in zip(chosen, self.rules, strict=True):
            for practice in each.table.practices if rule.leaves_out else ():
                usual = typical_practices()[practice]
                off = {f"practices.{practice}.{name}": getattr(usual, name) for name in type(usual).model_fields}
                self.places.setdefault(f"without:{practice}", places.place(changed(program, off)))
        self._full = of.scenario.population
        self._weights: dict[tuple[int, str], Floats] = {}
        self._parts: dict[int, dict[str, Floats]] = {}
        self._sd: dict[int, Floats] = {}

    @property
    def setting(self) -> Setting:
        """The people of the program."""
        return self.places["program"].setting

    @property
    def weeks(self) -> set[int]:
        """Weeks of the last year in which there is a test; the last week of all where whole years are read."""
        whole = {WINDOWS[-1]} if any(rule.whole_year for rule in self.rules) else set()
        return {FALL_WEEK, self.design.weeks} | whole

    def grade(self, year: int) -> np.ndarray:
        """Grade in a year (from 1). Shape (students,)."""
        return self.setting.timeline.years[year - 1].grade.astype(np.int64)

    def counted(self, year: int) -> np.ndarray:
        """Whose results count in a year (from 1). Shape (students,)."""
        return counted(self.setting, year - 1)

    def sd(self, year: int) -> Floats:
        """The design's SD of the broad test, for every student and subject. Shape (students, 2)."""
        if year not in self._sd:
            n, grade, each = norms(), self.grade(year)[:, np.newaxis], np.arange(2)
            sd = n.sd_fall_observed[each, grade]
            if self.design.sd == "sample":
                # True spread of these students over that of the norm group; test error is that of the norms.
                true = n.sd_within_fall[each, grade] ** 2 + n.sd_between_fall[each, grade] ** 2
                ratio = self._spread(true)
                sd = np.sqrt(ratio * true + n.error_sd[each, grade] ** 2)
            self._sd[year] = sd
        return self._sd[year]

    def _spread(self, true: Floats) -> Floats:
        """Variance of entering achievement within grades over the norms'. Shape (2,)."""
        keep, grade = self.counted(1), self.grade(1)
        start = self.setting.population.achievement
        out = np.empty(2)
        for subject in range(2):
            values, of = start[keep, subject], grade[keep]
            count = np.bincount(of, minlength=len(GRADES))
            mean = np.bincount(of, values, minlength=len(GRADES)) / np.maximum(count, 1)
            share = ((values - mean[of]) ** 2 / true[keep, subject]).sum()
            out[subject] = share / max(len(values) - np.count_nonzero(count), 1)
        return out

    @cached_property
    def fall_slope(self) -> Floats:
        """Of the fall score. Shape (students, 2)."""
        return fall_slope(self.grade(1))

    @cached_property
    def fall_sd(self) -> Floats:
        """Of fall scores in the first year. Shape (students, 2)."""
        sd: Floats = norms().sd_fall_observed[np.arange(2), self.grade(1)[:, np.newaxis]]
        return sd

    def weight(self, year: int, group: str) -> Floats:
        """1 for students of a group, by subject. Shape (students, 2)."""
        if (year, group) not in self._weights:
            of_year = self._groups(year)
            if group not in of_year:
                where = f"{self.experiment.path.name}, group"
                raise StudyError(where, group, "nobody is in it", allowed=", ".join(of_year))
            self._weights[year, group] = of_year[group]
        return self._weights[year, group]

    def _groups(self, year: int) -> dict[str, Floats]:
        if year not in self._parts:
            self._parts[year] = {
                label: (part.codes[:, :2] == index).astype(np.float64)
                for part in partitions(self.setting, year - 1)
                for index, label in enumerate(part.labels)
                if (part.codes[:, :2] == index).any(axis=0).all()
            } | self._bands(year)
        return self._parts[year]

    def _bands(self, year: int) -> dict[str, Floats]:
        """Groups that a run does not show but studies report: bands of grades, and who starts in the lower half."""
        grade, keep = self.grade(year), self.counted(year)
        ends = (-1, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, len(GRADES))
        masks = {
            f"band:{name}": np.repeat((keep & (grade > low) & (grade <= high))[:, np.newaxis], 2, axis=1)
            for name, low, high in zip(("elementary", "middle", "high"), ends[:-1], ends[1:], strict=True)
        }
        start = self.setting.population.achievement
        first, each = self.grade(1)[:, np.newaxis], np.arange(2)
        baseline = (start - norms().week0_mean[each, first]) / norms().sd_fall_observed[each, first]
        masks["lower_half"] = keep[:, np.newaxis] & (baseline <= np.median(baseline[keep], axis=0))
        return {label: mask.astype(np.float64) for label, mask in masks.items() if mask.any()}

    def luck(self, subject: str, *, schools: bool) -> float:
        """Sampling variance of one school's effect in a school of the study's own size (SD squared)."""
        grade = self.grade(1)[self.counted(1)]
        school = self.setting.population.school[self.counted(1)]
        of_level = [len(np.unique(grade[school == each])) for each in np.unique(school)]
        by_subject = _MATCHED * student_noise(grade) / self._full.students_per_school
        if schools:
            by_subject = by_subject + school_noise(grade, float(np.mean(of_level)))
        columns = _COLUMNS[subject]
        # Luck of the two subjects is drawn apart, so that their mean has less of it.
        return float(by_subject[columns].mean() / len(columns))


class View:
    """One experiment in one world, as its statistics read it."""

    def __init__(self, prepared: Prepared, lives: Lives) -> None:
        self._of = prepared
        self._lives = lives
        self._effects: dict[tuple[int, str], Floats] = {}
        self._outcomes: dict[int, dict[Row, float]] = {}

    def mean(self, subject: str, group: str, year: int, *, against: str = "comparison") -> float:
        """Mean effect of some students in the design's SD; both subjects count alike."""
        return self._average(self.effects(year, against), subject, group, year)

    def effects(self, year: int, against: str = "comparison") -> Floats:
        """Every student's effect, in the design's SD. Shape (students, 2)."""
        if (year, against) not in self._effects:
            self._effects[year, against] = self._effect(year, against)
        return self._effects[year, against]

    def _effect(self, year: int, against: str) -> Floats:
        design = self._of.design
        program, other = self.life("program"), self.life(against)
        a, b = (self._test(life, year) for life in (program, other))
        if design.test != "broad":
            name = design.test
            own: Floats = (getattr(a, name) - getattr(b, name)) / self._aligned_sd(getattr(b, name), year)
            return own
        gap: Floats = (a.achievement - b.achievement) / self._of.sd(year)
        if design.estimand != "study_other_schools" or against != "comparison":
            return gap
        fall = [life.tests[0, FALL_WEEK].achievement for life in (program, other)]
        adjusted: Floats = gap - self._of.fall_slope * (fall[0] - fall[1]) / self._of.fall_sd
        return adjusted

    def life(self, arm: str) -> Life:
        """The life of an arm."""
        return self._lives.of(self._of.places[arm])

    def _test(self, life: Life, year: int) -> Snapshot:
        return life.tests[year - 1, self._of.design.weeks]

    def _aligned_sd(self, scores: Floats, year: int) -> Floats:
        """SD within grades of the comparison's scores on a test of the study's own, with its error. Shape (2,)."""
        grade, keep = self._of.grade(year), self._of.counted(year)
        count = np.bincount(grade[keep], minlength=len(GRADES))
        square = np.zeros(2)
        for subject in range(2):
            mean = np.bincount(grade[keep], scores[keep, subject], minlength=len(GRADES)) / np.maximum(count, 1)
            square[subject] = ((scores[keep, subject] - mean[grade[keep]]) ** 2).mean()
        sd: Floats = np.sqrt(square / self._of.design.reliability)
        return sd

    def _weight(self, year: int, group: str) -> Floats:
        weight = self._of.weight(year, group)
        return weight * self.life("program").served if self._of.design.served == "program" else weight

    def school_means(self, subject: str, group: str, year: int) -> tuple[Floats, np.ndarray]:
        """Every school's mean effect, and which schools have students in the group. Each (schools,)."""
        effects, weight = self.effects(year), self._weight(year, group)
        school = self._of.setting.population.school
        schools = self._of.setting.schools
        means = []
        for each in _COLUMNS[subject]:
            total = np.bincount(school, weight[:, each], minlength=schools)
            means.append(np.bincount(school, effects[:, each] * weight[:, each], minlength=schools) / (total + 1e-12))
        return np.mean(means, axis=0), np.asarray(total > 0.0)

    def student_luck(self, subject: str) -> float:
        """Sampling error of one school's effect as its students alone tell it (SD), in a school of full size."""
        return float(np.sqrt(self._of.luck(subject, schools=False)))

    def school_luck(self, subject: str) -> float:
        """The same with the luck of a school's year, which its students share."""
        return float(np.sqrt(self._of.luck(subject, schools=True)))

    def spread_of_match(self, year: int) -> float:
        """SD of what a student's score is above that of a matched student, without any effect (SD)."""
        keep = self._of.counted(year)
        return float(np.sqrt(2.0 * student_noise(self._of.grade(year)[keep]).mean()))

    # What is not an effect
    # ------------------------------------------------------------------------------------------------------------

    def standing(self, subject: str, group: str, year: int, at: str) -> float:
        """Mean distance of the program's students from the norms' mean, in fall or spring (SD of observed scores)."""
        n, grade, each = norms(), self._of.grade(year)[:, np.newaxis], np.arange(2)
        week, mean, sd = {
            "fall": (FALL_WEEK, n.fall_mean, n.sd_fall_observed),
            "spring": (SPRING_WEEK, n.spring_mean, n.sd_spring_observed),
        }[at]
        scores = self.life("program").tests[year - 1, week].achievement
        return self._average((scores - mean[each, grade]) / sd[each, grade], subject, group, year)

    def growth(self, subject: str, group: str, year: int) -> float:
        """Mean growth of the comparison's students from fall to spring (SD of observed fall scores)."""
        tests, grade = self.life("comparison").tests, self._of.grade(year)[:, np.newaxis]
        gain = tests[year - 1, SPRING_WEEK].achievement - tests[year - 1, FALL_WEEK].achievement
        return self._average(gain / norms().sd_fall_observed[np.arange(2), grade], subject, group, year)

    @property
    def persistent_cv(self) -> list[Floats]:
        """Spread of lasting growth in the reference population, by grade, for each subject and level of school."""
        ends = (0, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, HEADLINE_GRADES[-1])
        found = self._lives.typical.persistent_cv
        return [of[low + 1 : high + 1] for of in found for low, high in pairwise(ends)]

    def _average(self, values: Floats, subject: str, group: str, year: int) -> float:
        weight = self._weight(year, group)
        columns = _COLUMNS[subject]
        return float(np.mean([values[:, each] @ weight[:, each] / weight[:, each].sum() for each in columns]))

    def outcome(self, name: str, subject: str, year: int, group: str, arm: str) -> float:
        """An outcome as a run reports it; its unit is the one that is not SD, if it has several."""
        if year not in self._outcomes:
            program, other = self.life("program"), self.life("comparison")
            rows, values = effect_rows((year_outcomes(self._of.setting, program.arm, other.arm, year - 1),))
            self._outcomes[year] = dict(zip(rows, values.tolist(), strict=True))
        for row, value in self._outcomes[year].items():
            if (row.outcome, row.subject, row.group, row.arm) == (name, subject, group, arm):
                return value
        known = sorted({row.outcome for row in self._outcomes[year]})
        raise StudyError(
            self._of.experiment.path.name,
            "outcomes",
            f"no outcome '{name}' ({subject}, {group}, {arm})",
            allowed=", ".join(known),
        )

    def implementation(self, year: int) -> Floats:
        """How much of full practice each school really does. Shape (schools,)."""
        return done(self.life("program").arm, year - 1)

    def condition(self, name: str) -> Floats:
        """A condition that schools started with. Shape (schools,)."""
        values: Floats = getattr(self._of.setting.population, name).astype(np.float64)
        return values

    def number(self, key: str) -> float:
        """A number of the world."""
        return self._lives.world.number(key)

    @property
    def intensities(self) -> Floats:
        """Planned intensities of the eight practices. Shape (schools, 8)."""
        values: Floats = self.life("program").arm.planned[:, 0, FIRST_INTENSITY:]
        return values
