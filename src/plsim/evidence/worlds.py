"""The evidence-consistent worlds that ship with plsim: uncertain parameters that agree best with the facts.

``worlds.csv`` holds one world a row, a column for each parameter; ``worlds.json`` says where they come from and what
the evidence pins down. Both are written by ``plsim calibrate``, never by hand. Any first rows of the table are a fair
sample of all of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from plsim.core.errors import EvidenceError, printable
from plsim.core.files import MOST_BYTES_OF_A_DOCUMENT, read_document, read_regular
from plsim.evidence.registry import DATA_FOLDER

WORLDS_FILE = DATA_FOLDER / "worlds.csv"
PROVENANCE_FILE = DATA_FOLDER / "worlds.json"
SEAL = "digest"
_FIX = "`plsim calibrate --install` writes both files; installing plsim again brings back those that ship."


@dataclass(frozen=True)
class StoredWorlds:
    """The worlds and where they come from.

    Attributes
    ----------
    keys
        Registry keys.
    values
        Shape (worlds, keys).
    provenance
        Digests of model, priors and facts, seed, sizes, and what was found.
    """

    keys: tuple[str, ...]
    values: npt.NDArray[np.float64]
    provenance: dict[str, Any]

    @property
    def narrowing(self) -> dict[str, float]:
        """Share of its prior spread that each parameter has left, by key: 1 is not narrowed at all."""
        return {str(key): float(left) for key, left in self.provenance["spread_left"].items()}


def load_worlds(table: Path = WORLDS_FILE, provenance: Path = PROVENANCE_FILE) -> StoredWorlds | None:
    """The worlds of two files; None where there are none.

    Raises
    ------
    EvidenceError
        When the files do not belong together or hold what is no number.
    """
    if not (os.path.lexists(table) and os.path.lexists(provenance)):
        return None
    said = read_document(provenance, where=str(provenance), fix=_FIX)
    text = _text_of(table)
    if said.get(SEAL) != seal(text, said):
        raise EvidenceError(
            str(table), "", f"it or {provenance.name} is not what plsim calibrate wrote: changed or cut", fix=_FIX
        )
    rows = list(csv.reader(io.StringIO(text)))
    try:
        values = np.array([[float(cell) for cell in row] for row in rows[1:]])
        shape = (int(said["worlds"]), len(rows[0]))
        narrowing = {str(key): float(left) for key, left in said["spread_left"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise EvidenceError(str(table), "", f"not a table of worlds: {printable(str(error))[:200]}", fix=_FIX) from None
    if values.ndim != 2 or values.shape != shape or not np.isfinite(values).all() or not set(rows[0]) <= set(narrowing):
        allowed = f"{shape[0]} worlds of {shape[1]} finite values, with what is left of each one's range"
        raise EvidenceError(str(table), "", f"shape {values.shape}", allowed=allowed, fix=_FIX)
    return StoredWorlds(tuple(rows[0]), values, said)


def seal(table: str, said: Mapping[str, Any]) -> str:
    """Digest of both files, which stands in the document: shows any change that ``plsim calibrate`` did not make."""
    rest = {name: value for name, value in said.items() if name != SEAL}
    digest = hashlib.sha256(table.replace("\r\n", "\n").encode())
    digest.update(json.dumps(rest, sort_keys=True, ensure_ascii=True).encode())
    return digest.hexdigest()


def sealed(table: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The document that belongs to a table, with the digest of both."""
    return {**said, SEAL: seal(table, said)}


def _text_of(path: Path) -> str:
    try:
        return read_regular(path, MOST_BYTES_OF_A_DOCUMENT).decode("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise EvidenceError(str(path), "", f"cannot be read: {error.strerror or error}", fix=_FIX) from None
    except UnicodeDecodeError:
        raise EvidenceError(str(path), "", "is not text", fix=_FIX) from None


@cache
def stored_worlds() -> StoredWorlds | None:
    """The worlds that ship."""
    return load_worlds()
