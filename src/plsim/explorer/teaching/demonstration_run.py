"""Running a step of a demonstration: its numbers over worlds, how it turned out, and the words for that.

Everything comes from :class:`plsim.runs.evaluate.Evaluator`, as any study does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.parameters import World
from plsim.engine.worlds import label, worlds
from plsim.explorer.languages.texts import Joined, NumberText, Text, said
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.explorer.teaching.demonstrations import OTHERWISE, UNCLEAR, Step, key_of
from plsim.measures.vocabulary import outcome_label
from plsim.report.words import group_name, number, signed, subject_name, unit_of
from plsim.runs.evaluate import Evaluator, Outcome

SURE = 0.8
"""A change has a direction when the median and this share of the worlds agree on it."""
AHEAD = 0.7
"""One of several is ahead when it is so in this share of the worlds."""
KEPT = 256
"""Settings whose numbers are kept."""

Address = tuple[str, str, str, int, str]
"""Outcome, subject, arm, year, group."""
Stop = Callable[[], bool]


class StoppedError(Exception):
    """Nobody waits for the run any more."""


@dataclass(frozen=True)
class Verdict:
    """How a step turned out.

    Attributes
    ----------
    name
        One of the step's ways to turn out.
    change
        The change in each world; None where something was to be found.
    agree
        Worlds that agree with it: of the same sign, or with the same one ahead; above zero when unclear.
    found
        Label of what is ahead most often; empty for a change.
    """

    name: str
    change: Floats | None
    agree: int
    found: str = ""


class StepRunner:
    """Runs steps and keeps their numbers. May be used by several threads: one of them runs at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[object, ...], dict[Address, Floats]] = OrderedDict()

    def step(self, of: LoadedDemonstration, index: int, *, stop: Stop = lambda: False) -> dict[str, Any]:
        """A step's run as a JSON document: verdict, explanation, chart, what it rests on.

        Parameters
        ----------
        index
            From 0.
        stop
            Asked between worlds; when true, :class:`StoppedError` is raised.
        """
        step = of.says.steps[index]
        needed = {step.at(term)[0] for term in step.change} | {name for name, _, _ in step.points}
        with self._lock:
            numbers = self._numbers(of, sorted(needed), stop)

        def at(point: tuple[str, int, str]) -> Floats:
            name, year, group = point
            return numbers[name][(step.outcome, step.subject, step.arm, year, group)]

        verdict = _verdict(of, step, at)
        reveal = step.reveal.get(verdict.name, step.reveal.get(OTHERWISE, ""))
        return {
            "verdict": verdict.name,
            "right": _right(step, verdict),
            "text": Text(reveal, _words(of, step, verdict, at)),
            "sure": _sureness(of, step, verdict),
            "chart": _chart(of, step, at),
            "worlds": of.says.worlds,
            "basis": label(),
        }

    def _numbers(self, of: LoadedDemonstration, names: list[str], stop: Stop) -> dict[str, dict[Address, Floats]]:
        """Every number that the demonstration reads of these settings, in each world."""
        tried = worlds(of.says.worlds, of.says.seed)
        missing = [name for name in names if self._key(of, name) not in self._kept]
        found = _evaluated(of, missing, tried, stop) if missing else {}
        for name in missing:
            self._kept[self._key(of, name)] = found[name]
        out = {}
        for name in names:
            key = self._key(of, name)
            self._kept.move_to_end(key)
            out[name] = self._kept[key]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return out

    @staticmethod
    def _key(of: LoadedDemonstration, name: str) -> tuple[object, ...]:
        return (of.scenarios[name].digest(), of.says.worlds, of.says.seed, _addresses(of, name))


def _addresses(of: LoadedDemonstration, name: str) -> tuple[Address, ...]:
    return tuple((step.outcome, step.subject, step.arm, year, group) for step, year, group in of.says.points(name))


