"""What classes teach, by their codes, lists of subjects and titles: mathematics, reading, both, or something else.

Codes are those of SCED (School Courses for the Exchange of Data, National Center for Education Statistics): the first
two digits are the subject area, 01 English language and literature and 02 mathematics in secondary schools, 51 and 52
the same before. Titles are read by the tables below: what American schools write for the two subjects, and the titles
that only look like them. Nothing here is measured; the tables are common usage, and ``--subjects`` overrules them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from plsim.core.calendar import MATH, READING

_AREAS = {"02": MATH, "52": MATH, "01": READING, "51": READING}
_LAST_AREA = 73
_SUPPORT_CODES = frozenset({"008", "009"})
"""In SCED's English: as a second language, and laboratories."""
_WORKPLACE = 990
"""From this number on an area's codes are aides, independent study and the like."""


class Taught(NamedTuple):
    """What a class teaches, as far as a text says.

    Attributes
    ----------
    subjects
        Which of the two subjects, in order.
    elective
        Whether it is beside the subject proper: a laboratory, support, a club, an elective.
    other
        Whether it is known to teach neither.
    doubtful
        Why a person should look at it; empty where it is plain.
    """

    subjects: tuple[int, ...] = ()
    elective: bool = False
    other: bool = False
    doubtful: str = ""


UNREAD = Taught()
BOTH = Taught((MATH, READING))
_BESIDE = "beside the subject proper"
_ALL_DAY = "taken as the class of all subjects up to grade 5"

