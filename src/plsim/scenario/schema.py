"""What a scenario file may say: one frozen model per keyed table, closed to unknown keys.

Left-out practices, support and programs are typical practice, so a file states what is different and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, create_model, model_validator

from plsim.core.calendar import MAX_YEARS
from plsim.practices import Context, Options, Practice, Programs, Support, known_practices
from plsim.practices.levers import INTENSITIES, LEVERS, PRACTICES, LeverTable
from plsim.practices.options import evidence_value, option
from plsim.practices.own import out_of_range
from plsim.scenario.outside import outside_practices
from plsim.scenario.text import toml_text

SCHEMA_VERSION = 1
MAX_SEED = 2**63 - 1

_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Grade = Annotated[int, Field(ge=0, le=12)]


def _level_shares() -> tuple[float, float, float]:
    elementary, middle = evidence_value("schools.elementary_share"), evidence_value("schools.middle_share")
    return (elementary, middle, 1.0 - elementary - middle)


class PopulationTable(Options):
    """``[population]``: the schools and students to draw from norms. With ``--population`` a file replaces them."""

    schools: int = Field(default=12, ge=1, le=5000)
    students_per_school: int = Field(default=250, ge=1, le=10000)
    charter_schools: int = Field(default=0, ge=0, le=5000)
    """How many of the schools are charter schools."""
    level_shares: tuple[_Share, _Share, _Share] = Field(default_factory=_level_shares, strict=False)
    """Shares of elementary (K-5), middle (6-8) and high (9-12) schools."""
    grades: tuple[_Grade, ...] | None = Field(default=None, strict=False, min_length=1, max_length=13)
    """Only these grades (0 is K); left out, all grades of a school's level."""
    lunch_share: float = option("population.lunch_share", 0.0, 1.0)
    """Share of students eligible for free or reduced-price lunch."""
    level_sd: float = Field(default=0.0, ge=-3.0, le=3.0)
    """Mean achievement relative to the norms, in norm standard deviations of observed fall scores."""
    english_learner_share: float = option("population.english_learner_share", 0.0, 1.0)
    special_education_share: float = option("population.special_education_share", 0.0, 1.0)
    attendance_rate: float = option("population.attendance_rate", 0.6, 1.0)
    """Mean share of days that students attend."""
    self_regulation: float = option("population.self_regulation_mean", 0.0, 1.0)
    """Students' mean capacity to learn in a self-directed way."""
    vision: float = option("schools.vision", 0.0, 1.0)
    trust: float = option("schools.trust", 0.0, 1.0)
    library: float = option("schools.library", 0.0, 1.0)
    library_quality: float = option("schools.library_quality", 0.0, 1.0)
    device_share: float = option("schools.device_share", 0.0, 1.0)
    flexible_space: float = option("schools.flexible_space", 0.0, 1.0)
    condition_spread: float = option("schools.condition_spread", 0.0, 3.0)
    """How unlike schools are in every condition: standard deviation of its probit."""
    years_in_operation_shares: tuple[_Share, ...] = Field(default=(1.0,), strict=False, min_length=1, max_length=8)
    """Shares of schools with 0, 1, 2, ... years of these practices before year 1."""
    engaged_share: float = option("schools.engaged_share", 0.0, 1.0)
    """Share of schools that began by engaging teachers and families."""
    network_offset: int = Field(default=0, ge=0, le=1_000_000)
    """Networks to skip, so that two populations hold different schools."""

    @model_validator(mode="after")
    def _adds_up(self) -> PopulationTable:
        if self.charter_schools > self.schools:
            raise ValueError(f"charter_schools {self.charter_schools} is more than schools {self.schools}; set both")
        for name in ("level_shares", "years_in_operation_shares"):
            total = sum(getattr(self, name))
            if abs(total - 1.0) > 1e-6:
                raise ValueError(f"{name} add up to {total:g}, not to 1")
        return self


