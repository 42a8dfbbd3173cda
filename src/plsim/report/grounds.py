"""What a result rests on, weakest evidence first, and how to make it again."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import NamedTuple

from plsim.core.errors import InputError
from plsim.evidence import GRADES_OF_EVIDENCE, Parameter, registry
from plsim.report.material import DataTable, Material
from plsim.scenario import load, shipped_scenarios

_WEAKEST = "D"


class Grounds(NamedTuple):
    """The numbers behind a result.

    Attributes
    ----------
    summary
        How many numbers there are and how many are judgement.
    weakest, others
        Uncertain numbers that nothing measured, and the rest of what worlds vary.
    changed
        Whether this plsim's numbers are no longer those of the run.
    """

    summary: tuple[str, ...]
    weakest: DataTable
    others: DataTable
    changed: bool


def grounds(material: Material) -> Grounds:
    """The numbers behind a result, from the registry."""
    known = registry()
    uncertain = known.uncertain()
    count = Counter(parameter.grade for parameter in known)
    weakest = [parameter for parameter in uncertain if parameter.grade == _WEAKEST]
    others = sorted((one for one in uncertain if one.grade != _WEAKEST), key=lambda one: one.grade, reverse=True)
    grades = "; ".join(
        f"{count[grade]} {meaning} ({grade})" for grade, meaning in reversed(GRADES_OF_EVIDENCE.items()) if count[grade]
    )
    varied = "were varied from world to world" if material.worlds else "were held at their central values here"
    summary = (
        f"The model holds {len(known)} numbers about students, teachers and schools. Where they come from: {grades}.",
        f"{len(uncertain)} of them matter enough and are unsure enough to be varied within a range. These {varied}.",
    )
    digest = material.folder.manifest.get("parameters_digest")
    return Grounds(
        summary,
        _parameters(f"Weakest first: no study measured these {len(weakest)}; they are our judgement", weakest),
        _parameters("Also varied, on better evidence (C to A)", others),
        digest is not None and digest != known.digest(),
    )


class RerunInstructions(NamedTuple):
    """How to make a result again: the line, and the scenario's text if the line needs a file of it."""

    line: str
    file: str
    scenario: str


def again(material: Material) -> RerunInstructions:
    """The exact line that makes this result again."""
    manifest = material.folder.manifest
    text, name = str(manifest["scenario"]), material.name
    shipped = _is_shipped(material)
    arguments = ["plsim", "run", name if shipped else f"{name}.toml", "--seed", str(manifest["seed"])]
    arguments += ["--years", str(manifest["years"]), "--worlds", str(manifest["worlds"])]
    if population := str(manifest.get("population") or ""):
        arguments += ["--population", population]
    if term := str(manifest.get("population_term") or ""):
        arguments += ["--term", term]
    for name, value in dict(manifest.get("population_options") or {}).items():
        given = ",".join(value) if isinstance(value, list) else str(value)
        arguments += [f"--{name.replace('_', '-')}", given]
    if manifest.get("engine", "batch") != "batch":
        arguments += ["--engine", str(manifest["engine"])]
    return RerunInstructions(shlex.join(arguments), "" if shipped else f"{name}.toml", text)


def _is_shipped(material: Material) -> bool:
    """Whether the shipped scenario of that name is the one that was run."""
    if material.scenario is None or material.name not in shipped_scenarios():
        return False
    manifest = material.folder.manifest
    try:
        shipped = load(material.name, years=int(manifest["years"]), seed=int(manifest["seed"]))
    except InputError:
        return False
    return shipped.digest() == material.scenario.with_changes(years=shipped.years, seed=shipped.seed).digest()


def _parameters(caption: str, parameters: list[Parameter]) -> DataTable:
    rows = []
    for one in parameters:
        grade = "" if one.grade == _WEAKEST else f", {one.grade}"
        name = f"{one.meaning.rstrip('.')} ({one.unit}){grade}"
        tried = " or ".join(one.forms) if one.forms else f"{one.low:g} to {one.high:g}"
        rows.append((name, f"{one.in_words(one.value)} ({tried})"))
    return DataTable(caption, ("What it is", "Value (range tried)"), tuple(rows))
