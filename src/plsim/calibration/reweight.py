"""After a changed rule: the shipped worlds weighted anew, in minutes.

The worlds that ship were drawn in proportion to prior x likelihood under the rules of their calibration. Run against
the same facts under the present rules, at the same size and with the same seed, each weighs the ratio of the two
likelihoods (importance sampling). Where nothing has changed, all weigh the same. How many equally weighted worlds the
weighted ones are worth says whether that is enough, or worlds are needed that a whole calibration alone would find.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plsim.calibration.bank import EVERYTHING, REDUCED, WorldsTask, bank_values, replication, targets
from plsim.calibration.calibrate import Watch, fair_sample, log_likelihoods
from plsim.calibration.priors import prior, space_filling
from plsim.calibration.tables import table_of_worlds
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.core.files import write_file
from plsim.evidence.worlds import StoredWorlds
from plsim.sweeps.runner import run_task

ENOUGH = 0.2
"""Share of the worlds that the weighted ones have to be worth: with less, the few that are left say little."""
_FIX = "Calibrate anew: plsim calibrate."


@dataclass(frozen=True)
class Reweighted:
    """The shipped worlds under the present rules.

    Attributes
    ----------
    values
        As many worlds, drawn from them by their weights; any first of them are a fair sample. Shape (worlds, keys).
    effective_size
        How many equally weighted worlds they are worth.
    different
        How many different ones there are before and after.
    new
        Uncertain parameters that the shipped worlds did not know: they have values from their priors.
    """

    values: Floats
    effective_size: float
    different: tuple[int, int]
    new: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether the worlds that are left are worth using."""
        return self.effective_size >= ENOUGH * len(self.values)

    def text(self, file: Path) -> str:
        """What came of it, as lines for a terminal."""
        before, after = self.different
        worth = f"{len(self.values)} shipped worlds, by how well they agree with the facts under these rules, are worth"
        lines = [f"{worth} {self.effective_size:.0f} equal ones; of {before} different worlds {after} are left."]
        if self.new:
            lines.append(f"From their prior ranges: {', '.join(self.new)}.")
        if not self.enough:
            lines.append("The rules have changed too much for that: use these worlds for a first look only. " + _FIX)
        return "\n".join([*lines, f"Use them with --worlds {file}"])


def reweighted(stored: StoredWorlds, folder: Path, *, workers: int = 1, watch: Watch = lambda _: None) -> Reweighted:
    """Weigh stored worlds anew and write ``worlds.csv`` into a folder, where runs are kept too.

    Raises
    ------
    InputError
        When the worlds were stored without their likelihood, or know too little of the present parameters.
    """
    said, asked = stored.provenance, prior()
    if "log_likelihood" not in said:
        raise InputError("--quick", "", "the worlds that ship were stored without their likelihood", fix=_FIX)
    new = tuple(key for key in asked.keys if key not in stored.keys)
    rows, which = np.unique(stored.values, axis=0, return_inverse=True)
    which = which.reshape(-1)
    values = asked.values(space_filling(len(rows), len(asked.keys), int(said["seed"])))
    for column, key in enumerate(asked.keys):
        if key not in new:
            values[:, column] = rows[:, stored.keys.index(key)]
    # What is outside of a range that has become narrower is no world any more.
    inside = np.array([all(p.low <= v <= p.high for p, v in zip(asked.parameters, row, strict=True)) for row in values])
    if not inside.any():
        raise InputError("--quick", "", "no shipped world lies inside the present ranges", fix=_FIX)
    size, seed = REDUCED if said["reduced"] else EVERYTHING, int(said["seed"])
    task = WorldsTask(asked, values[inside], size, seed)
    run_task(task, folder, workers=workers, progress=watch("shipped worlds"))
    done, found = bank_values(task, folder)
    if len(done) < task.count:
        raise InputError("--quick", "", f"{task.count - len(done)} of {task.count} worlds failed", fix=_FIX)
    logs = np.full(len(rows), -np.inf)
    logs[inside] = log_likelihoods(found, np.zeros(found.shape[1]), targets(replication(size, seed)), seed)
    of_row = logs[which] - np.array(said["log_likelihood"])
    weights = np.exp(of_row - of_row.max())
    weights /= weights.sum()
    chosen = fair_sample(weights, len(which), np.random.default_rng([seed, 24]))
    result = Reweighted(
        values=values[which[chosen]],
        effective_size=float(1.0 / np.square(weights).sum()),
        different=(len(rows), len(np.unique(which[chosen]))),
        new=new,
    )
    write_file(folder / "worlds.csv", table_of_worlds(asked.keys, result.values).encode())
    return result
