"""Which sources decide results, and digests of them: the compiled code's cache, the worlds, the stores of sweeps.

Sources are named by package or module, never by path. The digest of a program is made of its statements without
imports, docstrings, comments, line numbers and the names of modules: to move or rename a file, or to document it,
changes no result, and so drops no calibration and no stored run.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from plsim.core.files import read_regular, write_file

ROOT = Path(__file__).resolve().parent.parent

COMPILED = ("core.jit", "core.compiled_inner", "core.noise", "rules", "engine.state", "engine.batch")
"""What compiled code is made from."""

GLUE = ("engine.batch.engine",)
"""Hands arrays to compiled code, and decides nothing."""

MODEL = (
    "rules",
    "practices",
    "scenario.build",
    "engine.arm",
    "engine.year",
    "engine.year_start",
    "engine.year_end",
    "engine.first_guess",
    "engine.reference",
)
"""What decides whether worlds still reproduce what they were calibrated to; the registry's numbers join them.

Neither engine is among it: they carry numbers to the rules and back, and tests hold both to the same bits. Whoever
changes how a rule is written and not what it gives: ``benchmarks/same_bits.py``.
"""

RUNS = ("core", "rules", "evidence", "population", "practices", "scenario", "measures", "engine", "runs")
"""What a run of a sweep is made by, data files included."""

_DATA = (".toml", ".csv")


def sources(names: Iterable[str], *, root: Path = ROOT, data: bool = False) -> Iterator[Path]:
    """The files of packages and modules, in order of their paths.

    Parameters
    ----------
    names
        Dotted names below ``plsim``, as in :data:`MODEL`.
    root
        Folder of the package.
    data
        Also the TOML and CSV files that lie in those packages.

    Raises
    ------
    LookupError
        When a name is no module and no package.
    """
    suffixes = (".py", *_DATA) if data else (".py",)
    for name in names:
        place = root.joinpath(*name.split("."))
        if place.is_dir():
            glue = {root.joinpath(*each.split(".")).with_suffix(".py") for each in GLUE}
            yield from (path for path in sorted(place.rglob("*")) if path.suffix in suffixes and path not in glue)
        elif place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
        else:
            raise LookupError(f"plsim.{name} is neither a module nor a package: see plsim.core.identity")


def text_digest(names: Iterable[str], *, root: Path = ROOT) -> bytes:
    """Digest of the sources as texts, with their places: quick, and any edit changes it."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sources(names, root=root):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(plain_bytes(path))
    return digest.digest()


def program_digest(names: Iterable[str], *, root: Path = ROOT, data: bool = False) -> bytes:
    """Digest of the sources as programs: the same wherever in these packages a statement stands.

    Reading sources as programs takes a good part of a short run, so what has been found is kept with the compiled code,
    under a digest of their texts.
    """
    paths = list(sources(names, root=root, data=data))
    texts = hashlib.blake2b(sys.version.encode() + plain_bytes(Path(__file__)), digest_size=16)
    for path in paths:
        texts.update(b"\0" + path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return kept(texts.hexdigest(), lambda: _program_digest(paths))


def kept(key: str, find: Callable[[], bytes], *, size: int = 16, folder: str = "digests") -> bytes:
    """``size`` bytes that take long to find, from the user's cache folder or found and put there.

    What lies there is checked with a digest; where nothing can be read or written nothing is kept.
    """
    path = user_cache_path("plsim", appauthor=False) / folder / key
    with contextlib.suppress(OSError):
        content = read_regular(path, size + 16)
        found, check = content[:size], content[size:]
        if len(content) == size + 16 and _check(key, found) == check:
            return found
    found = find()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, found + _check(key, found))
    return found


def _check(key: str, found: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + found, digest_size=16).digest()


def _program_digest(paths: Iterable[Path]) -> bytes:
    statements: list[bytes] = []
    for path in paths:
        if path.suffix == ".py":
            statements += _statements(path.read_bytes())
        else:
            statements.append(hashlib.blake2b(path.name.encode() + b"\0" + plain_bytes(path), digest_size=16).digest())
    return hashlib.blake2b(b"".join(sorted(statements)), digest_size=16).digest()


def program_parts(names: Iterable[str], *, root: Path = ROOT) -> list[str]:
    """A short digest of every statement, in order: whoever keeps them can see later whether all of them still stand.

    What is added then, a module with a new practice, changes none of them; lists of a package's names do not count.
    """
    found = []
    for path in sources(names, root=root):
        found += [each[:6].hex() for each in _statements(path.read_bytes(), without_all=True)]
    return sorted(found)


@cache
def runs_digest() -> str:
    """Digest of all code and all evidence that a run is made from."""
    return program_digest(RUNS, data=True).hex()


def plain_bytes(path: Path) -> bytes:
    """A text file's bytes; a checkout on Windows may have other line ends, and says the same."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _statements(text: bytes, *, without_all: bool = False) -> list[bytes]:
    """Digests of the statements at the top of a module, ``__all__`` among them or not."""
    tree = ast.parse(text)
    modules = _names_of_modules(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    body = [node for node in tree.body if not _is_import(node) and not _is_text(node)]
    if without_all:
        body = [node for node in body if not _is_all(node)]
    told = (_told(node, modules) for node in body)
    return [hashlib.blake2b(each.encode(), digest_size=16).digest() for each in told]


def _is_all(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(each, ast.Name) and each.id == "__all__" for each in targets)


def _is_import(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):  # under TYPE_CHECKING
        return all(_is_import(each) for each in node.body) and not node.orelse
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_text(node: ast.stmt) -> bool:
    """A text that describes the constant above it."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _names_of_modules(tree: ast.Module) -> frozenset[str]:
    """Names by which a file may know other modules: what it imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
    return frozenset(names)


def _told(node: object, modules: frozenset[str]) -> str:
    """A syntax tree as a text. ``ast.dump`` shows empty fields in some versions of Python only."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
        return f"Name(id={node.attr!r},ctx=Load())"
    if isinstance(node, ast.AST):
        fields = (f"{name}={_told(value, modules)}" for name, value in ast.iter_fields(node) if value not in (None, []))
        return f"{type(node).__name__}({','.join(fields)})"
    if isinstance(node, list):
        return (
            f"[{','.join(_told(each, modules) for each in node if not isinstance(each, ast.Import | ast.ImportFrom))}]"
        )
    return repr(node)
