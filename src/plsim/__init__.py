"""plsim: an agent-based simulation of personalized-learning schools.

Importing this package loads nothing else; the public names are found when they are first used. What ``__all__`` lists
is the interface: it survives every move of files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plsim import population, sweeps
    from plsim.api.runs import compare, districts, evaluate, run
    from plsim.api.runs import worlds_of as worlds
    from plsim.api.scenarios import change, load, rule
    from plsim.api.studies import study
    from plsim.core.errors import (
        EngineError,
        EvidenceError,
        InputError,
        PlsimError,
        PopulationError,
        RunError,
        ScenarioError,
        StudyError,
    )
    from plsim.engine.mesa.model import School, SchoolModel, Student, Teacher
    from plsim.engine.parameters import World
    from plsim.population.model import Population
    from plsim.runs.compare import Comparison
    from plsim.runs.evaluate import Evaluator, Outcome
    from plsim.runs.result import Result
    from plsim.scenario import Scenario
    from plsim.studies.run import StudyResult as Study

__version__ = "0.1.0"

_HOMES = {
    "Comparison": "plsim.runs.compare",
    "EngineError": "plsim.core.errors",
    "Evaluator": "plsim.runs.evaluate",
    "EvidenceError": "plsim.core.errors",
    "InputError": "plsim.core.errors",
    "Outcome": "plsim.runs.evaluate",
    "PlsimError": "plsim.core.errors",
    "Population": "plsim.population.model",
    "PopulationError": "plsim.core.errors",
    "Result": "plsim.runs.result",
    "RunError": "plsim.core.errors",
    "Scenario": "plsim.scenario",
    "ScenarioError": "plsim.core.errors",
    "School": "plsim.engine.mesa.model",
    "SchoolModel": "plsim.engine.mesa.model",
    "Student": "plsim.engine.mesa.model",
    "Study": "plsim.studies.run:StudyResult",
    "StudyError": "plsim.core.errors",
    "Teacher": "plsim.engine.mesa.model",
    "World": "plsim.engine.parameters",
    "change": "plsim.api.scenarios",
    "compare": "plsim.api.runs",
    "districts": "plsim.api.runs",
    "evaluate": "plsim.api.runs",
    "load": "plsim.api.scenarios",
    "rule": "plsim.api.scenarios",
    "run": "plsim.api.runs",
    "study": "plsim.api.studies",
    "worlds": "plsim.api.runs:worlds_of",
}
"""Where each public name lives, with its name there when that is another."""

__all__ = [
    "Comparison",
    "EngineError",
    "Evaluator",
    "EvidenceError",
    "InputError",
    "Outcome",
    "PlsimError",
    "Population",
    "PopulationError",
    "Result",
    "RunError",
    "Scenario",
    "ScenarioError",
    "School",
    "SchoolModel",
    "Student",
    "Study",
    "StudyError",
    "Teacher",
    "World",
    "change",
    "compare",
    "districts",
    "evaluate",
    "load",
    "population",
    "rule",
    "run",
    "study",
    "sweeps",
    "worlds",
]


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it (PEP 562)."""
    if name in ("population", "sweeps"):
        return import_module(f"plsim.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'plsim' has no attribute {name!r}")
    module, _, there = home.partition(":")
    value = getattr(import_module(module), there or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
