"""Every text comes from a catalogue; numbers are written as the place of the reader writes them."""

from __future__ import annotations

import pytest

from plsim.explorer.languages import catalogue
from plsim.explorer.languages.catalogue import Tongue, tongue_of
from plsim.explorer.languages.texts import Figure, counted, localized, said


@pytest.fixture
def words(monkeypatch):
    """A small catalogue in place of ours."""
    found = {"Ahead in {share} of worlds": "Por delante en {share} de los mundos", "{n} week": "{n} semana",
             "{n} weeks": "{n} semanas", "Mathematics": "Matemáticas"}  # fmt: skip
    for name in ("catalogue", "labels"):
        monkeypatch.setattr(catalogue, name, lambda language: found if language == "es" else {})


def test_a_sentence_is_english_until_it_is_told_in_another_language(words):
    text = said("Ahead in {share} of worlds", share="9 of 10")
    assert text == "Ahead in 9 of 10 of worlds"
    assert localized(text, Tongue("es")) == "Por delante en 9 of 10 de los mundos"
    assert localized(text, Tongue()) == text


def test_documents_are_told_text_by_text_and_keys_stay(words):
    document = {"Mathematics": ["Mathematics", counted(2, "{n} week", "{n} weeks"), 3, None, "no text of ours"]}
    assert localized(document, Tongue("es")) == {
        "Mathematics": ["Matemáticas", "2 semanas", 3, None, "no text of ours"]
    }


@pytest.mark.parametrize(
    ("asked", "english", "written"),
    [
        ("es-ES", "1,234.5", "1234,5"),
        ("es", "−12,345.50", "−12.345,50"),
        ("es-MX,es;q=0.9", "1,234.5", "1,234.5"),
        ("de-DE,es;q=0.5", "0.5", "0,5"),
        ("fr", "1,234.5", "1,234.5"),
        ("", "1,234.5", "1,234.5"),
    ],
)
def test_numbers_are_written_as_in_the_readers_place(asked, english, written):
    assert localized(Figure(english), tongue_of(asked)) == written
