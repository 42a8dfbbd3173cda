"""Files that appear whole or not at all, whatever kills us meanwhile, and what goes into them."""

from __future__ import annotations

import errno
import json
import os
import stat
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import InputError, printable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from plsim.core.arrays import Column

TEMPORARY = ".writing-"
MOST_BYTES_OF_A_CACHE = 1 << 28
MOST_BYTES_OF_A_DOCUMENT = 1 << 26


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Make a file that appears under its name only when all of it is on the disk, whatever kills us meanwhile."""
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
    try:
        write(temporary)
        sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Make sure that a file or the names in a folder are on the disk and not only on their way."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of a file; whatever is no file is refused at once instead of waited for or read without end.

    Raises
    ------
    OSError
        When it cannot be read, is a folder, a pipe, a device or a socket, or larger than ``most`` bytes.
    """
    try:
        # A pipe without a writer would be waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a name that cannot be one
        raise OSError(errno.EINVAL, str(error)) from None
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "is a folder or a device, not a file")
        if status.st_size > most:
            raise OSError(errno.EFBIG, f"{status.st_size:,} bytes are too many, up to {most:,} are read")
        return stream.read(most)


def read_document(path: Path, *, where: str, fix: str = "", most: int = MOST_BYTES_OF_A_DOCUMENT) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises
    ------
    InputError
        When there is none: no file, too large, no JSON, nested too deeply, or with numbers that JSON has not.
    """
    try:
        text = read_regular(path, most).decode("utf-8-sig")
        document = json.loads(text, parse_constant=_no_number)
    except OSError as error:
        raise InputError(where, "", f"cannot be read: {error.strerror or error}", fix=fix) from None
    except (ValueError, RecursionError, MemoryError) as error:
        problem = f"is not JSON: {printable(str(error))[:200] or type(error).__name__}"
        raise InputError(where, path.name, problem, fix=fix) from None
    if not isinstance(document, dict):
        raise InputError(where, path.name, "is not a JSON object", fix=fix)
    return document


def _no_number(given: str) -> float:
    raise ValueError(f"{given} is no number")


def remove(paths: Iterable[Path]) -> None:
    """Delete files that may be gone already."""
    for path in paths:
        path.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    write_whole(path, lambda target: target.write_bytes(content))


def json_bytes(document: dict[str, Any]) -> bytes:
    """A document as the bytes of a file; what is not a number is refused. Tables have a line for each row.

    A path may hold bytes that are no text; JSON then writes escapes, from which the same path is read again.
    """
    try:
        return _document(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return _document(document, ensure_ascii=True).encode()


def _document(document: dict[str, Any], *, ensure_ascii: bool) -> str:
    """Indented but for the rows of tables: Python writes what is indented a hundred times as slowly."""
    row = json.JSONEncoder(ensure_ascii=ensure_ascii, allow_nan=False).encode
    indented = json.JSONEncoder(ensure_ascii=ensure_ascii, allow_nan=False, indent=1).encode
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            told = "[\n  " + ",\n  ".join(map(row, value)) + "\n ]"
        else:
            told = indented(value).replace("\n", "\n ")
        parts.append(f" {row(key)}: {told}")
    return "{\n" + ",\n".join(parts) + "\n}\n" if parts else "{}\n"


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    import io

    stream = io.BytesIO()
    table.to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()


def columns_bytes(columns: Mapping[str, Column]) -> bytes:
    """Named columns of one length as the bytes of a Parquet file; numbers that are NaN are missing there.

    The columns are laid out as Arrow does, for a small run would wait longer for pandas than for its own results, and
    Arrow's constructors of arrays load it.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    table = pa.table({name: _arrow(column) for name, column in columns.items()})
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _arrow(column: Column) -> pa.Array:
    """A column of texts, truth values or numbers."""
    import numpy as np
    import pyarrow as pa

    values = np.ascontiguousarray(column)
    if values.dtype.kind in "OU":
        texts = values.tolist()
        encoded = {text: text.encode() for text in set(texts)}  # the same few texts in most rows
        contents = [encoded[text] for text in texts]
        ends = np.cumsum(np.fromiter(map(len, (b"", *contents)), np.int64))
        return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(contents)))
    missing = np.isnan(values)
    there = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    content = np.packbits(values, bitorder="little") if values.dtype == bool else values
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [there, pa.py_buffer(content)])
