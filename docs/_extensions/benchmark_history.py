"""The page of the benchmark history: ``benchmarks/history.csv`` as a table and as small plots."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

COLUMNS = ["release", "date", "measure", "value", "unit", "aim", "better"]

PAGE = """Benchmark history
=================

What ``python benchmarks/speed.py`` measured for each release; ``--record RELEASE`` adds a release to
``benchmarks/history.csv``, the source of this page. Dashed lines are aims. All figures come from two shared cores of
the same kind, so only large differences mean anything. How they are measured, and which aims are missed:
:doc:`../speed`.

.. image:: benchmarks.svg
   :alt: One small plot for each measure, with its value in each release and its aim.

.. csv-table::
   :header-rows: 1

"""


def read_history(path: Path) -> pd.DataFrame:
    """The history, one row for each release and measure."""
    return pd.read_csv(path)[COLUMNS]


def page(history: pd.DataFrame) -> str:
    """The page, in reStructuredText."""
    wide = history.pivot_table(index=["measure", "unit", "aim"], columns="release", values="value", sort=False)
    lines = wide.reset_index().to_csv(index=False).splitlines()
    return PAGE + "".join(f"   {line}\n" for line in lines)


def picture(history: pd.DataFrame, path: Path) -> None:
    """One small plot for each measure, by release."""
    from matplotlib.figure import Figure

    measures = list(history.groupby("measure", sort=False))
    figure = Figure(figsize=(9.0, 2.4 * ((len(measures) + 1) // 2)), layout="constrained")
    axes = figure.subplots((len(measures) + 1) // 2, 2, squeeze=False).flat
    for axis, (measure, rows) in zip(axes, measures, strict=False):
        last = rows.iloc[-1]
        axis.plot(rows["release"], rows["value"], marker="o", color="#1f5a8a")
        axis.axhline(last["aim"], linestyle="--", linewidth=1.0, color="#8a4b1f")
        axis.set_title(f"{measure}\n({last['better']} is better)", fontsize=9)
        axis.set_ylabel(last["unit"], fontsize=8)
        axis.set_ylim(bottom=0.0)
        axis.tick_params(labelsize=8)
    for axis in list(axes):
        axis.set_axis_off()
    figure.savefig(path)
