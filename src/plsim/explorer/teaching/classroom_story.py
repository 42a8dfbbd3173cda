"""A student's year so far, in plain words, from a recording of the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
        place = f"the lowest of {len(starts)}"
    elif below == others:
        place = f"the highest of {len(starts)}"
    else:
        place = f"above {below} of {others} classmates"
    alone = one["habits"]
    how = (
        "hardly work" if alone < 0.3 else "work somewhat" if alone < 0.55 else "work well" if alone < 0.75
        else "work very well"
    )  # fmt: skip
    return (
        f"Student {one['number']} began the year at {one['start']:.0f} points, {place}, "
        f"and could {how} without an adult."
    )


def _growth(side: Mapping[str, Any], one: Mapping[str, Any], week: int) -> str:
    now = one["level"][week - 1]
    gain = now - one["start"]
    starts = [each["start"] for each in side["students"]]
    usual = side["weeks"][week - 1]["class_level"] - sum(starts) / len(starts)
    beside = "about as much as" if abs(gain - usual) < 0.5 else "more than" if gain > usual else "less than"
    return f"After {_count(week, 'week')}: {now:.0f} points, {_signed(gain)}; {beside} the class, {_signed(usual)}."


def _belief(one: Mapping[str, Any], week: int) -> str:
    off = one["estimate"][week - 1] - one["level"][week - 1]
    if abs(off) < 2.0:
        return "The school knows that quite well."
    side = "more" if off > 0.0 else "less"
    return f"The school thinks it is {_points(abs(off))} {side}: {one['estimate'][week - 1]:.0f}."


def _work(side: Mapping[str, Any], one: Mapping[str, Any], week: int) -> str:
    told = []
    for mode, name in (("whole", "in lessons for the whole class"), (ALONE, "on their own")):
        at = MODES.index(mode)
        misses = [
            targets[at] - level - side["stretch"]
            for targets, level in zip(one["targets"][:week], one["level"][:week], strict=True)
        ]
        miss = sum(misses) / week
        if abs(miss) < _FITS:
            told.append(f"{name} about right")
        else:
            told.append(f"{name} {_points(abs(miss))} too {'hard' if miss > 0.0 else 'easy'}")
    return f"Work was {told[0]}, {told[1]}."


def _attention(one: Mapping[str, Any], week: int) -> str:
    mean = sum(one["on_task"][:week]) / week
    alone = sum(each[MODES.index(ALONE)] for each in one["attention"][:week]) / week
    return f"On task in {mean:.0%} of the time; when working alone, in {alone:.0%}."


def _teacher(one: Mapping[str, Any], week: int) -> str:
    minutes = sum(one["one_on_one"][:week])
    if minutes < 0.5:
        return "Never had the teacher alone."
    return f"Had the teacher alone for {_count(minutes, 'minute')} in all."


def _units(one: Mapping[str, Any], week: int) -> str:
    done, unmet = sum(one["units"][:week]), sum(one["unmet"][:week])
    if one["own_pace"]:
        waited = sum(one["waiting"][:week])
        wait = f" and spent {_count(waited, 'week')} ready, waiting to go on" if waited >= 0.5 else ""
        return f"Moves on when a unit is mastered: finished {_count(done, 'unit')}{wait}."
    if done < 0.5:
        return "Moves on with the calendar; the first unit is not over yet."
    return f"Moved on with the calendar {_times(done)}, {_share(unmet, done)} before the unit was mastered."


def _absence(one: Mapping[str, Any], week: int) -> list[str]:
    days = _DAYS_A_WEEK * sum(1.0 - share for share in one["attended"][:week])
    return [f"Missed about {_count(days, 'day')}."] if days >= 0.5 else []


def _habits(one: Mapping[str, Any], week: int) -> str:
    change = one["self_regulation"][week - 1] - one["habits"]
    if abs(change) < 0.015:
        return "Works alone about as well as at the start."
    return f"Works alone {'better' if change > 0.0 else 'less well'} than at the start."


def _points(value: float) -> str:
    return _count(value, "point")


def _count(value: float, one: str) -> str:
    whole = round(value)
    return f"{whole} {one}{'' if whole == 1 else 's'}"


def _signed(value: float) -> str:
    text = f"{abs(value):.1f}"
    return f"{'−' if value < 0.0 and text != '0.0' else '+'}{text}"


def _times(count: float) -> str:
    whole = round(count)
    return "once" if whole == 1 else "twice" if whole == 2 else f"{whole} times"


def _share(part: float, whole: float) -> str:
    some, every = round(part), round(whole)
    return "never" if some == 0 else "always" if some == every else _times(part)
