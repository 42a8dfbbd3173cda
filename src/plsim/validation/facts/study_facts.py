"""Published facts: what a study found, what stands against it, and the experiments that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError, nearest
from plsim.evidence.facts import Fact, facts
from plsim.practices.levers import PRACTICES
from plsim.scenario.build import counterfactual
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario
from plsim.validation.facts.fact_files import DesignTable, FactFile, FactTable, SizeTable, fact_files, load_fact_file
from plsim.validation.facts.registry import statistic

_REDUCED = (10, 100)
"""At most so many schools, and students in each, where a fact file gives no small size and one is asked for."""
CHOOSING = ("calibration", "development")
"""Roles of facts that worlds may be chosen by."""
_WITHIN = 1.645
"""Standard deviations on either side that hold 90% of a normal distribution."""


@dataclass(frozen=True)
class StudyFact:
    """What a study found, and what in its experiment stands against it.

    Attributes
    ----------
    key
        Name among all facts: the row's id, and the part of it (``"R17-12:district_schools"``).
    fact
        The row of facts.csv.
    table
        The entry of the fact file.
    statistics
        Names of the raw statistics that it reads, in order.
    observed
        The published value; for a sign what it is relative to; ``None`` for intervals and ranks.
    low, high
        The published interval, ``None`` where it is open.
    se, discrepancy
        Sampling error of the published value (0 where there is none), and how far off the model may be.
    of_family
        Name of the studies that it is left out with; empty for its own study.
    """

    key: str
    fact: Fact
    table: FactTable
    statistics: tuple[str, ...]
    observed: float | None
    low: float | None
    high: float | None
    se: float
    discrepancy: float
    of_family: str = ""

    @property
    def kind(self) -> str:
        """``"value"``, ``"sign"``, ``"interval"`` or ``"rank"``."""
        return self.table.kind

    @property
    def family(self) -> str:
        """What is left out together with it: its study, and others of the same trial."""
        return self.of_family or self.fact.study

    @property
    def role(self) -> str:
        """``"calibration"``, ``"validation"`` or ``"development"``."""
        return self.fact.role

    @property
    def calibrates(self) -> bool:
        """Whether worlds may be chosen by it."""
        return self.role in CHOOSING and self.fact.may_decide and self.table.counts

    def number(self, values: Sequence[float] | Floats) -> float:
        """The one number that stands against the finding, from the raw statistics in their order.

        A value or an interval: the statistic itself. A sign: how far the statistic lies on the side that was found,
        the smallest when there are several. A rank: what the first is ahead of the next (negative when it is not).
        """
        raw = np.asarray(values, dtype=np.float64)
        if self.kind == "sign":
            return float((self.table.sign * (raw - (self.observed or 0.0))).min())
        if self.kind == "rank":
            place = self.table.practices.index(self.table.first)
            return float(raw[place] - np.delete(raw, place).max())
        return float(raw.mean())

    def shown(self, number: float) -> float:
        """The number as the statistic gives it: a sign's is not turned to the side that was found."""
        return self.table.sign * number + (self.observed or 0.0) if self.kind == "sign" else number

    def holds(self, number: float) -> bool:
        """Whether a number agrees with the finding: on its side, in its interval, or as near as errors allow (90%)."""
        if self.kind in {"sign", "rank"}:
            return number > 0.0
        if self.kind == "interval":
            return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        assert self.observed is not None
        return abs(number - self.observed) <= _WITHIN * float(np.hypot(self.se, self.discrepancy))


