"""Checking claims: a run is a world with random draws of its own, all claims in it; runs are kept and can be resumed.

Worlds and seeds go together, so that forty runs are forty worlds under five seeds. Arms that claims have in common are
lived once in a run. What ships is the table of a run of all of them, shown at once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError, nearest
from plsim.core.files import json_bytes, write_file
from plsim.core.identity import program_digest
from plsim.engine.parameters import World
from plsim.engine.worlds import label, model_digest, worlds_digest
from plsim.validation.claims.claim_lab import SCHOOLS, STUDENTS, Lab, Runs
from plsim.validation.claims.claims import SEEDS, Claim, ClaimResult, claims

HERE = Path(__file__).parent
STORED_TABLE = HERE / "stored_claims.csv"
STORED_SAID = HERE / "stored_claims.json"
SECONDS = "seconds"

_MADE_BY = ("validation.claims", "validation.facts.arm_cache", "runs.paired", "runs.held_channels", "engine.pair")
"""Beside the model, what decides a claim's statistic."""


@dataclass(frozen=True)
class ClaimsTask:
    """Claims in worlds, each with one of a few seeds.

    Attributes
    ----------
    worlds
        One a run.
    seed
        The first of the seeds; run ``i`` has ``seed + i % SEEDS``.
    ids
        Claims that are computed.
    closed
        Whether all channels through which practices reach learning are closed.
    """

    worlds: tuple[World, ...]
    seed: int
    ids: tuple[str, ...]
    closed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what a run gives: each claim's statistic, and how long it took (seconds of processor)."""
        return (*self.ids, SECONDS)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.worlds)

    def digest(self) -> str:
        """Identity of the worlds, the claims and the model."""
        digest = hashlib.blake2b(program_digest(_MADE_BY), digest_size=12)
        said = [self.seed, self.closed, self.ids, SCHOOLS, STUDENTS, model_digest()]
        digest.update(json.dumps([*said, [sorted(world.values.items()) for world in self.worlds]]).encode())
        return digest.hexdigest()

    def inputs(self, run: int) -> dict[str, object]:
        """What a run is of."""
        return {"world": self.worlds[run].name, "seed": self.seed + run % SEEDS}

    def prepare(self) -> Callable[[int], Sequence[float]]:
        """What makes a run; made once per worker."""
        chosen = [claim for claim in claims() if claim.id in self.ids]
        runs: dict[int, Runs] = {}

        def calculate(run: int) -> list[float]:
            begun = process_time()
            seed = self.seed + run % SEEDS
            lab = Lab(self.worlds[run], runs.setdefault(seed, Runs(seed)), closed=self.closed)
            return [*(float(claim.compute(lab)) for claim in chosen), process_time() - begun]

        return calculate


def chosen_claims(only: Collection[str]) -> tuple[Claim, ...]:
    """Claims by their ids; all when there are none. Raises :class:`StudyError` for one that is not there."""
    everything = claims()
    known = [claim.id for claim in everything]
    for name in only:
        if name not in known:
            raise StudyError("--only", name, "no such claim", fix=nearest(name, known) or f"Known: {', '.join(known)}")
    return tuple(claim for claim in everything if not only or claim.id in only)


def check_claims(
    worlds: Sequence[World],
    folder: Path,
    *,
    seed: int = 1,
    only: Collection[str] = (),
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[ClaimResult, ...], float]:
    """Claims in some worlds, and the seconds of processor that a run took; runs are kept in ``folder``.

    The control is run once, in the first world.
    """
    chosen = chosen_claims(only)
    ids = tuple(claim.id for claim in chosen)
    task = ClaimsTask(tuple(worlds), seed, ids)
    closed = ClaimsTask(tuple(worlds[:1]), seed, ids, closed=True)
    controls, _ = _run(closed, folder / "closed", 1, None)
    values, seconds = _run(task, folder / "open", workers, progress)
    found = tuple(ClaimResult(claim, values[:, place], float(controls[0, place])) for place, claim in enumerate(chosen))
    return found, float(np.median(seconds))


def _run(
    task: ClaimsTask, folder: Path, workers: int, progress: Callable[[int, int], None] | None
) -> tuple[Floats, Floats]:
    from plsim.sweeps.runner import run_task

    run_task(task, folder, workers=workers, progress=progress)
    return so_far(task, folder)


def so_far(task: ClaimsTask, folder: Path) -> tuple[Floats, Floats]:
    """What has been run of a task: statistics, shape (runs, claims), and seconds, shape (runs,)."""
    from plsim.sweeps.runner import results

    table = results(task, folder)
    values = np.column_stack([np.asarray(table.column(name).to_numpy(), np.float64) for name in task.columns])
    return values[:, :-1], values[:, -1]


def store(found: Sequence[ClaimResult], *, seconds: float, seed: int, folder: Path = HERE) -> None:
    """Keep what was found where it is shown from: a table of runs, and what they are of."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["run", *(each.claim.id for each in found)])
    runs = np.column_stack([each.values for each in found])
    writer.writerow(["control", *(f"{each.control:.4g}" for each in found)])
    for run, row in enumerate(runs.tolist()):
        writer.writerow([run, *(f"{value:.4g}" for value in row)])
    said = {
        "schema_version": 1,
        "runs": len(runs),
        "seeds": min(SEEDS, len(runs)),
        "seed": seed,
        "schools": SCHOOLS,
        "students_per_school": STUDENTS,
        "seconds_per_run": round(seconds, 1),
        "model_digest": model_digest(),
        "worlds": worlds_digest(),
        "worlds_are": label(),
    }
    write_file(folder / STORED_TABLE.name, stream.getvalue().encode())
    write_file(folder / STORED_SAID.name, json_bytes(said))


def stored_claims() -> tuple[tuple[ClaimResult, ...], dict[str, Any]] | None:
    """What ships, and what it is of; None when there is nothing, or claims have changed since."""
    if not (STORED_TABLE.is_file() and STORED_SAID.is_file()):
        return None
    with STORED_TABLE.open(encoding="utf-8", newline="") as file:
        head, control, *rows = list(csv.reader(file))
    everything = claims()
    if head[1:] != [claim.id for claim in everything]:
        return None
    values = np.array([[float(cell) for cell in row[1:]] for row in rows])
    found = tuple(
        ClaimResult(claim, values[:, place], float(control[1 + place])) for place, claim in enumerate(everything)
    )
    return found, json.loads(STORED_SAID.read_text(encoding="utf-8"))
