"""Draws by address for whole arrays of people or schools: uniforms and normals.

The same lines as in the weekly engines (:mod:`plsim.core.noise`), run on numpy arrays.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from plsim.core.arrays import Floats, Keys
from plsim.core.jit import interpreted

# Philox makes some 150 temporary arrays; blocks that fit the processor's cache run twice as fast.
_BLOCK = 8192


@cache
def _noise() -> Any:
    return interpreted("plsim.core.noise")


def address_words(seed: int, keys: Keys, stream: str, *, subject: int = 0, year: int = 0, week: int | Keys = 0) -> Keys:
    """The four 32-bit words at each address. Shape (4, len(keys))."""
    noise = _noise()
    place = noise.place(np.uint64(noise.STREAMS[stream]), np.uint64(subject), np.uint64(year))
    weeks = np.broadcast_to(np.asarray(week, dtype=np.uint64), keys.shape)
    out = np.empty((4, len(keys)), dtype=np.uint64)
    for start in range(0, len(keys), _BLOCK):
        block = slice(start, start + _BLOCK)
        out[:, block] = noise.words(np.uint64(seed), keys[block], place, weeks[block])
    return out


def uniforms(seed: int, keys: Keys, stream: str, *, subject: int = 0, year: int = 0) -> Floats:
    """Four uniforms in (0, 1) at each address. Shape (4, len(keys))."""
    values: Floats = _noise().uniform_32(address_words(seed, keys, stream, subject=subject, year=year))
    return values


def normals(seed: int, keys: Keys, stream: str, *, subject: int = 0, year: int = 0) -> Floats:
    """Four standard normals at each address. Shape (4, len(keys))."""
    values: Floats = ndtri(uniforms(seed, keys, stream, subject=subject, year=year))
    return values


def derived_keys(keys: Keys, stream: str, *, subject: int = 0, year: int = 0, week: int | Keys = 0) -> Keys:
    """New addresses that belong to old ones, whatever the seed: the successor in a place, a teacher's seat."""
    words = address_words(0, keys, stream, subject=subject, year=year, week=week)
    derived: Keys = (words[0] << np.uint64(32)) | words[1]
    return derived


def label_key(kind: str, label: str) -> int:
    """The address of somebody or something that a file names."""
    digest = hashlib.blake2b(f"{kind}/{label}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def spread_share(mean: Floats | float, spread: float, z: Floats) -> Floats:
    """Shares in [0, 1] with the given mean, spread on the probit scale; a mean of 0 or 1 stays what it is."""
    values: Floats = ndtr(ndtri(mean) * np.sqrt(1.0 + spread * spread) + spread * z)
    return values
