"""The runs of a study: which point in which world, in which order, as a task for the runner.

The order keeps together what shares a world and a context, because then the reference and the counterfactual are
found once. Numbers of runs are places in this order; ``Design.order`` leads from a run to its point.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from plsim.core.arrays import Floats, Ints
from plsim.core.errors import RunError
from plsim.core.jit import source_digest
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.worlds import first_alike, model_digest
from plsim.evidence import evidence_digest
from plsim.population.model import Population
from plsim.population.options import StudentFiles
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.runs.manifest import files_of_people, population_digest
from plsim.scenario.outside import outside_practices
from plsim.scenario.schema import Scenario
from plsim.studies.factors import LUCK, WORLD, Factor, changes_at, world_at
from plsim.studies.loading import LoadedStudy
from plsim.studies.methods import world_is_factor
from plsim.studies.schema import Dgsm, Factorial, Grid, Morris, Study
from plsim.studies.sensitivity import points_of

ONE_BY_ONE = "uncertain parameters one by one over their prior ranges, not calibrated"
CENTRAL_ONLY = "the central world only"
_SAME_PEOPLE = 200
"""Contexts that one evaluator may keep people and counterfactuals of; then a new one keeps memory flat."""


@dataclass(frozen=True)
class Design:
    """Every run of a study.

    Attributes
    ----------
    units
        Coordinates of the points in [0, 1]. Shape (points, factors).
    worlds
        The worlds of the study; empty when its parameters vary one by one, or nothing uncertain varies.
    order
        Point of every run. Shape (runs,).
    world
        World of every run, -1 for the central one or the point's own parameters. Shape (runs,).
    draw
        Which of the seeds a run has. Shape (runs,).
    seeds
        Draws of students, teachers and years.
    crossed
        Whether every point is run in every world with every seed.
    fresh
        Whether a run cannot share reference or counterfactual with the one before it. Shape (runs,).
    """

    factors: tuple[Factor, ...]
    units: Floats
    worlds: tuple[World, ...]
    order: Ints
    world: Ints
    draw: Ints
    seeds: tuple[int, ...]
    crossed: bool
    fresh: npt.NDArray[np.bool_]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.order.shape[0])

    @property
    def again(self) -> npt.NDArray[np.bool_]:
        """Runs that are what the one before them was, in a copy of its world. Shape (runs,)."""
        if not (self.crossed and self.worlds):
            return np.zeros(self.runs, np.bool_)
        alike = np.array(first_alike(self.worlds))[self.world]
        return ~_changes(np.column_stack([self.draw, alike, self.order]))

    def by_point(self, values: Floats) -> Floats:
        """Results of all runs in the order of points; for a crossed design (seeds, worlds, points, ...)."""
        if self.crossed:
            shape = (len(self.seeds), max(len(self.worlds), 1), self.units.shape[0], *values.shape[1:])
            cells = np.empty(shape, values.dtype)
            cells[self.draw, np.maximum(self.world, 0), self.order] = values
            return cells
        found = np.empty_like(values)
        found[self.order] = values
        return found

    def digest(self) -> str:
        """Digest of coordinates, order and worlds."""
        digest = hashlib.blake2b(digest_size=12)
        for array in (self.units, self.order, self.world, np.array(self.seeds)[self.draw]):
            digest.update(np.ascontiguousarray(array).tobytes())
        for world in self.worlds:
            digest.update(json.dumps([world.name, dict(world.values)], sort_keys=True).encode())
        return digest.hexdigest()


def design(study: Study, factors: Sequence[Factor]) -> Design:
    """The runs of a study; the same for the same seed."""
    method, worlds = study.method, study.worlds.worlds
    units = _points(study, factors)
    points = np.arange(units.shape[0])
    apart = units[:, [column for column, factor in enumerate(factors) if _moves_base(factor)]]
    seeds = study.seeds
    if method.crossed:
        cells = max(len(worlds), 1)
        order = np.tile(points, cells * len(seeds))
        world = np.tile(np.repeat(np.arange(len(worlds)) if worlds else np.array([-1]), points.size), len(seeds))
        draw = np.repeat(np.arange(len(seeds)), cells * points.size)
        alike = np.array(first_alike(worlds) if worlds else [-1])[world]
        together = np.lexsort((world, order, alike, draw))  # a point in a world and its copies, one after the other
        order, world, draw, alike = (each[together] for each in (order, world, draw, alike))
        fresh = _changes(np.column_stack([draw, alike, apart[order]]))
        return Design(tuple(factors), units, worlds, order, world, draw, seeds, crossed=True, fresh=fresh)
    world, draw = np.full(points.size, -1), np.zeros(points.size, dtype=np.int64)
    if world_is_factor(method):
        if worlds:
            world = _places(factors, units, WORLD)
        if len(seeds) > 1:
            draw = _places(factors, units, LUCK)
    else:
        # One trajectory, or one point with its steps, in one world with one draw: differences inside it are its own.
        block = points // _block(method, factors)
        if worlds:
            world = block % len(worlds)
        draw = (block + block // max(len(worlds), 1)) % len(seeds)
    keys = np.column_stack([draw, world, apart])
    order = _together(keys)
    fresh = _changes(keys[order])
    return Design(tuple(factors), units, worlds, order, world[order], draw[order], seeds, crossed=False, fresh=fresh)


def _places(factors: Sequence[Factor], units: Floats, name: str) -> Ints:
    """Which value a factor has at every point."""
    column = [factor.name for factor in factors].index(name)
    return np.array([factors[column].place(u) for u in units[:, column].tolist()])


def _changes(keys: Floats) -> npt.NDArray[np.bool_]:
    """Rows that differ from the one before them; the first does."""
    return np.concatenate([[True], np.any(keys[1:] != keys[:-1], axis=1)])


def _points(study: Study, factors: Sequence[Factor]) -> Floats:
    method = study.method
    if isinstance(method, Factorial):
        bits = np.arange(2 ** len(factors))[:, np.newaxis] >> np.arange(len(factors)) & 1
        return np.where(bits == 1, 0.75, 0.25)
    if isinstance(method, Grid):
        return np.array(list(product(*(factor.coordinates(method.points).tolist() for factor in factors))))
    return points_of(method, factors, seed=study.seed)


def _block(method: object, factors: Sequence[Factor]) -> int:
    """Points that belong together and share a world."""
    if isinstance(method, Morris):
        return len({factor.group or factor.name for factor in factors}) + 1
    return len(factors) + 1 if isinstance(method, Dgsm) else 1


def _moves_base(factor: Factor) -> bool:
    """Whether a factor moves what runs can share: the world, the people or the counterfactual."""
    if factor.role in ("uncertainty", "luck"):
        return factor.kind == "parameter"
    keys = {key for option in factor.options for key in option} or {factor.name}
    return any(key.startswith(("context.", "population.", "freeze.", "support.network_schools")) for key in keys)


def _together(keys: Floats) -> Ints:
    """An order in which equal rows stand together, in the order in which they first appear."""
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return np.argsort(first[group.reshape(-1)], kind="stable")


@dataclass(frozen=True)
class StudyTask:
    """The runs of a study as a task of :mod:`plsim.sweeps.runner`. Small: every process makes the design again."""

    study: Study
    scenario: Scenario
    factors: tuple[Factor, ...]
    people: Population | StudentFiles | None = None
    """Students and schools of every run; drawn from the norms when None."""

    @cached_property
    def design(self) -> Design:
        """Every run."""
        return design(self.study, self.factors)

    def __getstate__(self) -> dict[str, object]:
        """Without the design, which is large."""
        return {name: value for name, value in self.__dict__.items() if name != "design"}

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What is read from every run."""
        return self.study.asked(self.scenario.years)

    @property
    def worlds_are(self) -> str:
        """What the worlds of its runs are, in words."""
        if self.study.uncertainties.worlds is not None:
            return self.study.worlds.label
        return ONE_BY_ONE if self.study.uncertainties.parameters is not None else CENTRAL_ONLY

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the outcomes."""
        return tuple(column_name(outcome) for outcome in self.outcomes)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return self.design.runs

    def digest(self) -> str:
        """Identity of design, scenario, code and evidence."""
        parts = (
            self.study.digest(),
            self.scenario.digest(),
            self.design.digest(),
            evidence_digest(),
            source_digest(),
            model_digest(),
            *self.columns,
            people_digest(self.people),
            engine_digest(self.study.engine),
            repr(outside_practices()),
        )
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()

    def inputs(self, run: int) -> dict[str, object]:
        """World and values of a run's factors."""
        point, world = self.point(run)
        values = {factor.name: factor.value(u) for factor, u in zip(self.factors, point.tolist(), strict=True)}
        return {**values, WORLD: world.name, LUCK: self.seed(run)}

    def seed(self, run: int) -> int:
        """Seed of a run: its draw of students, teachers and years."""
        return self.design.seeds[int(self.design.draw[run])]

    def point(self, run: int) -> tuple[Floats, World]:
        """Coordinates and world of a run; a new world object each time where parameters vary one by one."""
        point = self.design.units[self.design.order[run]]
        number = int(self.design.world[run])
        if number >= 0:
            return point, self.design.worlds[number]
        return point, world_at(self.factors, point, f"run-{run}") or CENTRAL

    def prepare(self) -> Callable[[int], list[float]]:
        """What makes a run."""
        return _Runs(self)


