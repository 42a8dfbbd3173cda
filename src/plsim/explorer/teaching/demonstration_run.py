"""Running a step of a demonstration: its numbers over worlds, how it turned out, and the words for that.

Everything comes from :class:`plsim.runs.evaluate.Evaluator`, as any study does.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from plsim.core.arrays import Floats
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.worlds import first_alike, label, worlds
from plsim.explorer.languages.texts import Joined, NumberText, Text, said
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.explorer.teaching.demonstrations import OTHERWISE, UNCLEAR, Step, key_of
from plsim.measures.findings import direction, reach_of_chance
from plsim.measures.vocabulary import outcome_label
from plsim.report.words import group_name, number, signed, subject_name, unit_of
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.runs.robustness import luck_draws, other_seed

AHEAD = 0.7
"""One of several is ahead when it is so in this share of the worlds, and of the other draws of people."""
KEPT = 256
"""Settings whose numbers are kept."""

Address = tuple[str, str, str, int, str]
"""Outcome, subject, arm, year, group."""
Stop = Callable[[], bool]


class StoppedError(Exception):
    """Nobody waits for the run any more."""


class Numbers(NamedTuple):
    """A number of a setting: in each world, and in the central world with each other draw of people."""

    worlds: Floats
    draws: Floats

    @property
    def median(self) -> float:
        """The middle of the worlds."""
        return float(np.median(self.worlds))

    def agree(self, holds: Callable[[float], bool]) -> tuple[int, int]:
        """In how many worlds, and in how many draws, something holds."""
        return sum(map(holds, self.worlds.tolist())), sum(map(holds, self.draws.tolist()))

    @property
    def luck(self) -> float:
        """Standard deviation between the draws."""
        return float(self.draws.std(ddof=1)) if self.draws.size > 1 else math.nan


Point = tuple[str, int, str]
"""Setting, year and group of a number."""
At = Callable[[Point], Numbers]


@dataclass(frozen=True)
class Verdict:
    """How a step turned out.

    Attributes
    ----------
    name
        One of the step's ways to turn out.
    change
        The change; None where something was to be found.
    agree
        Worlds, and draws, that agree with it: of the same sign, or with the same one ahead; above zero when unclear.
    draws
        How many other draws of people there were.
    found
        Label of what is ahead most often; empty for a change.
    """

    name: str
    change: Numbers | None
    agree: tuple[int, int]
    draws: int
    found: str = ""


class StepRunner:
    """Runs steps and keeps their numbers. May be used by several threads: one of them runs at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[object, ...], dict[Address, Numbers]] = OrderedDict()

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

        def at(point: Point) -> Numbers:
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

    def _numbers(self, of: LoadedDemonstration, names: list[str], stop: Stop) -> dict[str, dict[Address, Numbers]]:
        """Every number that the demonstration reads of these settings."""
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
) -> dict[str, dict[Address, Numbers]]:
    addresses = {name: _addresses(of, name) for name in names}
    wanted = sorted({address for each in addresses.values() for address in each})
    # Percentile points are made of achievement, so it is asked for too; what is wanted comes first.
    outcomes = [Outcome(outcome, subject, year, group, arm) for outcome, subject, arm, year, group in wanted]
    outcomes.append(Outcome())

    def values(seed: int, among: tuple[World, ...]) -> Floats:
        """Shape (settings, worlds, numbers wanted)."""
        evaluator = Evaluator(of.scenarios[names[0]], seed=seed, years=of.says.years, outcomes=outcomes)
        found = np.empty((len(names), len(among), len(wanted)))
        alike = first_alike(among)
        for w, world in enumerate(among):
            if alike[w] < w:
                found[:, w] = found[:, alike[w]]
                continue
            for n, name in enumerate(names):
                if stop():
                    raise StoppedError
                found[n, w] = evaluator.of(of.scenarios[name], world)[:-1]
        return found

    in_worlds = values(of.says.seed, tried)
    students = max(
        scenario.population.schools * scenario.population.students_per_school for scenario in of.scenarios.values()
    )
    draws = range(1, luck_draws(students, of.says.years) + 1)
    in_draws = np.concatenate([values(other_seed(of.says.seed, draw), (CENTRAL,)) for draw in draws], axis=1)
    return {
        name: {
            address: Numbers(in_worlds[n, :, place], in_draws[n, :, place])
            for address in addresses[name]
            for place in [wanted.index(address)]
        }
        for n, name in enumerate(names)
    }


