"""Typical practice: NWEA's 2020 MAP Growth norms, by subject and grade, as arrays.

The table holds parameters of NWEA's growth model (Thum & Kuhfeld 2020), not percentiles. ``data/README.md`` says where
they were read. Growth slows through the year: the weekly rate falls in a straight line from week 4 to week 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plsim.core.calendar import FALL_WEEK, GRADES, GROWTH_WEEKS, MATH, SPRING_WEEK, SUBJECTS, WEEKS_PER_YEAR
from plsim.core.errors import EvidenceError
from plsim.evidence.registry import DATA_FOLDER
from plsim.evidence.tables import number_or_none, read_table

NORMS_FILE = DATA_FOLDER / "nwea_2020_model.csv"

Table = NDArray[np.float64]

# Field of Norms: column of the table.
_COLUMNS = {
    "fall_mean": "fall_mean",
    "winter_mean": "winter_mean",
    "spring_mean": "spring_mean",
    "growth": "growth_fs",
    "weekly_rate_start": "weekly_rate_start",
    "weekly_rate_end": "weekly_rate_end",
    "sd_within_fall": "sd_true_within_school_fall",
    "sd_between_fall": "sd_true_between_school_fall",
    "sd_within_spring": "sd_true_within_school_spring",
    "sd_between_spring": "sd_true_between_school_spring",
    "error_sd": "error_sd",
    "growth_sd_within": "growth_sd_true_within_school",
    "growth_sd_between": "growth_sd_true_between_school",
    "r_fall_spring_observed": "r_fall_spring_observed",
    "r_fall_growth_within": "r_fall_growth_true_within",
    "r_fall_growth_between": "r_fall_growth_true_between",
    "summer_change": "summer_change",
    "summer_sd_within": "summer_sd_true_within_school",
    "summer_sd_between": "summer_sd_true_between_school",
    "r_year_summer_within": "r_schoolyear_summer_true_within",
}
_SUMMER = ("summer_change", "summer_sd_within", "summer_sd_between", "r_year_summer_within")
_LAST = len(GRADES) - 1
_FORM_SHIFT_GRADE = 5


@dataclass(frozen=True)
class Norms:
    """NWEA's norms; every array has shape ``(subjects, grades)`` = ``(2, 13)``, grade K at index 0, and is read-only.

    Scores are in RIT, at MAP's weeks 4 (fall), 20 (winter) and 32 (spring). ``within`` and ``between`` say whether an
    SD or a correlation is among students of a school or among schools; those of status, growth and summer are of true
    scores, without test error. Summer is the one that follows the grade.

    Attributes
    ----------
    growth
        Mean change from week 4 to week 32.
    weekly_rate_start, weekly_rate_end
        Mean growth per week at week 4 and at week 32.
    error_sd
        Standard error of one test.
    r_fall_spring_observed
        Correlation of the two observed scores.
    summer_change
        Mean change from week 32 to week 4 of the next grade, as the tests show it.
    r_year_summer_within
        Correlation of a year's growth and the next summer's change.

    Notes
    -----
    NWEA gives no summer after K and none after 12. After K: the change is the cross-sectional one (fall of grade 1
    minus spring of K), and the SDs and the correlation are grade 1's. After 12: change 0 (unused), the rest grade 11's.
    In K and 12 NWEA's growth is not quite a straight line of rates: the weekly rates add up to 0.08 to 0.43 RIT more
    than :attr:`growth` there (both grades are flagged in reports); elsewhere they agree within 0.02.
    After grade 5 in mathematics the table's change (-4.14) mixes learning with a switch of test form; here it is
    interpolated from grades 4 and 6, and :attr:`form_shift` holds the rest.
    """

    fall_mean: Table
    winter_mean: Table
    spring_mean: Table
    growth: Table
    weekly_rate_start: Table
    weekly_rate_end: Table
    sd_within_fall: Table
    sd_between_fall: Table
    sd_within_spring: Table
    sd_between_spring: Table
    error_sd: Table
    growth_sd_within: Table
    growth_sd_between: Table
    r_fall_spring_observed: Table
    r_fall_growth_within: Table
    r_fall_growth_between: Table
    summer_change: Table
    summer_sd_within: Table
    summer_sd_between: Table
    r_year_summer_within: Table
    form_shift: Table

    @cached_property
    def sd_fall_observed(self) -> Table:
        """SD of observed fall scores in the norm group (RIT)."""
        return _fixed(np.sqrt(self.sd_within_fall**2 + self.sd_between_fall**2 + self.error_sd**2))

    @cached_property
    def sd_spring_observed(self) -> Table:
        """SD of observed spring scores in the norm group (RIT)."""
        return _fixed(np.sqrt(self.sd_within_spring**2 + self.sd_between_spring**2 + self.error_sd**2))

    @cached_property
    def weekly_rate(self) -> Table:
        """Mean growth in each week's interval (RIT/week). Shape (subjects, grades, weeks)."""
        return _fixed(np.stack([self.rate(week) for week in range(WEEKS_PER_YEAR)], axis=-1))

    def rate(self, week: int) -> Table:
        """Mean growth in the interval from ``week`` to ``week + 1`` (RIT/week): the rate at its midpoint.

        Before week 4 it is the rate of week 4, and after week 32 that of week 32.
        """
        share = min(max((week + 0.5 - FALL_WEEK) / GROWTH_WEEKS, 0.0), 1.0)
        return self.weekly_rate_start + (self.weekly_rate_end - self.weekly_rate_start) * share

    @cached_property
    def week0_mean(self) -> Table:
        """Mean at the start of the year (RIT), cast back from week 4."""
        return _fixed(self.fall_mean - FALL_WEEK * self.weekly_rate_start)

    @cached_property
    def summer_true(self) -> Table:
        """Mean change from week 36 to week 0 of the next grade (RIT); 0 after grade 12.

        The tests' summer runs from week 32 to week 4 and so holds eight weeks of school.
        """
        change = np.zeros_like(self.summer_change)
        change[:, :-1] = (
            self.summer_change[:, :-1]
            - (WEEKS_PER_YEAR - SPRING_WEEK) * self.weekly_rate_end[:, :-1]
            - FALL_WEEK * self.weekly_rate_start[:, 1:]
        )
        return _fixed(change)


