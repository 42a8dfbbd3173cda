"""Reading study files: paths and shipped names, and everything that is wrong with a study at once.

A study is checked in three steps: as TOML, table by table against its schema, and against its scenario (every value of
every factor is tried there). Only then does it become a :class:`LoadedStudy`, which holds nothing to be checked again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from plsim.core.errors import InputError, ScenarioError, StudyError, nearest
from plsim.documents.document import Document, in_order, raise_problems
from plsim.documents.lines import KeyPath
from plsim.documents.texts import text_of, text_or_nothing, toml_of
from plsim.population.model import Population
from plsim.population.options import StudentFiles
from plsim.scenario.loading import changed, load
from plsim.scenario.schema import Scenario
from plsim.scenario.shipped import shipped_folder
from plsim.studies.factors import Factor
from plsim.studies.resolve import resolved
from plsim.studies.schema import (
    METHODS,
    STUDY_SCHEMA_VERSION,
    FactorSpec,
    OutcomeSpec,
    Sample,
    Study,
    Uncertainties,
)

_FORMS = '{ low = 0.0, high = 1.0 }, { values = [0, 1, 2] }, { cases = { ... } } or "on_off"'
STUDY_FILE = "study.toml"
"""Name of a study in its folder, and of its copy in the folder of its results."""
_PLACEHOLDER = Sample(kind="sample", samples=8)


@dataclass(frozen=True)
class LoadedStudy:
    """A study with its scenario, checked against each other.

    Attributes
    ----------
    study
        As the file says, with the seed of the command line if there was one.
    scenario
        Its scenario, at the study's size, years and seed.
    factors
        What is varied; the world is a factor only for methods that sample it.
    text
        The file, as it was given.
    where
        Path of the file.
    people
        Students and schools of every run; drawn from the norms when None.
    """

    study: Study
    scenario: Scenario
    factors: tuple[Factor, ...]
    text: str
    where: str
    people: Population | StudentFiles | None = None

    @property
    def years(self) -> int:
        """Years that every run simulates."""
        return self.scenario.years


def experiments_folder() -> Path:
    """Folder of the shipped experiments."""
    return shipped_folder("experiments")


def shipped_studies() -> dict[str, Path]:
    """Study files of the shipped experiments by the experiment's name, in alphabetical order."""
    return {path.parent.name: path for path in sorted(experiments_folder().glob(f"*/{STUDY_FILE}"))}


def is_study(source: str) -> bool:
    """Whether a path or name means a study: a shipped experiment, or a TOML file with a method or a question."""
    if source in shipped_studies():
        return True
    if "\0" not in source and os.path.isfile(os.path.join(source, STUDY_FILE)):  # noqa: PTH113, PTH118
        return True
    if "\0" in source or Path(source).suffix.lower() != ".toml" or not os.path.isfile(source):  # noqa: PTH113
        return False
    try:
        values = toml_of(text_or_nothing(Path(source)), source)
    except InputError:
        values = {}
    return Path(source).name == STUDY_FILE or any(
        key in values for key in ("method", "levers", "outcomes", "uncertainties", "question")
    )


def load_study(
    source: str | Path,
    *,
    seed: int | None = None,
    worlds: int | str | None = None,
    population: StudentFiles | None = None,
) -> LoadedStudy:
    """The study in a file, or the shipped experiment of that name.

    Parameters
    ----------
    source
        Path of a TOML file or of a folder that holds a ``study.toml``, or a shipped experiment's name.
    seed, worlds
        Put over the file's, when given; ``worlds`` as ``plsim run --worlds`` takes them.
    population
        Students and schools, in place of the file's.

    Raises
    ------
    StudyError
        One message with everything that is wrong.
    """
    path = _found(source)
    text = text_of(path, StudyError)
    return loads_study(text, where=str(path), folder=path.parent, seed=seed, worlds=worlds, population=population)


def loads_study(
    text: str,
    *,
    where: str = "study",
    folder: Path | None = None,
    seed: int | None = None,
    worlds: int | str | None = None,
    population: StudentFiles | None = None,
) -> LoadedStudy:
    """The study in a text; paths of scenario, population and worlds are as seen from ``folder``."""
    places = Document(text, where, StudyError)
    places.require("schema_version", STUDY_SCHEMA_VERSION)
    values = places.values
    problems: list[StudyError] = []
    if seed is not None:
        values["seed"] = seed
    _find_files(values, folder, population)
    if worlds is not None and isinstance(values.get("uncertainties", {}), dict):
        given = int(worlds) if isinstance(worlds, str) and worlds.isdecimal() else worlds
        values["uncertainties"] = {**values.get("uncertainties", {}), "worlds": given}
    study = _checked(values, places, problems)
    files = study.population.get("path")
    if files is not None and not _is_there(files):
        problems.append(places.error(("population",), f"{_shown(files)}: no such file or folder"))
    scenario = _scenario(values, study, places, problems, folder)
    factors = () if scenario is None else resolved(study, scenario, places, problems)
    raise_problems(in_order(problems))
    assert scenario is not None  # or there was a problem with it
    people = population if population is not None or files is None else StudentFiles(path=Path(str(files)))
    return LoadedStudy(study, scenario, factors, text, where, people)


