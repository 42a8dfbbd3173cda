"""plsim: an agent-based simulation of personalized-learning schools.

Importing this package loads nothing else; the public names are found when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plsim.engine.mesa.model import SchoolModel
    from plsim.runs.result import Result
    from plsim.runs.run import run
    from plsim.scenario import Scenario, load

__version__ = "0.1.0"

__all__ = ["Result", "Scenario", "SchoolModel", "load", "run"]

_HOMES = {
    "Result": "plsim.runs.result",
    "Scenario": "plsim.scenario",
    "SchoolModel": "plsim.engine.mesa.model",
    "load": "plsim.scenario",
    "run": "plsim.runs.run",
}


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'plsim' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