# Titles that look like one of the two subjects and are something else; removed before the words are looked at.
_FALSE_FRIENDS = re.compile(
    r"\b(?:"
    r"(?:financ\w*|fin|health|computer|comp|digital|media|information|info|tech\w*|data|emotional|civics?|physical|"
    r"phys|music|visual|water|cultural|environmental|legal|economic\w*|career|ocean|climate|science|scientific) "
    r"(?:literacy|lit|numeracy)"
    r"|(?:music|sight|map|speed|lip|braille) (?:reading|read)|(?:reading|read) (?:music|maps?|blueprints?)"
    r"|(?:computer|comp|music|culinary) (?:math\w*|mth)|english (?:horn|riding)"
    r"|eng\w* (?:design|drawing|graphics|tech\w*|principles|essentials|physics)"
    r"|(?:intro(?:duction)? to|principles of) eng"
    r"|(?:spanish|span|sp|french|fren|german|latin|chinese|mandarin|italian|hebrew|arabic|japanese|korean|russian|"
    r"portuguese|asl|world|foreign|greek)(?: (?:language|lang))? "
    r"(?:literature|lit|literacy|reading|read|arts|la|lang\w*)"
    r"|(?:reading|read|literacy|language arts|lang arts|literature|lit) (?:in |of )?(?:spanish|french|chinese|mandarin)"
    r"|science reading|driver\w* reading|sla(?:r)?"
    r")\b"
)  # fmt: skip
_WORLD_LITERATURE = re.compile(r"\bworld (?:literature|lit)\b")
_MATH_WORDS = re.compile(
    r"\b(?:math|maths|mathematics|mathematical|mth|alg|algebra|algebraic|prealg|prealgebra|geom|geometry|calc|calculus|"
    r"precalc|precalculus|trig|trigonometry|stat|stats|statistics|statistical|prob|probability|arithmetic|numeracy|"
    r"quantitative reasoning|number sense|mat \d+|im ?[123])\b"
)
_READING_WORDS = re.compile(
    r"\b(?:reading|rdg|readers|english|eng|engl|ela|elar|rla|lang arts?|language arts?|langarts?|lit|literature|"
    r"literacy|phonics|novels?|read 180|system 44|ap lang|ib lang|la(?= (?:[k\d]|grade|gr|honors?|adv|pre)))\b"
)
_WRITING_WORDS = re.compile(r"\b(?:writing|composition|grammar|spelling|rhetoric|poetry|journalism|speech|debate)\b")
_SECOND_LANGUAGE = re.compile(
    r"\b(?:esl|esol|eld|ell|enl|lep|english (?:language )?(?:learners?|development)|"
    r"english as a (?:second|new|additional) language|second language|newcomers?)\b"
)
_ELECTIVE = re.compile(
    r"\b(?:lab|labs|laboratory|support|supp|intervention|interv|rti|mtss|wincs?|win|tutor\w*|clubs?|enrichment|remedia\w*|"
    r"elective|workshop|study skills|prep|sat|act|psat|competition|olympiad|counts|team|games?|fun|lunch|seminar|"
    r"business|consumer|personal|finance|financial|sports?|film|creative|yearbook|newspaper|bible|childrens|"
    r"science fiction|mythology|advisory|extended|boost|acceler\w* reader|read 180|system 44|strategies|skills|"
    r"applied|technical|humanities|drama|theatre|theater)\b"
)
_OTHER = re.compile(
    r"\b(?:science|sci|biology|bio|chemistry|chem|physics|anatomy|astronomy|geology|environmental|history|hist|social|"
    r"studies|ss|geography|geog|civics|government|govt|economics|econ|psychology|psych|sociology|philosophy|art|arts|"
    r"drawing|painting|ceramics|photo\w*|music|band|choir|chorus|orchestra|strings|piano|guitar|dance|drama|theat\w*|pe|"
    r"phys ed|physical education|gym|fitness|weight\w*|health|spanish|span|french|german|latin|chinese|mandarin|"
    r"italian|japanese|asl|language|computer\w*|comp|coding|programming|robotics|engineering|stem|steam|technology|tech|"
    r"keyboarding|business|accounting|marketing|finance\w*|culinary|foods?|welding|woods?|auto\w*|agricultur\w*|ag|"
    r"nursing|library|media|lunch|recess|advisory|study hall|yearbook|leadership|avid|driver\w*|career\w*|internship|"
    r"released?|office|aide|sped|resource|counsel\w*|religion|theology|financial|eng\w+ design)\b"
)
_ALL_SUBJECTS = re.compile(
    r"\b(?:homeroom|home room|hr|self contained|all subjects|general ed(?:ucation)?|elementary|kindergarten|kinder|"
    r"(?:grade|gr) ?[k\d]+|[1-5](?:st|nd|rd|th) ?(?:grade|gr)?|core|classroom|rm \d+|room \w+)\b"
)
_NOISE = re.compile(
    r"\b(?:per(?:iod)?s? \d+(?: ?[a-z])?|sec(?:tion)?s? \w+|s[12]|sem(?:ester)? ?\d|q[1-4]|t[123]|tri(?:mester)? ?\d|"
    r"\d{2,4} \d{2,4}|20\d\d|yr|year|full|day [a-z])\b"
)
_LETTERS_OF_NUMBERS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z]{3})")


def normalized(title: str) -> str:
    """A title in small letters, without marks, years, periods and numbers of sections."""
    lower = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", title.lower()).replace("&", " and ").replace("'", "")
    parts = [" ".join(re.findall(r"[a-z0-9]+", part)) for part in re.split(r"[|;]", lower)]
    parts = [" ".join(_LETTERS_OF_NUMBERS.sub(" ", _NOISE.sub(" ", part)).split()) for part in parts]
    return (
        " ".join(part for part in parts if re.search(r"[a-z]", part))
        .replace("pre alg", "prealg")
        .replace("pre calc", "precalc")
    )