def _is_there(path: object) -> bool:
    return isinstance(path, str) and "\0" not in path and os.path.exists(path)  # noqa: PTH110 - no name raises


def _find_files(values: dict[str, Any], folder: Path | None, population: StudentFiles | None) -> None:
    """Put whole paths in place of those seen from the study's folder; ``population = "FILE"`` becomes its table."""

    def found(path: str) -> str:
        beside = None if folder is None else folder / path
        known = "\0" not in path and beside is not None and os.path.exists(beside)  # noqa: PTH110
        return str(Path(beside).resolve()) if known and beside is not None else path

    given = values.get("population")
    if isinstance(given, str):
        values["population"] = given = {"path": given}
    if isinstance(given, dict) and isinstance(given.get("path"), str):
        given["path"] = found(given["path"])
    if population is not None and isinstance(given if given is not None else {}, dict):
        values["population"] = {**(given or {}), "path": str(population.path)}
    uncertain = values.get("uncertainties")
    if isinstance(uncertain, dict) and isinstance(uncertain.get("worlds"), str):
        uncertain["worlds"] = found(uncertain["worlds"])


def _checked(values: dict[str, Any], places: Document[StudyError], problems: list[StudyError]) -> Study:
    """The study of plain values, table by table so that each problem is told once and in full.

    With a problem, what is sound of it: so that this can be checked against the scenario all the same.
    """
    pieces = dict(values)
    for role in ("levers", "context"):
        if role in pieces:
            pieces[role] = _specs(pieces[role], (role,), places, problems)
    if not isinstance(pieces.get("population", {}), dict):
        problems.append(
            places.error(("population",), f"{_shown(pieces.pop('population'))} is not allowed", allowed="a table")
        )
    if "uncertainties" in pieces:
        pieces["uncertainties"] = _piece(
            Uncertainties, pieces["uncertainties"], ("uncertainties",), places, problems, Uncertainties()
        )
    if "outcomes" in pieces:
        pieces["outcomes"] = _outcomes(pieces["outcomes"], places, problems)
    if "groups" in pieces:
        pieces["groups"] = _groups(pieces["groups"], places, problems)
    if "method" in pieces:
        pieces["method"] = _method(pieces["method"], places, problems)
    try:
        return Study.model_validate(pieces)
    except ValidationError as error:
        problems += places.problems(error, Study)
        wrong = {str(item["loc"][0]) for item in error.errors()}
    stand_in = {"name": "study", "question": "?", "scenario": "?", "method": _PLACEHOLDER}
    return Study.model_validate(stand_in | {key: value for key, value in pieces.items() if key not in wrong})


def _piece(
    schema: type[BaseModel],
    given: Any,
    path: KeyPath,
    places: Document[StudyError],
    problems: list[StudyError],
    otherwise: BaseModel | None,
) -> BaseModel | None:
    if not isinstance(given, dict):
        problems.append(places.error(path, f"{_shown(given)} is not allowed", allowed="a table"))
        return otherwise
    try:
        return schema.model_validate(given)
    except ValidationError as error:
        problems += places.problems(error, schema, prefix=path)
        return otherwise


def _specs(
    given: Any, path: KeyPath, places: Document[StudyError], problems: list[StudyError]
) -> dict[str, FactorSpec]:
    """Factors by dotted key: keys may be written quoted (``"a.b"``), dotted (``a.b``) or as tables (``[levers.a]``)."""
    found: dict[str, FactorSpec] = {}
    if not isinstance(given, dict):
        problems.append(places.error(path, f"{_shown(given)} is not allowed", allowed="a table"))
        return found
    for key, value in given.items():
        here = (*path, *key.split("."))
        name = ".".join(here[1:])
        if isinstance(value, dict) and not _is_spec(value):
            inner = _specs(value, here, places, problems)
            problems += [places.error((*path[:1], *k.split(".")), "is given twice") for k in inner if k in found]
            found |= inner
            continue
        spec = _spec(value, here, places, problems)
        if name in found:
            problems.append(places.error(here, "is given twice"))
        elif spec is not None:
            found[name] = spec
    return found


def _spec(value: Any, path: KeyPath, places: Document[StudyError], problems: list[StudyError]) -> FactorSpec | None:
    if isinstance(value, str):
        if value in ("on_off", "on/off"):
            return FactorSpec(on_off=True)
        fix = nearest(value, ["on_off"])
        problems.append(places.error(path, f"{_shown(value)} is not allowed", allowed=_FORMS, fix=fix))
        return None
    if isinstance(value, list):
        value = {"values": value}
    if not isinstance(value, dict):
        fix = "A study varies a factor; a value that is held belongs into the scenario."
        problems.append(places.error(path, f"{_shown(value)} is not allowed", allowed=_FORMS, fix=fix))
        return None
    if isinstance(value.get("cases"), dict):
        value = value | {"cases": {name: _flat(case) for name, case in value["cases"].items()}}
        empty = [
            (name, *key.split(".")) for name, case in value["cases"].items() if isinstance(case, dict)
            for key, given in case.items() if given == {}
        ]  # fmt: skip
        for each in empty:
            fix = "Give it a value, or leave it out."
            problems.append(places.error((*path, "cases", *each), "is empty: it would change nothing", fix=fix))
        if empty:
            return None
    found = _piece(FactorSpec, value, path, places, problems, None)
    return found if isinstance(found, FactorSpec) else None