def _evaluated(
    of: LoadedDemonstration, names: list[str], tried: tuple[World, ...], stop: Stop
) -> dict[str, dict[Address, Floats]]:
    addresses = {name: _addresses(of, name) for name in names}
    wanted = sorted({address for each in addresses.values() for address in each})
    # Percentile points are made of achievement, so it is asked for too; what is wanted comes first.
    outcomes = [Outcome(outcome, subject, year, group, arm) for outcome, subject, arm, year, group in wanted]
    outcomes.append(Outcome())
    evaluator = Evaluator(
        of.scenarios[names[0]],
        seed=of.says.seed,
        years=of.says.years,
        outcomes=outcomes,
    )
    values = np.empty((len(names), len(tried), len(wanted)))
    for w, world in enumerate(tried):
        for n, name in enumerate(names):
            if stop():
                raise StoppedError
            values[n, w] = evaluator.of(of.scenarios[name], world)[:-1]
    return {
        name: {address: values[n, :, wanted.index(address)] for address in addresses[name]}
        for n, name in enumerate(names)
    }


def _verdict(of: LoadedDemonstration, step: Step, at: Callable[[tuple[str, int, str]], Floats]) -> Verdict:
    if step.change:
        change = np.sum([term.times * at(step.at(term)) for term in step.change], axis=0)
        middle = float(np.median(change))
        if step.guess:
            option = _option(step, middle)
            return Verdict(f"option {option + 1}", change, sum(_option(step, float(one)) == option for one in change))
        above, below = int((change > 0.0).sum()), int((change < 0.0).sum())
        needed = SURE * change.size
        if middle >= step.threshold and above >= needed:
            return Verdict("rises", change, above)
        if middle <= -step.threshold and below >= needed:
            return Verdict("falls", change, below)
        return Verdict(UNCLEAR, change, above)
    values = np.array([at(point) for point in step.points])
    ahead = values.argmax(axis=0) if step.find == "largest" else values.argmin(axis=0)
    counts = np.bincount(ahead, minlength=len(step.points))
    leader, agree = int(counts.argmax()), int(counts.max())
    name = step.candidates[leader] if agree >= AHEAD * values.shape[1] else UNCLEAR
    return Verdict(name, None, agree, _label(of, step, leader))


def _right(step: Step, verdict: Verdict) -> int:
    """Which option is right, from 0."""
    return (
        step.verdicts.index(verdict.name)
        if step.guess
        else next(index for index, option in enumerate(step.options) if verdict.name in option.outcomes)
    )


def _option(step: Step, change: float) -> int:
    """Which option of a guess holds a change."""
    shown = change * unit_of(step.unit).factor
    return next(index for index, option in enumerate(step.options) if option.below is None or shown < option.below)


def _label(of: LoadedDemonstration, step: Step, index: int) -> str:
    """What the chart calls the setting, year or group of a number."""
    name, year, group = step.points[index]
    if step.compare == "years":
        return said("Year {n}", n=year)
    return _group(group) if step.compare == "groups" else of.says.settings[name].label


def _group(group: str) -> str:
    return "All students" if group == "all" else group_name(group)


def _words(
    of: LoadedDemonstration, step: Step, verdict: Verdict, at: Callable[[tuple[str, int, str]], Floats]
) -> dict[str, str]:
    """What the placeholders of a step's texts stand for."""
    points = {key_of(step, point): point for point in (*step.points, *(step.at(term) for term in step.change))}
    level = step.arm != "difference"
    words = {key: _said(step, float(np.median(at(point))), level=level) for key, point in points.items()}
    change = 0.0 if verdict.change is None else float(np.median(verdict.change))
    words["change"] = _said(step, change, level=False)
    words["size"] = _said(step, abs(change), level=True)
    words["worlds"] = said("{some} of {all} worlds", some=verdict.agree, all=of.says.worlds)
    words["found"] = verdict.found
    return words


