"""A student's year so far, in plain words, from a recording of the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plsim.explorer.languages.texts import NumberText, counted, said
from plsim.explorer.teaching.classroom import ALONE, MODES

_FITS = 5.0
"""Work this many points from what a student is ready for is said to fit."""
_DAYS_A_WEEK = 5.0


def story(side: Mapping[str, Any], number: int, week: int) -> list[str]:
    """Sentences about a student after some weeks.

    Parameters
    ----------
    side
        A recording, as :func:`plsim.explorer.teaching.classroom.record` makes it.
    number
        The student, from 1.
    week
        Weeks that are over, 0 to 36.
    """
    one = side["students"][number - 1]
    told = [_start(side, one)]
    if week == 0:
        return told
    return [
        *told,
        _growth(side, one, week),
        _belief(one, week),
        _work(side, one, week),
        _attention(one, week),
        _teacher(one, week),
        _units(one, week),
        *_absence(one, week),
        _habits(one, week),
    ]


def _start(side: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    starts = [each["start"] for each in side["students"]]
    below = sum(start < one["start"] for start in starts)
    others = len(starts) - 1
    if below == 0:
        place = said("the lowest of {all}", all=len(starts))
    elif below == others:
        place = said("the highest of {all}", all=len(starts))
    else:
        place = said("above {some} of {others} classmates", some=below, others=others)
    alone = one["habits"]
    how = (
        said("could hardly work without an adult") if alone < 0.3
        else said("could work somewhat without an adult") if alone < 0.55
        else said("could work well without an adult") if alone < 0.75
        else said("could work very well without an adult")
    )  # fmt: skip
    return said(
        "Student {student} began the year at {start} points, {place}, and {how}.",
        student=one["number"], start=_figure(one["start"], 0), place=place, how=how,
    )  # fmt: skip


def _growth(side: Mapping[str, Any], one: Mapping[str, Any], week: int) -> str:
    now = one["level"][week - 1]
    gain = now - one["start"]
    starts = [each["start"] for each in side["students"]]
    usual = side["weeks"][week - 1]["class_level"] - sum(starts) / len(starts)
    values = {
        "weeks": counted(week, "{n} week", "{n} weeks"),
        "level": _figure(now, 0),
        "gain": _signed(gain),
        "usual": _signed(usual),
    }
    if abs(gain - usual) < 0.5:
        return said("After {weeks}: {level} points, {gain}; about as much as the class, {usual}.", **values)
    if gain > usual:
        return said("After {weeks}: {level} points, {gain}; more than the class, {usual}.", **values)
    return said("After {weeks}: {level} points, {gain}; less than the class, {usual}.", **values)


def _belief(one: Mapping[str, Any], week: int) -> str:
    off = one["estimate"][week - 1] - one["level"][week - 1]
    if abs(off) < 2.0:
        return said("The school knows that quite well.")
    values = {"points": _points(abs(off)), "level": _figure(one["estimate"][week - 1], 0)}
    if off > 0.0:
        return said("The school thinks it is {points} more: {level}.", **values)
    return said("The school thinks it is {points} less: {level}.", **values)


def _work(side: Mapping[str, Any], one: Mapping[str, Any], week: int) -> str:
    told = []
    for mode in ("whole", ALONE):
        at = MODES.index(mode)
        misses = [
            targets[at] - level - side["stretch"]
            for targets, level in zip(one["targets"][:week], one["level"][:week], strict=True)
        ]
        miss = sum(misses) / week
        points = _points(abs(miss))
        told.append(
            said("about right") if abs(miss) < _FITS
            else said("{points} too hard", points=points) if miss > 0.0
            else said("{points} too easy", points=points)
        )  # fmt: skip
    whole, alone = told
    return said("Work was in lessons for the whole class {whole}, on their own {alone}.", whole=whole, alone=alone)


def _attention(one: Mapping[str, Any], week: int) -> str:
    mean = sum(one["on_task"][:week]) / week
    alone = sum(each[MODES.index(ALONE)] for each in one["attention"][:week]) / week
    return said(
        "On task in {mean} of the time; when working alone, in {alone}.", mean=f"{mean:.0%}", alone=f"{alone:.0%}"
    )


def _teacher(one: Mapping[str, Any], week: int) -> str:
    minutes = sum(one["one_on_one"][:week])
    if minutes < 0.5:
        return said("Never had the teacher one-on-one.")
    return counted(
        minutes,
        "Had the teacher one-on-one for {n} minute in all.",
        "Had the teacher one-on-one for {n} minutes in all.",
    )


def _units(one: Mapping[str, Any], week: int) -> str:
    done, unmet = sum(one["units"][:week]), sum(one["unmet"][:week])
    if one["own_pace"]:
        waited = sum(one["waiting"][:week])
        units = counted(done, "{n} unit", "{n} units")
        if waited >= 0.5:
            return said(
                "Moves on when a unit is mastered: finished {units} and spent {weeks} ready, waiting to go on.",
                units=units, weeks=counted(waited, "{n} week", "{n} weeks"),
            )  # fmt: skip
        return said("Moves on when a unit is mastered: finished {units}.", units=units)
    if done < 0.5:
        return said("Moves on with the calendar; the first unit is not over yet.")
    return said(
        "Moved on with the calendar {times}, {unmet} before the unit was mastered.",
        times=_times(done), unmet=_share(unmet, done),
    )  # fmt: skip


def _absence(one: Mapping[str, Any], week: int) -> list[str]:
    days = _DAYS_A_WEEK * sum(1.0 - share for share in one["attended"][:week])
    return [counted(days, "Missed about {n} day.", "Missed about {n} days.")] if days >= 0.5 else []


def _habits(one: Mapping[str, Any], week: int) -> str:
    change = one["self_regulation"][week - 1] - one["habits"]
    if abs(change) < 0.015:
        return said("Works alone about as well as at the start.")
    if change > 0.0:
        return said("Works alone better than at the start.")
    return said("Works alone less well than at the start.")


def _points(value: float) -> str:
    return counted(value, "{n} point", "{n} points")


def _figure(value: float, digits: int) -> NumberText:
    return NumberText(f"{value:.{digits}f}")


def _signed(value: float) -> NumberText:
    text = f"{abs(value):.1f}"
    return NumberText(f"{'−' if value < 0.0 and text != '0.0' else '+'}{text}")


def _times(count: float) -> str:
    whole = round(count)
    return said("once") if whole == 1 else said("twice") if whole == 2 else said("{n} times", n=whole)


def _share(part: float, whole: float) -> str:
    some, every = round(part), round(whole)
    return said("never") if some == 0 else said("always") if some == every else _times(part)
