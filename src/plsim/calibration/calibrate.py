"""Calibration: which sets of assumptions agree with the published evidence, and how far off the model is.

In stages, each kept in the folder, so that a stopped calibration goes on where it was:

1. ``bank``: worlds that fill the prior, run on small populations against every fact that may choose worlds.
2. An emulator of every statistic; ``wave``: more worlds where the emulator finds agreement.
3. Emulators again from both; weights of many emulated prior worlds, whatever the discrepancy is (it is learned).
4. ``full``: worlds drawn by weights that are too wide (every discrepancy doubled), run against all facts at the
   studies' own sizes. Their weights there, over those that they were drawn by, decide which of them ship.
5. Emulated worlds are corrected for size by what the full runs show, and tell what the evidence pins down.

The same settings and seed give the same worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from plsim.calibration.bank import EVERYTHING, REDUCED, WorldsTask, bank_values, replication, targets
from plsim.calibration.discrepancy import agreements, discrepancies, marginal
from plsim.calibration.emulator import Emulator, fitted
from plsim.calibration.leave_out import LeaveOut, leave_out
from plsim.calibration.likelihood import Targets
from plsim.calibration.posterior import Candidates, Posterior, candidates, posterior, weights_of
from plsim.calibration.priors import Prior, prior, space_filling
from plsim.core.arrays import Floats
from plsim.sweeps.runner import run_task
from plsim.validation.facts.effect_sizes import effects
from plsim.validation.facts.replication import Replication

Watch = Callable[[str], Callable[[int, int], None] | None]
"""Gives a function to report progress of a named stage to."""
WIDER = 2.0
"""Worlds that are run in full are drawn as if every discrepancy were so many times as large."""


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
    shipped
        How many worlds ship.
    seed
        Of every choice, and of the random draws of all runs.
    """

    bank: int = 2_000
    wave: int = 500
    candidates: int = 1 << 13
    drawn: int = 240
    shipped: int = 200
    seed: int = 1
    reduced: bool = False
    """Whether the drawn worlds are run with few schools and students, instead of at the studies' own sizes."""


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
    posterior, doubled
        Weights of the candidates, and weights with every discrepancy doubled.
    everything
        Names of the statistics of all facts at full size.
    full
        The drawn worlds at full size.
    log_before
        Logarithm of what each drawn world weighs before it was run in full. Shape (drawn,).
    log_in_full
        Log likelihood of each drawn world in full. Shape (drawn,).
    weights
        What each weighs after. Shape (drawn,).
    chosen
        Which of the drawn worlds ship, in the order in which they do. Shape (shipped,).
    predicted
        Every study predicted without it.
    discrepancy_of
        How far off the model is expected to be in every fact, also those that choose no world, in the fact's unit.
    """

    prior: Prior
    statistics: tuple[str, ...]
    targets: Targets
    bank: Simulated
    wave: Simulated
    first: Emulator
    emulator: Emulator
    posterior: Posterior
    doubled: Posterior
    everything: tuple[str, ...]
    full: Simulated
    log_before: Floats
    log_in_full: Floats
    weights: Floats
    chosen: np.ndarray
    predicted: LeaveOut
    discrepancy_of: dict[str, float]

    @property
    def worlds(self) -> Floats:
        """Values of the evidence-consistent worlds. Shape (worlds, parameters)."""
        return self.prior.values(self.full.points[self.chosen])

    @property
    def full_size(self) -> Floats:
        """The statistics of the calibrating facts in the worlds that ship. Shape (worlds, statistics)."""
        columns = [self.everything.index(name) for name in self.statistics]
        values: Floats = self.full.values[self.chosen][:, columns]
        return values

    @property
    def effective_size(self) -> float:
        """Of the worlds that were run in full."""
        return float(1.0 / (self.weights**2).sum())


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
    """
    asked, seed = prior(), sizes.seed
    own = REDUCED if sizes.reduced else EVERYTHING
    small, large = replication("calibration", seed), replication(own, seed)
    wanted, wanted_in_full = targets(small), targets(large)
    axes = len(asked.keys)

    def run(stage: str, values: Floats, size: str = "calibration") -> Simulated:
        task = WorldsTask(asked, values, size, seed)
        run_task(task, folder / stage, workers=workers, progress=watch(stage))
        done, found = bank_values(task, folder / stage)
        return Simulated(asked.points(done), found)

    def emulated(emulator: Emulator, stage: str, shift: int) -> Candidates:
        return candidates(
            emulator, axes, sizes.candidates, seed=seed + shift, snapped=asked.snapped, progress=watch(stage)
        )

    bank = run("bank", asked.values(space_filling(sizes.bank, axes, seed)))
    first = fitted(small.statistics, bank.points, bank.values, seed=seed, progress=watch("emulator"))
    rng = np.random.default_rng([seed, 22])
    before = posterior(emulated(first, "candidates", 1), wanted, seed=seed)
    wave = run("wave", asked.values(before.candidates.points[before.draw(sizes.wave, rng)]))

    both = bank.joined(wave)
    emulator = fitted(small.statistics, both.points, both.values, seed=seed, progress=watch("emulator again"))
    of = emulated(emulator, "candidates again", 2)
    wide = posterior(of, wanted, seed=seed, discrepancy=WIDER)
    drawn = asked.values(of.points[wide.draw(sizes.drawn, rng)])
    full = run("reduced" if sizes.reduced else "full", drawn, own)
    log_before = -log_likelihoods(emulator(full.points), emulator.error, wanted, seed, WIDER)
    log_in_full = log_likelihoods(full.values, np.zeros(full.values.shape[1]), wanted_in_full, seed)
    weights = weights_of(log_before + log_in_full)

    columns = [large.statistics.index(name) for name in small.statistics]
    of = at_full_size(of, emulator(full.points), full.values[:, columns])
    of_facts = posterior(of, wanted, seed=seed)
    return Calibration(
        prior=asked,
        statistics=small.statistics,
        targets=wanted,
        bank=bank,
        wave=wave,
        first=first,
        emulator=emulator,
        posterior=of_facts,
        doubled=posterior(of, wanted, seed=seed, discrepancy=2.0),
        everything=large.statistics,
        full=full,
        log_before=log_before,
        log_in_full=log_in_full,
        weights=weights,
        chosen=fair_sample(weights, sizes.shipped, rng),
        predicted=leave_out(full.values, log_before, wanted_in_full, effects(large), seed=seed),
        discrepancy_of=every_discrepancy(large, of_facts),
    )


