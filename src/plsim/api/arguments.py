"""Arguments checked at the door with the command line's messages: what is given, and what is allowed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.arguments import callable_or_none, given, whole
from plsim.core.calendar import MAX_YEARS
from plsim.core.errors import InputError, nearest
from plsim.scenario import Scenario, load
from plsim.scenario.schema import MAX_SEED

if TYPE_CHECKING:
    import pandas as pd

    from plsim.population.load import StudentFiles
    from plsim.population.model import Population

    People = Population | StudentFiles | pd.DataFrame | str | Path

MAX_WORKERS = 1024
ENGINES = ("batch", "mesa")

Progress = Callable[[int, int], None]


def scenario_from(value: Scenario | str | Path) -> Scenario:
    """A scenario, or the one of that name or path."""
    if isinstance(value, Scenario):
        return value
    if isinstance(value, str | os.PathLike):
        return load(value if isinstance(value, str) else Path(value))
    raise InputError("scenario", "", given(value), allowed="what plsim.load returns, or a scenario's name or path")


def seed_from(value: Any) -> int | None:
    """A seed, or None."""
    return whole("seed", value, 0, MAX_SEED, "")


def years_from(value: Any) -> int | None:
    """How many years, or None."""
    return whole("years", value, 1, MAX_YEARS, "")


def workers_from(value: Any) -> int:
    """How many workers; 1 when None."""
    found = whole("workers", value, 1, MAX_WORKERS, "")
    return 1 if found is None else found


def worlds_from(value: Any) -> Any:
    """Worlds, as :func:`plsim.engine.worlds.chosen` takes them."""
    if isinstance(value, str | os.PathLike):
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        else:
            return str(value)
    return whole("worlds", value, 0, 1_000_000, "; 0 is the central world only")


def engine_from(value: Any) -> str:
    """The name of an engine, or of a class of agents."""
    if isinstance(value, type):
        from plsim.engine.mesa.subclasses import name_of

        return name_of(value)
    if isinstance(value, str) and value.startswith("mesa:"):
        return value
    if not isinstance(value, str) or value not in ENGINES:
        fix = nearest(value, ENGINES) if isinstance(value, str) else ""
        raise InputError("engine", "", given(value), allowed=" or ".join(ENGINES), fix=fix)
    return value


def people_from(value: Any, scenario: Scenario, seed: int | None) -> Any:
    """A population as the runs take it."""
    from plsim.population.load import StudentFiles
    from plsim.population.model import Population

    if value is None or isinstance(value, Population | StudentFiles):
        return value
    if isinstance(value, str | os.PathLike):
        return Path(value)
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        from plsim.population.load import from_frame
        from plsim.scenario import population_spec

        return from_frame(value, population_spec(scenario), seed=scenario.seed if seed is None else seed)
    raise InputError(
        "population",
        "",
        given(value),
        allowed="a folder or file, a DataFrame of students, or what plsim.population gives",
    )


def progress_from(progress: Progress | None, label: str) -> Progress | None:
    """The caller's progress; in a notebook, where nobody passed one, a bar."""
    callable_or_none("progress", progress, "what is done and what there is in all")
    if progress is not None or "ipykernel" not in sys.modules:
        return progress
    from tqdm import tqdm

    bar = tqdm(desc=label, file=sys.stderr)

    def report(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return report
