"""Calibration: which sets of assumptions reproduce the published evidence.

In stages, each kept in the folder, so that a stopped calibration goes on where it was:

1. ``bank``: worlds that fill the prior, run on small populations against every fact that may choose worlds.
2. An emulator of every statistic; ``wave``: more worlds where no fact is missed by three standard deviations.
3. Emulators again from both; ``pilot``: some likely worlds at the studies' own sizes, which tell how statistics of
   small populations relate to those of full ones.
4. Importance weights of many emulated prior worlds at full size; worlds drawn by weight.
5. ``full``: the drawn worlds, run in full. Whoever misses a fact there by three standard deviations is left out, and
   how many that were is told.

The same settings and seed give the same worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plsim.calibration.bank import WorldsTask, bank_values, bench, targets
from plsim.calibration.emulator import Emulator, fitted
from plsim.calibration.likelihood import Targets, implausibility
from plsim.calibration.posterior import (
    IMPLAUSIBLE,
    Candidates,
    Posterior,
    candidates,
    not_implausible,
    posterior,
    spread_out,
)
from plsim.calibration.priors import Prior, prior, space_filling
from plsim.core.arrays import Floats
from plsim.core.errors import RunError
from plsim.sweeps.runner import run_task

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
    pilot
        Worlds that are run in full to learn what size does.
    drawn
        Worlds that are run again in full.
    seed
        Of every choice, and of the luck in all runs.
    """

    bank: int = 10_000
    wave: int = 3_000
    candidates: int = 1 << 16
    pilot: int = 120
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
    pilot
        Worlds that were run in full to learn what size does.
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
    pilot: Simulated
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
    likely = of.points[posterior(of, wanted).draw(sizes.pilot, rng)]
    pilot = run("pilot", asked.values(likely), "full")
    of = at_full_size(of, emulator(pilot.points), pilot.values)
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
        pilot=pilot,
        posterior=found,
        doubled=posterior(of, wanted, discrepancy=2.0),
        drawn=drawn,
        full=full.values,
        kept=plausible_worlds(full.values, wanted),
    )


def at_full_size(of: Candidates, small: Floats, full: Floats) -> Candidates:
    """Candidates with the statistics of full populations, by a straight line for each statistic.

    ``small`` is emulated and ``full`` simulated of the same worlds, each (worlds, statistics). What scatters about the
    line joins the emulator's error.
    """
    centre, level = small.mean(axis=0), full.mean(axis=0)
    spread = ((small - centre) ** 2).sum(axis=0)
    slope = np.divide(
        ((small - centre) * (full - level)).sum(axis=0), spread, out=np.zeros_like(spread), where=spread > 0.0
    )
    rest = full - (level + slope * (small - centre))
    # The emulator's own error shows in the scatter too, so it is not added a second time.
    error = np.sqrt((rest**2).sum(axis=0) / max(len(full) - 2, 1))
    return Candidates(of.points, level + slope * (of.means - centre), error)


def plausible_worlds(values: Floats, wanted: Targets) -> np.ndarray:
    """Whether simulated worlds miss no fact by three standard deviations. ``values`` (worlds, statistics)."""
    exact = np.zeros(values.shape[1])
    worst = np.max([implausibility(values, exact, target) for target in wanted], axis=0)
    return np.asarray(worst < IMPLAUSIBLE)
