"""Demonstration files: those that come with plsim and a trainer's own; every problem of a file in one message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from plsim.core.errors import InputError, PlsimError, nearest
from plsim.documents.texts import text_of, text_or_nothing, toml_of
from plsim.explorer.teaching.demonstrations import KIND, SCHEMA_VERSION, Demonstration, Setting
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario

MAX_FILES = 200
SHIPPED = Path(__file__).resolve().parent / "demonstrations"
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-]+)\s*=")
_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Loaded:
    """A demonstration that was read: its name in addresses, what it says, its settings as scenarios, its file's text.

    ``own`` is true of a trainer's own file.
    """

    name: str
    says: Demonstration
    scenarios: dict[str, Scenario]
    text: str
    own: bool = False


def is_demonstration(path: Path) -> bool:
    """Whether a TOML file says that it is a demonstration, however wrong it may be otherwise."""
    return re.search(r"""(?m)^\s*kind\s*=\s*["']demonstration["']""", text_or_nothing(path)) is not None


def read_demonstration(path: Path, *, own: bool = False) -> Loaded:
    """The demonstration in a file.

    Raises
    ------
    InputError
        One message with everything that is wrong.
    """
    where = str(path)
    text = text_of(path)
    values = toml_of(text, where)
    for key, needed in (("kind", KIND), ("schema_version", SCHEMA_VERSION)):
        if values.get(key) != needed:
            given = "missing" if key not in values else f"{values[key]!r} is not allowed"
            raise InputError(where, key, given, allowed=f"{needed!r}".replace("'", '"'))
    try:
        says = Demonstration.model_validate(values)
    except ValidationError as error:
        _raise(_problems(error, where, _lines(text)))
    return Loaded(_name(path), says, _scenarios(says, where, path.parent), text, own)


def all_demonstrations(own: Path | None = None) -> dict[str, Loaded]:
    """Those that come with plsim and those of a trainer's folder, in their order; a file of the same name replaces.

    Raises
    ------
    InputError
        When the folder is none, or a file in it is wrong.
    """
    found = {path.stem: read_demonstration(path) for path in sorted(SHIPPED.glob("*.toml"))}
    if own is not None:
        if not own.is_dir():
            raise InputError(str(own), "", "is not a folder", fix="Give a folder of demonstration files (*.toml).")
        files = [path for path in sorted(own.glob("*.toml")) if is_demonstration(path)]
        if not files:
            fix = f'A demonstration file ends in .toml and says kind = "{KIND}".'
            raise InputError(str(own), "", "holds no demonstration file", fix=fix)
        if len(files) > MAX_FILES:
            raise InputError(str(own), "", f"{len(files)} files are too many", allowed=f"up to {MAX_FILES}")
        mine = [read_demonstration(path, own=True) for path in files]
        found |= {each.name: each for each in mine}
    return dict(sorted(found.items(), key=lambda item: (item[1].says.order, item[0])))


def _name(path: Path) -> str:
    """The file's name as addresses can hold it."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", path.stem) or KIND


def _scenarios(says: Demonstration, where: str, folder: Path) -> dict[str, Scenario]:
    """Every setting as a scenario; what is wrong with any of them at once."""
    made: dict[str, Scenario] = {}
    problems: list[InputError] = []
    for name, setting in says.settings.items():
        try:
            scenario = _scenario(says, setting, folder)
            made[name] = changed(scenario, {**says.changes, **setting.changes}, where="changes")
        except PlsimError as error:
            problems.append(InputError(where, f"settings.{name}", str(error)))
    _raise_all(problems)
    return made


def _scenario(says: Demonstration, setting: Setting, folder: Path) -> Scenario:
    """The scenario that a setting starts from: beside the file, or a shipped one."""
    name = setting.scenario or says.scenario
    beside = folder / name
    base = load(beside if name.endswith(".toml") and beside.is_file() else name)
    return changed(base, {"years": says.years, "seed": says.seed})


def _lines(text: str) -> dict[_Path, int]:
    """Line of every key and table; the tables of an array are counted from 0."""
    found: dict[_Path, int] = {}
    counts: dict[_Path, int] = {}
    table: _Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = ()
            parts = [part.strip().strip("\"'") for part in header[2].split(".")]
            for depth, part in enumerate(parts, start=1):
                table = (*table, part)
                if depth == len(parts) and header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    table = (*table, counts[table])
                found.setdefault(table, number)
        elif key:
            found.setdefault((*table, *key[1].split(".")), number)
    return found


def _problems(error: ValidationError, where: str, lines: dict[_Path, int]) -> list[InputError]:
    problems = []
    items = error.errors(include_url=False, include_context=False)
    inner = {next(iter(item["loc"])) for item in items if len(item["loc"]) > 1}
    for item in items:
        path: _Path = tuple(item["loc"])
        if item["type"] == "too_short" and path[0] in inner and len(path) == 1:
            continue  # it is only short because what is in it is wrong
        line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0)
        place = f"{where}:{line}" if line else where
        key, kind = _words(path), str(item["type"])
        if kind == "extra_forbidden":
            known = _known(path)
            fix = f"{nearest(str(path[-1]), known)} Known: {', '.join(known)}.".strip()
            problems.append(InputError(place, key, "unknown key", fix=fix))
        elif kind == "missing":
            problems.append(InputError(place, key, "missing"))
        elif kind == "value_error":
            problems.append(InputError(place, key, str(item["msg"]).removeprefix("Value error, ")))
        else:
            given = item["input"]
            shown = "" if isinstance(given, (dict, list)) else f"{given!r}: "[:80]
            problems.append(InputError(place, key, shown + str(item["msg"])))
    return sorted(problems, key=lambda problem: int((re.findall(r":(\d+)$", problem.where) or ["0"])[0]))


def _words(path: _Path) -> str:
    """``steps.2.options.0.when`` as people count: ``step 3, option 1, when``."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int) and parts:
            parts[-1] = f"{parts[-1].removesuffix('s')} {part + 1}"
        elif part not in {"str", "tuple[str, ...]"}:
            parts.append(str(part))
    return ", ".join(parts)


def _known(path: _Path) -> list[str]:
    """The keys of the table in which an unknown key stands."""
    model: type[BaseModel] = Demonstration
    for part in path[:-1]:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        inner = None if field is None else _model_in(field.annotation)
        model = inner or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation: of a table, of the tables of an array, of keyed tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)


def _raise_all(problems: Iterable[InputError]) -> None:
    """Raise one error whose message tells all of them, a line each; nothing when there is none."""
    each = list(problems)
    if len(each) > 1:
        each[0].args = ("\n".join(str(problem) for problem in each),)
    if each:
        raise each[0]


def _raise(problems: list[InputError]) -> Any:
    _raise_all(problems)
    raise AssertionError("a validation error without problems")
