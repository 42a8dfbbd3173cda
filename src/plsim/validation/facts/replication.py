"""Published facts as experiments: each study's schools, design and findings, run again in a world.

:func:`experiments` reads the fact files. A :class:`Replication` prepares students, seats and plans once; called with a
world it gives every raw statistic there, in the order of its ``statistics``. What a published finding says about them
is a :class:`StudyFact`: which statistics it reads, how they become one number, and what that number should be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError
from plsim.engine.engines import engine_named
from plsim.engine.parameters import World
from plsim.engine.reference import typical
from plsim.validation.facts.arm_cache import ArmCache, StudyArms
from plsim.validation.facts.prepared import Prepared
from plsim.validation.facts.study_facts import Experiment, StudyFact, experiment, experiments
from plsim.validation.facts.view import View

__all__ = ["SIZES", "Experiment", "Replication", "StudyFact", "experiment", "experiments"]

SIZES = ("calibration", "full", "reduced")


class Replication:
    """Experiments made ready to be run in many worlds, in one process.

    Parameters
    ----------
    of
        The experiments.
    size
        ``"calibration"``: the small populations of the fact files, and only facts that may choose worlds;
        ``"full"``: each study's own size, and all facts; ``"reduced"``: small populations also where a fact file
        gives none, and all facts.
    seed
        Seed of students, schools and years; the same in every world.
    roles
        Facts of these roles instead.
    """

    def __init__(self, of: Sequence[Experiment], *, size: str, seed: int, roles: Collection[str] | None = None) -> None:
        if size not in SIZES:
            raise StudyError("replication", "size", f"got '{size}'", allowed=", ".join(SIZES))
        places = StudyArms(seed)
        self.size, self.seed = size, seed
        self._prepared: list[Prepared] = []
        for each in of:
            chosen = tuple(
                one
                for one in each.facts
                if (one.role in roles if roles is not None else one.calibrates or size != "calibration")
            )
            if chosen:
                self._prepared.append(Prepared(each, chosen, places, size))
        self.facts: tuple[StudyFact, ...] = tuple(fact for each in self._prepared for fact in each.facts)
        self.statistics: tuple[str, ...] = tuple(name for fact in self.facts for name in fact.statistics)
        self._tests: dict[tuple[str, ...], set[int]] = {}
        for ready in self._prepared:
            for place in ready.places.values():
                self._tests.setdefault(place.address, set()).update(ready.weeks)
        self._engine = engine_named("batch")

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The experiments that have facts on this replication."""
        return tuple(each.experiment for each in self._prepared)

    def indices(self, fact: StudyFact) -> tuple[int, ...]:
        """Where a fact's raw statistics stand in ``statistics``."""
        return tuple(self.statistics.index(name) for name in fact.statistics)

    def __call__(self, world: World) -> Floats:
        """All raw statistics in a world. Shape (statistics,)."""
        lives = ArmCache(world, typical(world, self._engine), self._engine, self._tests)
        values: list[float] = []
        for prepared in self._prepared:
            view = View(prepared, lives)
            for fact, rule in zip(prepared.facts, prepared.rules, strict=True):
                values += rule.compute(view, fact.table)
        return np.array(values)

    def numbers(self, values: Floats) -> Floats:
        """Each fact's one number, from the raw statistics of a world. Shape (facts,)."""
        return np.array([fact.number(values[list(self.indices(fact))]) for fact in self.facts])