class _Runs:
    """Makes runs one after the other, keeping the last world and a bounded number of contexts."""

    def __init__(self, task: StudyTask) -> None:
        self._task = task
        self._moving = [column for column, factor in enumerate(task.factors) if _moves_people(factor)]
        self._contexts: set[bytes] = set()
        self._seed = task.study.seed
        self._evaluator = self._fresh()
        self._world = CENTRAL
        self._last: tuple[object, list[float]] = ((), [])

    def _fresh(self) -> Evaluator:
        task = self._task
        return Evaluator(
            task.scenario,
            seed=self._seed,
            years=task.scenario.years,
            population=task.people,
            outcomes=task.outcomes,
            engine=task.study.engine,
        )

    def __call__(self, run: int) -> list[float]:
        point, world = self._task.point(run)
        if self._task.seed(run) != self._seed:
            self._seed = self._task.seed(run)
            self._contexts.clear()
            self._evaluator = self._fresh()
        if dict(world.values) != dict(self._world.values):
            self._world = world
        same = (self._world, self._seed, int(self._task.design.order[run]))
        if self._last[0] == same:
            return self._last[1]
        if self._moving:
            self._contexts.add(point[self._moving].tobytes())
            if len(self._contexts) > _SAME_PEOPLE:
                self._contexts = {point[self._moving].tobytes()}
                self._evaluator = self._fresh()
        values: list[float] = self._evaluator(changes_at(self._task.factors, point), self._world).tolist()
        wrong = [name for name, value in zip(self._task.columns, values, strict=True) if not np.isfinite(value)]
        if wrong:
            raise RunError(f"{', '.join(wrong)}: not a number; groups of fewer than 10 students have no outcome.")
        self._last = same, values
        return values


