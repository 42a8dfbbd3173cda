"""Guard rails: where a setting leaves what was studied or is plausible."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from plsim.evidence import registry
from plsim.explorer.decisions.controls import Control, controls, value_of
from plsim.measures.vocabulary import joined
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
    shown = [f"“{control.whole_title}” ({control.shown(span.low)} to {control.shown(span.high)} is {span.words})"
             for control, span in beyond]  # fmt: skip
    rest = len(shown) - _NAMED
    named = joined([*shown[:_NAMED], *([f"{rest} more"] if rest > 0 else [])])
    text = f"Beyond what was studied or is plausible: {named}. The model extrapolates there."
    return Warned("outside", text, tuple(control.key for control, _ in beyond))


class Span(NamedTuple):
    """Values of a control that something speaks for: ``studied`` by a study, else only plausible in our judgement."""

    low: float
    high: float
    studied: bool

    @property
    def words(self) -> str:
        """What stands behind it."""
        return "studied" if self.studied else "plausible, our judgement"


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
