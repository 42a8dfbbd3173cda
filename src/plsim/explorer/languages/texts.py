"""Sentences that keep what they were made of, so that they can be told in another language when they leave the server.

A :class:`Text` is an ordinary string in English. Whatever makes it, keeps it or compares it need not know of languages;
only :func:`localized`, called on the way out, looks into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plsim.explorer.languages.catalogue import Tongue, filled


class Text(str):
    """A sentence in English with what it was made of.

    Attributes
    ----------
    template
        The sentence with names in braces: the key of the catalogues.
    values
        What stands in their place.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Text:
        """The sentence in English, and its parts beside it."""
        made = super().__new__(cls, filled(template, values))
        made.template = template
        made.values = values
        return made


class NumberText(str):
    """A number as English writes it, ``1,234.5``: other places have other signs for the same."""

    __slots__ = ()


class Inner(str):
    """A label inside a sentence: it begins with a small letter.

    Attributes
    ----------
    label
        As it stands by itself, and in the catalogues.
    """

    __slots__ = ("label",)
    label: str

    def __new__(cls, label: str) -> Inner:
        """The label in English, and as it stands by itself."""
        made = super().__new__(cls, _small(label))
        made.label = label
        return made


class Joined(str):
    """Sentences one after the other."""

    __slots__ = ("parts", "separator")
    parts: tuple[str, ...]
    separator: str

    def __new__(cls, parts: tuple[str, ...], separator: str = " ") -> Joined:
        """The sentences in English, and each beside them."""
        made = super().__new__(cls, separator.join(parts))
        made.parts, made.separator = parts, separator
        return made


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def said(template: str, /, **values: Any) -> Text:
    """A sentence: ``said("After {n} weeks", n=3)``."""
    return Text(template, values)


def counted(count: float, one: str, other: str, /, **values: Any) -> Text:
    """A sentence about some things, ``{n}`` of them: ``counted(2, "{n} week", "{n} weeks")``."""
    whole = round(count)
    return Text(one if whole == 1 else other, {"n": NumberText(f"{whole:,}"), **values})


def localized(content: Any, tongue: Tongue) -> Any:
    """A document with its texts in a language.

    Plain strings are translated where the catalogue has just these words: labels need no :func:`said`. Keys stay.
    """
    if isinstance(content, str):
        return _told(content, tongue)
    if isinstance(content, Mapping):
        return {key: localized(value, tongue) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [localized(each, tongue) for each in content]
    return content


def _told(text: str, tongue: Tongue) -> str:
    if isinstance(text, Text):
        values = {name: localized(each, tongue) for name, each in text.values.items()}
        return filled(tongue.words(text.template), values)
    if isinstance(text, Joined):
        return text.separator.join(_told(part, tongue) for part in text.parts)
    if isinstance(text, Inner):
        return _small(tongue.label(text.label))
    if isinstance(text, NumberText):
        return tongue.figure(text)
    return tongue.label(text)
