"""Reading scenario files: paths and shipped names, ``extends``, overrides, and every problem of a file at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plsim.core.errors import ScenarioError, nearest, together
from plsim.documents.document import Document, raise_problems
from plsim.documents.lines import KeyPath
from plsim.documents.problems import problems_of
from plsim.documents.texts import text_of, toml_of
from plsim.scenario.schema import SCHEMA_VERSION, Scenario
from plsim.scenario.shipped import scenarios_folder, shipped_scenarios

MAX_EXTENDS = 16
"""Files in one chain of ``extends``."""
_DEEPEST_TABLE = 4
_BARE_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .,;:/\-]*")


@dataclass
class _Draft:
    """Plain values of a scenario, and where each key came from."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)
    """File and line, or option of the command line, by key path."""
    ranks: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """Order in which problems are told: overrides last, else file by file and line by line."""

    def lay_over(self, values: dict[str, Any], *, where: str, lines: dict[KeyPath, int], rank: int) -> None:
        """Put a file's values over what is there, table by table."""
        self._merge(self.values, values, (), where=where, lines=lines, rank=rank)

    def _merge(
        self,
        under: dict[str, Any],
        over: dict[str, Any],
        path: KeyPath,
        *,
        where: str,
        lines: dict[KeyPath, int],
        rank: int,
    ) -> None:
        for key, value in over.items():
            here = (*path, key)
            line = lines.get(here, 0)
            self.origins[here] = f"{where}:{line}" if line else where
            self.ranks[here] = (rank, line)
            if isinstance(value, dict) and len(here) < _DEEPEST_TABLE:
                inner = under.get(key)
                table = inner if isinstance(inner, dict) else {}
                under[key] = table
                self._merge(table, value, here, where=where, lines=lines, rank=rank)
            else:
                under[key] = value

    def where(self, path: KeyPath, otherwise: str) -> str:
        """Where a key, or the nearest table around it, came from."""
        return next((self.origins[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.origins), otherwise)

    def rank(self, path: KeyPath) -> tuple[int, int]:
        """The same for the order of messages."""
        return next((self.ranks[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.ranks), (0, 0))


def load(
    source: str | Path, *, overrides: Sequence[str] = (), years: int | None = None, seed: int | None = None
) -> Scenario:
    """The scenario in a file, or the shipped one of that name.

    Parameters
    ----------
    source
        Path of a TOML file, or a shipped scenario's name.
    overrides
        ``"practices.learning_paths.intensity=0.6"``: dotted keys with TOML values, put over the file; later ones win.
    years, seed
        Put over the file's, when given.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong, which names the files.
    """
    path = _found(source)
    draft = _Draft()
    for rank, (file, values, lines) in enumerate(_chain(path)):
        draft.lay_over(values, where=str(file), lines=lines, rank=-rank)
    return _finished(draft, str(path), path.stem, overrides=overrides, years=years, seed=seed)


def loads(text: str, *, where: str = "scenario", overrides: Sequence[str] = ()) -> Scenario:
    """The scenario in a text, which may extend shipped scenarios only."""
    document = _document(text, where)
    values = document.values
    draft = _Draft()
    if "extends" in values:
        for rank, (file, inner, lines) in enumerate(_chain(_extended(values, where, scenarios_folder()))):
            draft.lay_over(inner, where=str(file), lines=lines, rank=-1 - rank)
        values = {key: value for key, value in values.items() if key != "extends"}
    draft.lay_over(values, where=where, lines=document.lines, rank=0)
    return _finished(draft, where, "scenario", overrides=overrides, years=None, seed=None)


def changed(scenario: Scenario, changes: Mapping[str, object], *, where: str = "changes") -> Scenario:
    """The scenario with the values of dotted keys replaced, checked again.

    Parameters
    ----------
    changes
        ``{"practices.learning_paths.intensity": 0.6}``.
    where
        What the changes are called in messages.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong.
    """
    values = scenario.model_dump(mode="python", exclude_none=True)
    for key, value in changes.items():
        *tables, name = key.split(".")
        table = values
        for length, part in enumerate(tables, start=1):
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise ScenarioError(where, ".".join(tables[:length]), "holds a value, not a table")
        table[name] = value
    try:
        return Scenario.model_validate(values)
    except ValidationError as error:
        raise together(problems_of(error, Scenario, where=lambda _: where, kind=ScenarioError)) from None


def _finished(
    draft: _Draft, where: str, stem: str, *, overrides: Sequence[str], years: int | None, seed: int | None
) -> Scenario:
    problems: list[ScenarioError] = []
    for override in overrides:
        try:
            _lay_override(draft, override)
        except ScenarioError as problem:
            problems.append(problem)
    for key, given in (("years", years), ("seed", seed)):
        if given is not None:
            draft.lay_over({key: given}, where=f"--{key}", lines={}, rank=1)
    draft.values.setdefault("name", re.sub(r"[^A-Za-z0-9_.\-]", "_", stem) or "scenario")
    try:
        scenario = Scenario.model_validate(draft.values)
    except ValidationError as error:
        found = problems_of(
            error, Scenario, where=lambda path: draft.where(path, where), kind=ScenarioError, extra_known=("extends",)
        )
        found.sort(key=lambda problem: draft.rank(tuple(problem.key.split("."))))
        problems = [*found, *problems]
    raise_problems(problems)
    return scenario


def _found(source: str | Path) -> Path:
    """The file that a path or shipped name means."""
    shipped = shipped_scenarios()
    if isinstance(source, str) and source in shipped:
        return shipped[source]
    path = Path(source)
    if _is_file(path):
        return path
    name = str(source) if len(str(source)) <= 200 else str(source)[:200] + "..."
    if os.path.isdir(path):  # noqa: PTH112
        raise ScenarioError(name, "", "is a folder, not a scenario file", fix=f"Shipped: {', '.join(shipped)}.")
    fix = f"{nearest(path.stem, shipped)} Shipped: {', '.join(shipped)}.".strip()
    raise ScenarioError(name, "", "neither a file nor a shipped scenario", fix=fix)


def _chain(path: Path) -> list[tuple[Path, dict[str, Any], dict[KeyPath, int]]]:
    """The file and those it extends, the most basic first, without their ``extends`` keys."""
    chain: list[tuple[Path, dict[str, Any], dict[KeyPath, int]]] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen:
            loop = " extends ".join(file.name for file in [*seen, path])
            raise ScenarioError(str(chain[-1][0]), "extends", f"forms a circle: {loop}")
        if len(seen) == MAX_EXTENDS:
            raise ScenarioError(str(path), "extends", f"more than {MAX_EXTENDS} files extend each other")
        seen.append(path.resolve())
        document = _document(text_of(path, ScenarioError), str(path))
        values = document.values
        chain.append((path, {key: value for key, value in values.items() if key != "extends"}, document.lines))
        if "extends" not in values:
            # A variation that has no name of its own is called by its file, not by what it extends.
            named = [file for file, given, _ in chain if "name" in given]
            if len(chain) > 1 and named and named[0] != chain[0][0]:
                for _, given, _ in chain:
                    given.pop("name", None)
            return chain[::-1]
        path = _extended(values, str(path), path.parent)


def _extended(values: dict[str, Any], where: str, folder: Path) -> Path:
    """The file that ``extends`` means: beside the file that says so, or a shipped scenario."""
    given = values["extends"]
    if not isinstance(given, str) or not given or "\0" in given:
        raise ScenarioError(where, "extends", f"{given!r} is not allowed", allowed="a path or a shipped name")
    shipped = shipped_scenarios()
    beside = folder / given
    if given not in shipped and not _is_file(beside):
        fix = nearest(given, [*shipped, *(file.name for file in folder.glob("*.toml"))])
        raise ScenarioError(where, "extends", f"no file '{beside}' and no shipped scenario '{given}'", fix=fix)
    return shipped.get(given, beside)


def _is_file(path: Path) -> bool:
    # Unlike Path.is_file this is false, not an error, for a name too long or a folder that may not be entered.
    return os.path.isfile(path)  # noqa: PTH113


def _document(text: str, where: str) -> Document[ScenarioError]:
    """A TOML text of a schema version that this plsim reads."""
    document = Document(text, where, ScenarioError)
    document.require("schema_version", SCHEMA_VERSION)
    return document


def _lay_override(draft: _Draft, override: str) -> None:
    key, equals, text = override.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    where = f"--set {override}"
    if not equals or not all(path) or len(path) > _DEEPEST_TABLE:
        raise ScenarioError(where, "", "not an override", allowed="KEY=VALUE, as practices.technology.intensity=0.6")
    table = draft.values
    for length, part in enumerate(path[:-1], start=1):
        if not isinstance(table.get(part, {}), dict):
            raise ScenarioError(where, ".".join(path[:length]), "holds a value, not a table")
        table = table.get(part, {})
    value: Any = _override_value(text.strip(), where)
    for part in reversed(path):
        value = {part: value}
    draft.lay_over(value, where="--set", lines={}, rank=1)


def _override_value(text: str, where: str) -> Any:
    """A TOML value; a bare word is a text, because quotes rarely survive a shell."""
    try:
        parsed = toml_of(f"value = {text}", where, ScenarioError)
    except ScenarioError:
        parsed = {}
    if list(parsed) == ["value"]:
        return parsed["value"]
    if _BARE_WORD.fullmatch(text):
        return text
    raise ScenarioError(where, "", f"{text!r} is not a TOML value", allowed='0.6, true, "text", [1, 2]')
