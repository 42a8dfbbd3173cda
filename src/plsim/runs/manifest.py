"""Running a result again from its manifest: the same scenario, luck, worlds and people, hence the same bits."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from plsim.core.errors import InputError
from plsim.core.jit import source_digest
from plsim.engine.worlds import worlds_digest
from plsim.evidence import evidence_digest, registry
from plsim.population.model import Population
from plsim.population.options import StudentFiles, files_of
from plsim.scenario.loading import loads
from plsim.scenario.outside import need_outside, outside_practices
from plsim.scenario.schema import Scenario

_NEEDED = {
    "scenario": str,
    "scenario_digest": str,
    "seed": int,
    "years": int,
    "worlds": int,
    "engine": str,
    "population": str,
    "population_term": str,
    "population_digest": str,
    "other_designs": bool,
}
_FIX = "Give the manifest.json of a folder that `plsim run` wrote."


@dataclass(frozen=True)
class Again:
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


def read_manifest(path: Path) -> Again:
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
        raise InputError(str(path), "scenario", "does not have the digest that stands beside it", fix=_FIX)
    return Again(
        scenario=scenario,
        seed=document["seed"],
        years=document["years"],
        worlds=_worlds(path, document),
        engine=document["engine"],
        population=_files(path, document),
        population_digest=document["population_digest"],
        other_designs=document["other_designs"],
        changed=tuple(_changes(document)),
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
    file = path / "manifest.json" if os.path.isdir(path) else path  # noqa: PTH112
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(str(path), "", f"cannot be read: {error.strerror or error}", fix=_FIX) from None
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), "", f"is not JSON: {error}", fix=_FIX) from None
    for name, kind in _NEEDED.items():
        given = document.get(name) if isinstance(document, dict) else None
        # In JSON true is no number, but in Python it is.
        if not isinstance(given, kind) or isinstance(given, bool) != (kind is bool):
            raise InputError(str(path), name, "missing or not what it should be", allowed=kind.__name__, fix=_FIX)
    return dict(document)


def _changes(document: dict[str, Any]) -> list[str]:
    """What this plsim does otherwise than the one that wrote the manifest."""
    now = {
        "source_digest": ("the compiled rules or their compiler", source_digest()),
        "parameters_digest": ("the registry of parameters", registry().digest()),
        "evidence_digest": ("the evidence files", evidence_digest()),
        "worlds_digest": ("the worlds", worlds_digest()),
    }
    changed = [words for name, (words, digest) in now.items() if document.get(name) != digest]
    here = {name: list(source) for name, source in outside_practices().items()}
    said = document.get("practices_from") or {}
    return changed + [
        f"practice '{name}' of package '{said[name][0]}'" for name in said if here.get(name) != said[name]
    ]