def _said(step: Step, value: float, *, level: bool) -> str:
    """``+0.8 percentile points``, or without a sign for a level."""
    unit = unit_of(step.unit)
    name = unit.difference if step.arm == "difference" or not level else unit.level
    figure = _figure(step, value, level=level)
    if step.unit == "USD" or name in {"", "%"}:
        return NumberText(f"{figure}{name}") if name == "%" else figure
    if step.unit == "points":
        return said("{n} points", n=figure)  # which ones is said beside the chart
    return said("{n} {unit}", n=figure, unit=name)


def _figure(step: Step, value: float, *, level: bool) -> NumberText:
    """The number alone, as the chart writes it."""
    unit = unit_of(step.unit)
    if step.unit == "USD":
        text = number(abs(value), 0)
        sign = signed(value, 0)[0] if not level and signed(value, 0)[0] in "+−" else ""
        return NumberText(f"{sign}${text}")
    return NumberText(number(value * unit.factor, unit.digits) if level else signed(value * unit.factor, unit.digits))


def _band(values: Floats) -> tuple[float, float]:
    """The middle 90% of the worlds."""
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def _sureness(of: LoadedDemonstration, step: Step, verdict: Verdict) -> str:
    """How sure the answer is, in a sentence or two."""
    many = {"some": verdict.agree, "all": of.says.worlds}
    if verdict.change is None:
        if step.find == "largest":
            return said("“{found}” is highest in {some} of {all} sets of assumptions.", found=verdict.found, **many)
        return said("“{found}” is lowest in {some} of {all} sets of assumptions.", found=verdict.found, **many)
    level = step.arm != "difference" and len(step.change) == 1  # no difference of anything: it has no sign
    low, high = _band(verdict.change)
    ends = {"low": _figure(step, low, level=level), "high": _said(step, high, level=level)}
    span = said("Nine in ten lie between {low} and {high}.", **ends)
    if step.guess:
        first = said("The same answer is right in {some} of {all} sets of assumptions.", **many)
    elif verdict.name == UNCLEAR:
        first = said("It is above zero in {some} of {all} sets of assumptions.", **many)
    elif verdict.name == "rises":
        first = said("It goes up in {some} of {all} sets of assumptions.", **many)
    else:
        first = said("It goes down in {some} of {all} sets of assumptions.", **many)
    return Joined((first, span))


def _chart(of: LoadedDemonstration, step: Step, at: Callable[[tuple[str, int, str]], Floats]) -> dict[str, Any]:
    factor = unit_of(step.unit).factor
    points = []
    for point in step.points:
        values = at(point)
        low, high = _band(values)
        points.append([value * factor for value in (float(np.median(values)), low, high)])
    found = frame(of, step)
    several = len(found["ticks"])
    series = [
        {"name": name, "points": points[i * several : (i + 1) * several]} for i, name in enumerate(found.pop("names"))
    ]
    return {**found, "series": series}


def frame(of: LoadedDemonstration, step: Step) -> dict[str, Any]:
    """A step's chart without its numbers: what people may draw a prediction into."""
    unit = unit_of(step.unit)
    level = step.arm != "difference"
    kinds: dict[str, Callable[[], list[str]]] = {
        "settings": lambda: [of.says.settings[name].label for name in step.settings],
        "years": lambda: [said("Year {n}", n=year) for year in step.years],
        "groups": lambda: [_group(group) for group in step.groups],
    }
    ticks = kinds[step.compare]()
    names = [""] if step.compare == "settings" else [of.says.settings[name].label for name in step.settings]
    name = unit.level if level else unit.difference
    about: list[str] = [said("after year {n}", n=step.year)] if step.compare != "years" else []
    about += [_group(step.group)] if step.group != "all" and step.compare != "groups" else []
    about += [subject_name(step.subject)] if step.subject != "both" else []
    return {
        "kind": "lines" if step.compare == "years" else "bars",
        "title": outcome_label(step.outcome),
        "about": Joined(tuple(about), ", "),
        "unit": name,
        "digits": unit.digits,
        "level": level,
        "ticks": ticks,
        "names": names,
    }