def _is_spec(value: Mapping[str, Any]) -> bool:
    """Whether a table says how something varies, rather than holding tables that do."""
    return not value or any(nearest(key, FactorSpec.model_fields) for key in value)


def _flat(case: Any, prefix: str = "") -> Any:
    """A case's keys as dotted keys."""
    if not isinstance(case, dict):
        return case
    found: dict[str, Any] = {}
    for key, value in case.items():
        if isinstance(value, dict) and value:
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _outcomes(given: Any, places: Document[StudyError], problems: list[StudyError]) -> Any:
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        shape = "tables that begin with [[outcomes]]"
        problems.append(places.error(("outcomes",), f"{_shown(given)} is not allowed", allowed=shape))
        return (OutcomeSpec(),)
    specs = [
        _piece(OutcomeSpec, each, ("outcomes", str(index)), places, problems, OutcomeSpec())
        for index, each in enumerate(given)
    ]
    return tuple(specs)


def _groups(given: Any, places: Document[StudyError], problems: list[StudyError]) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, dict):
        problems.append(places.error(("groups",), f"{_shown(given)} is not allowed", allowed="a table"))
        return {}
    found = {}
    for name, members in given.items():
        if isinstance(members, list) and members and all(isinstance(each, str) for each in members):
            found[name] = tuple(members)
        else:
            shape = 'names or patterns of factors: ["match.*"]'
            problems.append(places.error(("groups", name), f"{_shown(members)} is not allowed", allowed=shape))
    return found


def _method(given: Any, places: Document[StudyError], problems: list[StudyError]) -> Any:
    path: KeyPath = ("method",)
    kind = given.get("kind") if isinstance(given, dict) else given
    if not isinstance(kind, str) or kind not in METHODS:
        problem = "missing" if kind is None else f"{_shown(kind)} is not a method"
        fix = nearest(kind, METHODS) if isinstance(kind, str) else ""
        problems.append(places.error(("method", "kind"), problem, allowed=", ".join(METHODS), fix=fix))
        return _PLACEHOLDER
    return _piece(METHODS[kind], given, path, places, problems, _PLACEHOLDER)


def _scenario(
    values: Mapping[str, Any],
    study: Study,
    places: Document[StudyError],
    problems: list[StudyError],
    folder: Path | None,
) -> Scenario | None:
    """The study's scenario at its size; problems of it are told even when the study has others."""
    given = values.get("scenario")
    if not isinstance(given, str) or not given or "\0" in given:
        return None
    if os.path.normpath(given).casefold() == STUDY_FILE:
        fix = "Give the scenario another name, such as scenario.toml."
        problems.append(places.error(("scenario",), f"'{given}': the study's own copy has this name", fix=fix))
        return None
    beside = None if folder is None else folder / given
    try:
        scenario = load(beside if beside is not None and os.path.isfile(beside) else given)  # noqa: PTH113
    except ScenarioError as problem:
        if problem.where == given:
            problems.append(places.moved(("scenario",), problem))
        else:
            problems.append(places.error(("scenario",), f"'{given}' is wrong: {problem}"))
        return None
    changes: dict[str, object] = {
        f"population.{key}": value for key, value in study.population.items() if key != "path"
    }
    changes["seed"] = study.seed
    if study.years is not None:
        changes["years"] = study.years
    try:
        return changed(scenario, changes)
    except ScenarioError as problem:
        for each in problem.problems or (problem,):
            path = tuple(each.key.split(".")) if each.key else ("population",)
            problems.append(places.moved(path, each))
        return None


def _found(source: str | Path) -> Path:
    """The file that a path or a shipped name means."""
    shipped = shipped_studies()
    if isinstance(source, str) and source in shipped:
        return shipped[source]
    path = Path(source)
    if os.path.isfile(path):  # noqa: PTH113
        return path
    if os.path.isfile(path / STUDY_FILE):  # noqa: PTH113
        return path / STUDY_FILE
    name = str(source) if len(str(source)) <= 200 else str(source)[:200] + "..."
    if os.path.isdir(path):  # noqa: PTH112
        raise StudyError(name, "", "is a folder without a study.toml", fix=f"Shipped: {', '.join(shipped)}.")
    fix = f"{nearest(path.stem, shipped)} Shipped: {', '.join(shipped)}.".strip()
    raise StudyError(name, "", "neither a file nor a shipped experiment", fix=fix)


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, dict):
        return "a table"
    text = repr(given)
    return text if len(text) <= 60 else text[:60] + "..."