@dataclass(frozen=True)
class Experiment:
    """A study to be run again.

    Attributes
    ----------
    scenario
        What its schools did.
    comparison
        What they are compared with: the same schools with other practices.
    design
        How the study looked at them.
    size
        Its size where thousands of worlds are run; ``None`` keeps the full one.
    """

    name: str
    study: str
    path: Path
    scenario: Scenario
    comparison: Scenario
    design: DesignTable
    size: SizeTable | None
    facts: tuple[StudyFact, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What it is, in a few plain lines."""
        design = self.design
        test = f"{design.test} test in week {design.weeks} of year {self.scenario.years}, SD of the {design.sd}"
        return (
            f"{self.study}: {design.estimand}, {test}.",
            *(f"{fact.key}: {fact.table.statistic} ({fact.kind}, {fact.role})" for fact in self.facts),
        )

    def sized(self, size: str) -> tuple[Scenario, Scenario]:
        """Scenario and comparison at a size."""
        return self._sized(self.scenario, size), self._sized(self.comparison, size)

    def _sized(self, scenario: Scenario, size: str) -> Scenario:
        full = scenario.population
        if size == "full" or (self.size is None and size == "calibration"):
            return scenario
        small = self.size
        if small is None:
            schools, students = min(full.schools, _REDUCED[0]), min(full.students_per_school, _REDUCED[1])
            small = SizeTable(schools=schools, students_per_school=students)
        charters = small.charter_schools
        if charters is None:
            charters = round(small.schools * full.charter_schools / full.schools)
        return changed(
            scenario,
            {
                "population.schools": small.schools,
                "population.students_per_school": small.students_per_school,
                "population.charter_schools": charters,
            },
        )


def experiments(evidence: Sequence[Fact] | None = None) -> tuple[Experiment, ...]:
    """All experiments, in the order of their files' names; ``evidence`` instead of the shipped facts, for tests."""
    rows = {one.id: one for one in (facts() if evidence is None else evidence)}
    return tuple(experiment(path, rows) for path in fact_files())


def experiment(path: Path, rows: dict[str, Fact] | None = None) -> Experiment:
    """The experiment of one fact file, checked."""
    rows = {one.id: one for one in facts()} if rows is None else rows
    file = load_fact_file(path)
    comparison = counterfactual(file.scenario)
    if file.comparison is not None:
        same = {name: getattr(file.scenario, name) for name in ("population", "context", "years", "seed", "freeze")}
        comparison = file.comparison.with_changes(**same, dose_unpublished=file.scenario.dose_unpublished)
    found: list[StudyFact] = []
    for table in file.facts:
        found.append(_study_fact(path.name, file, table, rows))
        if found[-1].key in {each.key for each in found[:-1]}:
            raise StudyError(path.name, found[-1].key, "given twice", fix="Tell the two apart with 'part'")
    return Experiment(
        file.name, file.study, path, file.scenario, comparison, file.design, file.calibration, tuple(found)
    )


def _study_fact(where: str, file: FactFile, table: FactTable, rows: dict[str, Fact]) -> StudyFact:
    key = f"{table.id}:{table.part}" if table.part else table.id
    if table.id not in rows:
        raise StudyError(where, table.id, "no such row in facts.csv", fix=nearest(table.id, rows))
    row = rows[table.id]
    try:
        rule = statistic(table.statistic)
    except StudyError as error:
        raise StudyError(where, f"{key}.statistic", error.problem, allowed=error.allowed, fix=error.fix) from None
    if table.year > file.scenario.years:
        raise StudyError(where, f"{key}.year", f"got {table.year}", allowed=f"1 to {file.scenario.years}")
    for practice in (name for bundle in table.practices for name in bundle.split("+")):
        if practice not in PRACTICES:
            raise StudyError(where, f"{key}.practices", f"unknown practice '{practice}'", allowed=", ".join(PRACTICES))
    column = table.of or ("value" if table.kind == "value" else None)
    observed = None if column is None else getattr(row, column)
    low, high = table.above, table.below
    if table.kind == "interval" and low is None and high is None:
        low, high = row.low, row.high
    if table.kind == "interval" and low is None and high is None:
        raise StudyError(where, key, "facts.csv has no low or high", fix="Give 'above' or 'below'")
    se = row.se if row.se is not None else table.se
    if table.kind == "value" and (observed is None or se is None):
        missing = f"a number in column '{column}'" if observed is None else "a standard error"
        raise StudyError(where, key, f"facts.csv has no {missing.removeprefix('a ')}", fix="Give 'se', or another kind")
    labels = tuple(f"{key}:{label}" if label else key for label in rule.labels(table))
    return StudyFact(key, row, table, labels, observed, low, high, se or 0.0, table.discrepancy, file.design.family)
