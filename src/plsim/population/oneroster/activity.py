"""Which day decides who is enrolled, and what of a OneRoster holds on it.

The day is the one asked for; else the one around which the students were tested; else the last day of the latest school
year in the file, so that whoever is there now beats who was there before. OneRoster's ``endDate`` is the first day on
which somebody is no longer enrolled (CSV binding 1.2.1: "exclusive").
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plsim.population.oneroster.reading import OneRoster
from plsim.population.options import ReadOptions
from plsim.population.tables.cells import DAY_NONE, date_of

if TYPE_CHECKING:
    import pandas as pd

_EPOCH = dt.date(1970, 1, 1).toordinal()
_ENOUGH = 0.5
"""A school year that holds less than this share of the fullest one's enrollments is not yet, or no longer, filled."""


class _Year(NamedTuple):
    """A school year: its first and last day, and the ids of its sessions."""

    start: int
    end: int
    sessions: frozenset[str]


class Day(NamedTuple):
    """The day that decides, and how it was found."""

    day: int | None
    remark: str = ""
    warning: str = ""


def on_day(roster: OneRoster, options: ReadOptions, tested: int | None) -> tuple[OneRoster, Day]:
    """The same OneRoster with the enrollments that hold on the day that decides, and that day.

    Left out and counted are enrollments that have ended or are still to come, by their own dates or by the terms of
    their class, and those of users and classes that are not active. A class of the same school year whose term is over
    stays, marked as ``over``: it counts for a student who has no other.
    """
    found = _day(roster, options, tested)
    sheet, rows = roster.sheets["enrollments"], roster.enrollments
    gone_user = rows["userSourcedId"].isin(list(roster.gone["users"]))
    gone_class = rows["classSourcedId"].isin(list(roster.gone["classes"]))
    sheet.dispositions.leave_out(sheet.rows(rows[gone_class]), "enrollments in classes that are not active")
    sheet.dispositions.leave_out(sheet.rows(rows[gone_user]), "enrollments of users who are not active")
    rows = rows[~gone_user & ~gone_class]
    if found.day is None:
        return replace(roster, enrollments=rows.assign(over=False)), found
    begin, end = rows["begin"].to_numpy(), rows["end"].to_numpy()
    start_of_term, end_of_term, in_year = _terms(roster, rows["classSourcedId"], found.day)
    ended = (end != DAY_NONE) & (end <= found.day)
    coming = (begin != DAY_NONE) & (begin > found.day)
    term_over = (end_of_term != DAY_NONE) & (end_of_term < found.day)
    term_coming = (start_of_term != DAY_NONE) & (start_of_term > found.day)
    # Who stayed until the term was over did not leave: the term did.
    stayed = term_over & in_year & ((end == DAY_NONE) | (end >= end_of_term - 7)) & ~coming
    out = np.zeros(len(rows), dtype=bool)
    for reason, wrong in (
        ("enrollments that are still to come", coming),
        ("enrollments in classes of terms that are still to come", term_coming),
        ("enrollments in classes of terms that are over", term_over & ~stayed),
        ("enrollments that have ended", ended & ~stayed),
    ):
        sheet.dispositions.leave_out(sheet.rows(rows[wrong & ~out]), reason)
        out |= wrong
    return replace(roster, enrollments=rows[~out].assign(over=stayed[~out])), found


