"""The page without a server: made of our modules, opened from a file, asking nobody, carrying its cautions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plsim.cli.main import main
from plsim.core.errors import InputError
from plsim.explorer.export import answers as answering
from plsim.explorer.export import page as making
from plsim.explorer.export.bundle import BundleError, bundled, one_page
from plsim.explorer.export.page import STATIC, exported
from plsim.explorer.languages.catalogue import Tongue
from plsim.explorer.teaching import demonstration_run
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration, all_demonstrations
from plsim.scenario.loading import changed, load

PINS = ("one_school_demo", "flexible_grouping")


SMALL = {"population.schools": 1, "population.students_per_school": 60, "population.charter_schools": 0}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Few answers: one demonstration in small schools, few worlds, a pair of classes, a small grid."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration_run, "luck_draws", lambda students, years: 2)
        patch.setattr(answering, "_WORLDS", 4)
        patch.setattr(answering, "PAIRS", answering.PAIRS[:1])
        patch.setattr(answering, "GRID_SIZE", {"population.schools": 1, "population.students_per_school": 60})
        patch.setattr(
            answering, "DIALS", tuple({**dial, "choices": dial["choices"][:2]} for dial in answering.DIALS[:2])
        )
        return answering.answers(few(), [(name, changed(load(name), SMALL)) for name in PINS], tell=lambda _: None)


def few() -> dict[str, LoadedDemonstration]:
    one = all_demonstrations()["first-year"]
    scenarios = {name: changed(each, SMALL) for name, each in one.scenarios.items()}
    return {"first-year": replace(one, says=one.says.model_copy(update={"worlds": 4}), scenarios=scenarios)}


@pytest.fixture(scope="module", params=["en", pytest.param("es", marks=pytest.mark.slow)])
def page_file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, found: dict[str, Any]
) -> tuple[str, Path]:
    """A page of these answers in each language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "answers", lambda *_, **__: dict(found))
        text = exported(few(), tongue=Tongue(request.param))
    path = tmp_path_factory.mktemp("export") / "plsim.html"
    path.write_text(text, encoding="utf-8")
    return request.param, path


def held(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="plsim-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    document: dict[str, Any] = json.loads(found[1])
    return document


class Alone:
    """A page from a file, which may ask nobody."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, place: str, wait: str) -> Any:
        self.page.goto("about:blank")
        self.page.goto(self.address + place)
        self.page.wait_for_selector(wait, state="attached")
        return self.page


@pytest.fixture(scope="module")
def offline(open_window: Callable[..., Any]) -> Iterator[Any]:
    """A browser without a network."""
    with open_window(offline=True) as window:
        yield window


@pytest.fixture(params=[(1280, 900), pytest.param((390, 844), marks=pytest.mark.slow)], ids=["desktop", "phone"])
def alone(offline: Any, page_file: tuple[str, Path], request: pytest.FixtureRequest) -> Iterator[Alone]:
    address = page_file[1].as_uri()
    with offline.turn(address, request.param, motion=False) as page:
        yield Alone(page, address)


def test_everything_of_it_opens_from_a_file_without_a_network_and_without_a_finding(alone, axe):
    for place, wait in (
        ("", ".doors"),
        ("#/teach", ".demos li"),
        ("#/teach/first-year?step=2&phase=discuss", ".discuss"),
        ("#/kit/first-year/worksheet", ".page svg"),
        ("#/classroom?lesson=60&student=4", ".stories li"),
        ("#/scenarios", ".grid-answer figure"),
    ):
        page = alone.open(place, wait)
        assert axe(page) == [], place
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        assert page.locator("footer.site strong").inner_text() in {
            "A simulation, not a prediction for your school: it says what follows from stated assumptions.",
            "Una simulación, no una predicción para su escuela: dice lo que se sigue de supuestos declarados.",
        }


def test_another_setting_of_the_grid_is_another_answer(alone):
    page = alone.open("#/scenarios", ".grid-answer figure")
    before = page.locator(".grid-answer").inner_text()
    page.locator(".grid-dials fieldset").first.locator("input").nth(1).check()
    assert page.locator(".grid-answer").inner_text() != before


def test_what_it_cannot_answer_it_says(alone):
    page = alone.open("#/classroom?l=nglc_2015", "[role=status]")
    page.wait_for_function("[...document.querySelectorAll('[role=status]')].some((e) => /plsim/.test(e.textContent))")


def test_its_numbers_are_those_of_the_server(page_file):
    _, path = page_file
    found = held(path)["answers"]
    assert [pin["label"] for pin in found["pins"]] == list(PINS)
    assert all(row["low"] <= row["value"] <= row["high"] for pin in found["pins"] for row in pin["rows"])
    assert len(found["grid"]["cells"]) == 4
    step = found["/api/teach/demonstrations/first-year/steps/1"]
    assert step["worlds"] == 4
    assert len(step["chart"]["series"][0]["points"]) == 1


def test_no_more_scenarios_are_taken_than_fit():
    with pytest.raises(InputError, match="up to 6"):
        answering.answers({}, [("one", load("one_school_demo"))] * 7, tell=lambda _: None)


def test_the_command_refuses_what_cannot_be_written(tmp_path, capsys):
    for more, message in (
        ([str(tmp_path / "nowhere" / "page.html")], "there is no folder"),
        ([str(tmp_path / "page.html"), "--language", "fr"], "no language 'fr'"),
        ([str(tmp_path / "page.html"), *["--pin", "one_school_demo"] * 7], "up to 6"),
    ):
        with pytest.raises(SystemExit) as raised:
            main(["explore", "--export", *more])
        assert raised.value.code == 2
        assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_all_modules_of_the_page_can_be_put_together():
    script = bundled(STATIC, "exported.js", instead={"api.js": "offline.js"})
    assert '"teach.js": function' in script
    assert '"api.js": function' not in script
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)


@pytest.mark.parametrize(
    "text", ['import x from "./b.js";', "export default 1;", "export let a = 1;", "import.meta.url"]
)
def test_what_cannot_be_put_together_is_refused(tmp_path, text):
    (tmp_path / "a.js").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(BundleError, match=r"a\.js"):
        bundled(tmp_path, "a.js", instead={})


def test_no_text_can_end_the_data_of_a_page_early():
    made = one_page(title="t", language="en", body="<body>", styles="", script="", data={"a": "</script><b>"})
    assert "</script><b>" not in made
