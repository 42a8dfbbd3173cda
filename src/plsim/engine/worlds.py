"""Over which worlds results are taken: the evidence-consistent ones that ship, or the priors until there are any.

Worlds belong to the rules and the numbers that they were calibrated with. What is added beside those, a practice, a
scenario, an outcome, leaves them as they are. When a rule or a number has changed, the worlds that ship are still used,
and are called what they are then: calibrated to other rules. Whoever wants can have the priors, or worlds from a file.
"""

from __future__ import annotations

import csv
import hashlib
import math
import os
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from plsim.core.errors import InputError, nearest
from plsim.core.identity import MODEL, program_digest, program_parts
from plsim.engine.parameters import PRIOR_LABEL, World, prior_worlds
from plsim.evidence import registry
from plsim.evidence.worlds import StoredWorlds, stored_worlds

CALIBRATED_LABEL = "evidence-consistent"
OTHER_RULES_LABEL = "calibrated to other rules"
FEWEST_KNOWN = 0.9
"""Share of a table's parameters that the registry has to know, or the worlds are of another model altogether."""
USUAL = 40
"""Worlds of a result that does not say how many."""
NOT_NARROWED = 0.9
"""A parameter that keeps more than this share of its prior spread is not identified by the evidence."""
_NOT_OF_THE_MODEL = ("prices", "districts")


@cache
def model_digest() -> str:
    """Digest of what worlds depend on: the rules and the engine around them, and every number they read.

    Of programs, not of texts: a comment or a docstring changes no result.
    """
    digest = hashlib.blake2b(program_digest(MODEL), digest_size=12)
    for entry in registry():
        if entry.group not in _NOT_OF_THE_MODEL:
            # Of an uncertain number worlds know the range; its central value is only where the central world stands.
            said = (entry.low, entry.high, entry.shape) if entry.uncertain else (entry.value,)
            digest.update(repr((entry.key, *said)).encode())
    return digest.hexdigest()


def model_parts() -> dict[str, Any]:
    """What worlds depend on, part by part, as a calibration stores it: statements of the rules, and every number."""
    numbers = {}
    for entry in registry():
        if entry.group not in _NOT_OF_THE_MODEL:
            said = (entry.low, entry.high, entry.shape) if entry.uncertain else (entry.value,)
            numbers[entry.key] = repr(said)
    return {"statements": program_parts(MODEL), "numbers": numbers}


