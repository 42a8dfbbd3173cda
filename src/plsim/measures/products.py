"""Which digital products schools use, and how many of them are shared: a market, a taste for the popular, imitation.

Products carry no effect in the model; their number does. What is drawn here answers one question of surveys: RAND's
forty schools named 62 curricula and assessments, and only eight were named by more than one school.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from plsim.core.arrays import Floats, Int32s, Ints, Keys
from plsim.population.draws import uniforms

MOST_PRODUCTS = 60
"""Products that a school can name; no survey has room for more."""


class Market(NamedTuple):
    """What there is to choose from; see the registry, group ``surveys``."""

    products: int
    exponent: float
    imitation: float


class Shared(NamedTuple):
    """Products named by any school, and by more than one."""

    distinct: int
    shared: int


def picks(school_key: Keys, network: Int32s, count: Ints, *, seed: int, market: Market) -> Ints:
    """Product named at each place of each school's list, -1 beyond its length. Shape (schools, MOST_PRODUCTS).

    A longer list begins like the shorter one, so that an arm with more tools keeps those of the other arm. A place may
    hold the network's product instead of the school's own; a school alone is its own network, with its own taste.
    """
    weight = np.arange(1, market.products + 1, dtype=np.float64) ** -market.exponent
    steps = np.cumsum(weight / weight.sum())
    first_of_network = np.searchsorted(network, network)
    chosen = np.full((school_key.shape[0], MOST_PRODUCTS), -1, np.int64)
    for place in range(min(int(count.max(initial=0)), MOST_PRODUCTS)):
        own, imitates, of_network = _chance(seed, school_key.tobytes(), place)
        u = np.where(imitates < market.imitation, of_network[first_of_network], own)
        product = np.minimum(np.searchsorted(steps, u), market.products - 1)
        chosen[:, place] = np.where(place < count, product, -1)
    return chosen


@lru_cache(maxsize=256)
def _chance(seed: int, school_keys: bytes, place: int) -> Floats:
    """Three uniforms for each school and a place of its list, the same in all worlds and arms. Shape (3, schools)."""
    return uniforms(seed, np.frombuffer(school_keys, np.uint64), "tools", subject=place)[:3]


def shared(chosen: Ints) -> Shared:
    """How many products are named, and how many by more than one school."""
    school = np.broadcast_to(np.arange(chosen.shape[0])[:, np.newaxis], chosen.shape)
    named = np.unique(np.stack([chosen[chosen >= 0], school[chosen >= 0]]), axis=1)
    _, schools = np.unique(named[0], return_counts=True)
    return Shared(len(schools), int((schools > 1).sum()))
