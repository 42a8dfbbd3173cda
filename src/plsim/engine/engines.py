"""The engines by name."""

from __future__ import annotations

from plsim.core.errors import InputError
from plsim.engine.arm import Engine

ENGINES = ("batch", "mesa")


def engine_named(name: str, *, threads: int = 1) -> Engine:
    """The engine of that name; ``mesa:MODULE:CLASS`` runs agents of one's own."""
    if name == "batch":
        from plsim.engine.batch.engine import BatchEngine

        return BatchEngine(threads)
    if name == "mesa":
        from plsim.engine.mesa.model import MesaEngine

        return MesaEngine()
    if name.startswith("mesa:"):
        from plsim.engine.mesa.model import MesaEngine
        from plsim.engine.mesa.subclasses import classes_named

        return MesaEngine(**classes_named(name.removeprefix("mesa:")))
    raise InputError("engine", "", f"got '{name}'", allowed=f"{', '.join(ENGINES)}, or mesa:MODULE:CLASS")
