"""Students, schools and sections as plain arrays: drawn from the norms, or read from a district's files."""

from typing import TYPE_CHECKING, Any

from plsim.population.describe import describe
from plsim.population.load import from_frame, from_nwea_export, from_roster, load_population
from plsim.population.model import ByGovernance, Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.population.seats import SeatTimeline
from plsim.population.timeline import Holders, Timeline, YearRoster, timeline

if TYPE_CHECKING:
    from plsim.population.read import read_students

__all__ = [
    "ByGovernance",
    "Holders",
    "Population",
    "PopulationSpec",
    "SeatTimeline",
    "Timeline",
    "YearRoster",
    "describe",
    "from_frame",
    "from_norms",
    "from_nwea_export",
    "from_roster",
    "load_population",
    "read_students",
    "timeline",
]


def __getattr__(name: str) -> Any:
    """What reads files, from the module that defines it, when it is first used."""
    if name != "read_students":
        raise AttributeError(f"module 'plsim.population' has no attribute {name!r}")
    from plsim.population.read import read_students

    return read_students
