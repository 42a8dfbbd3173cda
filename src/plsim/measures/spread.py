"""From values in many worlds, with their sampling errors, to one value and its 90% interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from plsim.core.arrays import Floats
from plsim.measures.effects import CI_LEVEL

if TYPE_CHECKING:
    import pandas as pd

_TAIL = 0.5 * (1.0 - CI_LEVEL)
_POINTS = ndtri((np.arange(99) + 0.5) / 99)


def intervals(
    central: Floats, spread: Floats, *, central_error: Floats, errors: Floats
) -> tuple[Floats, Floats, Floats]:
    """Value, low and high of every row; each (rows,).

    Parameters
    ----------
    central, spread
        Values in the central world (rows,) and in the worlds (worlds, rows).
    central_error, errors
        Their sampling errors, same shapes; 0 where a row has none: effects on the very students of the run.

    Notes
    -----
    With worlds: the median over worlds, and 90% of the worlds; where there are sampling errors, 90% of the mixture of
    the worlds' sampling distributions, so that the interval holds both kinds of doubt. Without worlds: the central
    value, and its sampling interval alone, or no interval (NaN).
    """
    sampled = central_error > 0.0
    if spread.shape[0] == 0:
        reach = np.where(sampled, ndtri(1.0 - _TAIL) * central_error, np.nan)
        return central, central - reach, central + reach
    low, value, high = np.quantile(spread, [_TAIL, 0.5, 1.0 - _TAIL], axis=0)
    if sampled.any():
        draws = spread[:, sampled, np.newaxis] + errors[:, sampled, np.newaxis] * _POINTS
        flat = np.moveaxis(draws, 1, 0).reshape(int(sampled.sum()), -1)
        low[sampled], value[sampled], high[sampled] = np.nanquantile(flat, [_TAIL, 0.5, 1.0 - _TAIL], axis=1)
    return value, low, high


def interval_plot(table: pd.DataFrame, label: str, about: str, *, ax: Any = None) -> Any:
    """Rows of a table as points with their intervals, the first at the top; returns the axes (pandas draws them).

    Parameters
    ----------
    table
        With columns ``value``, ``low`` and ``high``; an interval that is not known is not drawn.
    label
        The column that names the rows.
    about
        What the values are.
    """
    rows = table.iloc[::-1]
    left, right = (rows["value"] - rows["low"]).fillna(0.0), (rows["high"] - rows["value"]).fillna(0.0)
    reach = [left.clip(lower=0.0).tolist(), right.clip(lower=0.0).tolist()]
    axes = rows.plot.barh(x=label, y="value", xerr=reach, ax=ax, legend=False, color="0.75", capsize=3)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(about)
    axes.set_ylabel("")
    return axes
