"""Calibration: which sets of assumptions reproduce the published evidence.

In stages, each kept in the folder, so that a stopped calibration goes on where it was:

1. ``bank``: worlds that fill the prior, run on small populations against every fact that may choose worlds.
2. An emulator of every statistic; ``wave``: more worlds where no fact is missed by three standard deviations.
3. Emulators again from both; importance weights of many emulated prior worlds; worlds drawn by weight.
4. ``full``: the drawn worlds, run at the studies' own sizes. Whoever misses a fact there by three standard deviations
   is left out, and how many that were is told.

The same settings and seed give the same worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plsim.core.errors import RunError
from plsim.engine.state import Floats
from plsim.studies.bank import WorldsTask, bank_values, bench, targets
from plsim.studies.emulator import Emulator, fitted
from plsim.studies.likelihood import Targets, implausibility
from plsim.studies.posterior import (
    IMPLAUSIBLE,
    Posterior,
    candidates,
    not_implausible,
    posterior,
    spread_out,
)
from plsim.studies.priors import Prior, prior, space_filling
from plsim.studies.runner import run_task

Watch = Callable[[str], Callable[[int, int], None] | None]
"""Gives a function to report progress of a named stage to."""


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Attributes
    ----------
    bank, wave
        Worlds that are run on small populations.
    candidates
        Emulated worlds that weights are given to.
    drawn
        Worlds that are run again in full.
    seed
        Of every choice, and of the luck in all runs.
    """

    bank: int = 10_000
    wave: int = 3_000
    candidates: int = 1 << 16
    drawn: int = 600
    seed: int = 1


@dataclass(frozen=True)
class Simulated:
    """Worlds that were run.

    ``points`` of the unit cube, shape (worlds, parameters); ``values`` of the statistics, (worlds, statistics).
    """

    points: Floats
    values: Floats

    def joined(self, other: Simulated) -> Simulated:
        """These worlds and others."""
        return Simulated(np.concatenate([self.points, other.points]), np.concatenate([self.values, other.values]))


@dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    Attributes
    ----------
    prior, statistics, targets
        What was asked.
    bank, wave
        What was simulated on small populations.
    first, emulator
        Emulators before and after the wave.
    left
        Share of the prior that the first emulator left not implausible.
    posterior, doubled
        Weights of the candidates, and weights with every discrepancy doubled.
    drawn, full
        Values of the drawn worlds, and their statistics at full size.
    kept
        Which of the drawn worlds miss no fact there. Shape (drawn,).
    """

    prior: Prior
    statistics: tuple[str, ...]
    targets: Targets
    bank: Simulated
    wave: Simulated
    first: Emulator
    emulator: Emulator
    left: float
    posterior: Posterior
    doubled: Posterior
    drawn: Floats
    full: Floats
    kept: np.ndarray

    @property
    def worlds(self) -> Floats:
        """Values of the evidence-consistent worlds. Shape (worlds, parameters)."""
        worlds: Floats = self.drawn[self.kept]
        return worlds


def calibrate(folder: Path, sizes: Sizes, *, workers: int = 1, watch: Watch = lambda _: None) -> Calibration:
    """Run a calibration, or what is left of it.

    Parameters
    ----------
    folder
        Where the stages lie.
    sizes
        How much of everything, and the seed.
    workers
        Processes.
    watch
        Asked for a progress function at every stage.

    Raises
    ------
    StudyError
        When the folder holds stages of another calibration.
    RunError
        When no world is plausible.
    """
    asked = prior()
    small = bench("calibration", sizes.seed)
    wanted = targets(small)
    axes = len(asked.keys)

    def run(stage: str, values: Floats, size: str = "calibration") -> Simulated:
        task = WorldsTask(asked, values, size, sizes.seed)
        run_task(task, folder / stage, workers=workers, progress=watch(stage))
        done, found = bank_values(task, folder / stage)
        return Simulated(asked.points(done), found)

    bank = run("bank", asked.values(space_filling(sizes.bank, axes, sizes.seed)))
    first = fitted(small.statistics, bank.points, bank.values, seed=sizes.seed, progress=watch("emulator"))
    before = candidates(first, axes, sizes.candidates, seed=sizes.seed + 1, progress=watch("candidates"))
    plausible = not_implausible(before, wanted)
    if not plausible.size:
        raise RunError(
            "No emulated world comes near all facts: look at the prior predictive for the facts that conflict."
        )
    rng = np.random.default_rng([sizes.seed, 22])
    chosen = before.points[plausible][spread_out(before.points[plausible], sizes.wave, rng)]
    wave = run("wave", asked.values(chosen))

    both = bank.joined(wave)
    emulator = fitted(small.statistics, both.points, both.values, seed=sizes.seed, progress=watch("emulator again"))
    of = candidates(emulator, axes, sizes.candidates, seed=sizes.seed + 2, progress=watch("candidates again"))
    found = posterior(of, wanted)
    drawn = asked.values(of.points[found.draw(sizes.drawn, rng)])
    full = run("full", drawn, "full")
    return Calibration(
        prior=asked,
        statistics=small.statistics,
        targets=wanted,
        bank=bank,
        wave=wave,
        first=first,
        emulator=emulator,
        left=plausible.size / sizes.candidates,
        posterior=found,
        doubled=posterior(of, wanted, discrepancy=2.0),
        drawn=drawn,
        full=full.values,
        kept=plausible_worlds(full.values, wanted),
    )


def plausible_worlds(values: Floats, wanted: Targets) -> np.ndarray:
    """Whether simulated worlds miss no fact by three standard deviations. ``values`` (worlds, statistics)."""
    exact = np.zeros(values.shape[1])
    worst = np.max([implausibility(values, exact, target) for target in wanted], axis=0)
    return np.asarray(worst < IMPLAUSIBLE)
