"""One scenario, many variations: the outcomes of each beside its counterfactual, keeping what variations share.

Students, seats and random numbers are made once; the reference D and the counterfactual once per world. So a sweep
varies practices fastest and worlds slowest. The numbers are those of :func:`plsim.run`, to the last bit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plsim.core.arguments import given, whole
from plsim.core.arrays import Floats
from plsim.core.calendar import MAX_YEARS
from plsim.core.errors import InputError, nearest
from plsim.engine.parameters import CENTRAL, World
from plsim.population.model import Population
from plsim.population.options import StudentFiles
from plsim.runs.paired import PairedRuns
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario


class Outcome(NamedTuple):
    """A row of ``effects``: all its fields together are its key, in every table of a study and in every sentence.

    Attributes
    ----------
    outcome
        As ``plsim list outcomes`` shows it.
    subject
        ``"math"``, ``"reading"`` or ``"both"``.
    year
        1 is the first.
    group
        ``"all"``, ``"quintile:1"``, ``"grade:4"``, ``"governance:charter"`` ...
    arm
        ``"difference"``, ``"scenario"`` or ``"counterfactual"``.
    unit
        For outcomes that come in several: ``"SD"`` or ``"RIT"``.
    estimator
        ``"paired"``; runs of a study have no other.

    Examples
    --------
    >>> from plsim import Outcome
    >>> Outcome(subject="math", group="quintile:1").label
    'achievement/math/year 1/quintile:1'
    """

    outcome: str = "achievement"
    subject: str = "both"
    year: int = 1
    group: str = "all"
    arm: str = "difference"
    unit: str = "SD"
    estimator: str = "paired"
    """Runs of a study have no other."""

    @property
    def label(self) -> str:
        """``achievement/math/year 2/quintile:1``; arm and unit when they are not the usual ones."""
        parts = [self.outcome, self.subject, f"year {self.year}", self.group]
        if self.arm != "difference":
            parts.append(self.arm)
        if self.outcome == "achievement" and self.unit != "SD":
            parts.append(self.unit)
        return "/".join(parts)


def headline(years: int) -> tuple[Outcome, ...]:
    """The effect on achievement of either subject and of both, for everybody, after each year."""
    return tuple(
        Outcome(subject=subject, year=year) for year in range(1, years + 1) for subject in ("math", "reading", "both")
    )


class Evaluator:
    """Evaluates variations of one scenario on one population, with common random numbers.

    Parameters
    ----------
    scenario
        What is varied.
    seed, years
        The scenario's own when None; 0 is a seed.
    population
        A population, or a file or folder to read one from; drawn from norms when None.
    outcomes
        What is read from every run; the effect on achievement after each year when None.
    engine
        ``"batch"`` or ``"mesa"``: the same bits.

    Raises
    ------
    InputError
        When an outcome is not one of those that runs of the scenario have.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        years: int | None = None,
        population: Population | StudentFiles | str | Path | None = None,
        outcomes: Sequence[Outcome] | None = None,
        engine: str = "batch",
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.years = scenario.years if years is None else years
        self.outcomes = headline(self.years) if outcomes is None else tuple(outcomes)
        self._runs = PairedRuns(seed=self.seed, years=self.years, population=population, engine=engine)
        for at in self.outcomes:
            for name, value in at._asdict().items():
                if name == "year":
                    whole("outcome: year", value, 1, MAX_YEARS)
                elif not isinstance(value, str):
                    raise InputError("outcome", name, given(value), allowed="a text; see `plsim list outcomes`")
            if not 1 <= at.year <= self.years:
                raise InputError(
                    f"outcome {at.label}", "year", f"got {at.year}", allowed=f"1 to {self.years}, the years simulated"
                )

    def vary(self, changes: Mapping[str, object]) -> Scenario:
        """The scenario with dotted keys changed, checked again."""
        return changed(self.scenario, changes) if changes else self.scenario

    def __call__(
        self, changes: Mapping[str, object] | None = None, world: World = CENTRAL, *, held: Collection[str] = ()
    ) -> Floats:
        """The outcomes of the scenario with ``changes``, in a world, beside its counterfactual. Shape (outcomes,).

        Parameters
        ----------
        changes
            Dotted scenario keys and their values: ``{"practices.learning_paths.intensity": 0.6}``.
        world
            Values of the uncertain parameters.
        held
            Channels (``time``, ``match``, ``attention``, ``quality``) held at the counterfactual's values.
        """
        return self.of(self.vary(changes or {}), world, held=held)

    def of(self, scenario: Scenario, world: World = CENTRAL, *, held: Collection[str] = ()) -> Floats:
        """The outcomes of a variation that is already a scenario. Shape (outcomes,)."""
        both = self._runs.pair(scenario)
        rows, values = self._runs.outcomes(
            both,
            self._runs.run(both, world, held=held),
            only={at.outcome for at in self.outcomes},
            groups={at.group for at in self.outcomes},
            years={at.year - 1 for at in self.outcomes},
        )
        found = {
            Outcome(row.outcome, row.subject, row.year, row.group, row.arm, row.unit, row.estimator): value
            for row, value in zip(rows, values.tolist(), strict=True)
        }
        out = np.empty(len(self.outcomes))
        for index, at in enumerate(self.outcomes):
            value = found.get(at)
            if value is None:
                value = found.get(at._replace(unit=_unit(at, found)))
            if value is None:
                labels = sorted(each.label for each in found)
                raise InputError(
                    f"outcome {at.label}",
                    "",
                    "a run of this scenario has no such row",
                    fix=nearest(at.label, labels),
                    allowed="see `plsim list outcomes`; groups of fewer than 10 students are not shown",
                )
            out[index] = value
        return out


def _unit(at: Outcome, found: Mapping[Outcome, float]) -> str:
    """The unit of a row, for outcomes that have only one."""
    return next((each.unit for each in found if each.outcome == at.outcome), at.unit)
