"""What the report shows, worked out from the tables of a result folder: estimates, curves, schools, hours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from plsim.core.calendar import GRADES, GROWTH_WEEKS, HEADLINE_GRADES, SUBJECTS, WEEKS_PER_YEAR
from plsim.evidence import norms
from plsim.measures.findings import Direction, direction
from plsim.measures.groups import SMALLEST_GROUP

if TYPE_CHECKING:
    import pandas as pd

ALL_SCHOOLS = "all"
"""School of the weeks of real students: those of single schools would show few."""
ARMS = ("scenario", "counterfactual")
BOTH = "both"
MODES = ("whole", "group", "one_on_one", "supervised", "peer", "unsupervised", "home")
"""Where a student's hours go, in the order in which they are drawn: with the teacher first, without any adult last."""


HoursByMode = dict[str, dict[str, float]]
"""Hours a week of an average student, by arm and mode."""


class ReportedEstimate(NamedTuple):
    """One number of ``effects.parquet``; ``low``, ``high`` and ``positive`` are NaN without worlds.

    ``luck`` is the standard deviation between other draws of students, teachers and years, ``seeds`` of them; NaN and 0
    where none was tried.
    """

    value: float
    low: float
    high: float
    positive: float
    unit: str
    luck: float = math.nan
    seeds: int = 0

    @property
    def has_interval(self) -> bool:
        """Whether worlds give it an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def over(self, divisor: float, unit: str) -> ReportedEstimate:
        """The same on another scale; ``divisor`` is above 0."""
        value, low, high, luck = (each / divisor for each in (self.value, self.low, self.high, self.luck))
        return ReportedEstimate(value, low, high, self.positive, unit, luck, self.seeds)

    def direction(self, worlds: int) -> Direction:
        """What may be said of its direction: the one rule, :func:`plsim.measures.findings.direction`."""
        value, low, high, positive, _, luck, seeds = self
        return direction(value, low=low, high=high, positive=positive, worlds=worlds, luck=luck, seeds=seeds)

    def is_open(self, worlds: int) -> bool:
        """Whether worlds were run and leave its direction open: pictures mark it hollow."""
        return worlds > 0 and not self.direction(worlds).sign


class Effects:
    """Rows of ``effects.parquet``, found by what they are."""

    def __init__(self, table: pd.DataFrame) -> None:
        # As lists: a column of texts takes ten times as long to go through, and every picture of the explorer does it.
        unknown = [math.nan] * len(table)
        value, low, high = (table[name].astype(float).tolist() for name in ("value", "low", "high"))
        positive, luck = (
            table[name].astype(float).tolist() if name in table else unknown for name in ("positive", "luck")
        )
        seeds = table["seeds"].astype(int).tolist() if "seeds" in table else [0] * len(table)
        columns = (table[name].tolist() for name in ("outcome", "subject", "year", "group", "estimator", "arm"))
        keys = zip(*columns, strict=True)
        estimates = zip(value, low, high, positive, table["unit"].tolist(), luck, seeds, strict=True)
        self._rows: dict[tuple[str, str, int, str, str, str], dict[str, ReportedEstimate]] = {}
        for (outcome, subject, year, group, estimator, arm), numbers_of_row in zip(keys, estimates, strict=True):
            key = (outcome, subject, int(year), group, estimator, arm)
            estimate = ReportedEstimate(*numbers_of_row)
            self._rows.setdefault(key, {})[estimate.unit] = estimate
        self.years = tuple(sorted({int(year) for year in table["year"]}))
        self.groups = tuple(dict.fromkeys(table["group"]))
        self.outcomes = tuple(dict.fromkeys(table["outcome"]))
        self.estimators = tuple(dict.fromkeys(table["estimator"]))

    def find(
        self,
        outcome: str,
        *,
        year: int,
        subject: str = BOTH,
        group: str = "all",
        arm: str = "difference",
        estimator: str = "paired",
        unit: str = "",
    ) -> ReportedEstimate | None:
        """The estimate of that name, in ``unit`` if there are several; ``None`` when the folder does not hold it.

        The scenario's level is typical practice's plus the difference. Each of the three is the middle of its own list
        of worlds, and middles need not subtract: shown beside each other, they would contradict one another.
        """
        whole = self._find(outcome, year, subject, group, arm, estimator, unit)
        if whole is None or arm != "scenario":
            return whole
        typical, apart = (
            self._find(outcome, year, subject, group, other, estimator, whole.unit)
            for other in ("counterfactual", "difference")
        )
        return whole if typical is None or apart is None else whole._replace(value=typical.value + apart.value)

    def _find(
        self, outcome: str, year: int, subject: str, group: str, arm: str, estimator: str, unit: str
    ) -> ReportedEstimate | None:
        found = self._rows.get((outcome, subject, year, group, estimator, arm), {})
        return found.get(unit) if unit else next(iter(found.values()), None)

    def subjects(self, outcome: str, *, year: int) -> tuple[str, ...]:
        """Subjects in which an outcome is given for everybody: mathematics, reading, both."""
        return tuple(one for one in (*SUBJECTS, BOTH) if self.find(outcome, year=year, subject=one) is not None)

    def families(self) -> dict[str, tuple[str, ...]]:
        """Groups by what sorts them (``quintile``, ``governance``, ...)."""
        found: dict[str, list[str]] = {}
        for group in self.groups:
            family, colon, _ = group.partition(":")
            if colon:
                found.setdefault(family, []).append(group)
        return {family: tuple(groups) for family, groups in found.items()}


def weekly_growth(people: Mapping[str, Any], year: int) -> dict[str, float]:
    """What a typical student gains in a week of school (RIT), by subject: the norms', for the grades in this result.

    Over students in grades 1-10 who were there from the first year, as in the headline; over all if there are none.
    """
    by_year = people["stayers_by_grade"]
    counts = by_year[year - 1] if year <= len(by_year) else {}
    weights = np.array([float(counts.get(label, 0)) for label in GRADES])
    headline = np.isin(np.arange(len(GRADES)), HEADLINE_GRADES)
    if (weights * headline).sum() > 0.0:
        weights = weights * headline
    if weights.sum() <= 0.0:
        return {}
    rates = (norms().growth / GROWTH_WEEKS) @ weights / weights.sum()
    growth = dict(zip(SUBJECTS, (float(rate) for rate in rates), strict=True))
    growth[BOTH] = sum(growth.values()) / len(SUBJECTS)
    return {subject: rate for subject, rate in growth.items() if rate > 0.0}


class SchoolEffect(NamedTuple):
    """One school's effect at week 32 of the last year, mean of both subjects (RIT), in the central world."""

    school: str
    charter: bool
    students: int
    effect: float


