"""Running a result again from its manifest: the same scenario, seed, worlds and people, hence the same bits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from plsim.core.errors import InputError, shown
from plsim.core.files import read_document
from plsim.core.folders import file_digest, not_as_written
from plsim.core.jit import source_digest
from plsim.engine.worlds import worlds_digest
from plsim.evidence import evidence_digest, registry
from plsim.population.model import Population
from plsim.population.options import StudentFiles, files_of
from plsim.scenario.loading import loads
from plsim.scenario.outside import need_outside, outside_practices
from plsim.scenario.schema import Scenario

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
MOST_SEED = 2**63 - 1
MOST_YEARS = 8
MOST_WORLDS = 100_000


class _Needed(NamedTuple):
    """What an entry of a manifest is: its type, and which values of it can be run."""

    kind: type
    allowed: str
    fine: Callable[[Any], bool] = lambda _: True


def _number(low: int, high: int) -> _Needed:
    return _Needed(int, f"a whole number from {low} to {high:,}", lambda given: low <= given <= high)


def _text(most: int = 4_096) -> _Needed:
    return _Needed(str, f"a text of up to {most:,} characters", lambda given: len(given) <= most and "\0" not in given)


_NEEDED = {
    "schema_version": _number(SCHEMA_VERSION, SCHEMA_VERSION),
    "scenario": _text(1_000_000),
    "scenario_digest": _text(),
    "seed": _number(0, MOST_SEED),
    "years": _number(1, MOST_YEARS),
    "worlds": _number(0, MOST_WORLDS),
    "engine": _Needed(str, "batch or mesa", lambda given: given in {"batch", "mesa"}),
    "population": _text(),
    "population_term": _text(),
    "population_digest": _text(),
    "other_designs": _Needed(bool, "true or false"),
}
_SETTINGS = (
    "scenario_digest", "seed", "years", "worlds", "worlds_from", "population_files", "population_term",
    "population_options", "population_digest", "other_designs",
)  # fmt: skip
_CODE = ("source_digest", "parameters_digest", "evidence_digest", "worlds_digest")
_FIX = "Give the manifest.json of a folder that `plsim run` wrote."


@dataclass(frozen=True)
class RecordedRun:
    """What a manifest says was run.

    Attributes
    ----------
    population
        The files, or None where people were drawn from the norms.
    population_digest
        Digest of the people, to be compared with that of the new run.
    changed
        What is no longer as it was, in plain words: the results may then differ.
    """

    scenario: Scenario
    seed: int
    years: int
    worlds: int | str
    engine: str
    population: StudentFiles | None
    population_digest: str
    other_designs: bool
    changed: tuple[str, ...]


def read_manifest(path: Path) -> RecordedRun:
    """What a result folder's manifest says was run.

    Raises
    ------
    InputError
        When it is no manifest, or says what cannot be run.
    """
    document = _document(path)
    need_outside(document.get("practices_from"), where=str(path))
    scenario = loads(document["scenario"], where=f"{path}: scenario")
    if scenario.digest() != document["scenario_digest"]:
        raise InputError(str(path), "scenario", "does not match the recorded digest", fix=_FIX)
    return RecordedRun(
        scenario=scenario,
        seed=document["seed"],
        years=document["years"],
        worlds=_worlds(path, document),
        engine=document["engine"],
        population=_files(path, document),
        population_digest=document["population_digest"],
        other_designs=document["other_designs"],
        changed=tuple(_changes(document, manifest_file(path).parent)),
    )


def _worlds(path: Path, document: dict[str, Any]) -> int | str:
    """The worlds, as ``plsim run --worlds`` takes them; those of a file are in the result folder too."""
    source = str(document.get("worlds_from") or "")
    if source.partition(":")[0] in ("prior", "shipped"):
        return f"{source.partition(':')[0]}:{document['worlds']}"
    if source:
        kept = (path if os.path.isdir(path) else path.parent) / "worlds.parquet"  # noqa: PTH112
        return str(kept)
    count: int = document["worlds"]
    return count


def _files(path: Path, document: dict[str, Any]) -> StudentFiles | None:
    """Where the people were read from, and how; older manifests do not say how."""
    if not document["population"]:
        return None
    how = document.get("population_options", {})
    if not isinstance(how, dict):
        raise InputError(str(path), "population_options", "not what it should be", allowed="an object", fix=_FIX)
    return files_of(document["population"], how, term=document["population_term"] or None, where=str(path))


def population_digest(people: Population) -> str:
    """Digest of everything about the people and schools of a run."""
    digest = hashlib.blake2b(digest_size=12)
    for each in fields(people):
        value = getattr(people, each.name)
        if each.name in {"source", "lunch_told", "remarks", "warnings", "doubts"}:  # words about the files
            continue
        digest.update(each.name.encode())
        if isinstance(value, np.ndarray) and value.dtype != np.object_:
            digest.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, np.ndarray):
            digest.update("\n".join(map(str, value)).encode())
        elif isinstance(value, dict):
            for name, inner in value.items():
                digest.update(f"{name}={list(inner) if isinstance(inner, np.ndarray) else inner}".encode())
        else:
            digest.update(repr(value).encode())
    return digest.hexdigest()


def _document(path: Path) -> dict[str, Any]:
    file = manifest_file(path)
    document = read_document(file, where=str(path), fix=_FIX)
    for name, needed in _NEEDED.items():
        given = document.get(name)
        # In JSON true is no number, but in Python it is.
        right = isinstance(given, needed.kind) and isinstance(given, bool) == (needed.kind is bool)
        if not right or not needed.fine(given):
            problem = "missing" if name not in document else f"{shown(given)} is not allowed"
            raise InputError(str(path), name, problem, allowed=needed.allowed, fix=_FIX)
    return document


def manifest_file(path: Path) -> Path:
    """The manifest of a folder, or the file itself."""
    return path / MANIFEST if os.path.isdir(path) else path  # noqa: PTH112 - false for any name


def refuse_another(folder: Path, wanted: Mapping[str, Any]) -> None:
    """Refuse to overwrite the result of another run, or of the same one by other code or other evidence.

    Parameters
    ----------
    folder
        Where a result is about to be written; what is no whole result there is nobody's.
    wanted
        Entries of the new result's manifest, as far as they are known.

    Raises
    ------
    InputError
        When there is a result that the new one does not replace.
    """
    fix = "Give another folder with --out, or overwrite it with --force"
    if os.path.lexists(folder / "comparison.json"):
        raise InputError(str(folder), "", "holds a comparison of several scenarios", fix=fix)
    if not os.path.lexists(folder / MANIFEST):
        return
    try:
        found = read_document(folder / MANIFEST, where=str(folder), fix=fix)
    except InputError:
        raise InputError(str(folder), MANIFEST, "is of no result that can be told", fix=fix) from None
    other = [name for name in (*_SETTINGS, *_CODE) if name in wanted and found.get(name) != wanted[name]]
    if other:
        named = ", ".join(_WORDS.get(name, name) for name in other)
        raise InputError(str(folder), "", f"holds the result of another run (other {named})", fix=fix)


_WORDS = {
    "scenario_digest": "scenario or settings",
    "population_files": "student files",
    "population_options": "way to read them",
    "population_term": "term",
    "population_digest": "students",
    "other_designs": "designs",
    "source_digest": "rules",
    "parameters_digest": "parameters",
    "evidence_digest": "evidence",
    "worlds_digest": "worlds that ship",
}


def refuse_other_settings(folder: Path, file: str, settings: Mapping[str, Any]) -> None:
    """Refuse to overwrite several results together (a comparison, districts) unless they are of the same settings.

    Parameters
    ----------
    file
        Which document says so, under ``settings``: ``comparison.json`` or ``manifest.json``.
    """
    fix = "Give another folder with --out, or overwrite it with --force"
    for name in ("comparison.json", MANIFEST):
        if not os.path.lexists(folder / name):
            continue
        try:
            same = name == file and read_document(folder / name, where=str(folder)).get("settings") == settings
        except InputError:
            same = False
        if not same:
            raise InputError(str(folder), "", "holds another result", fix=fix)


def files_of_people(path: Path) -> list[Path]:
    """The files that students can be read from: of a folder, its tables and zips and those one level below.

    Results that lie there too are none of them.
    """
    found = [*path.glob("*"), *path.glob("*/*")] if path.is_dir() else [path]
    return sorted(
        each for each in found if each.is_file() and (each == path or each.suffix.lower() in {".csv", ".zip"})
    )


def files_digest(path: Path | None) -> str:
    """Digest of the files that students were read from; empty without any, or when they are gone."""
    if path is None:
        return ""
    try:
        told = [f"{each.name} {file_digest(each)}" for each in files_of_people(path)]
    except (OSError, ValueError):
        return ""
    return hashlib.blake2b("\n".join(told).encode(errors="surrogateescape"), digest_size=12).hexdigest()


def code_digests() -> dict[str, str]:
    """Digests of what answers: rules, parameters, evidence and worlds."""
    return {
        "source_digest": source_digest(),
        "parameters_digest": registry().digest(),
        "evidence_digest": evidence_digest(),
        "worlds_digest": worlds_digest(),
    }


def _changes(document: Mapping[str, Any], folder: Path) -> list[str]:
    """What is not as it was: what this plsim does otherwise than the one that wrote the manifest, and the tables."""
    words = {
        "source_digest": "the compiled rules or their compiler",
        "parameters_digest": "the registry of parameters",
        "evidence_digest": "the evidence files",
        "worlds_digest": "the worlds",
    }
    found = [words[name] for name, digest in code_digests().items() if document.get(name) != digest]
    damaged = [name for name in not_as_written(folder, document.get("files")) if os.path.lexists(folder / name)]
    here = {name: list(source) for name, source in outside_practices().items()}
    said = document.get("practices_from") or {}
    found += [f"practice {shown(name)} of another package" for name in said if here.get(name) != said[name]]
    return [*found, *(f"{shown(name)} (it was changed or damaged after it was written)" for name in damaged)]
