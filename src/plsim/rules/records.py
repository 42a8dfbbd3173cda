"""Readers and writers of records, made from a record's own list of fields.

A record of thirty numbers that lies in an array is read field by field. Written by hand such a list is wrong as soon as
a field moves; here it is made from ``_fields``, once, when a module is loaded. Compiled code inlines what comes out.
"""

from __future__ import annotations

from typing import Any

from plsim.core.jit import compiled


def row_reader(kind: type[Any]) -> Any:
    """A function that reads a ``kind`` from an array of shape (fields,)."""
    return _made(kind, "v", f"return Kind({', '.join(f'{name}=v[{k}]' for k, name in enumerate(kind._fields))})")


def line_reader(kind: type[Any]) -> Any:
    """A function that reads a ``kind`` from row ``i`` of a block of shape (rows, fields), without cutting the row out.

    A view of a row costs compiled loops two counts of who holds the array.
    """
    return _made(kind, "v, i", f"return Kind({', '.join(f'{name}=v[i, {k}]' for k, name in enumerate(kind._fields))})")


def column_reader(kind: type[Any]) -> Any:
    """A function that reads a ``kind`` from column ``i`` of a block of shape (fields, columns)."""
    return _made(kind, "v, i", f"return Kind({', '.join(f'{name}=v[{k}, i]' for k, name in enumerate(kind._fields))})")


def column_writer(kind: type[Any]) -> Any:
    """A function that writes a ``kind`` into column ``i`` of a block of shape (fields, columns)."""
    return _made(kind, "v, i, record", "\n    ".join(f"v[{k}, i] = record.{n}" for k, n in enumerate(kind._fields)))


def slicer(kind: type[Any]) -> Any:
    """A function that cuts every array of a ``kind`` down to its entries ``a`` to ``b - 1``, as views."""
    return _made(kind, "v, a, b", f"return Kind({', '.join(f'{name}=v.{name}[a:b]' for name in kind._fields)})")


def _made(kind: type[Any], arguments: str, body: str) -> Any:
    scope: dict[str, Any] = {"Kind": kind}
    exec(f"def made({arguments}):\n    {body}\n", scope)  # noqa: S102 - the text is made of field names alone
    return compiled(scope["made"])
