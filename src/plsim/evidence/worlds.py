"""The evidence-consistent worlds that ship with plsim: uncertain parameters that agree best with the facts.

``worlds.csv`` holds one world a row, a column for each parameter; ``worlds.json`` says where they come from and what
the evidence pins down. Both are written by ``plsim calibrate``, never by hand. Any first rows of the table are a fair
sample of all of it.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from plsim.core.errors import EvidenceError
from plsim.evidence.registry import DATA_FOLDER

WORLDS_FILE = DATA_FOLDER / "worlds.csv"
PROVENANCE_FILE = DATA_FOLDER / "worlds.json"


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
    if not (table.is_file() and provenance.is_file()):
        return None
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    said = json.loads(provenance.read_text(encoding="utf-8"))
    try:
        values = np.array([[float(cell) for cell in row] for row in rows[1:]])
    except ValueError as error:
        raise EvidenceError(str(table), "", f"not a table of numbers: {error}") from None
    if values.ndim != 2 or values.shape != (said["worlds"], len(rows[0])) or not np.isfinite(values).all():
        raise EvidenceError(
            str(table),
            "",
            f"shape {values.shape}",
            allowed=f"{said['worlds']} worlds of {len(rows[0])} finite values",
            fix="Run `plsim calibrate --install` again: it writes both files.",
        )
    return StoredWorlds(tuple(rows[0]), values, said)


@cache
def stored_worlds() -> StoredWorlds | None:
    """The worlds that ship."""
    return load_worlds()