@dataclass(frozen=True)
class SchoolEffects:
    """Effects of the schools that are large enough to show, lowest first, and how many are not."""

    shown: tuple[SchoolEffect, ...]
    too_small: int

    @property
    def below_zero(self) -> int:
        """Schools that end lower than under typical practice."""
        return sum(one.effect < 0.0 for one in self.shown)


def school_effects(schools: pd.DataFrame | None, year: int) -> SchoolEffects:
    """The schools of a year; those with fewer students than may be shown are only counted; none without a table."""
    if schools is None:
        return SchoolEffects((), 0)
    here = schools[schools["year"] == year]
    gains = [here[f"{subject}_week32_scenario"] - here[f"{subject}_week32_counterfactual"] for subject in SUBJECTS]
    effect = (gains[0] + gains[1]) / len(SUBJECTS)
    everyone = [
        SchoolEffect(str(school), bool(charter), int(students), float(one))
        for school, charter, students, one in zip(
            here["school_id"], here["charter"], here["students"], effect, strict=True
        )
    ]
    shown = [one for one in everyone if one.students >= SMALLEST_GROUP and math.isfinite(one.effect)]
    shown.sort(key=lambda one: (one.effect, one.school))
    return SchoolEffects(tuple(shown), len(everyone) - len(shown))


