"""Demonstration files: those that come with plsim and a trainer's own; every problem of a file in one message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from plsim.core.errors import InputError, PlsimError
from plsim.documents.document import Document, raise_problems
from plsim.documents.texts import text_or_nothing
from plsim.explorer.teaching.demonstrations import KIND, SCHEMA_VERSION, Demonstration, DemonstrationSetting
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario

MAX_FILES = 200
SHIPPED = Path(__file__).resolve().parent / "demonstrations"


@dataclass(frozen=True)
class LoadedDemonstration:
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


def read_demonstration(path: Path, *, own: bool = False) -> LoadedDemonstration:
    """The demonstration in a file.

    Raises
    ------
    InputError
        One message with everything that is wrong.
    """
    document = Document.read(path, InputError)
    document.require("kind", KIND)
    document.require("schema_version", SCHEMA_VERSION)
    says = document.checked(Demonstration)
    return LoadedDemonstration(_name(path), says, _scenarios(says, document.where, path.parent), document.text, own)


def all_demonstrations(own: Path | None = None) -> dict[str, LoadedDemonstration]:
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
    raise_problems(problems)
    return made


def _scenario(says: Demonstration, setting: DemonstrationSetting, folder: Path) -> Scenario:
    """The scenario that a setting starts from: beside the file, or a shipped one."""
    name = setting.scenario or says.scenario
    beside = folder / name
    base = load(beside if name.endswith(".toml") and beside.is_file() else name)
    return changed(base, {"years": says.years, "seed": says.seed})
