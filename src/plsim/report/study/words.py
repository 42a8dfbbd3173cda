"""Words of the page of a study: what factors, outcomes and methods are called, and in what unit numbers are shown."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from plsim.attribution.sentences import ARM_WORDS, practice_name
from plsim.measures.vocabulary import outcome_label, outcome_unit
from plsim.report.words import group_name, number, signed, subject_name, unit_of

METHODS = {
    "factorial": "All on/off combinations, each run in every world",
    "grid": "All combinations of the values listed, each run in every world",
    "sobol": "Sobol’s method: shares of the variance of the outcome",
    "morris": "Morris’s method: screening by single steps",
    "rbd_fast": "RBD-FAST: first-order shares of the variance",
    "delta": "Borgonovo’s delta: how far a factor moves the whole distribution",
    "pawn": "PAWN: how far fixing a factor moves the distribution",
    "dgsm": "Mean squares of slopes (DGSM)",
    "regional": "Regional analysis: where in their ranges factors lie when the outcome is high or low",
    "fractional_factorial": "Fractional factorial design: main effects from few runs",
    "hdmr": "A polynomial of single factors and pairs (HDMR)",
    "sample": "A Latin hypercube of everything at once",
    "surrogate": "A surrogate learned from a Latin hypercube",
}
INDICES = {
    "S1": "alone",
    "ST": "alone and with others",
    "shapley": "Shapley share",
    "mu_star": "mean size of a step’s effect",
    "delta": "delta",
    "pawn_median": "PAWN, median",
    "dgsm": "DGSM",
    "shift_mean": "difference between regions",
    "main": "main effect",
}
"""The indices that pictures show, and what they are called."""


POINTS_PER_SD = 100.0 / math.sqrt(2.0 * math.pi)
"""Percentile points of a student in the middle for an SD: the slope there, so that parts add up to their whole."""


class Scale(NamedTuple):
    """How effects on an outcome are shown: what they are multiplied by, with how many decimals, and the unit."""

    factor: float
    digits: int
    unit: str
    level: bool = False

    def signed(self, value: float) -> str:
        """A difference as text, with its sign; a level as it is."""
        return (number if self.level else signed)(value * self.factor, self.digits)

    def span(self, low: float, high: float) -> str:
        """``−0.5 to +1.5``."""
        return f"{self.signed(low)} to {self.signed(high)}"


def scale_of(outcome: dict[str, Any]) -> Scale:
    """Achievement in percentile points of a student in the middle, as elsewhere in reports. A level has no sign."""
    level = outcome.get("arm", "difference") != "difference"
    unit = outcome_unit(outcome["outcome"], outcome["unit"])
    if unit == "SD" and not level:
        return Scale(POINTS_PER_SD, 1, "percentile points", level)
    words = unit_of(unit)
    digits = max(words.digits, 2 if words.factor == 1.0 else 1)
    return Scale(words.factor, digits, words.level if level else words.difference, level)


def factor_name(name: str) -> str:
    """A factor in words: ``practices.learning_paths.intensity`` is learning paths: intensity."""
    return practice_name(name).replace(".", ": ")


def outcome_name(outcome: dict[str, Any], *, short: bool = False) -> str:
    """An outcome in words, with subject, group and year."""
    group = "" if outcome["group"] == "all" else group_name(outcome["group"])
    subject = "" if outcome["subject"] == "both" else subject_name(outcome["subject"])
    arm = outcome.get("arm", "difference")
    which = "" if arm == "difference" else ARM_WORDS[arm]
    parts = [group, subject, which] if short else [outcome_label(outcome["outcome"]), which, subject, group]
    said = [part for part in parts if part]
    if short and not said:
        said = ["Everybody, both subjects"]
    return ", ".join([*said, f"year {int(outcome['year'])}"])


def percent(share: float) -> str:
    """A share as percent, without decimals."""
    return f"{number(100.0 * share, 0)}%"