@dataclass(frozen=True)
class Curves:
    """Two curves over the weeks of all years; each list is one year's.

    Attributes
    ----------
    week
        Weeks of school since the start, counted through the years, at the end of each week.
    scenario, counterfactual
        The two arms.
    """

    week: tuple[tuple[float, ...], ...]
    scenario: tuple[tuple[float, ...], ...]
    counterfactual: tuple[tuple[float, ...], ...]

    def lead(self) -> tuple[tuple[float, ...], ...]:
        """Scenario minus counterfactual."""
        return tuple(
            tuple(a - b for a, b in zip(one, other, strict=True))
            for one, other in zip(self.scenario, self.counterfactual, strict=True)
        )

    def plus(self, number: float) -> Curves:
        """Both curves higher by the same."""

        def higher(years: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
            return tuple(tuple(value + number for value in year) for year in years)

        return Curves(self.week, higher(self.scenario), higher(self.counterfactual))


def growth_curves(weekly: pd.DataFrame, schools: pd.DataFrame | None, subject: str) -> Curves:
    """Points (RIT) above where typical practice stands after each year's first week, students counting alike."""
    curves = _curves(weekly[weekly["subject"] == subject], "achievement", _student_weights(schools))
    starts = [year[0] for year in curves.counterfactual]

    def since(years: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(value - start for value in year) for year, start in zip(years, starts, strict=True))

    return Curves(curves.week, since(curves.scenario), since(curves.counterfactual))


def teacher_curves(weekly: pd.DataFrame, teachers: pd.DataFrame, column: str) -> Curves | None:
    """A column of teachers' load by week, teachers counting alike; ``None`` when it was not recorded."""
    if column not in weekly:
        return None
    first = weekly[weekly["subject"] == weekly["subject"].iloc[0]]
    seats = teachers[(teachers["arm"] == "scenario") & (teachers["year"] == teachers["year"].min())]
    return _curves(first, column, {ALL_SCHOOLS: 1.0, **seats.groupby("school_id").size().astype(float).to_dict()})


def short_of_time(teachers: pd.DataFrame, year: int, arm: str) -> float:
    """Share of teachers who are asked for more hours than they have, over the year, in the central world."""
    here = teachers[(teachers["year"] == year) & (teachers["arm"] == arm)]
    return float((here["hours_demanded"] > here["hours_supplied"]).mean()) if len(here) else math.nan


def hours_by_mode(weekly: pd.DataFrame, schools: pd.DataFrame | None, year: int) -> HoursByMode:
    """Hours a week of an average student by arm and mode, mathematics and reading together, over one year."""
    columns = [f"{mode}_hours" for mode in MODES]
    weights = _student_weights(schools)
    here = weekly[weekly["year"] == year]
    means = here.groupby(["arm", "school_id", "subject"], sort=True)[columns].mean().reset_index()
    found = {}
    for arm in ARMS:
        rows = means[means["arm"] == arm]
        weight = rows["school_id"].map(weights).to_numpy(dtype=float)
        share = weight / (weight.sum() / rows["subject"].nunique())
        total = (rows[columns].to_numpy(dtype=float) * share[:, np.newaxis]).sum(axis=0)
        found[arm] = dict(zip(MODES, (float(hours) for hours in total), strict=True))
    return found


def _student_weights(schools: pd.DataFrame | None) -> dict[str, float]:
    if schools is None:
        return {ALL_SCHOOLS: 1.0}
    first = schools[schools["year"] == schools["year"].min()]
    weights = dict(zip(first["school_id"].astype(str), first["students"].astype(float), strict=True))
    return {ALL_SCHOOLS: 1.0, **weights}


def _curves(rows: pd.DataFrame, column: str, weights: dict[str, float]) -> Curves:
    """Weighted means over schools, by arm, year and week."""
    weight = rows["school_id"].map(weights).fillna(0.0).to_numpy(dtype=float)
    keys = [rows["arm"], rows["year"], rows["week"]]
    frame = rows[["arm", "year", "week"]].assign(weight=weight, total=rows[column].to_numpy(dtype=float) * weight)
    sums = frame.groupby([key.name for key in keys], sort=True)[["total", "weight"]].sum()
    means = (sums["total"] / sums["weight"]).to_dict()
    years = sorted(set(rows["year"]))
    weeks = {year: sorted(set(rows.loc[rows["year"] == year, "week"])) for year in years}

    def of(arm: str) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(float(means[arm, year, week]) for week in weeks[year]) for year in years)

    at = tuple(tuple(float((year - years[0]) * WEEKS_PER_YEAR + week) for week in weeks[year]) for year in years)
    return Curves(at, of("scenario"), of("counterfactual"))
