"""What a run is made of: scenarios, and the rules of one topic."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import InputError, nearest
from plsim.scenario import Scenario
from plsim.scenario import load as load_scenario

if TYPE_CHECKING:
    pass

from plsim.api.arguments import scenario_from, seed_from, years_from
from plsim.core.arguments import described, given, listed


def load(
    source: str | Path, *, overrides: Sequence[str] = (), years: int | None = None, seed: int | None = None
) -> Scenario:
    """The scenario in a TOML file, or the shipped one of that name.

    Parameters
    ----------
    source
        Path of a file, or a name that ``plsim list scenarios`` shows.
    overrides
        Dotted keys with TOML values, as ``--set`` takes them: ``"practices.advising.intensity=0.8"``.
    years, seed
        Put over the file's, when given.

    Returns
    -------
    Scenario
        Frozen; ``to_toml()`` gives its text with every default filled in.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong.

    Examples
    --------
    >>> import plsim
    >>> plsim.load("one_school_demo").years
    2
    """
    if not isinstance(source, str | os.PathLike):
        raise InputError("load", "source", given(source), allowed="the path of a TOML file or a scenario's name")
    if isinstance(overrides, str):
        overrides = (overrides,)
    overrides = listed("overrides", overrides, str, "texts such as 'years=2'")
    return load_scenario(
        source if isinstance(source, str) else Path(source),
        overrides=tuple(overrides),
        years=years_from(years),
        seed=seed_from(seed),
    )


def change(scenario: Scenario | str | Path, changes: Mapping[str, object]) -> Scenario:
    """The scenario with the values of dotted keys replaced, checked again.

    Parameters
    ----------
    scenario
        A scenario, or the name or path of one.
    changes
        Dotted scenario keys and their values.

    Returns
    -------
    Scenario
        A new one; the one given is left as it is.

    Raises
    ------
    ScenarioError
        One message with everything that is wrong.

    Examples
    --------
    >>> import plsim
    >>> more = plsim.change("one_school_demo", {"practices.advising.intensity": 0.8})
    >>> more.practices["advising"].intensity
    0.8
    """
    from plsim.scenario.loading import changed

    if not isinstance(changes, Mapping):
        raise InputError("change", "changes", given(changes), allowed="a mapping of dotted keys to values")
    for key in changes:
        if not isinstance(key, str):
            raise InputError("change", "changes", f"a key is {described(key)}", allowed="dotted keys as text")
    return changed(scenario_from(scenario), changes)


def rule(topic: str) -> Any:
    """The rules of one topic as plain Python functions, for theories of your own that build on them.

    Parameters
    ----------
    topic
        A file of ``plsim/rules``: ``"motivation"``, ``"attention"``, ``"match"``, ``"week.student"`` ...

    Returns
    -------
    module
        The rules as plain, interpreted functions of numbers.

    Raises
    ------
    InputError
        When there is no such topic.

    Examples
    --------
    >>> import plsim
    >>> callable(plsim.rule("motivation").next_engagement)
    True
    """
    from plsim.core.jit import interpreted

    folder = Path(__file__).parent.parent / "rules"
    files = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py") if path.stem != "__init__")
    known = sorted(".".join(each.parts) for each in files)
    asked: Any = topic
    if not isinstance(asked, str) or asked not in known:
        raise InputError("rule", "topic", given(topic), allowed=", ".join(known), fix=nearest(str(topic), known))
    return interpreted(f"plsim.rules.{topic}")