@cache
def norms() -> Norms:
    """The shipped norms, read once."""
    return load_norms(NORMS_FILE)


def load_norms(path: Path) -> Norms:
    """Norms from a table in the shipped one's format: a row for each subject and grade, summers as NWEA gives them."""
    tables = {field: np.full((len(SUBJECTS), len(GRADES)), np.nan) for field in _COLUMNS}
    seen = set()
    for line, row in read_table(path, ("subject", "grade", *_COLUMNS.values())):
        subject, grade = row["subject"], row["grade"]
        if subject not in SUBJECTS or grade not in GRADES:
            raise EvidenceError(path.name, f"line {line}", f"unknown subject or grade: {subject!r}, {grade!r}")
        if (subject, grade) in seen:
            raise EvidenceError(path.name, f"line {line}", f"{subject} of grade {grade} is given twice")
        seen.add((subject, grade))
        cell = (SUBJECTS.index(subject), GRADES.index(grade))
        for field, column in _COLUMNS.items():
            number = number_or_none(path.name, line, column, row[column])
            if number is None and not (field in _SUMMER and grade in (GRADES[0], GRADES[-1])):
                raise EvidenceError(path.name, f"line {line}, {column}", "empty")
            tables[field][cell] = np.nan if number is None else number
    if len(seen) != len(SUBJECTS) * len(GRADES):
        raise EvidenceError(path.name, "", f"{len(seen)} rows", allowed="one row for each subject and grade")
    return Norms(**{name: _fixed(table) for name, table in _with_every_summer(tables).items()})


def _with_every_summer(tables: dict[str, Table]) -> dict[str, Table]:
    """The tables with the summers that NWEA does not give filled in; see the notes of :class:`Norms`."""
    change = tables["summer_change"]
    change[:, 0] = tables["fall_mean"][:, 1] - tables["spring_mean"][:, 0]
    change[:, _LAST] = 0.0
    for field in _SUMMER[1:]:
        tables[field][:, 0] = tables[field][:, 1]
        tables[field][:, _LAST] = tables[field][:, _LAST - 1]
    shift = np.zeros_like(change)
    published = change[MATH, _FORM_SHIFT_GRADE]
    change[MATH, _FORM_SHIFT_GRADE] = (change[MATH, _FORM_SHIFT_GRADE - 1] + change[MATH, _FORM_SHIFT_GRADE + 1]) / 2.0
    shift[MATH, _FORM_SHIFT_GRADE] = published - change[MATH, _FORM_SHIFT_GRADE]
    return {**tables, "form_shift": shift}


def _fixed(table: Table) -> Table:
    """The same table, read-only: norms are shared by everybody in the process."""
    table.setflags(write=False)
    return table
