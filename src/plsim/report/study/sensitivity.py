"""What moves the outcome: pictures of indices, of pairs, and of how both settle as runs are added."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from plsim.report.material import DataTable, Picture
from plsim.report.study.figures import Bar, Curve, bars_figure, heat_figure, lines_figure
from plsim.report.study.folder import StudyFolder, rows_of
from plsim.report.study.words import INDICES, factor_name, outcome_name
from plsim.report.words import number
from plsim.studies.factors import NOTHING

if TYPE_CHECKING:
    import pandas as pd

MOST_FACTORS = 12
MOST_PAIRED = 8
_CURVES = 5


def index_picture(folder: StudyFolder, outcome: dict[str, Any], *, at: int) -> Picture | None:
    """The main index of every factor, the most influential first."""
    rows = _singles(folder, outcome)
    if rows is None:
        return None
    main = _main_index(rows)
    ordered = _by_size(rows[rows["index"] == main]).head(MOST_FACTORS)
    bars = [_bar(row) for row in rows_of(ordered)]
    inner: list[Bar] = []
    if main == "ST" and (rows["index"] == "S1").any():
        first = rows[rows["index"] == "S1"].set_index("factor")
        inner = [
            Bar(factor_name(name), *(float(first.loc[name, column]) for column in ("value", "low", "high")))
            for name in ordered["factor"]
        ]
    said = "; ".join(f"{bar.label} {number(bar.value, 2)}" for bar in bars[:6])
    called = INDICES.get(main, main)
    says = f"{outcome_name(outcome)}: influence of factors ({called}): {said}."
    shares = main in {"ST", "S1", "shapley"}
    axis = "share of the variance" if shares else called
    svg = bars_figure(
        bars, inner=inner, legend=(INDICES["ST"], INDICES["S1"]), name=f"index-{at}", says=says, axis=axis, digits=2
    )
    cells = tuple(
        (factor_name(row.factor), INDICES.get(row.index, row.index), number(row.value, 3), _span(row.low, row.high))
        for row in rows_of(rows)
    )
    table = DataTable("All indices", ("Factor", "Index", "Value", "90% interval"), cells)
    return Picture(svg, f"What moves it: {outcome_name(outcome)}", table)


def pairs_picture(folder: StudyFolder, outcome: dict[str, Any], *, at: int) -> Picture | None:
    """Shares of the variance that pairs explain beyond their parts."""
    every = folder.rows("sensitivity", outcome)
    singles = _singles(folder, outcome)
    if every is None or singles is None:
        return None
    rows = every[(every["factor2"] != "") & every["value"].notna()]
    if rows.empty:
        return None
    main = _main_index(singles)
    names = list(_by_size(singles[singles["index"] == main])["factor"].head(MOST_PAIRED))
    values, clear = [[math.nan] * len(names) for _ in names], set()
    for row in rows_of(rows):
        if row.factor in names and row.factor2 in names:
            one, other = sorted((names.index(row.factor), names.index(row.factor2)))
            values[other][one] = 100.0 * float(row.value)
            if not row.low <= 0.0 <= row.high:
                clear.add((other, one))
    ranked = _by_size(rows)
    said = "; ".join(
        f"{factor_name(row.factor)} with {factor_name(row.factor2)} {number(100.0 * row.value, 1)}"
        for row in rows_of(ranked.head(3))
    )
    says = f"{outcome_name(outcome)}: what pairs explain of the variance, in percent; the largest: {said}."
    svg = heat_figure(
        [factor_name(name) for name in names], values, clear=clear, name=f"pairs-{at}", says=says, digits=0
    )
    cells = tuple(
        (f"{factor_name(row.factor)} with {factor_name(row.factor2)}", number(row.value, 3), _span(row.low, row.high))
        for row in rows_of(ranked)
    )
    table = DataTable("Shares of the variance", ("Pair", "Value", "90% interval"), cells)
    return Picture(svg, "What pairs explain beyond their parts, in percent of the variance", table)


def convergence_picture(folder: StudyFolder, outcome: dict[str, Any], *, at: int) -> Picture | None:
    """The main index of the most influential factors against the number of runs."""
    rows = folder.rows("convergence", outcome) if "convergence" in folder.names else None
    if rows is None or rows["runs"].nunique() < 2:
        return None
    last = _by_size(rows[rows["runs"] == rows["runs"].max()])
    lines = []
    for name in [name for name in last["factor"] if name != NOTHING][:_CURVES]:
        mine = rows[rows["factor"] == name].sort_values("runs")
        bounds = mine[["low", "high"]].notna().all(axis=None)
        low, high = (mine["low"].tolist(), mine["high"].tolist()) if bounds else ([], [])
        lines.append(Curve(factor_name(str(name)), mine["runs"].tolist(), mine["value"].tolist(), low, high))
    says = f"{outcome_name(outcome)}: the index against the number of runs. " + "; ".join(
        f"{line.label}: {number(line.y[0], 2)} from {line.x[0]:,} runs, {number(line.y[-1], 2)} from {line.x[-1]:,}"
        for line in lines
    )
    index = str(rows["index"].iloc[0])
    svg = lines_figure(
        lines, name=f"convergence-{at}", says=f"{says}.", x_axis="runs", y_axis=INDICES.get(index, index), log=True
    )
    cells = tuple(
        (factor_name(row.factor), f"{int(row.runs):,}", number(row.value, 3), _span(row.low, row.high))
        for row in rows_of(rows)
    )
    table = DataTable("Index by number of runs", ("Factor", "Runs", "Index", "90% interval"), cells)
    return Picture(svg, "Has it settled? The index as runs are added", table)


def _singles(folder: StudyFolder, outcome: dict[str, Any]) -> pd.DataFrame | None:
    rows = folder.rows("sensitivity", outcome) if "sensitivity" in folder.names else None
    if rows is None:
        return None
    rows = rows[rows["factor2"] == ""]
    return rows if len(rows) else None


def _main_index(rows: pd.DataFrame) -> str:
    present = set(rows["index"])
    return next((name for name in ("ST", *INDICES) if name in present), str(rows["index"].iloc[0]))


def _by_size(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reindex(rows["value"].abs().sort_values(ascending=False, kind="stable").index)


def _bar(row: Any) -> Bar:
    label = "nothing (by chance)" if row.factor == NOTHING else factor_name(row.factor)
    return Bar(label, float(row.value), float(row.low), float(row.high))


def _span(low: float, high: float) -> str:
    return f"{number(low, 3)} to {number(high, 3)}" if math.isfinite(low) and math.isfinite(high) else "–"
