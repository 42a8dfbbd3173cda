"""Data-driven grouping: who sits in which group."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("data_driven_grouping")
class DataDrivenGrouping(Practice):
    """Groups are made from what profiles say today, not from old or no data."""

    intensity: float = option("practices.data_driven_grouping_intensity", 0.0, 1.0)
    """How far groups follow the profiles."""
    spread: float = option("practices.data_driven_grouping_spread", 0.0, 1.0)

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity makes groups follow the profiles more closely."""
        table.put("grouping_on_data", intensity)
