"""The catalogues: for each language, a folder of JSON files from English to it; and what a reader asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "es": "Español"}
"""Languages of the page, each by its own name."""
PSEUDO = "qps"
"""No language: every text in brackets. Tests see by it which texts do not come from a catalogue."""
PAGES = "pages"
"""The part of a catalogue that the page itself needs; the others are for the server's texts."""
SENTENCES = "sentences"
"""The part with the sentences that the server makes."""
PATTERNS = "patterns"
"""The part for sentences that the report composes, which knows no languages: they are known again by their pattern."""
_NUMBER = re.compile(r"[+−-]?\$?[\d,]*\.?\d+")
_COUNTS = frozenset({"a", "all", "b", "here", "high", "hits", "low", "n", "some", "typical", "year"})
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“])")
_LONGEST = 1000
_POINT = frozenset({"419", "CU", "DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US"})
"""Places that write decimals with a point though they speak Spanish."""
_PLACE = re.compile(r"\{([^{}\s]+)\}")


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A text with what stands in braces replaced."""
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), template)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All words of a language, by the English ones."""
    return {english: words for name in parts(language) for english, words in part(language, name).items()}


@cache
def labels(language: str) -> Mapping[str, str]:
    """Words that stand by themselves in answers: titles, labels, texts of demonstrations and of the evidence."""
    kept = (name for name in parts(language) if name not in {PAGES, SENTENCES, PATTERNS})
    return {english: words for name in kept for english, words in part(language, name).items()}


def parts(language: str) -> tuple[str, ...]:
    """The files of a language."""
    return tuple(sorted(path.stem for path in (HERE / language).glob("*.json")))


def part(language: str, name: str) -> dict[str, str]:
    """One file of a language."""
    path = HERE / language / f"{name}.json"
    if not path.is_file():
        return {}
    read: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return read


@cache
def patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of composed sentences and what they become; the most telling first."""
    found = sorted(part(language, PATTERNS).items(), key=lambda each: -len(_PLACE.sub("", each[0])))
    return tuple((_as_pattern(english), words) for english, words in found)


def _as_pattern(english: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", english)
    made = [re.escape(one) if at % 2 == 0 else _captured(one) for at, one in enumerate(pieces)]
    return re.compile("".join(made))


def _captured(name: str) -> str:
    """What may stand in a place: a number where the place is named like one, else words within a sentence."""
    return f"(?P<{name}>{_NUMBER.pattern}%?)" if name in _COUNTS else f"(?P<{name}>(?:(?![.!?] [A-Z“]).)+?)"


@dataclass(frozen=True)
class Tongue:
    """A language and where it is spoken."""

    language: str = ENGLISH
    region: str = ""

    def words(self, english: str) -> str:
        """A text of ours; English where the catalogue lacks it, which a test forbids."""
        if self.language == PSEUDO:
            return f"⟦{english}⟧"
        return catalogue(self.language).get(english, english)

    def label(self, text: str) -> str:
        """What may be a text of ours, or anything else."""
        if self.language == PSEUDO:
            return f"⟦{text}⟧" if any(text in labels(each) for each in LANGUAGES) else text
        known = labels(self.language)
        # Meanings end with a full stop, which tables leave out.
        return known.get(text) or known.get(f"{text}.", "").rstrip(".") or _composed(self, text)

    def figure(self, english: str) -> str:
        """A number with the signs of the place."""
        if self.language != "es" or self.region in _POINT:
            return english
        # Spanish leaves four digits together.
        whole, point, rest = english.partition(".")
        digits = whole.replace(",", "")
        grouped = digits if len(digits.lstrip("+−-$")) <= 4 else whole.replace(",", ".")
        return grouped + ("," if point else "") + rest


@lru_cache(maxsize=8192)
def _composed(tongue: Tongue, text: str) -> str:
    """A sentence, or several, that the report has composed; as it is where no pattern knows it."""
    if tongue.language == ENGLISH or len(text) > _LONGEST:
        return text
    if _NUMBER.fullmatch(text):
        return tongue.figure(text)
    for pattern, words in patterns(tongue.language):
        if (found := pattern.fullmatch(text)) is not None:
            return filled(words, {name: tongue.label(value) for name, value in found.groupdict().items()})
    sentences = _SENTENCE.split(text)
    return text if len(sentences) == 1 else " ".join(tongue.label(each) for each in sentences)


def tongue_of(asked: str) -> Tongue:
    """The first language of an ``Accept-Language`` header that there is; English otherwise."""
    for each in asked.split(","):
        tag = each.partition(";")[0].strip()
        language, _, region = tag.partition("-")
        if language.lower() in {*LANGUAGES, PSEUDO}:
            return Tongue(language.lower(), region.upper())
    return Tongue()
