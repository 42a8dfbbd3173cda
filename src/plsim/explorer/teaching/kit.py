"""The trainer's kit of a demonstration, made from its file: a timetable, a script, paper to predict on."""

from __future__ import annotations

from typing import Any

from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.explorer.teaching.demonstration_run import frame
from plsim.explorer.teaching.demonstrations import Demonstration, Step

PHASES = ("predict", "run", "explain", "discuss")
_SHARES = {"predict": 0.3, "run": 0.1, "explain": 0.2, "discuss": 0.4}
"""How a step's time is spent: people first think, and talk longest."""
_AROUND = 0.1
"""Share of a session for its opening, and as much for its end."""
_ENDS = {
    ("points", False): (-15.0, 15.0), ("SD", False): (-0.5, 0.5), ("share", False): (-30.0, 30.0),
    ("share", True): (0.0, 100.0), ("weeks", False): (-20.0, 20.0), ("minutes/week", False): (-20.0, 60.0),
    ("minutes/week", True): (0.0, 120.0), ("hours/week", False): (-10.0, 20.0), ("hours/week", True): (0.0, 60.0),
    ("RIT", False): (-8.0, 8.0), ("RIT", True): (0.0, 20.0), ("index", False): (-1.0, 1.0),
    ("index", True): (0.0, 1.0), ("count", False): (-10.0, 10.0), ("count", True): (0.0, 20.0),
    ("USD", False): (-1000.0, 3000.0), ("USD", True): (0.0, 5000.0),
}  # fmt: skip
"""Ends of the paper that people draw on, by unit: wide, and the same whatever the answer is."""


def timetable(says: Demonstration) -> list[list[float]]:
    """Minutes at which each phase of each step begins, and last when the end does; the first is after the opening.

    Returns
    -------
    list
        For each step its four phases, in half minutes; then one entry for the end.
    """
    begin = _AROUND * says.minutes
    each = (1.0 - 2.0 * _AROUND) * says.minutes / len(says.steps)
    found = []
    for number in range(len(says.steps)):
        at = begin + number * each
        starts = []
        for phase in PHASES:
            starts.append(_halves(at))
            at += _SHARES[phase] * each
        found.append(starts)
    return [*found, [_halves((1.0 - _AROUND) * says.minutes)]]


def _halves(minutes: float) -> float:
    return round(2.0 * minutes) / 2.0


def paper(of: LoadedDemonstration, step: Step) -> dict[str, Any]:
    """Axes to draw a prediction on: a step's chart without its numbers."""
    low, high = _ENDS.get((step.unit, step.arm != "difference"), (-100.0, 100.0))
    return {**frame(of, step), "low": low, "high": high}


def kit(of: LoadedDemonstration) -> dict[str, Any]:
    """What a trainer needs beside the demonstration itself; answers come from its runs."""
    says = of.says
    return {
        "minutes": says.minutes,
        "timetable": timetable(says),
        "because": [[option.because for option in step.options] for step in says.steps],
        "needs": {"settings": len(says.settings), "worlds": says.worlds, "years": says.years},
    }
