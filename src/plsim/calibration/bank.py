"""A bank of worlds: every fact's statistics in many worlds, as a task that can be stopped and resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from plsim.calibration.discrepancy import LEVEL
from plsim.calibration.likelihood import Target
from plsim.calibration.priors import Prior
from plsim.core.arrays import Floats
from plsim.engine.worlds import model_digest
from plsim.sweeps.runner import results
from plsim.validation.facts.effect_sizes import kinds_of
from plsim.validation.facts.replication import Replication, experiments
from plsim.validation.facts.study_facts import StudyFact
from plsim.validation.facts.validate import ROLES


@dataclass(frozen=True)
class WorldsTask:
    """The statistics of facts in given worlds.

    Attributes
    ----------
    prior
        Names and ranges of the parameters.
    values
        Parameter values, a row for each world. Shape (worlds, parameters).
    size
        ``"calibration"`` or ``"full"``, see :class:`~plsim.validation.facts.replication.Replication`, or
        :data:`EVERYTHING`.
    seed
        Seed of students, schools and years; the same in all worlds.
    """

    prior: Prior
    values: Floats
    size: str
    seed: int

    @cached_property
    def _replication(self) -> Replication:
        return replication(self.size, self.seed)

    def __getstate__(self) -> dict[str, object]:
        # A worker makes its own replication: larger than the task, and quickly made.
        return {name: value for name, value in self.__dict__.items() if name != "_replication"}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the statistics."""
        return self._replication.statistics

    @property
    def count(self) -> int:
        """How many worlds there are."""
        return int(self.values.shape[0])

    def digest(self) -> str:
        """Identity of worlds, facts' experiments and model."""
        digest = hashlib.blake2b(digest_size=12)
        digest.update(json.dumps([self.size, self.seed, model_digest(), facts_digest(), self.prior.keys]).encode())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()

    def inputs(self, run: int) -> dict[str, object]:
        """The world of a run."""
        return dict(zip(self.prior.keys, self.values[run].tolist(), strict=True))

    def prepare(self) -> Callable[[int], Sequence[float]]:
        """What runs a world; made once per worker."""
        made = self._replication

        def calculate(run: int) -> list[float]:
            found: list[float] = made(self.prior.world(f"bank-{run}", self.values[run])).tolist()
            return found

        return calculate


EVERYTHING = "everything"
"""A replication of all facts, also those that choose no world, as large as their studies were."""
REDUCED = "everything, reduced"
"""The same with few schools and students, where there is no time for more."""


def replication(size: str, seed: int) -> Replication:
    """The replication of the facts that may choose worlds, or of all facts."""
    if size in {EVERYTHING, REDUCED}:
        return Replication(experiments(), size="full" if size == EVERYTHING else "reduced", seed=seed, roles=ROLES)
    chosen = (replace(each, facts=tuple(fact for fact in each.facts if fact.calibrates)) for each in experiments())
    return Replication([each for each in chosen if each.facts], size=size, seed=seed)


def facts_digest() -> str:
    """Digest of the facts that choose worlds: their experiments, and what was published."""
    digest = hashlib.blake2b(digest_size=12)
    for each in experiments():
        chosen = [fact for fact in each.facts if fact.calibrates]
        if not chosen:
            continue
        for text in (each.scenario.to_toml(), each.comparison.to_toml(), repr(each.design), repr(each.size)):
            digest.update(text.encode())
        for fact in chosen:
            said = (fact.key, repr(fact.table), fact.observed, fact.low, fact.high, fact.se, fact.discrepancy)
            digest.update(repr(said).encode())
    return digest.hexdigest()


def bank_values(task: WorldsTask, folder: Path) -> tuple[Floats, Floats]:
    """What has been simulated so far: parameter values and statistics of the worlds that succeeded."""
    table = results(task, folder)
    runs = np.asarray(table.column("run").to_numpy(), np.int64)
    found = np.column_stack([table.column(name).to_numpy() for name in task.columns])
    return task.values[runs], np.asarray(found, np.float64)


def targets(of: Replication, *, everything: bool = False) -> tuple[Target, ...]:
    """What the likelihood asks of the replication's statistics; ``everything``, also of facts that choose no world."""
    designs = {fact.key: (each.study, each.design) for each in of.experiments for fact in each.facts}
    found = []
    for fact in of.facts:
        if not (fact.calibrates or everything):
            continue
        study, design = designs[fact.key]
        found.append(
            Target(
                fact=fact.key,
                study=study,
                kind=fact.table.kind,
                columns=_columns(of, fact),
                value=fact.observed or 0.0,
                low=-np.inf if fact.low is None else fact.low,
                high=np.inf if fact.high is None else fact.high,
                side=fact.table.sign,
                se=fact.se,
                discrepancy=fact.discrepancy,
                error_correlation=design.error_correlation,
                discrepancy_correlation=design.discrepancy_correlation,
                family=fact.family,
                kinds=kinds_of(design),
                unit=1.0 if fact.table.statistic == "effect" else fact.discrepancy / LEVEL,
            )
        )
    return tuple(found)


def _columns(of: Replication, fact: StudyFact) -> tuple[int, ...]:
    """A fact's statistics, what came first at the front."""
    places = list(of.indices(fact))
    if fact.kind == "rank":
        places.insert(0, places.pop(fact.table.practices.index(fact.table.first)))
    return tuple(places)
