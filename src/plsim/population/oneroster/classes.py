"""Which of the two subjects each class of a OneRoster serves, who decided that, and what a person should look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plsim.core.calendar import MATH, READING, SUBJECTS
from plsim.core.errors import PopulationError
from plsim.population.oneroster.titles import (
    BOTH,
    UNREAD,
    Taught,
    is_all_day,
    looks_like_sced,
    normalized,
    taught_by_codes,
    taught_by_list,
    taught_by_title,
)
from plsim.population.student_file import TitleReading
from plsim.population.tables.cells import complain
from plsim.population.tables.header import Columns
from plsim.population.tables.problems import Problems
from plsim.population.tables.reading import read_sheet
from plsim.population.tables.sources import plain_file

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {
    "math": Taught((MATH,)), "mathematics": Taught((MATH,)), "reading": Taught((READING,)),
    "english": Taught((READING,)), "both": BOTH, "none": Taught(other=True), "other": Taught(other=True),
}  # fmt: skip
_TEXTS = ("title", "subjects", "subjectCodes", "courseCode")
# Words of titles that are nobody's name, beside those that the tables of titles know; others are shown as "...".
_COMMON_WORDS = (
    "a ab ac advanced adv and ap bc basic c cc cl college collegiate concepts cp cr credit d dc dual e "
    "elem elementary enriched enrollment f for foundations fundamentals g gate general gifted gr grade "
    "grades gt h hl hon honors hs i ib ii iii in int inclusion integrated intensive intermediate intro "
    "introduction iv jr k kinder kindergarten level lower middle modern ms of on l m n o p pap plus pre r "
    "regents regular rotation s senior sl sr standard survey t the to topics transition u upper v vi "
    "virtual w with x xl y z american british contemporary early world us usa th nd rd st first second "
    "third fourth fifth sixth seventh eighth freshman sophomore junior homeroom room rm classroom class "
    "course block flex team cohort community "
)
_COMMON = frozenset(_COMMON_WORDS.split())


class Decisions(NamedTuple):
    """What a person decided about titles: by title as it is compared, and where that stands."""

    by_title: Mapping[str, Taught]
    where: str = ""


def read_decisions(path: Path | None) -> Decisions:
    """A CSV file with the columns ``title`` and ``subject`` (math, reading, both, none)."""
    if path is None:
        return Decisions({})
    problems = Problems()
    sheet = read_sheet(plain_file(path), problems, Columns(("title", "subject"), spelling=True))
    problems.stop_if_unreadable()
    word = sheet.cells["subject"].str.lower()
    complain(sheet, sheet.cells["subject"], ~word.isin(list(_WORDS)).to_numpy(), "math, reading, both, none")
    problems.stop_if_any()
    titles = [normalized(title) for title in sheet.cells["title"]]
    found: dict[str, Taught] = {}
    for title, subject in zip(titles, word, strict=True):
        if found.setdefault(title, _WORDS[subject]) != _WORDS[subject]:
            raise PopulationError(path.name, "title", f"decides '{title}' in two ways", allowed="one subject each")
    return Decisions(found, path.name)


def with_subjects(
    classes: pd.DataFrame, courses: pd.DataFrame | None, decisions: Decisions
) -> tuple[pd.DataFrame, tuple[TitleReading, ...]]:
    """Classes by their id with what each serves, and how their titles were read.

    A person's decision comes first; then codes, then lists of subjects, then titles, each the class's own before its
    course's.
    """
    own = _texts(classes)
    by_course = {} if courses is None else _by_course(courses)
    sced = looks_like_sced([text["courseCode"] for text in by_course.values()])
    nothing = dict.fromkeys(_TEXTS, "")
    used: set[str] = set()
    taught: list[Taught] = []
    decided: list[bool] = []
    readings: dict[tuple[str, str, str], int] = {}
    for text, course_id in zip(own, _column(classes, "courseSourcedId"), strict=True):
        course = by_course.get(course_id, nothing)
        found, by_title = _of_class(text, course, decisions, used=used, sced=sced)
        taught.append(found)
        decided.append(bool(found.subjects) or (found.other and not by_title))
        if by_title:
            key = (_shown(text["title"], course["title"]), _word(found), found.doubtful)
            readings[key] = readings.get(key, 0) + 1
    unused = decisions.by_title.keys() - used
    if unused:
        fix = "Titles are compared without capitals, marks, years, periods and numbers of sections"
        problem = f"{len(unused)} of its titles are those of no class, such as '{min(unused)}'"
        raise PopulationError(decisions.where, "title", problem, fix=fix)
    serves = np.zeros((len(taught), len(SUBJECTS)), dtype=bool)
    for row, found in enumerate(taught):
        serves[row, list(found.subjects)] = True
    homeroom = _column(classes, "classType").str.lower() == "homeroom"
    bare = [not normalized(text["title"]) and found == UNREAD for text, found in zip(own, taught, strict=True)]
    untitled = np.array(bare, dtype=bool)
    all_day = homeroom.to_numpy() | untitled | np.array([is_all_day(found) for found in taught], dtype=bool)
    table = classes.assign(
        homeroom=homeroom.to_numpy(),
        # A class of which nothing says the subject, and which may be one of all subjects.
        unsaid=all_day & ~np.array(decided, dtype=bool),
        decided=np.array(decided, dtype=bool),
        elective=np.array([found.elective for found in taught], dtype=bool),
        termSourcedIds=_column(classes, "termSourcedIds"),
        **{f"serves_{name}": serves[:, index] for index, name in enumerate(SUBJECTS)},
    )
    told = (TitleReading(title, word, doubtful, count) for (title, word, doubtful), count in readings.items())
    return table, tuple(sorted(told, key=lambda each: (-each.classes, each.title)))


def _column(table: pd.DataFrame, name: str) -> pd.Series[str]:
    import pandas as pd

    return table[name] if name in table else pd.Series("", index=table.index, dtype=object)


def _texts(table: pd.DataFrame) -> list[dict[str, str]]:
    columns = [_column(table, name) for name in _TEXTS]
    return [dict(zip(_TEXTS, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _by_course(courses: pd.DataFrame) -> dict[str, dict[str, str]]:
    return dict(zip(courses["sourcedId"], _texts(courses), strict=True))


def _of_class(
    own: Mapping[str, str], course: Mapping[str, str], decisions: Decisions, *, used: set[str], sced: bool
) -> tuple[Taught, bool]:
    """What a class teaches, and whether its title said so."""
    for text in (own, course):
        title = normalized(text["title"])
        if title in decisions.by_title:
            used.add(title)
            return decisions.by_title[title], False
    for text in (own, course):
        by_codes = taught_by_codes(text["subjectCodes"]) if text["subjectCodes"] else None
        if by_codes is None and sced and text["courseCode"]:
            by_codes = taught_by_codes(text["courseCode"])
        if by_codes is not None:
            return _beside(by_codes, own, course), False
    for text in (own, course):
        if text["subjects"]:
            return _beside(taught_by_list(text["subjects"]), own, course), False
    found = [taught_by_title(text["title"]) for text in (own, course)]
    plain = next((each for each in found if each.subjects), None) or next(
        (each for each in found if each != UNREAD), UNREAD
    )
    return plain, bool(own["title"] or course["title"])


def _beside(found: Taught, own: Mapping[str, str], course: Mapping[str, str]) -> Taught:
    """What codes or subjects say, and whether a title says that it is beside the subject proper."""
    by_title = [taught_by_title(text["title"]) for text in (own, course)]
    elective = any(each.elective or (each.other and not each.subjects) for each in by_title)
    return found._replace(elective=found.elective or (bool(found.subjects) and elective))


def _word(taught: Taught) -> str:
    if len(taught.subjects) == len(SUBJECTS):
        return "both"
    if taught.subjects:
        return SUBJECTS[taught.subjects[0]]
    return "other" if taught.other else "unread"


def _shown(own: str, course: str) -> str:
    """A title as it may be shown: the course's, which is the district's, else the class's; unknown words left out.

    A class is often called after its teacher. A word is shown when titles commonly have it.
    """
    words = normalized(course or own).split()
    return " ".join(word if _is_common(word) else "..." for word in words) or "(no title)"


def _is_common(word: str) -> bool:
    if word in _COMMON or re.fullmatch(r"\d{1,3}|[a-z]\d?|\d[a-z]?", word):
        return True
    found = taught_by_title(word)
    return bool(found.subjects) or found.other or bool(found.doubtful)