def _verdict(of: LoadedDemonstration, step: Step, at: At) -> Verdict:
    if not step.change:
        return _found(of, step, at)
    terms = [(term.times, at(step.at(term))) for term in step.change]
    change = Numbers(
        np.asarray(sum(times * each.worlds for times, each in terms)),
        np.asarray(sum(times * each.draws for times, each in terms)),
    )
    middle, draws = change.median, change.draws.size
    if step.guess:
        option = _option(step, middle)
        return Verdict(f"option {option + 1}", change, change.agree(lambda one: _option(step, one) == option), draws)
    low, high = _band(change.worlds)
    worlds, positive = change.worlds.size, float((change.worlds > 0.0).mean())
    sign = direction(
        middle, low=low, high=high, positive=positive, worlds=worlds, luck=change.luck, seeds=draws
    ).sign  # fmt: skip
    if sign and abs(middle) >= step.threshold:
        return Verdict("rises" if sign > 0 else "falls", change, change.agree(lambda one: sign * one > 0.0), draws)
    return Verdict(UNCLEAR, change, change.agree(lambda one: one > 0.0), draws)


def _found(of: LoadedDemonstration, step: Step, at: At) -> Verdict:
    """Which setting, year or group is ahead."""
    points = [at(point) for point in step.points]
    best = np.argmax if step.find == "largest" else np.argmin
    ahead = Numbers(best([each.worlds for each in points], axis=0), best([each.draws for each in points], axis=0))
    leader = int(np.bincount(ahead.worlds).argmax())
    agree = ahead.agree(lambda one: one == leader)
    clear = agree[0] >= AHEAD * ahead.worlds.size and agree[1] >= AHEAD * ahead.draws.size
    return Verdict(
        step.candidates[leader] if clear else UNCLEAR, None, agree, ahead.draws.size, _label(of, step, leader)
    )


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


def _words(of: LoadedDemonstration, step: Step, verdict: Verdict, at: At) -> dict[str, str]:
    """What the placeholders of a step's texts stand for."""
    points = {key_of(step, point): point for point in (*step.points, *(step.at(term) for term in step.change))}
    level = step.arm != "difference"
    words = {key: _said(step, at(point).median, level=level) for key, point in points.items()}
    change = 0.0 if verdict.change is None else verdict.change.median
    words["change"] = _said(step, change, level=False)
    words["size"] = _said(step, abs(change), level=True)
    words["worlds"] = said("{some} of {all} worlds", some=verdict.agree[0], all=of.says.worlds)
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
    """How sure the answer is: over worlds, and over other students, teachers and years."""
    many = {"some": verdict.agree[0], "all": of.says.worlds}
    if verdict.change is None:
        draws = {"few": verdict.agree[1], "draws": verdict.draws}
        if step.find == "largest":
            return said(
                "“{found}” is highest in {some} of {all} sets of assumptions, and in {few} of {draws} other draws of "
                "students and teachers.", found=verdict.found, **many, **draws,
            )  # fmt: skip
        return said(
            "“{found}” is lowest in {some} of {all} sets of assumptions, and in {few} of {draws} other draws of "
            "students and teachers.", found=verdict.found, **many, **draws,
        )  # fmt: skip
    level = step.arm != "difference" and len(step.change) == 1  # no difference of anything: it has no sign
    low, high = _band(verdict.change.worlds)
    ends = {"low": _figure(step, low, level=level), "high": _said(step, high, level=level)}
    span = said("Nine in ten lie between {low} and {high}.", **ends)
    reach = reach_of_chance(verdict.change.luck, verdict.draws)
    chance = said("Other students, teachers and years move it by up to {n}.", n=_said(step, reach, level=True))
    if step.guess:
        first = said("The same answer is right in {some} of {all} sets of assumptions.", **many)
    elif verdict.name == UNCLEAR:
        first = said("It is above zero in {some} of {all} sets of assumptions.", **many)
    elif verdict.name == "rises":
        first = said("It goes up in {some} of {all} sets of assumptions.", **many)
    else:
        first = said("It goes down in {some} of {all} sets of assumptions.", **many)
    return Joined((first, span, chance))


def _chart(of: LoadedDemonstration, step: Step, at: At) -> dict[str, Any]:
    factor = unit_of(step.unit).factor
    points = []
    for point in step.points:
        low, high = _band(at(point).worlds)
        points.append([value * factor for value in (at(point).median, low, high)])
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