def every_discrepancy(of: Replication, found: Posterior) -> dict[str, float]:
    """How far off the model is expected to be in every fact of a replication, in the fact's unit.

    A kind of which no fact chooses worlds adds nothing to the level.
    """
    drawn = found.discrepancies
    return {
        target.fact: float(
            found.drawn @ drawn.of(replace(target, kinds=tuple(kind for kind in target.kinds if kind in drawn.kinds)))
        )
        for target in targets(of, everything=True)
    }


def log_likelihoods(values: Floats, errors: Floats, wanted: Targets, seed: int, discrepancy: float = 1.0) -> Floats:
    """Log likelihood of worlds, whatever the discrepancy is. Shape (worlds,).

    Parameters
    ----------
    values
        Their statistics. Shape (worlds, statistics).
    errors
        Of the emulation, 0 for what was run. Shape (statistics,).
    discrepancy
        Multiplies every discrepancy.
    """
    of = discrepancies(wanted, seed=seed)
    return marginal(agreements(values, errors, wanted, of, multiplied=discrepancy).together)


def fair_sample(weights: Floats, count: int, rng: np.random.Generator) -> np.ndarray:
    """Worlds in proportion to their weights, in random order: any first of them are a fair sample. Shape (count,).

    A world that weighs more than its equal share comes more than once; the effective size says how much that is.
    """
    places = (rng.random() + np.arange(count)) / count
    chosen = np.searchsorted(np.cumsum(weights), places).clip(0, len(weights) - 1)
    return np.asarray(rng.permutation(chosen))


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
