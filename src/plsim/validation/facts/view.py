"""One experiment made ready, and seen in one world: what its statistics read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import (
    FALL_WEEK,
    GRADES,
    HEADLINE_GRADES,
    LAST_ELEMENTARY_GRADE,
    LAST_MIDDLE_GRADE,
    SPRING_WEEK,
)
from plsim.core.errors import StudyError
from plsim.evidence import norms
from plsim.measures.effects import Row, effect_rows
from plsim.practices.levers import INTENSITIES
from plsim.runs.outcomes import year_outcomes
from plsim.runs.spending import YearLevers
from plsim.runs.survey_outcomes import done
from plsim.validation.facts.arm_cache import ArmCache, Snapshot, TestedArm
from plsim.validation.facts.prepared import Prepared
from plsim.validation.facts.sampling import COLUMNS, student_noise


class View:
    """One experiment in one world, as its statistics read it."""

    def __init__(self, prepared: Prepared, lives: ArmCache) -> None:
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

    def life(self, arm: str) -> TestedArm:
        """The life of an arm."""
        return self._lives.of(self._of.places[arm])

    def _test(self, life: TestedArm, year: int) -> Snapshot:
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
        for each in COLUMNS[subject]:
            total = np.bincount(school, weight[:, each], minlength=schools)
            means.append(np.bincount(school, effects[:, each] * weight[:, each], minlength=schools) / (total + 1e-12))
        return np.mean(means, axis=0), np.asarray(total > 0.0)

    def student_error(self, subject: str) -> float:
        """Sampling error of one school's effect as its students alone tell it (SD), in a school of full size."""
        return float(np.sqrt(self._of.sampling_variance(subject, schools=False)))

    def school_error(self, subject: str) -> float:
        """The same with the chance variation of a school's year, which its students share."""
        return float(np.sqrt(self._of.sampling_variance(subject, schools=True)))

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

    def gain_over_norm(self, subject: str, group: str, year: int) -> float:
        """Mean growth of the program's students over the norms' mean growth of their grades, less 1."""
        tests, grade = self.life("program").tests, self._of.grade(year)[:, np.newaxis]
        gain = tests[year - 1, SPRING_WEEK].achievement - tests[year - 1, FALL_WEEK].achievement
        normal = norms().growth[np.arange(2), grade]
        return self._average(gain, subject, group, year) / self._average(normal, subject, group, year) - 1.0

    def persistent_cv(self, subject: str, group: str) -> list[Floats]:
        """Spread of lasting growth in the reference population, by grade, for each subject and level of school."""
        ends = (0, LAST_ELEMENTARY_GRADE, LAST_MIDDLE_GRADE, HEADLINE_GRADES[-1])
        levels = dict(zip(("elementary", "middle", "high"), pairwise(ends), strict=True))
        wanted = levels.values() if group == "all" else (levels[group.removeprefix("band:")],)
        found = self._lives.typical.persistent_cv
        return [found[each][low + 1 : high + 1] for each in COLUMNS[subject] for low, high in wanted]

    def _average(self, values: Floats, subject: str, group: str, year: int) -> float:
        weight = self._weight(year, group)
        columns = COLUMNS[subject]
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
        return done(YearLevers(self.life("program").arm, year - 1))

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
        values: Floats = self.life("program").arm.planned[:, 0, INTENSITIES]
        return values