@cache
def taught_by_title(title: str) -> Taught:
    """What a title, or a list of subjects in words, says."""
    words = normalized(title)
    if not words:
        return UNREAD
    plain = _FALSE_FRIENDS.sub(" ", _WORLD_LITERATURE.sub("literature", words))
    friends = plain.split() != _WORLD_LITERATURE.sub("literature", words).split()
    second = _SECOND_LANGUAGE.search(plain) is not None
    rest = _SECOND_LANGUAGE.sub(" ", plain)
    math = _MATH_WORDS.search(rest) is not None
    reading = _READING_WORDS.search(rest) is not None
    if math or reading:
        elective = _ELECTIVE.search(words) is not None
        doubtful = _BESIDE if elective else "could be another subject" if not reading and _only_ambiguous(rest) else ""
        subjects = tuple(at for at, found in ((MATH, math), (READING, reading)) if found)
        return Taught(subjects, elective, doubtful=doubtful)
    if second or _WRITING_WORDS.search(rest):
        return Taught((READING,), elective=True, doubtful="English for those who learn it" if second else _BESIDE)
    if friends:
        return Taught(other=True, doubtful="only looks like one of the two subjects")
    all_day = _ALL_SUBJECTS.search(words) and not _OTHER.search(words)
    return Taught(doubtful=_ALL_DAY) if all_day else Taught(other=_OTHER.search(words) is not None)


def taught_by_list(text: str) -> Taught:
    """What a list of subjects in words says; one that names others decides too."""
    found = [taught_by_title(part) for part in re.split(r"[,;|]", text) if part.strip()]
    subjects = {at for each in found for at in each.subjects}
    proper = {at for each in found if not each.elective for at in each.subjects}
    return Taught(tuple(sorted(proper or subjects)), bool(subjects) and not proper, other=not subjects)


def _only_ambiguous(words: str) -> bool:
    """Whether the only word of mathematics is one that other subjects use too."""
    return _MATH_WORDS.search(re.sub(r"\b(?:stat|stats|prob|mat \d+|im ?[123])\b", " ", words)) is None


def is_all_day(taught: Taught) -> bool:
    """Whether a title says that the class is one of all subjects."""
    return taught.doubtful == _ALL_DAY


@cache
def taught_by_codes(text: str) -> Taught | None:
    """What a list of subject codes says; nothing when it holds none, and words are to be read as titles are."""
    found: set[int] = set()
    elective = True
    known = False
    for code in re.split(r"[,;|\s]+", text.strip()):
        area, course = _split(code)
        if not area:
            continue
        known = True
        if area in _AREAS:
            found.add(_AREAS[area])
            beside = course in _SUPPORT_CODES and _AREAS[area] == READING
            elective &= beside or (course.isdigit() and int(course) >= _WORKPLACE)
    if not known:
        return taught_by_title(text) if re.search(r"[A-Za-z]", text) else None
    return Taught(tuple(sorted(found)), elective and bool(found), other=not found)


def _split(code: str) -> tuple[str, str]:
    """Subject area and course of a SCED code; a spreadsheet takes the zero before it."""
    digits = re.fullmatch(r"(\d{1,6})|(\d{5})[A-Za-z][\w.]*", code)
    if digits is None:
        return "", ""
    number = digits[1] or digits[2]
    number = number.zfill(2) if len(number) < 3 else number.zfill(5)
    return (number[:2], number[2:5]) if 1 <= int(number[:2]) <= _LAST_AREA else ("", "")


def looks_like_sced(codes: list[str]) -> bool:
    """Whether the course codes of a file are SCED's: five digits or SCED's twelve characters, of several areas.

    A district's own five-digit numbers would name areas that SCED does not have, or only one.
    """
    given = [code for code in codes if code]
    areas = {_split(code)[0] for code in given if re.fullmatch(r"\d{5}|\d{5}[BGEHXC][\w.]*", code)}
    fits = sum(bool(re.fullmatch(r"(?:0[1-9]|1\d|2[0-3]|5[1-9]|6\d|7[0-3])\d{3}(?:[BGEHXC][\w.]*)?", c)) for c in given)
    return len(given) > 1 and fits == len(given) and len(areas) > 1 and bool(areas & _AREAS.keys())
