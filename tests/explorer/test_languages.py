"""Every text comes from a catalogue; numbers are written as the place of the reader writes them."""

from __future__ import annotations

import re
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from plsim.attribution.one_at_a_time import Swing
from plsim.explorer.app import create_app
from plsim.explorer.decisions.hangs import _sentence
from plsim.explorer.export.collect import missing, unused, wanted
from plsim.explorer.languages import catalogue
from plsim.explorer.languages.catalogue import LANGUAGES, Tongue, tongue_of
from plsim.explorer.languages.texts import NumberText, counted, localized, said

POINTS, PUNTOS = "+1.5 percentile points after 2 years", "+1,5 puntos percentiles después de 2 años"
GAIN, GANANCIA = "gain in 36 of 40 worlds (90%)", "ganancia en 36 de 40 mundos (90%)"
MOVED, MUEVEN = (
    "other students and teachers would move it by up to ±0.6",
    "otros estudiantes y docentes lo moverían hasta ±0,6",
)


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
    assert localized(NumberText(english), tongue_of(asked)) == written


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Learning after 2 years", "Aprendizaje después de 2 años"),
        (
            f"Ahead: {POINTS} (−0.2 to +3.1). A {GAIN}; {MOVED}.",
            f"Adelante: {PUNTOS} (−0,2 a +3,1). Una {GANANCIA}; {MUEVEN}.",
        ),
        (f"Not clear: {POINTS}. A {GAIN}, but {MOVED}.", f"No está claro: {PUNTOS}. Una {GANANCIA}, pero {MUEVEN}."),
        (
            f"It is a {GAIN}. Other students, teachers and years of the same kind would move it by up to ±0.6.",
            f"Es una {GANANCIA}. Otros estudiantes, docentes y años del mismo tipo lo moverían hasta ±0,6.",
        ),
        ("A gain in 3 of 4 worlds. In year 1: +4.0.", "Una ganancia en 3 de 4 mundos. En el año 1: +4,0."),
        ("A sentence that nobody knows.", "A sentence that nobody knows."),
        ("1,234.5", "1234,5"),
    ],
)
def test_sentences_that_the_report_composes_are_known_by_their_pattern(english, spanish):
    assert localized(english, Tongue("es")) == spanish
    assert localized(english, Tongue("en")) == english


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_no_text_of_the_explorer_lacks_its_words(language):
    assert missing(language) == {}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_no_words_are_kept_for_texts_that_nobody_says(language):
    assert unused(language) == {}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_translations_hold_the_same_places_and_are_no_english(language):
    for name in catalogue.parts(language):
        for english, words in catalogue.part(language, name).items():
            places = re.compile(r"\{[^{}\s]+\}")
            assert set(places.findall(english)) == set(places.findall(words)), english
            assert words.strip(), english
            if len(english.split()) > 3:
                assert words != english


def test_texts_are_found_where_they_are_said():
    found = wanted()
    assert "Step {n} of {all}" in found["pages"]
    assert {"{n} vote", "{n} votes"} <= found["pages"]
    assert "Skip to content" in found["pages"]
    assert "Your vote" in found["sentences"]
    assert "Everything on the first Monday" in found["demonstrations"]


def test_answers_come_in_the_language_of_who_asks():
    with TestClient(create_app(first=None), base_url="http://127.0.0.1") as client:
        told = {
            language: client.get("/api/teach/demonstrations", headers={"Accept-Language": language}).json()[0]["title"]
            for language in ("en-US", "es-MX", "de")
        }
    assert told == {"en-US": "What a first year shows", "es-MX": "Lo que muestra un primer año", "de": told["en-US"]}


def test_what_an_effect_hangs_on_says_how_much_is_the_form_of_a_rule():
    moved = (
        Swing("needs.stake", 1.0, 3.0, 0.5),
        Swing("match.form", 1.0, 2.0, 0.12),
        Swing("learning.form", 1.0, 1.0, 0.0),
    )
    text = _sentence(moved, 0.62, 40)
    assert text.startswith("Single assumptions explain 62% of the differences between 40 worlds;")
    assert text.endswith("12% hangs on the form of a rule.")
    assert localized(text, Tongue("es")).endswith("El 12% depende de la forma de una regla.")
