"""Why an effect is what it is: its parts by time, match, attention and quality, which add up to it.

Practices reach achievement only through what a student lives through in a week: where the hours go (time), what level
the work has (match), how much of it is on task (attention), and how good the teaching and material are (quality).
Letting only some of the four change shows what they do; the average over all orders of letting go (Shapley 1953) shares
out what they do together, evenly and without a remainder.

Motives and beliefs follow the scenario all along. So a part holds what its channel did, whoever set it in motion:
self-regulation that advising built counts as attention.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.calendar import SPRING_WEEK
from plsim.engine.arm import Engine
from plsim.engine.pair import Pair, WorldRun, run_world
from plsim.engine.setting import WINDOWS, Setting
from plsim.evidence import norms
from plsim.measures.groups import SUBJECT_LABELS, with_both
from plsim.runs.held_channels import CHANNELS, run_held
from plsim.runs.outcomes import partitions

if TYPE_CHECKING:
    import pandas as pd

    from plsim.engine.parameters import World

SPRING = WINDOWS.index(SPRING_WEEK)

Coalition = frozenset[str]


@dataclass(frozen=True)
class Decomposition:
    """Parts of an effect in SD: Shapley values of the four channels (Shapley 1953, A value for n-person games).

    Attributes
    ----------
    parts
        By channel, each of shape (years, 3): mathematics, reading, both. They add up to ``total``, to rounding.
    total
        The paired effect. Shape (years, 3).
    """

    parts: Mapping[str, Floats]
    total: Floats

    def table(self) -> pd.DataFrame:
        """One row per channel (and ``total``), subject and year."""
        import pandas as pd

        rows = [
            {"channel": name, "subject": subject, "year": year + 1, "value": float(values[year, column]), "unit": "SD"}
            for name, values in (*self.parts.items(), ("total", self.total))
            for year in range(self.total.shape[0])
            for column, subject in enumerate(SUBJECT_LABELS)
        ]
        return pd.DataFrame(rows)


def decompose(both: Pair, world: World, engine: Engine, *, run: WorldRun | None = None) -> Decomposition:
    """The parts of the effect in one world; ``run`` is that world's run, if there is one already.

    Fourteen runs of both arms: every set of channels let go but none, which leaves nothing, and all, which is ``run``.
    """
    whole = run_world(both, world, engine) if run is None else run
    found: dict[Coalition, Floats] = {frozenset(CHANNELS): effect(both, whole)}
    found[frozenset()] = np.zeros_like(found[frozenset(CHANNELS)])
    for size in range(1, len(CHANNELS)):
        for free in combinations(CHANNELS, size):
            held = [field for name, fields in CHANNELS.items() if name not in free for field in fields]
            found[frozenset(free)] = effect(both, run_held(both, world, engine, held, found=whole.typical))
    return Decomposition(shapley(found), found[frozenset(CHANNELS)])


def shapley(found: Mapping[Coalition, Floats]) -> dict[str, Floats]:
    """Each player's mean contribution over all orders; ``found`` holds the worth of every coalition."""
    players = frozenset[str]().union(*found)
    count = len(players)
    parts = {}
    for player in (name for name in CHANNELS if name in players):
        part = np.zeros_like(found[frozenset()])
        for before, worth in found.items():
            if player not in before:
                weight = factorial(len(before)) * factorial(count - len(before) - 1) / factorial(count)
                part = part + weight * (found[before | {player}] - worth)
        parts[player] = part
    return parts


def effect(both: Pair, run: WorldRun) -> Floats:
    """The paired effect on everybody, by year and subject (SD). Shape (years, 3)."""
    setting = both.base_setting
    years = range(setting.years)
    return np.array([partitions(setting, year)[0].means(with_both(gaps(setting, run, year)))[0] for year in years])


def gaps(setting: Setting, run: WorldRun, year: int) -> Floats:
    """Every student's effect in the spring of a year (counted from 0), in SD. Shape (students, 2)."""
    grade = setting.timeline.years[year].grade.astype(np.int64)[:, np.newaxis]
    sd = norms().sd_fall_observed[np.arange(2), grade]
    gap = run.scenario.record[year].achievement[SPRING] - run.counterfactual.record[year].achievement[SPRING]
    return np.asarray(gap / sd, dtype=np.float64)
