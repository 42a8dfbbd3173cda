"""An experiment with its populations and plans, before any world."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import (
    FALL_WEEK,
    GRADES,
    LAST_ELEMENTARY_GRADE,
    LAST_MIDDLE_GRADE,
)
from plsim.core.errors import StudyError
from plsim.engine.setting import WINDOWS, Setting
from plsim.evidence import norms
from plsim.runs.outcomes import partitions, still_there
from plsim.scenario.build import counterfactual
from plsim.scenario.loading import changed
from plsim.scenario.schema import typical_again
from plsim.validation.facts.arm_cache import StudyArm, StudyArms
from plsim.validation.facts.registry import Statistic, statistic
from plsim.validation.facts.sampling import COLUMNS, MATCHED, fall_slope, school_noise, student_noise
from plsim.validation.facts.study_facts import Experiment, StudyFact

_RANGE = re.compile(r"grades:\d+-\d+")


class Prepared:
    """An experiment with its populations and plans, and what of its statistics is the same in every world."""

    def __init__(self, of: Experiment, chosen: tuple[StudyFact, ...], places: StudyArms, size: str) -> None:
        self.experiment = of
        self.design = of.design
        self.facts = chosen
        self.rules: tuple[Statistic, ...] = tuple(statistic(each.table.statistic) for each in chosen)
        program, comparison = of.sized(size)
        self.places: dict[str, StudyArm] = {"program": places.place(program)}
        if of.design.estimand == "study_other_schools":
            self.places["comparison"] = places.place(counterfactual(program), ordinary=True)
        else:
            self.places["comparison"] = places.place(comparison)
        for each, rule in zip(chosen, self.rules, strict=True):
            for practice in each.table.practices if rule.leaves_out else ():
                off = {key: value for name in practice.split("+") for key, value in typical_again(name).items()}
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
        return still_there(self.setting, year - 1)

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
        """1 for students of a group, by subject; ``grades:0-2`` is everybody of grades K to 2. Shape (students, 2)."""
        if (year, group) not in self._weights and _RANGE.fullmatch(group):
            low, high = (int(end) for end in group.removeprefix("grades:").split("-"))
            inside = self.counted(year) & (self.grade(year) >= low) & (self.grade(year) <= high)
            self._weights[year, group] = np.repeat(inside.astype(np.float64)[:, np.newaxis], 2, axis=1)
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
        """Groups that a run does not show but studies report: bands of grades, and who starts in which half."""
        grade, keep = self.grade(year), self.counted(year)
        ends = (-1, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, len(GRADES))
        masks = {
            f"band:{name}": np.repeat((keep & (grade > low) & (grade <= high))[:, np.newaxis], 2, axis=1)
            for name, low, high in zip(("elementary", "middle", "high"), ends[:-1], ends[1:], strict=True)
        }
        start = self.setting.population.achievement
        first, each = self.grade(1)[:, np.newaxis], np.arange(2)
        baseline = (start - norms().week0_mean[each, first]) / norms().sd_fall_observed[each, first]
        lower = baseline <= np.median(baseline[keep], axis=0)
        masks["lower_half"], masks["upper_half"] = keep[:, np.newaxis] & lower, keep[:, np.newaxis] & ~lower
        return {label: mask.astype(np.float64) for label, mask in masks.items() if mask.any()}

    def sampling_variance(self, subject: str, *, schools: bool) -> float:
        """Sampling variance of one school's effect in a school of the study's own size (SD squared)."""
        grade = self.grade(1)[self.counted(1)]
        school = self.setting.population.school[self.counted(1)]
        of_level = [len(np.unique(grade[school == each])) for each in np.unique(school)]
        by_subject = MATCHED * student_noise(grade) / self._full.students_per_school
        if schools:
            by_subject = by_subject + school_noise(grade, float(np.mean(of_level)))
        columns = COLUMNS[subject]
        # Errors of the two subjects are independent, so their mean has a smaller one.
        return float(by_subject[columns].mean() / len(columns))
