"""Students, schools and sections as plain arrays: drawn from the norms, or read from a district's files."""

from plsim.population.describe import describe
from plsim.population.load import from_frame, from_nwea_export, from_roster, load_population, read_students
from plsim.population.model import ByGovernance, Population, PopulationSpec
from plsim.population.norm_population import from_norms
from plsim.population.seats import SeatTimeline
from plsim.population.timeline import Holders, Timeline, YearRoster, timeline

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
