"""A whole calibration with its checks, written into a folder: worlds, tables, and whether the inference is sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pandas as pd

from plsim.calibration.calibrate import Calibration, Sizes, Watch, calibrate
from plsim.calibration.identification import Identification, identification
from plsim.calibration.leave_out_text import leave_out_lines
from plsim.calibration.recovery import Predicted, Recovery, predicted, recovery
from plsim.calibration.tables import (
    combination_table,
    emulator_table,
    fact_table,
    foretold_table,
    leading_table,
    narrowing_table,
    parameter_table,
    provenance,
    recovery_table,
    write_worlds,
)
from plsim.core.files import write_file
from plsim.engine.worlds import NOT_NARROWED
from plsim.evidence.registry import DATA_FOLDER


@dataclass(frozen=True)
class Calibrated:
    """A calibration, what the evidence pins down in it, and two tests of the inference."""

    calibration: Calibration
    identification: Identification
    around_prior: Recovery
    around_posterior: Recovery
    predicted: tuple[Predicted, ...]
    provenance: dict[str, Any]

    def text(self, *, seconds: float) -> str:
        """The headline, as lines for a terminal."""
        said, of = self.provenance, self.calibration
        open_ = [key for key, left in said["spread_left"].items() if left > NOT_NARROWED]
        facts = fact_table(of)
        lines = [
            (
                f"{said['worlds']} evidence-consistent worlds, from {said['bank']} and {said['wave']} simulated ones, "
                f"in {seconds / 60:.0f} minutes"
            ),
            (
                f"Effective sample size {said['effective_size']:.0f} of {said['candidates']}; with doubled discrepancy "
                f"{said['effective_size_doubled']:.0f}. {said['drawn']} worlds were run in full; there the effective "
                f"size is {said['effective_size_in_full']:.0f}, and {said['different_worlds']} different worlds ship."
            ),
            "",
            "Facts: published, and the median and 90% interval over prior, worlds, and with doubled discrepancy",
        ]
        for row in facts.itertuples():
            spreads = "  ".join(
                f"{getattr(row, name + '_median'):7.3f} [{getattr(row, name + '_low'):6.3f}, "
                f"{getattr(row, name + '_high'):6.3f}]"
                for name in ("prior", "worlds", "doubled")
            )
            lines.append(f"  {row.fact:32} {row.published:18} {spreads}")
        lines += [
            "",
            (
                f"Parameters that keep more than {NOT_NARROWED:.0%} of their prior spread, so are not identified: "
                f"{len(open_)} of {len(of.prior.keys)}"
            ),
            *(
                f"  {row.left:.2f} of the prior left along {row.made_of}"
                for row in combination_table(self.identification).itertuples()
            ),
            "",
            *(
                f"Inference {where}: 90% intervals hold {found.covered.min():.0%} to {found.covered.max():.0%} of "
                f"known truths (allowed {found.band[0]:.0%} to {found.band[1]:.0%}): "
                + ("sound" if found.sound else "NOT sound")
                for where, found in (
                    ("from the prior", self.around_prior),
                    ("from the posterior", self.around_posterior),
                )
            ),
            *(
                f"Left-out studies when truths are {each.truths}: 50% intervals hold {each.held[0]:.0%}, 90% "
                f"intervals {each.held[1]:.0%}"
                for each in self.predicted
            ),
            "",
            *leave_out_lines(said["leave_out"]),
        ]
        return "\n".join(lines)


def run_calibration(
    folder: Path, sizes: Sizes, *, workers: int, truths: int, watch: Watch, install: bool = False
) -> Calibrated:
    """Calibrate, test the inference, and write worlds and tables.

    Parameters
    ----------
    folder
        Holds the stages, and then ``worlds.csv``, ``worlds.json`` and ``tables/``.
    truths
        Known worlds for each test of the inference.
    install
        Also put the worlds into the package, where runs find them.
    """
    begun = monotonic()
    of = calibrate(folder, sizes, workers=workers, watch=watch)
    found = identification(of.posterior, of.prior.keys, of.targets, seed=sizes.seed)
    known = (of.prior.keys, of.statistics, of.bank.points, of.bank.values, of.targets)
    snapped = of.prior.snapped
    before = recovery(*known, seed=sizes.seed, truths=truths, snapped=snapped)
    after = recovery(*known, seed=sizes.seed, truths=truths, around=of.targets, snapped=snapped)
    left_out = predicted(of.bank.values, of.targets, seed=sizes.seed)
    said = provenance(of, sizes, found, seconds=monotonic() - begun)
    tables = {
        "facts": fact_table(of),
        "parameters": parameter_table(of, found),
        "narrowing": narrowing_table(found),
        "combinations": combination_table(found),
        "emulators": emulator_table(of),
        "recovery": recovery_table(before, after),
        "predicted": foretold_table(left_out),
        "one_number": leading_table(of),
        "ranks": _ranks(before, after),
    }
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_file(folder / "tables" / f"{name}.csv", table.to_csv(index=False, float_format="%.6g").encode())
    write_worlds(of, said, folder)
    if install:
        write_worlds(of, said, DATA_FOLDER)
    return Calibrated(of, found, before, after, left_out, said)


def _ranks(before: Recovery, after: Recovery) -> pd.DataFrame:
    """Histograms of ranks in tenths: flat if the inference is sound."""
    rows = []
    for where, found in (("prior", before), ("posterior", after)):
        for column, key in enumerate(found.keys):
            counts, _ = np.histogram(found.ranks[:, column], bins=10, range=(0.0, 1.0))
            rows += [
                {"around": where, "parameter": key, "tenth": tenth + 1, "truths": int(count)}
                for tenth, count in enumerate(counts)
            ]
    return pd.DataFrame(rows)
