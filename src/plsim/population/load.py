"""The population of a path: whatever kind of file lies there."""

from __future__ import annotations

from pathlib import Path

from plsim.core.errors import PopulationError
from plsim.population.file_population import population_from_file
from plsim.population.model import Population, PopulationSpec
from plsim.population.nwea import RESULTS_FILE, STUDENTS_FILE, read_nwea_export
from plsim.population.roster import ROSTER_FILE, read_roster


def from_nwea_export(folder: str | Path, spec: PopulationSpec, *, seed: int, term: str | None = None) -> Population:
    """The population of an NWEA MAP export; what it does not tell is drawn from the norms and the scenario.

    ``term`` is a term's name as the export writes it; the latest fall by default.
    """
    return population_from_file(read_nwea_export(Path(folder), term=term), spec, seed=seed)


def from_roster(path: str | Path, spec: PopulationSpec, *, seed: int) -> Population:
    """The population of one plain roster; what it does not tell is drawn from the norms and the scenario."""
    return population_from_file(read_roster(Path(path)), spec, seed=seed)


def load_population(path: str | Path, spec: PopulationSpec, *, seed: int, term: str | None = None) -> Population:
    """The population of a folder with an NWEA export or a ``roster.csv``, or of a roster under any name."""
    path = Path(path)
    if path.is_dir():
        if (path / RESULTS_FILE).is_file() or (path / STUDENTS_FILE).is_file():
            return from_nwea_export(path, spec, seed=seed, term=term)
        if (path / ROSTER_FILE).is_file():
            return from_roster(path / ROSTER_FILE, spec, seed=seed)
    elif path.is_file() and path.suffix.lower() == ".csv":
        return from_roster(path, spec, seed=seed)
    raise PopulationError(
        str(path),
        "",
        "no population here" if path.exists() else "no such file or folder",
        allowed=f"a folder with {RESULTS_FILE} and {STUDENTS_FILE}, or a {ROSTER_FILE}",
    )
