"""Guard rails: where a setting leaves what was studied or is plausible."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from plsim.evidence import registry
from plsim.explorer.decisions.controls import Control, controls, value_of
from plsim.explorer.languages.texts import Joined, said
from plsim.report.limits import studied
from plsim.scenario.loading import load
from plsim.scenario.schema import Scenario

STUDIED = "nglc_2015"
"""Schools that were studied: what they did is covered, too."""
_NAMED = 3


class Warned(NamedTuple):
    """One warning: what kind, in words, and which controls it is about."""

    kind: str
    text: str
    keys: tuple[str, ...]


def warnings_of(scenario: Scenario) -> tuple[Warned, ...]:
    """What somebody should know before believing the evaluation."""
    beyond = outside(scenario)
    return () if beyond is None else (beyond,)


def outside(scenario: Scenario) -> Warned | None:
    """Settings beyond the registry's range for them, and beyond what the schools of the studied projects did."""
    beyond = []
    for control in controls():
        value = value_of(scenario, control.key)
        span = covered(control)
        if span is not None and isinstance(value, int | float) and not span.low - 1e-9 <= value <= span.high + 1e-9:
            beyond.append((control, span))
    if not beyond:
        return None
    shown: list[str] = [_named(control, span) for control, span in beyond[:_NAMED]]
    if (rest := len(beyond) - _NAMED) > 0:
        shown.append(said("{n} more", n=rest))
    *first, last = shown
    named = said("{first} and {last}", first=Joined(tuple(first), ", "), last=last) if first else last
    text = said("Beyond what was studied or is plausible: {named}. The model extrapolates there.", named=named)
    return Warned("outside", text, tuple(control.key for control, _ in beyond))


def _named(control: Control, span: Span) -> str:
    """A control and what is covered of it."""
    values = {"control": control.whole_title, "low": control.shown(span.low), "high": control.shown(span.high)}
    if span.studied:
        return said("“{control}” ({low} to {high} is studied)", **values)
    return said("“{control}” ({low} to {high} is plausible, our judgement)", **values)


class Span(NamedTuple):
    """Values of a control that something speaks for: ``studied`` by a study, else only plausible in our judgement."""

    low: float
    high: float
    studied: bool


@cache
def covered(control: Control) -> Span | None:
    """The values of a control that a study covers or, where none does, that are plausible; None where nothing is known.

    What is plausible holds what the schools did that were studied: how much they did of it was never published.
    """
    if not control.evidence:
        return None
    entries = [registry()[key] for key in control.evidence]
    if (span := studied(*entries)) is not None:
        return Span(*span, studied=True)
    low, high = min(one.low for one in entries), max(one.high for one in entries)
    did = value_of(load(STUDIED), control.key)
    if isinstance(did, int | float):
        low, high = min(low, did), max(high, did)
    return Span(low, high, studied=False)
