"""Reading the small CSV tables of evidence: comment lines skipped, every cell checked."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from plsim.core.errors import EvidenceError


def read_table(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table, each with its line number in the file.

    Lines that start with ``#`` are comments. The header must hold exactly ``columns``, in that order.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        comments = 0
        start = stream.tell()
        while stream.readline().startswith("#"):
            comments += 1
            start = stream.tell()
        stream.seek(start)
        reader = csv.reader(stream, strict=True)
        header = next(reader, [])
        if header != list(columns):
            raise EvidenceError(path.name, "header", f"got {', '.join(header)}", allowed=", ".join(columns))
        rows = []
        for cells in reader:
            line = comments + reader.line_num
            if len(cells) != len(header):
                raise EvidenceError(
                    path.name, f"line {line}", f"{len(cells)} cells", allowed=f"{len(header)} cells, as in the header"
                )
            rows.append((line, dict(zip(header, cells, strict=True))))
    return rows


def number_or_none(where: str, line: int, column: str, text: str) -> float | None:
    """The number in a cell, or ``None`` for an empty one."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise EvidenceError(where, f"line {line}, {column}", f"got {text!r}", allowed="a finite number, or nothing")
    return number
