"""Many tasks, each finished once: store, schedule, workers, cluster.

For sweeps of your own: ``run_task`` makes what a folder does not have yet, ``results`` reads it, ``failures`` says what
went wrong; a :class:`~plsim.sweeps.store.Store` goes through results that are too many for memory.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Store", "failures", "results", "run_task"]


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    if name not in __all__:
        raise AttributeError(f"module 'plsim.sweeps' has no attribute {name!r}")
    return getattr(import_module("plsim.sweeps.store" if name == "Store" else "plsim.sweeps.runner"), name)
