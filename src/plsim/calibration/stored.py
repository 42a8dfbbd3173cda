"""How well studies are predicted: as it was found when the worlds that ship were, or found anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plsim.calibration.bank import EVERYTHING, WorldsTask, bank_values, facts_digest, replication, targets
from plsim.calibration.leave_out import leave_out
from plsim.calibration.priors import prior, space_filling
from plsim.engine.worlds import calibrated
from plsim.sweeps.runner import run_task
from plsim.validation.facts.effect_sizes import effects


def stored_leave_out() -> dict[str, Any] | None:
    """The predictions that ship; None when model or facts have changed since."""
    stored = calibrated()
    if stored is None or stored.provenance["facts_digest"] != facts_digest():
        return None
    found: dict[str, Any] | None = stored.provenance.get("leave_out")
    return found


def fresh_leave_out(
    worlds: int,
    seed: int,
    folder: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Predictions from worlds that fill the prior, weighted by the facts of other studies.

    Runs are kept in ``folder``, so that the same call goes on where one was stopped.
    """
    asked, of = prior(), replication(EVERYTHING, seed)
    task = WorldsTask(asked, asked.values(space_filling(worlds, len(asked.keys), seed)), EVERYTHING, seed)
    run_task(task, folder, workers=workers, progress=progress)
    _, values = bank_values(task, folder)
    return leave_out(values, np.zeros(len(values)), targets(of), effects(of), seed=seed).document()
