"""Files that appear whole or not at all, and the Parquet parts of a sweep that are such files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plsim.core.arrays import Floats, Ints
from plsim.core.files import write_whole

RUN = "run"
BLOCK = 16_384
"""Runs that are read, merged and held together."""
_NAME = re.compile(r"part-(\d+)-(\d+)-[0-9a-f]+\.parquet")
_DIGEST = b"plsim_task"

Unreadable = (pa.ArrowException, OSError)
"""What reading a damaged part raises."""


def schema(digest: str, columns: Sequence[str]) -> pa.Schema:
    """Of the parts of a task: the number of the run, and its results."""
    fields = [(RUN, pa.int64()), *((name, pa.float64()) for name in columns)]
    return pa.schema(fields, metadata={_DIGEST: digest.encode()})


def rows_of(run: Ints, values: Floats, of: pa.Schema) -> pa.Table:
    """Runs and their results as a table. Shapes (runs,), (runs, columns)."""
    arrays = [pa.array(run), *(pa.array(np.ascontiguousarray(column)) for column in values.T)]
    return pa.Table.from_arrays(arrays, schema=of)


def new_part(folder: Path, first: int, last: int, tables: Iterable[pa.Table], *, of: pa.Schema, small: bool) -> Path:
    """A part with runs between ``first`` and ``last``, under a name that nobody else uses."""

    def write(target: Path) -> None:
        with (
            target.open("wb") as file,
            pq.ParquetWriter(
                file,
                of,
                compression="none" if small else "zstd",
                use_dictionary=False,
                write_statistics=[RUN],
                write_page_checksum=True,
            ) as out,
        ):
            for table in tables:
                out.write_table(table)

    return write_whole(folder / f"part-{first:012d}-{last:012d}-{uuid.uuid4().hex}.parquet", write)


def span(path: Path) -> tuple[int, int] | None:
    """First and last run that a part may hold, by its name; None when it is no part."""
    name = _NAME.fullmatch(path.name)
    return (int(name[1]), int(name[2])) if name else None


@contextmanager
def open_part(path: Path, digest: str) -> Iterator[pq.ParquetFile]:
    """A part, whose pages are checked as they are read.

    Raises
    ------
    pyarrow.ArrowException, OSError
        When it is damaged, or of another task.
    """
    with path.open("rb") as stream:  # pyarrow opens no file whose name is not UTF-8
        file = pq.ParquetFile(stream, page_checksum_verification=True)
        if (file.schema_arrow.metadata or {}).get(_DIGEST) != digest.encode():
            raise pa.ArrowInvalid(f"{path.name} is of another study")
        yield file


def is_whole(path: Path, digest: str) -> bool:
    """Whether all of a part can be read."""
    try:
        with open_part(path, digest) as file:
            for _ in file.iter_batches(BLOCK):
                pass
    except FileNotFoundError:
        raise
    except Unreadable:
        return False
    return True


def runs_of(path: Path, digest: str) -> list[Ints]:
    """The numbers of the runs in a part; all of it is read, so that no run counts whose results are damaged."""
    with open_part(path, digest) as file:
        return [numbers(batch.column(0)) for batch in file.iter_batches(BLOCK)]


def rows(path: Path, digest: str, columns: Sequence[str], *, first: int, last: int) -> pa.Table:
    """The rows of a part with runs ``first`` to ``last``."""
    with open_part(path, digest) as file:
        groups = []
        for group in range(file.num_row_groups):
            statistics = file.metadata.row_group(group).column(0).statistics
            if statistics is None or (statistics.min <= last and statistics.max >= first):
                groups.append(group)
        found = file.read_row_groups(groups, columns=[RUN, *columns])
    run = numbers(found.column(0))
    inside = (run >= first) & (run <= last)
    return found if inside.all() else found.filter(pa.array(inside))


def once(table: pa.Table) -> pa.Table:
    """Every run once, in order of run."""
    run = numbers(table.column(0))
    if (np.diff(run) > 0).all():
        return table.combine_chunks()
    _, where = np.unique(run, return_index=True)
    return table.take(pa.array(where)).combine_chunks()


def numbers(column: Any) -> Ints:
    """The runs of a column or of a batch's column."""
    found: Ints = np.asarray(column)
    return found