def still_holds(said: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether all that a calibration depended on still stands; more may have been added."""
    lost = Counter(said["statements"]) - Counter(now["statements"])
    return not lost and all(now["numbers"].get(key) == value for key, value in said["numbers"].items())


@cache
def calibrated() -> StoredWorlds | None:
    """The shipped worlds, if they belong to this model; else None."""
    stored = stored_worlds()
    if stored is None:
        return None
    if stored.provenance["model_digest"] == model_digest():
        return stored
    parts = stored.provenance.get("model")
    return stored if parts is not None and still_holds(parts, model_parts()) else None


class Worlds(NamedTuple):
    """Worlds, and what they are in a few words."""

    worlds: tuple[World, ...]
    label: str


def first_alike(among: Sequence[World]) -> list[int]:
    """The place of the first world with the same values, for every world.

    Of those that ship, heavy ones come more than once: whatever is run in one has been run in its copies.
    """
    places: dict[tuple[tuple[str, float], ...], int] = {}
    return [places.setdefault(tuple(sorted(world.values.items())), place) for place, world in enumerate(among)]


def worlds(count: int, seed: int) -> tuple[World, ...]:
    """So many of the worlds that results are usually taken over; see :func:`chosen`."""
    return chosen(count, seed).worlds


def chosen(choice: int | str | Path | None, seed: int) -> Worlds:
    """The worlds of a result.

    Parameters
    ----------
    choice
        How many (:data:`USUAL` when None), ``"shipped"`` for all that ship, ``"prior"`` for draws from the prior
        ranges, either with a number (``"prior:100"``), or a CSV or Parquet file of worlds: a column for each parameter,
        such as ``worlds.parquet`` of a result folder. Of a number the first that ship are taken, so that results with
        the same number share their worlds.
    seed
        Chooses prior worlds.

    Raises
    ------
    InputError
        When there are not so many, or a file holds no worlds.
    """
    text = str(choice) if isinstance(choice, str) else ""
    kind, _, number = text.partition(":")
    if text.isdecimal():
        choice = int(text)
    elif kind in ("prior", "shipped") and (number.isdecimal() or ":" not in text):
        if kind == "prior":
            return Worlds(prior_worlds(int(number or USUAL), seed), PRIOR_LABEL)
        return _shipped(int(number) if number else None, seed)
    elif choice is not None and not isinstance(choice, int):
        return Worlds(read_worlds(Path(choice)), f"from {Path(choice).name}")
    count = USUAL if choice is None else int(choice)
    if _usable() is None:
        return Worlds(prior_worlds(count, seed), PRIOR_LABEL)
    return _shipped(count, seed)


def _usable() -> StoredWorlds | None:
    """The shipped worlds, calibrated to these rules or to others; None where none ship, or of another model."""
    stored = stored_worlds()
    if stored is None or calibrated() is not None:
        return stored
    uncertain = {parameter.key for parameter in registry().uncertain()}
    known = sum(key in uncertain for key in stored.keys)
    return stored if known >= FEWEST_KNOWN * max(len(stored.keys), len(uncertain)) else None


def _shipped(count: int | None, seed: int) -> Worlds:
    stored = _usable()
    if stored is None:
        raise InputError("--worlds", "", "no worlds ship that these rules know", fix="Use --worlds prior.")
    most = len(stored.values)
    if count is not None and count > most:
        raise InputError("--worlds", "", f"got {count}", allowed=f"0 to {most}, the worlds that ship")
    rows = stored.values[: most if count is None else count]
    uncertain = {parameter.key for parameter in registry().uncertain()}
    # What calibration did not know keeps its prior; what the registry no longer has goes.
    rest = prior_worlds(len(rows), seed) if uncertain - set(stored.keys) else (World(),) * len(rows)
    found = tuple(
        World(f"world-{index}", {**dict(other.values), **_known(stored.keys, row.tolist(), uncertain)})
        for index, (row, other) in enumerate(zip(rows, rest, strict=True))
    )
    return Worlds(found, label())


@cache
def shipped_values() -> frozenset[tuple[tuple[str, float], ...]]:
    """The values of every world that ships, each sorted by key."""
    if _usable() is None:
        return frozenset()
    return frozenset(tuple(sorted(world.values.items())) for world in _shipped(None, 0).worlds)


def _known(keys: tuple[str, ...], row: list[float], uncertain: set[str]) -> dict[str, float]:
    return {key: value for key, value in zip(keys, row, strict=True) if key in uncertain or calibrated() is not None}


def read_worlds(path: Path) -> tuple[World, ...]:
    """The worlds in a CSV or Parquet file, one a row; a column ``world`` holds their names.

    Raises
    ------
    InputError
        When it cannot be read, a column is no parameter or a cell is no number.
    """
    where = str(path)
    if not os.path.isfile(path):  # noqa: PTH113 - a name that no system allows is no error of ours
        fix = nearest(where, ("prior", "shipped"))
        raise InputError(
            "--worlds", "", f"got '{where}'", allowed="a number, prior, shipped, or a file of worlds", fix=fix
        )
    columns, rows = _table(path)
    names = [str(row[columns.index("world")]) for row in rows] if "world" in columns else []
    known = {entry.key for entry in registry()}
    for column in columns:
        if column != "world" and column not in known:
            raise InputError(where, column, "is no parameter", fix=nearest(column, known))
    found = []
    for number, row in enumerate(rows):
        values = {
            key: _number(where, number + 1, key, cell) for key, cell in zip(columns, row, strict=True) if key != "world"
        }
        found.append(World(names[number] if names else f"{path.stem}-{number}", values))
    if not found:
        raise InputError(where, "", "holds no worlds")
    if len({world.name for world in found}) < len(found):
        raise InputError(where, "world", "a name stands twice", fix="Give every world a name of its own.")
    return tuple(found)


def _table(path: Path) -> tuple[list[str], list[list[Any]]]:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet

        try:
            with path.open("rb") as stream:
                table = pyarrow.parquet.read_table(stream)
        except (OSError, ValueError) as error:
            raise InputError(str(path), "", f"cannot be read: {error}") from None
        return list(table.column_names), [list(row) for row in zip(*table.to_pydict().values(), strict=True)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [row for row in csv.reader(file) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(str(path), "", f"cannot be read: {error}") from None
    if not lines or any(len(row) != len(lines[0]) for row in lines):
        raise InputError(str(path), "", "is not a table with a line of parameters and as many cells in every row")
    return lines[0], [list(row) for row in lines[1:]]


def _number(where: str, row: int, key: str, cell: Any) -> float:
    try:
        value = float(cell)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise InputError(where, f"{key}, row {row}", f"got '{cell}'", allowed="a number")
    return value


def label() -> str:
    """What the usual worlds are, in a few words, for wherever a result over them is shown."""
    if calibrated() is not None:
        return CALIBRATED_LABEL
    return PRIOR_LABEL if _usable() is None else OTHER_RULES_LABEL


def most_worlds() -> int:
    """How many worlds a result may be taken over without naming others: those that ship, else a great many."""
    stored = _usable()
    return sys.maxsize if stored is None else len(stored.values)


def unidentified() -> tuple[str, ...]:
    """Uncertain parameters that the evidence hardly narrows; all of them, where no worlds ship."""
    stored = calibrated()
    if stored is None:
        return tuple(parameter.key for parameter in registry().uncertain())
    return tuple(key for key, left in stored.narrowing.items() if left > NOT_NARROWED)


def meaning_of(world_label: str) -> str:
    """What an interval over worlds with a label says, and what it does not."""
    if world_label == CALIBRATED_LABEL:
        return (
            "sets of assumptions that agree with the published facts as well as the model can. What holds in all of "
            "them holds if the model is right; a share of worlds is not a probability."
        )
    if world_label == OTHER_RULES_LABEL:
        return (
            "sets of assumptions that agreed with the published facts under other rules or numbers than these; whether "
            "they still do is not known (`plsim calibrate --quick` finds out). A share of worlds is not a probability."
        )
    return (
        "sets of assumptions that span what is plausible, not what the evidence leaves; a share of worlds is not a "
        "probability."
    )


def worlds_digest() -> str:
    """Identity of the worlds that results are taken over, for the manifest of a result."""
    stored = _usable()
    if stored is None:
        return "prior"
    return hashlib.blake2b(stored.values.tobytes(), digest_size=12).hexdigest()
