"""What every section of the report starts from, and the parts that sections are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from plsim.core.errors import InputError
from plsim.measures.groups import SMALLEST_GROUP
from plsim.measures.vocabulary import untold
from plsim.report.setting import ScenarioDescription, scenario_of, setting_of
from plsim.report.tables import (
    BOTH,
    Effects,
    HoursByMode,
    ReportedEstimate,
    SchoolEffects,
    hours_by_mode,
    school_effects,
    weekly_growth,
)

if TYPE_CHECKING:
    from plsim.report.folder import ResultFolder
    from plsim.scenario import Scenario


class DataTable(NamedTuple):
    """A table of text: the first cell of a row names it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """A drawing, what is to be seen in it, and the numbers behind it."""

    svg: str
    caption: str
    table: DataTable


TOO_FEW = f"fewer than {SMALLEST_GROUP} of them are in grades 1 to 10 and stay, and groups so small are not shown"


@dataclass(frozen=True)
class Material:
    """A result folder, made ready to be told."""

    folder: ResultFolder

    @cached_property
    def effects(self) -> Effects:
        """Rows of effects."""
        return Effects(self.folder.effects)

    @cached_property
    def year(self) -> int:
        """The last year in which there is an effect on all students."""
        if not self.effects.years:
            raise InputError(str(self.folder.path), "effects.parquet", "holds no rows")
        told = [year for year in self.effects.years if self.effects.subjects("percentile_points", year=year)]
        return told[-1] if told else self.effects.years[-1]

    @property
    def untold(self) -> str:
        """Why later years are not told; empty when there are none."""
        return untold([year for year in self.effects.years if year > self.year])

    @cached_property
    def worlds(self) -> int:
        """How many worlds were run; 0 is the central one only."""
        return int(self.folder.manifest["worlds"])

    @cached_property
    def subject(self) -> str:
        """The subject of headlines: both, unless only one was measured."""
        found = self.effects.subjects("percentile_points", year=self.year)
        if not found:
            raise InputError(str(self.folder.path), "effects.parquet", f"holds no effect on students: {TOO_FEW}")
        return BOTH if BOTH in found else found[0]

    @cached_property
    def weekly_growth(self) -> dict[str, float]:
        """What a typical student gains in a week of school (RIT), by subject, in the last year's grades."""
        return self.weekly_growth_by_year[self.year]

    @cached_property
    def weekly_growth_by_year(self) -> dict[int, dict[str, float]]:
        """The same in every year's grades."""
        return {year: weekly_growth(self.folder.people, year) for year in self.effects.years}

    @cached_property
    def hours(self) -> HoursByMode:
        """Where an average student's hours go in the last year."""
        return hours_by_mode(self.folder.weekly, self.folder.schools, self.year)

    @cached_property
    def tutored(self) -> bool:
        """Whether the scenario adds tutoring, as far as it is known."""
        return self.scenario is not None and self.scenario.programs.tutoring is not None

    @cached_property
    def schools(self) -> SchoolEffects:
        """Effects by school in the last year."""
        return school_effects(self.folder.schools, self.year)

    @cached_property
    def scenario(self) -> Scenario | None:
        """The scenario, if this version reads it."""
        return scenario_of(self.folder)

    @cached_property
    def setting(self) -> ScenarioDescription:
        """The scenario in words."""
        return setting_of(self.folder, self.scenario)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name if self.scenario is not None else self.folder.path.name

    def points(self, *, subject: str = "", year: int = 0, group: str = "all") -> ReportedEstimate | None:
        """An effect in percentile points."""
        subject, year = subject or self.subject, year or self.year
        return self.effects.find("percentile_points", subject=subject, year=year, group=group)

    def weeks(self, *, subject: str = "", year: int = 0) -> ReportedEstimate | None:
        """An effect in weeks of schooling: in RIT over what a week of school brings by the norms."""
        subject, year = subject or self.subject, year or self.year
        effect = self.effects.find("achievement", subject=subject, year=year, unit="RIT")
        growth = self.weekly_growth_by_year[year].get(subject)
        return None if effect is None or growth is None else effect.over(growth, "weeks")

    @cached_property
    def headline(self) -> ReportedEstimate:
        """The effect of the last year in percentile points."""
        found = self.points()
        assert found is not None, "`subject` has one"
        return found