def _terms(roster: OneRoster, classes: pd.Series[str], day: int) -> tuple[NDArray[np.int64], ...]:
    """For each enrollment first and last day of its class's terms, and whether they lie in the day's school year."""
    sessions = roster.sessions
    start_of = dict(zip(sessions.index, sessions["start"], strict=True))
    end_of = dict(zip(sessions.index, sessions["end"], strict=True))
    key = {"".join(str(name).split()).casefold(): name for name in sessions.index}
    year = next((each for each in _years(sessions) if each.start <= day <= each.end), None)
    spans: dict[str, tuple[int, int, bool]] = {}
    for name, terms in zip(roster.classes.index, roster.classes["termSourcedIds"], strict=True):
        known = [key[each] for term in terms.split(",") if (each := "".join(term.split()).casefold()) in key]
        starts = [start_of[term] for term in known if start_of[term] != DAY_NONE]
        ends = [end_of[term] for term in known if end_of[term] != DAY_NONE]
        inside = year is not None and any(term in year.sessions for term in known)
        spans[name] = (min(starts, default=DAY_NONE), max(ends, default=DAY_NONE), inside)
    nothing = (DAY_NONE, DAY_NONE, False)
    table = np.array([spans.get(name, nothing) for name in classes], dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(bool)


def _day(roster: OneRoster, options: ReadOptions, tested: int | None) -> Day:
    """The day that decides."""
    if options.as_of is not None:
        return Day(options.as_of.toordinal() - _EPOCH, f"Who is enrolled: as of {options.as_of}, as asked for.")
    years = _years(roster.sessions)
    latest = _latest(roster, years)
    if tested is not None:
        told = date_of(tested)
        if not years or any(year.start <= tested <= year.end for year in years):
            return Day(tested, f"Who is enrolled: as of {told}, when the students were tested.")
        if latest is not None:
            day = date_of(latest)
            return Day(
                latest,
                f"Who is enrolled: as of {day}, in the latest school year of the OneRoster.",
                f"{roster.where}: the students were tested around {told}, which lies in no academic session of the "
                f"OneRoster: classes and teachers are those of {day}. Is it the OneRoster of that year?",
            )
    if latest is None:
        return Day(None, "Who is enrolled: the files name no day on which anything ends.")
    return Day(latest, f"Who is enrolled: as of {date_of(latest)}, at the end of the latest school year in the file.")


def _years(sessions: pd.DataFrame) -> list[_Year]:
    """The school years of a file, in order; by their sessions' year where they have one, else one for each session."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for name, kind, year, start, end in zip(
        sessions.index, sessions["type"], sessions["schoolYear"], sessions["start"], sessions["end"], strict=True
    ):
        if DAY_NONE not in (start, end) and start <= end:
            found.setdefault(year or f"{kind} {name}", []).append((int(start), int(end), str(name)))
    years = [
        _Year(min(each[0] for each in spans), max(each[1] for each in spans), frozenset(each[2] for each in spans))
        for spans in found.values()
    ]
    return sorted(years, key=lambda year: (year.end, year.start))


def _latest(roster: OneRoster, years: list[_Year]) -> int | None:
    """The last day of the latest school year that is filled; without sessions, the last before most enrollments end."""
    rows = roster.enrollments[roster.enrollments["role"].str.lower() == "student"]
    begin, end = rows["begin"].to_numpy(), rows["end"].to_numpy()
    if not years:
        return _before_most_end(end[end != DAY_NONE])
    first, last, _ = _terms(roster, rows["classSourcedId"], years[-1].end)
    begin = np.where(begin != DAY_NONE, begin, first)
    end = np.where(end != DAY_NONE, end, np.where(last != DAY_NONE, last + 1, DAY_NONE))
    within = [((begin == DAY_NONE) | (begin < year.end)) & ((end == DAY_NONE) | (end > year.start)) for year in years]
    enough = _ENOUGH * max(int(rows_in.sum()) for rows_in in within)
    year, rows_in = [pair for pair in zip(years, within, strict=True) if pair[1].sum() >= enough][-1]
    # Sessions may last until the end of June, when all enrollments have ended in May.
    last_day = _before_most_end(end[rows_in & (end != DAY_NONE)])
    return year.end - 1 if last_day is None else min(last_day, year.end - 1)


def _before_most_end(ends: NDArray[np.int64]) -> int | None:
    """The day before the latest end that many enrollments share; none without an end."""
    if not len(ends):
        return None
    days, counts = np.unique(ends, return_counts=True)
    return int(days[counts >= _ENOUGH * counts.max()].max()) - 1
