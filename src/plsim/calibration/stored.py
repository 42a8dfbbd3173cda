"""How well studies are predicted: as it was found when the worlds that ship were, or found anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from plsim.calibration.bank import EVERYTHING, WorldsTask, bank_values, bench, facts_digest, targets
from plsim.calibration.leave_out import leave_out, verdict
from plsim.calibration.priors import prior, space_filling
from plsim.engine.worlds import calibrated
from plsim.sweeps.runner import run_task
from plsim.validation.facts.effect_sizes import FEATURES, effects


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
    asked, of = prior(), bench(EVERYTHING, seed)
    task = WorldsTask(asked, asked.values(space_filling(worlds, len(asked.keys), seed)), EVERYTHING, seed)
    run_task(task, folder, workers=workers, progress=progress)
    _, values = bank_values(task, folder)
    return leave_out(values, np.zeros(len(values)), targets(of), effects(of), seed=seed).document()


_PAGE = """\
# Studies predicted without them

Each published effect size is predicted from worlds that were weighted by the facts of *other* studies; trials of one
program or sample are left out together. Two yardsticks stand beside the model: the mean effect of the other studies,
and a least-squares regression, fitted to the other studies, on five features of a design ({features}).
Effects in percentile points or days of learning are turned into SD; of a published range its middle counts. Numbers
that were only recalled do not count.

{how}

This page is written by one command: `{command}`

**{verdict}**

{scores}

"In 50%" and "in 90%" are the shares of published effects inside the interval that ought to hold so many: it counts the
worlds, what the model is off by in findings of this kind (learned from the other studies), and the study's own error.

## What the facts say of the model's error

The standard deviation of what the model misses, learned by kind of finding together with the worlds (SD):

{discrepancy}

## Every effect

{effects}
"""


def leave_out_page(document: dict[str, Any], *, how: str, command: str) -> str:
    """The page of predictions as Markdown."""
    effects_ = _grid(
        ("fact", "study", "role", "kind", "published", "predicted (90%)", "constant", "regression"),
        [
            (
                each["fact"],
                each["study"],
                each["role"],
                each["kind_of_study"],
                f"{each['published']:.2f} ± {each['se']:.2f}",
                f"{each['predicted']:.2f} ({each['low_90']:.2f} to {each['high_90']:.2f})",
                f"{each['constant']:.2f}",
                f"{each['regression']:.2f}",
            )
            for each in document["effects"]
        ],
    )
    return _PAGE.format(
        features=", ".join(FEATURES),
        how=how,
        command=command,
        verdict=verdict(document),
        scores=score_grid(document),
        discrepancy=_grid(("kind", "SD"), [(kind, f"{value:.3f}") for kind, value in document["discrepancy"].items()]),
        effects=effects_,
    )


def score_grid(document: dict[str, Any]) -> str:
    """The scores as a Markdown table."""
    heads = ("", "effects (studies)", "RMSE: model", "constant", "regression", "in 50%", "in 90%", "bias", "rank r")
    return _grid(
        heads,
        [
            (
                each["of"],
                f"{each['effects']} ({each['studies']})",
                f"{each['rmse_model']:.3f}",
                f"{each['rmse_constant']:.3f}",
                f"{each['rmse_regression']:.3f}",
                f"{each['held_50']:.0%}",
                f"{each['held_90']:.0%}",
                f"{each['bias']:+.3f}",
                "" if each["rank_correlation"] is None else f"{each['rank_correlation']:+.2f}",
            )
            for each in document["scores"]
        ],
    )


def _grid(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join([' --- '] * len(heads))}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