def _moves_people(factor: Factor) -> bool:
    return factor.role in ("lever", "context") and _moves_base(factor)


def column_name(outcome: Outcome) -> str:
    """Name of an outcome's column: ``achievement.both.1.all``; arm and unit only when they are not the usual ones."""
    parts = [outcome.outcome, outcome.subject, str(outcome.year), outcome.group]
    if outcome.arm != "difference":
        parts.append(outcome.arm)
    if outcome.outcome == "achievement" and outcome.unit != "SD":
        parts.append(outcome.unit)
    return ".".join(parts)


def task_of(loaded: LoadedStudy) -> StudyTask:
    """The task of a study."""
    return StudyTask(loaded.study, loaded.scenario, loaded.factors, loaded.people)


def engine_digest(engine: str) -> str:
    """Identity of the engine: both of plsim's are one; agents of one's own are what their files say."""
    if not engine.startswith("mesa:"):
        return ""
    from plsim.engine.mesa.subclasses import sources_digest

    return sources_digest(engine.removeprefix("mesa:"))


def people_digest(people: Population | StudentFiles | None) -> str:
    """Identity of students and schools: of the population, or of the files as they are now."""
    if people is None:
        return ""
    if isinstance(people, Population):
        return population_digest(people)
    path = Path(people.path)
    how = json.dumps([people.term, people.document()], sort_keys=True)
    digest = hashlib.blake2b(how.encode(), digest_size=12)
    for file in files_of_people(path):
        digest.update(os.fsencode(file.name) + b"\0" + file.read_bytes())
    return digest.hexdigest()
