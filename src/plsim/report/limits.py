"""What limits the certainty of a result: settings beyond any study, and the weakest of the numbers it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plsim.evidence import GRADES_OF_EVIDENCE, Parameter, registry
from plsim.practices import Options
from plsim.scenario import Scenario
from plsim.scenario.build import counterfactual

PURPOSE = "For exploring assumptions, not for prediction."
JUDGEMENT = "D"
"""Grade of what no study measured."""


class Limits(NamedTuple):
    """What limits the certainty of a result.

    Attributes
    ----------
    moved
        Settings that differ from typical practice.
    beyond
        Of these, settings whose value no study covers.
    weakest
        The weakest grade among the numbers that the result rests on.
    """

    moved: int
    beyond: int
    weakest: str


def studied(*entries: Parameter) -> tuple[float, float] | None:
    """The values that studies cover; None where only our judgement says what is plausible."""
    known = [one for one in entries if one.grade != JUDGEMENT and one.bounds == "published"]
    if not known or len(known) < len(entries):
        return None
    return min(one.low for one in known), max(one.high for one in known)


def limits(scenario: Scenario) -> Limits:
    """What limits the certainty of a scenario's effect."""
    moved = beyond = 0
    for value, entry in _moved(scenario):
        moved += 1
        span = None if entry is None else studied(entry)
        covered = span is not None and isinstance(value, int | float) and span[0] <= value <= span[1]
        beyond += not covered
    return Limits(moved, beyond, max((one.grade for one in registry().uncertain()), default=JUDGEMENT))


def _moved(scenario: Scenario) -> Iterator[tuple[object, Parameter | None]]:
    """Values of the settings that differ from typical practice, and the numbers behind them."""
    base = counterfactual(scenario)
    tables: list[tuple[Options, Options | None]] = [
        *((practice, base.practices[name]) for name, practice in scenario.practices.items()),
        (scenario.support, base.support),
        *((program, None) for name in type(scenario.programs).model_fields
          if (program := getattr(scenario.programs, name)) is not None),
    ]  # fmt: skip
    for options, usual in tables:
        for field, info in type(options).model_fields.items():
            value = getattr(options, field)
            if usual is not None and value == getattr(usual, field):
                continue
            extra = info.json_schema_extra
            key = str(extra.get("evidence", "")) if isinstance(extra, dict) else ""
            if usual is None and key not in registry():
                continue  # when a program runs, not what it does
            yield value, registry()[key] if key in registry() else None  # noqa: SIM401 - no mapping


def limits_sentence(found: Limits) -> str:
    """What limits the certainty, in a sentence."""
    grade = f"grade {found.weakest}, {GRADES_OF_EVIDENCE[found.weakest]}"
    rests = f"the weakest of the numbers it rests on are {grade}"
    if not found.moved:
        return f"What limits that: {rests}."
    if found.moved == 1:
        which = "the one setting that differs from typical practice lies " + (
            "beyond any study" if found.beyond else "within what was studied"
        )
    elif not found.beyond:
        which = f"all {found.moved} settings that differ from typical practice lie within what was studied"
    else:
        of = "all" if found.beyond == found.moved else f"{found.beyond} of"
        which = f"{of} {found.moved} settings that differ from typical practice lie beyond any study"
    return f"What limits that: {which}, and {rests}."