class PracticeTables(Options):
    """``[practices.*]``: one practice each, by name."""

    def __getitem__(self, name: str) -> Practice:
        """The practice of that name."""
        practice: Practice = getattr(self, name)
        return practice

    def items(self) -> Iterator[tuple[str, Practice]]:
        """Name and practice, the eight first, in their order."""
        for name in type(self).model_fields:
            yield name, self[name]


class Freeze(Options):
    """``[freeze]``: dynamics to hold still in both arms, for decomposition."""

    students: bool = False
    """Self-regulation and engagement stay as they are."""
    teachers: bool = False
    """Proficiency, strain and buy-in stay as they are."""
    schools: bool = False
    """Library, trust and vision stay as they are, and no school reverts."""
    novelty: bool = False
    """Nothing is new, so nothing wears off."""
    staff: bool = False
    """Nobody leaves because of the scenario."""
    sections: bool = False
    """Students sit in the sections of the counterfactual."""


outside_practices()  # before the table of all practices is made
if TYPE_CHECKING:
    Practices = PracticeTables
else:
    Practices = create_model(
        "Practices",
        __base__=PracticeTables,
        **{name: (practice, Field(default_factory=practice)) for name, practice in known_practices().items()},
    )


class Scenario(Options):
    """A school situation and what its schools do, checked and complete: what was left out holds its default."""

    schema_version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
    """Letters, digits, ``_``, ``-`` and ``.``: it names result folders."""
    purpose: str = Field(default="", max_length=2000)
    """What the scenario is for, in a sentence."""
    years: int = Field(default=1, ge=1, le=MAX_YEARS)
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    dose_unpublished: bool = False
    """The intensities of practices stand for a study that published none: worlds differ in them (``nuisance.dose``)."""
    population: PopulationTable = Field(default_factory=PopulationTable)
    practices: Practices = Field(default_factory=Practices)
    support: Support = Field(default_factory=Support)
    context: Context = Field(default_factory=Context)
    programs: Programs = Field(default_factory=Programs)
    freeze: Freeze = Field(default_factory=Freeze)

    @model_validator(mode="after")
    def _nothing_overwritten(self) -> Scenario:
        """What a practice beyond the eight turns has to be there still when support, context and programs are set."""
        for name, practice in self.practices.items():
            if name not in PRACTICES and practice.intensity:
                alone, without = LeverTable.empty(1, 1), LeverTable.empty(1, 1)
                practice.apply(alone, np.array([practice.intensity]))
                for problem in out_of_range(name, alone.values):
                    raise ValueError(f"practice {name}: {problem}")
                turned = alone.values != without.values
                for table in (alone, without):
                    table.values[:, :, INTENSITIES] = 0.0
                    self.support.apply(table, np.zeros(1))
                    self.context.apply(table, np.zeros(1, np.bool_))
                    self.programs.apply(table)
                for place in np.flatnonzero(turned & (alone.values == without.values)).tolist():
                    raise ValueError(
                        f"practice {name} turns the lever {LEVERS[place].name}, which is overwritten after it"
                    )
        return self

    def to_toml(self) -> str:
        """The canonical text: every value, defaults filled in, in the schema's order; it loads back equal."""
        return toml_text(self.model_dump(mode="python", exclude_none=True))

    def digest(self) -> str:
        """Digest of the canonical text; equal scenarios have equal digests."""
        return hashlib.blake2b(self.to_toml().encode(), digest_size=12).hexdigest()

    def with_changes(self, **changes: Any) -> Scenario:
        """The scenario with other values of top-level fields, checked again."""
        return Scenario.model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


@cache
def typical_practices() -> PracticeTables:
    """What typical schools do, from the registry."""
    return Practices()


def typical_again(practice: str) -> dict[str, object]:
    """The changes that put one practice back to what typical schools do: dotted keys and values."""
    usual = typical_practices()[practice]
    return {f"practices.{practice}.{name}": getattr(usual, name) for name in type(usual).model_fields}
