"""The population of a path or a table. What reads them is loaded when there is something to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plsim.population.model import Population, PopulationSpec
from plsim.population.options import ReadOptions, StudentFiles

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["StudentFiles", "from_frame", "from_nwea_export", "from_roster", "load_population"]


def load_population(
    path: str | Path | StudentFiles, spec: PopulationSpec, *, seed: int, term: str | None = None
) -> Population:
    """The population of a folder, zip or roster; what the files do not tell is drawn from norms and the scenario.

    ``term`` is a term's name as an NWEA export writes it; the latest fall by default.
    """
    from plsim.population.file_population import population_from_file
    from plsim.population.read import read_students

    files = path if isinstance(path, StudentFiles) else StudentFiles(Path(path), term=term)
    return population_from_file(read_students(files), spec, seed=seed)


def from_nwea_export(folder: str | Path, spec: PopulationSpec, *, seed: int, term: str | None = None) -> Population:
    """The population of a folder or zip with an NWEA MAP export."""
    return load_population(folder, spec, seed=seed, term=term)


def from_roster(path: str | Path, spec: PopulationSpec, *, seed: int, subgroups: Sequence[str] = ()) -> Population:
    """The population of one plain roster, under any name."""
    from plsim.population.file_population import population_from_file
    from plsim.population.roster.reading import read_roster
    from plsim.population.tables.sources import plain_file

    options = ReadOptions(subgroups=tuple(subgroups))
    return population_from_file(read_roster(plain_file(Path(path)), options), spec, seed=seed)


def from_frame(
    frame: pd.DataFrame, spec: PopulationSpec | None = None, *, seed: int = 0, subgroups: Sequence[str] = ()
) -> Population:
    """The population of a DataFrame of students, with the columns, rules and row accounting of a roster file."""
    from plsim.population.file_population import population_from_file
    from plsim.population.roster.frame import read_frame

    students = read_frame(frame, ReadOptions(subgroups=tuple(subgroups)))
    return population_from_file(students, PopulationSpec() if spec is None else spec, seed=seed)
