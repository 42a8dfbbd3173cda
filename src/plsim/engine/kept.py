"""What typical practice gives in the worlds that everybody runs: found once on a machine, and kept for the next run.

A world's reference, and the structure of growth in it, depend on the world, the sources and the evidence alone, and
take a good part of a short run. They are kept for the central world and those that ship, whole and to the bit, in the
user's cache folder. What lies there is checked; any edit of a source or a number has a place of its own.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable
from functools import cache

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.identity import kept, runs_digest
from plsim.engine.arm import Engine
from plsim.engine.parameters import World
from plsim.engine.worlds import shipped_values
from plsim.evidence import registry
from plsim.practices.levers import PRACTICES
from plsim.practices.registration import known_practices


def kept_numbers(what: str, world: World, engine: Engine, shape: tuple[int, ...], find: Callable[[], Floats]) -> Floats:
    """Numbers of a world, from the cache folder or found, and then kept there.

    Parameters
    ----------
    what
        Their name.
    world, engine
        Only of the central world and of those that ship, and only by the engine for many runs: others are found anew.
        So is everything while a practice of somebody's own is registered, for it may change what typical schools do.
    shape
        Of the numbers, all of them floats.
    find
        Finds them.
    """
    values = tuple(sorted(world.values.items()))
    ours = getattr(engine, "keeps", False) and set(known_practices()) <= set(PRACTICES)
    if not ours or (values and values not in shipped_values()):
        return find()
    address = hashlib.blake2b(repr((what, _made_by(), values, shape)).encode(), digest_size=16).hexdigest()
    size = 8 * int(np.prod(shape))
    content = kept(address, lambda: np.ascontiguousarray(find()).tobytes(), size=size, folder="references")
    return np.frombuffer(content).reshape(shape).copy()


def _made_by() -> tuple[str, ...]:
    """Whatever else moves a bit: the sources, numbers as they stand in this process, and what draws people."""
    return (*_sources(), registry().digest())


@cache
def _sources() -> tuple[str, ...]:
    return (runs_digest(), np.__version__, platform.machine(), sys.platform, sys.byteorder)
