"""The engines by name."""

from __future__ import annotations

from plsim.core.errors import InputError
from plsim.engine.arm import Engine

ENGINES = ("batch", "mesa")


def engine_named(name: str, *, threads: int = 1) -> Engine:
    """The engine of that name."""
    if name == "batch":
        from plsim.engine.batch.engine import BatchEngine

        return BatchEngine(threads)
    if name == "mesa":
        from plsim.engine.mesa.model import MesaEngine

        return MesaEngine()
    raise InputError("engine", "", f"got '{name}'", allowed=", ".join(ENGINES))
