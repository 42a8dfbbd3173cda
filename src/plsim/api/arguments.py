"""Arguments checked at the door with the command line's messages: what is given, and what is allowed."""

from __future__ import annotations

import numbers
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def given_text(value: object) -> str:
    """What was given, as messages say it."""
    return f"got {shown(value)}"


def shown(value: object) -> str:
    """What was given, short enough for a message; never the contents of a table."""
    kind = type(value).__name__
    text = repr(value) if isinstance(value, str | int | float | bool | None) else ""
    return f"{text[:60]} ({kind})" if text else f"a {kind}"


def scenario_from(given: Scenario | str | Path) -> Scenario:
    """A scenario, or the one of that name or path."""
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | os.PathLike):
        return load(given if isinstance(given, str) else Path(given))
    raise InputError("scenario", "", given_text(given), allowed="what plsim.load returns, or a scenario's name or path")


def whole_number(name: str, given: Any, low: int, high: int, meaning: str) -> int | None:
    """A whole number in a range, or None; whatever is one without doubt is accepted (``2.0``, numpy's)."""
    if given is None:
        return None
    number = not isinstance(given, bool) and isinstance(given, numbers.Real)
    if not number or not low <= given <= high or given != given // 1:
        raise InputError(name, "", given_text(given), allowed=f"a whole number from {low} to {high:,}{meaning}")
    return int(given)


def seed_from(given: Any) -> int | None:
    """A seed, or None."""
    return whole_number("seed", given, 0, MAX_SEED, "")


def years_from(given: Any) -> int | None:
    """How many years, or None."""
    return whole_number("years", given, 1, MAX_YEARS, "")


def workers_from(given: Any) -> int:
    """How many workers; 1 when None."""
    found = whole_number("workers", given, 1, MAX_WORKERS, "")
    return 1 if found is None else found


def worlds_from(given: Any) -> Any:
    """Worlds, as :func:`plsim.engine.worlds.chosen` takes them."""
    if isinstance(given, str | os.PathLike):
        if isinstance(given, str) and given.isdecimal():
            given = int(given)
        else:
            return str(given)
    return whole_number("worlds", given, 0, 1_000_000, "; 0 is the central world only")


def engine_from(given: Any) -> str:
    """The name of an engine, or of a class of agents."""
    if isinstance(given, type):
        from plsim.engine.mesa.subclasses import name_of

        return name_of(given)
    if isinstance(given, str) and given.startswith("mesa:"):
        return given
    if given not in ENGINES:
        raise InputError(
            "engine", "", given_text(given), allowed=" or ".join(ENGINES), fix=nearest(str(given), ENGINES)
        )
    return str(given)


def people_from(given: Any, scenario: Scenario, seed: int | None) -> Any:
    """A population as the runs take it."""
    from plsim.population.load import StudentFiles
    from plsim.population.model import Population

    if given is None or isinstance(given, Population | StudentFiles):
        return given
    if isinstance(given, str | os.PathLike):
        return Path(given)
    if hasattr(given, "columns") and hasattr(given, "iloc"):
        from plsim.population.load import from_frame
        from plsim.scenario import population_spec

        return from_frame(given, population_spec(scenario), seed=scenario.seed if seed is None else seed)
    raise InputError(
        "population",
        "",
        given_text(given),
        allowed="a folder or file, a DataFrame of students, or what plsim.population gives",
    )


def progress_from(progress: Progress | None, label: str) -> Progress | None:
    """The caller's progress; in a notebook, where nobody passed one, a bar."""
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
