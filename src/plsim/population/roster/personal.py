"""Which columns of a table of students say who somebody is, by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plsim.core.errors import PopulationError
from plsim.population.tables.header import shown_columns

# Columns that say who somebody is, or that results must not hold: never read.
_PERSONAL_PARTS = (
    "birth", "born", "ethnic", "race", "racial", "national", "tribe", "tribal", "mail", "phone", "hispanic", "latin",
    "african", "indian", "islander", "guardian", "parent", "initial", "surname", "firstname", "lastname", "fullname",
    "middlename", "nickname", "studentname", "fname", "lname", "heritage", "religio", "passport", "photo", "login",
    "password",
)  # fmt: skip
_PERSONAL_WORDS = frozenset({
    "name", "names", "dob", "address", "street", "ssn", "asian", "black", "white", "native", "mother", "father",
    "teacher", "teachers", "counselor", "counsellor", "advisor", "adviser", "principal", "yob", "origin", "medicaid",
    "zip", "zipcode", "postcode", "username", "contact", "contacts",
})  # fmt: skip
# Columns whose labels often are people, or single out a few: they need a second word.
_DOUBTFUL_WORDS = frozenset({
    "homeroom", "instructor", "tutor", "mentor", "coach", "last", "first", "middle", "kid", "kids", "child", "pupil",
    "person", "family", "household", "sibling", "siblings", "room", "bus", "house", "age", "year", "yr", "language",
    "lang", "country", "staff", "adult", "educator", "caseworker", "case", "manager", "nurse", "diagnosis", "medical",
    "foster", "homeless", "immigrant", "refugee", "migrant", "discipline", "id", "code", "email", "user", "gender",
    "sex", "pronouns", "student", "display", "preferred", "legal", "alias", "initials",
})  # fmt: skip
_WHO = ("name", "surname", "first", "last", "middle", "birth", "dob", "born", "initial")
SURE = ":yes"
"""After the name of a column in ``--subgroups``: its labels may be shown, although by its name they could be people."""


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())


def is_personal(name: str) -> bool:
    """Whether a column, by its name, says who somebody is or what results must not hold: it is never read."""
    lower = "".join(_words(name))
    return any(part in lower for part in _PERSONAL_PARTS) or not _PERSONAL_WORDS.isdisjoint(_words(name))


def is_doubtful(name: str) -> bool:
    """Whether the labels of a column could, by its name, be people or single somebody out."""
    return not _DOUBTFUL_WORDS.isdisjoint(_words(name))


def says_who(name: str) -> bool:
    """Whether a column is part of who a student is: name or birth; not of who teaches or cares for one."""
    lower = name.lower()
    others = ("teacher", "school", "parent", "guardian", "mother", "father", "contact", "district", "user", "class")
    return any(word in lower for word in _WHO) and not any(word in lower for word in others)


def named_subgroups(where: str, wanted: Sequence[str], header: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The columns that become subgroups, when all may.

    Raises
    ------
    PopulationError
        For a column that is not there, has another meaning, or by its name holds or could hold who somebody is.
    """
    chosen = []
    for given in wanted:
        name, sure = given.removesuffix(SURE), given.endswith(SURE)
        allowed = ", ".join(sorted(column for column in shown_columns(header) if _may(column, known)))[:500]
        if name not in header:
            problem = f"no column '{name}' to show results by"
            raise PopulationError(where, "--subgroups", problem, allowed=allowed or "none: there is no further column")
        if name in known:
            raise PopulationError(where, "--subgroups", f"'{name}' has a meaning of its own", allowed=allowed)
        if is_personal(name):
            problem = f"column '{name}' says by its name who somebody is, and is never read"
            raise PopulationError(where, "--subgroups", problem, allowed=allowed)
        if is_doubtful(name) and not sure:
            problem = f"column '{name}' could, by its name, say who somebody is"
            fix = f"If its labels may be shown in results, write {name}{SURE}"
            raise PopulationError(where, "--subgroups", problem, fix=fix)
        chosen.append(name)
    return tuple(dict.fromkeys(chosen))


def _may(name: str, known: Sequence[str]) -> bool:
    return name not in known and not is_personal(name) and not is_doubtful(name)
