"""The runs that are stored, and what is stored of each: small, and together through practices, programs and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import plsim
from plsim.evidence import evidence_digest, registry
from plsim.population.options import StudentFiles
from plsim.runs.manifest import population_digest

HERE = Path(__file__).resolve().parent
STORED = HERE / "stored.json"
DATA = HERE.parent / "data"
TOLERANCE = 1e-9
"""Across machines logarithms may differ in the last bit when people are drawn; weekly rules never do."""


class Golden(NamedTuple):
    """A run: a shipped scenario made small, in one world, for some years, perhaps of students in files."""

    scenario: str
    overrides: tuple[str, ...]
    years: int
    files: str = ""


_SMALL = ("population.schools=4", "population.students_per_school=80")
RUNS = {
    "typical practice": Golden("typical_practice", _SMALL, 2),
    "all strategies": Golden("personalized_school", _SMALL, 3),
    "the study's schools": Golden("nglc_2015", (*_SMALL, "population.charter_schools=3"), 2),
    "a shared library": Golden("shared_library_network", _SMALL, 2),
    "tutoring and small classes": Golden("tutoring_program", (*_SMALL, "programs.class_size.students=15"), 2),
    "a district's files": Golden("gentle_start", (), 2, "nwea_export"),
}
_HEADLINES = (
    ("achievement", "SD"), ("aligned_test", "share"), ("on_grade", "share"), ("teacher_hours", "hours/week"),
    ("strain", "index"), ("fidelity", "share"), ("proficiency", "share"), ("cost_per_student", "USD"),
)  # fmt: skip


def measured(golden: Golden) -> dict[str, Any]:
    """Digests of what went in, headline numbers, and for every outcome the mean of all its rows."""
    scenario = plsim.load(golden.scenario, overrides=list(golden.overrides))
    # The later of two tests counts here, as when this run was first stored.
    files = StudentFiles(DATA / golden.files, retests="latest") if golden.files else None
    result = plsim.run(scenario, years=golden.years, worlds=0, population=files)
    effects = result.effects
    every = effects[(effects["group"] == "all") & (effects["arm"] == "difference") & (effects["estimator"] == "paired")]
    headlines = {}
    for outcome, unit in _HEADLINES:
        found = every[(every["outcome"] == outcome) & (every["unit"] == unit)]
        for subject, year, value in found[["subject", "year", "value"]].itertuples(index=False):
            headlines[f"{outcome}, {subject}, year {year} ({unit})"] = float(value)
    means = effects.groupby(["estimator", "outcome", "unit", "arm"])["value"].mean()
    return {
        "what went in": {
            "scenario": scenario.digest(),
            "people": population_digest(result.pair.base_setting.population),
            "parameters": registry().digest(),
            "evidence": evidence_digest(),
        },
        "headlines": headlines,
        "means": {" / ".join(key): float(value) for key, value in means.items()},
    }


def moved(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The numbers that are no longer as stored, one line each."""
    lines = []
    for part in ("headlines", "means"):
        before, after = stored[part], now[part]
        for name in sorted({*before, *after}):
            old, new = before.get(name), after.get(name)
            if old is None or new is None or abs(new - old) > TOLERANCE * max(1.0, abs(old)):
                lines.append(f"{name}: {_shown(old)} -> {_shown(new)}")
    return lines


def _shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.9g}"
