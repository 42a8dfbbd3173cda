"""The page of a study: whole, self-contained, and saying what its tables say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from plsim.attribution.tables import attribution_tables
from plsim.cli.main import main
from plsim.core.errors import InputError
from plsim.report.figures import INK, LOSS, SCENARIO
from plsim.report.study import figures as study_figures
from plsim.report.study.attribution import attribution_pictures, best_table, needs_table, waterfalls
from plsim.report.study.folder import is_study, read_study
from plsim.report.study.page import study_html, write_study_report
from plsim.report.study.responses import response_pictures, tornado_picture
from plsim.report.study.sensitivity import convergence_picture, index_picture, pairs_picture
from plsim.report.study.words import factor_name, scale_of
from plsim.runs.evaluate import Outcome

PRACTICES = ("learner_profiles", "data_driven_grouping", "technology")
EVERYBODY, LOWEST = Outcome(), Outcome(group="quintile:1")
PLACE = EVERYBODY._asdict()
Make = Callable[..., Path]


@pytest.fixture
def make_study(tmp_path: Path) -> Make:
    """Writes a study's folder."""

    def write(tables: dict[str, pd.DataFrame], *, method: str, statements: tuple[str, ...] = (),
              outcomes: tuple[Outcome, ...] = (EVERYBODY,)) -> Path:  # fmt: skip
        folder = tmp_path / "study"
        (folder / "tables").mkdir(parents=True)
        for name, table in tables.items():
            table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
        manifest = {
            "kind": "study", "name": "small_study", "method": method, "runs": 320, "seed": 3, "years": 1, "worlds": 40,
            "worlds_are": "prior range, not calibrated", "complete": True, "plsim": "0.1.0",
        }  # fmt: skip
        summary = {
            "question": "Which <practices> do it?", "statements": list(statements), "scenario": "a_school",
            "outcomes": [outcome._asdict() for outcome in outcomes],
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def factorial(make_study: Make) -> Path:
    """Grouping works only with profiles; technology is a loss."""
    on = np.array([[mask >> bit & 1 for bit in range(3)] for mask in range(8)], dtype=float)
    size = np.linspace(0.8, 1.2, 40)[:, np.newaxis]
    values = 0.01 + size * (0.02 * on[:, 0] + 0.05 * on[:, 0] * on[:, 1] - 0.01 * on[:, 2])
    outcomes = (EVERYBODY, LOWEST)
    both = np.stack([values, 2.0 * values], axis=2)  # five draws of students, all alike
    worlds = tuple(f"prior-{index}" for index in range(40))
    tables, lines = attribution_tables(PRACTICES, worlds, outcomes, np.stack([both] * 5))
    rows = [("practices." + name, "on_off", "lever", "", np.nan, np.nan, "off;on", "", "") for name in PRACTICES]
    columns = ["factor", "kind", "role", "group", "low", "high", "values", "unit", "meaning"]
    tables["factors"] = pd.DataFrame(rows, columns=columns)
    return make_study(tables, method="factorial", statements=(*lines, "Worlds: prior."), outcomes=outcomes)


@pytest.fixture
def sobol(make_study: Make) -> Path:
    """Two factors that act together, one switch, and runs to draw responses from."""
    rng = np.random.default_rng(4)
    factors = ("match.width", "support.coaching_hours", "practices.technology")
    runs = pd.DataFrame({factors[0]: rng.random(400), factors[1]: 3.0 * rng.random(400)})
    runs[factors[2]] = np.where(rng.random(400) < 0.5, "off", "on")
    runs["achievement.both.1.all"] = 0.1 * runs[factors[0]] + 0.02 * (runs[factors[2]] == "on")

    def row(one: str, two: str, index: str, value: float) -> dict[str, Any]:
        bounds = {"value": value, "low": value - 0.05, "high": value + 0.05}
        return PLACE | {"method": "sobol", "factor": one, "factor2": two, "index": index, **bounds, "runs": 400}

    indices = [row(name, "", index, value) for name, value in zip(factors, (0.7, 0.0, 0.2), strict=True)
               for index in ("S1", "ST")]  # fmt: skip
    indices += [row(factors[0], factors[1], "S2", 0.1), row(factors[0], factors[2], "S2", 0.01)]
    growing = [
        row(name, "", "ST", value) | {"runs": count}
        for name, value in zip(factors, (0.7, 0.0, 0.2), strict=True)
        for count in (100, 200, 400)
    ]
    described = pd.DataFrame({
        "factor": factors, "kind": ["parameter", "range", "on_off"], "role": ["uncertainty", "lever", "lever"],
        "group": "", "low": [0.0, 0.0, np.nan], "high": [1.0, 3.0, np.nan], "values": ["", "", "off;on"], "unit": "",
        "meaning": ["How wide.", "", ""],
    })  # fmt: skip
    column = {"column": "achievement.both.1.all", "runs": 400}
    spread = {"mean": 0.06, "sd": 0.03, "low": 0.0, "middle": 0.06, "high": 0.12, "positive": 0.98}
    outcomes = pd.DataFrame([PLACE | column | spread])
    tables = {"runs": runs, "sensitivity": pd.DataFrame(indices), "convergence": pd.DataFrame(growing)}
    return make_study(tables | {"factors": described, "outcomes": outcomes}, method="sobol")


class Tags(HTMLParser):
    """Every tag with its attributes, every id, and whether tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attrs for name, attrs in self.found if name == tag)


def test_the_page_fetches_nothing_and_runs_nothing(factorial: Path) -> None:
    page = study_html(factorial)
    tags = Tags(page)
    assert not list(tags.of("script"))
    assert not list(tags.of("img"))
    assert not list(tags.of("link"))
    assert not re.findall(r"(?:src|href)=\"https?:", page)


@pytest.mark.parametrize("study", ["factorial", "sobol"])
def test_every_picture_has_words_a_table_and_ids_of_its_own(study: str, request: pytest.FixtureRequest) -> None:
    tags = Tags(study_html(request.getfixturevalue(study)))
    pictures = list(tags.of("svg"))
    assert len(pictures) >= 5
    assert all(len(picture["aria-label"] or "") > 40 for picture in pictures)
    assert len(list(tags.of("figure"))) == len(pictures)
    ids = [attrs["id"] for _, attrs in tags.found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_question_and_what_was_found_come_first_in_words(factorial: Path) -> None:
    page = study_html(factorial)
    assert "Which &lt;practices&gt; do it?" in page
    first = page.index("rank first in 100% of worlds")
    assert page.index("For exploring assumptions, not for prediction") < first < page.index("<svg")


def test_what_the_warning_on_top_says_is_not_said_again(factorial: Path) -> None:
    assert "Worlds: prior." not in study_html(factorial)


def test_alarms_stand_apart(make_study: Make) -> None:
    page = study_html(make_study({}, method="surrogate", statements=("REFUSED. It is noise.", "Fine.")))
    assert '<p class="warning"><strong>REFUSED. It is noise.</strong></p>' in page


def test_waterfalls_add_up_in_every_group(factorial: Path) -> None:
    pictures = waterfalls(read_study(factorial))
    assert [picture.caption for picture in pictures] == [
        "Everybody, both subjects, year 1",
        "Lowest fifth at the start, year 1",
    ]
    for picture in pictures:
        numbers = [float(cells[1].replace("−", "-")) for cells in picture.table.rows]
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.2)
    assert pictures[0].table.rows[-1] == ("all together", "+2.8")


def test_the_best_of_some_is_told_by_what_it_adds(factorial: Path) -> None:
    table = best_table(read_study(factorial))
    assert table is not None
    assert [row[1] for row in table.rows] == [
        "none",
        "learner profiles",
        "the same, and data-driven grouping",
        "the same, and technology",
    ]


def test_only_needs_that_were_found_are_shown(factorial: Path) -> None:
    table = needs_table(read_study(factorial))
    assert table is not None
    assert {frozenset((row[0].lower(), row[1])) for row in table.rows} == {
        frozenset(("data-driven grouping", "learner profiles"))
    }


def test_a_subgroup_keeps_numbers_of_its_own(factorial: Path) -> None:
    page = study_html(factorial)
    assert "Achievement on a broad test such as NWEA MAP, Lowest fifth at the start, year 1" in page


def test_index_bars_hold_first_order_inside_total(sobol: Path) -> None:
    picture = index_picture(read_study(sobol), EVERYBODY._asdict(), at=0)
    assert picture is not None
    assert "alone and with others" in picture.svg
    assert "match: width 0.70" in picture.svg


def test_pairs_that_reach_zero_have_no_colour(sobol: Path) -> None:
    picture = pairs_picture(read_study(sobol), EVERYBODY._asdict(), at=0)
    assert picture is not None
    tinted = study_figures._tint(SCENARIO, 0.8)
    assert picture.svg.count(f"fill: {tinted}") == 1
    assert picture.svg.count("fill: #ffffff") >= 1


def test_pairs_of_practices_that_were_not_found_have_no_colour(make_study: Make) -> None:
    # Five worlds are too few to find anything, however clear it looks.
    values = np.zeros((5, 8, 1))
    values[:, 3::4] = 0.05
    tables, _ = attribution_tables(PRACTICES, ("a", "b", "c", "d", "e"), (EVERYBODY,), values)
    picture = attribution_pictures(read_study(make_study(tables, method="factorial")))[2]
    assert picture.caption.startswith("Which pairs help each other: what two bring")
    assert "+1.99" in picture.svg
    assert f"fill: {study_figures._tint(SCENARIO, 0.8)}" not in picture.svg


def test_convergence_is_drawn_against_runs(sobol: Path) -> None:
    picture = convergence_picture(read_study(sobol), EVERYBODY._asdict(), at=0)
    assert picture is not None
    assert "0.70 from 100 runs, 0.70 from 400" in picture.svg


def test_tornado_goes_from_low_to_high_the_widest_first(sobol: Path) -> None:
    picture = tornado_picture(read_study(sobol), EVERYBODY._asdict(), at=0)
    assert picture is not None
    assert picture.table.rows[0][0] == "match: width"
    low, high = (float(cell) for cell in picture.table.rows[0][1:])
    assert (low, high) == (pytest.approx(0.8, abs=0.25), pytest.approx(4.0, abs=0.25))


def test_responses_are_drawn_for_what_moves_the_outcome_most(sobol: Path) -> None:
    pictures = response_pictures(read_study(sobol), EVERYBODY._asdict(), at=0)
    assert [picture.caption.rpartition(", over ")[2] for picture in pictures] == ["match: width", "technology"]
    assert [row[0] for row in pictures[1].table.rows] == ["off", "on"]


def test_a_grid_of_two_factors_is_drawn_as_a_surface(make_study: Make) -> None:
    rows = [
        PLACE
        | {"practices.technology.share": share, "quality": quality, "value": share * slope}
        | {"low": 0.0, "high": 0.2, "positive": 1.0, "worlds": 5}
        for share in (0.0, 0.2, 0.4)
        for quality, slope in (("poor", 0.1), ("good", 0.5))
    ]
    factors = pd.DataFrame({"factor": ["practices.technology.share", "quality"], "kind": "values", "values": ""})
    folder = make_study({"response": pd.DataFrame(rows), "factors": factors}, method="grid")
    (picture,) = response_pictures(read_study(folder), EVERYBODY._asdict(), at=0)
    assert "quality poor at 0.4; quality good at 0.4" in picture.svg
    assert len(picture.table.rows) == 6


def test_a_grid_of_three_factors_is_drawn_at_some_values_of_the_third(make_study: Make) -> None:
    rows = [
        PLACE
        | {"practices.technology.tools": tools, "quality": quality, "practices.technology.share": share}
        | {"value": share * slope / tools, "low": 0.0, "high": 0.2, "positive": 1.0, "worlds": 5}
        for tools in (1.0, 2.0)
        for quality, slope in (("poor", -0.1), ("good", 0.5))
        for share in (0.0, 0.2, 0.4)
    ]
    named = ["quality", "practices.technology.tools", "practices.technology.share"]
    factors = pd.DataFrame({"factor": named, "kind": "values", "values": ""})
    folder = make_study({"response": pd.DataFrame(rows), "factors": factors}, method="grid")
    few, many = response_pictures(read_study(folder), EVERYBODY._asdict(), at=0)
    assert (few.caption[-8:], many.caption[-8:]) == (" tools 1", " tools 2")
    assert "poor at 0; quality good at 0.4" in many.svg
    assert [row[2] for row in (few.table.rows[-1], many.table.rows[-1])] == ["+8.0", "+4.0"]


@pytest.mark.parametrize("colour", [SCENARIO, LOSS])
def test_numbers_in_coloured_cells_can_be_read(colour: str) -> None:
    def light(hexadecimal: str) -> float:
        parts = [int(hexadecimal[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert (light(study_figures._tint(colour, 0.8)) + 0.05) / (light(INK) + 0.05) >= 4.5


def test_the_same_folder_gives_the_same_bytes(factorial: Path) -> None:
    assert study_html(factorial) == study_html(factorial)


def test_plsim_report_knows_a_study(factorial: Path) -> None:
    found = CliRunner().invoke(main, ["report", str(factorial)])
    assert found.exit_code == 0, found.output
    assert found.stdout.strip() == str(factorial / "report.html")
    assert "A study by simulation" in (factorial / "report.html").read_text(encoding="utf-8")


def test_a_study_that_is_not_finished_is_told_how_to_go_on(factorial: Path) -> None:
    (factorial / "summary.json").unlink()
    assert is_study(factorial)
    with pytest.raises(InputError, match=r"has not been analysed.*goes on where a study was interrupted"):
        write_study_report(factorial)


def test_a_damaged_table_is_named(factorial: Path) -> None:
    (factorial / "tables" / "ranks.parquet").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"tables/ranks\.parquet: cannot be read"):
        study_html(factorial)


def test_effects_are_shown_in_units_that_need_no_zeros() -> None:
    assert scale_of(EVERYBODY._asdict()).signed(0.0123) == "+0.5"
    assert scale_of(Outcome("strain")._asdict()).signed(0.0123) == "+0.01"


def test_factors_are_called_in_plain_words() -> None:
    assert factor_name("practices.data_driven_grouping.intensity") == "data-driven grouping: intensity"
