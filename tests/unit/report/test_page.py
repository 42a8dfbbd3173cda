"""The page of a result folder: self-contained, honest, readable without eyes, and the same every time."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from plsim.core.errors import InputError
from plsim.report.page import report_html, write_report
from plsim.scenario import load

FILES = (
    "manifest.json",
    "effects.parquet",
    "weekly.parquet",
    "teachers.parquet",
    "schools.parquet",
)
VOID = {"meta", "br"}


class Outline(HTMLParser):
    """Headings, pictures, ids and references of a page; complains of tags that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.pictures: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.attributes: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(found)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.pictures.append(found)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        for name in ("xlink:href", "href"):
            if name in found:
                self.references.append(str(found[name]))
        self.references += [f"#{name}" for name in str(found.get("aria-labelledby") or "").split()]
        self.references += re.findall(r"url\((.*?)\)", " ".join(str(value) for value in found.values()))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    found.close()
    assert found.open == []
    return found


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)))


def test_the_page_loads_nothing(page: str) -> None:
    found = outline(page)
    assert not re.search(r"https?:|//\w+\.\w|@import|javascript:", page)
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not found.attributes & {"src", "srcset", "onload", "onclick"}
    assert all(reference.startswith("#") for reference in found.references)


def test_every_reference_is_to_something_and_ids_are_unique(page: str) -> None:
    found = outline(page)
    assert len(found.ids) == len(set(found.ids))
    assert {reference.removeprefix("#") for reference in found.references} <= set(found.ids)


def test_headings_begin_with_one_and_never_skip_a_level(page: str) -> None:
    headings = outline(page).headings
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))


def test_every_picture_says_what_it_shows_and_has_its_numbers_beside_it(page: str) -> None:
    pictures = outline(page).pictures
    assert len(pictures) == 11
    assert all(picture["role"] == "img" and len(str(picture["aria-label"])) > 40 for picture in pictures)
    figures = re.findall(r"<figure>.*?</figure>", page, flags=re.DOTALL)
    # The table of the last picture, where time goes, is its key and stands open beside it.
    assert sum("<table>" in figure for figure in figures) == len(figures) - 1


def test_every_column_of_a_table_has_a_heading(page: str) -> None:
    for table in re.findall(r"<table>.*?</table>", page, flags=re.DOTALL):
        columns = table.count('scope="col"')
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, flags=re.DOTALL)[1:]
        assert all(row.count("<td") + 1 == columns for row in rows)
        assert "<caption>" in table
        assert '<th scope="col"></th>' not in table


def test_regions_that_the_keyboard_reaches_are_told_apart_by_name(page: str) -> None:
    names = re.findall(r'role="region" aria-label="(.*?)"', page)
    assert len(names) == len(set(names))


def test_headline_numbers_are_those_of_the_effects(folder: Path, page: str) -> None:
    effects = pd.read_parquet(folder / "effects.parquet")
    last = effects[(effects["year"] == 2) & (effects["group"] == "all") & (effects["arm"] == "difference")]
    points = last[(last["outcome"] == "percentile_points") & (last["subject"] == "both")].iloc[0]
    hours = last[last["outcome"] == "teacher_hours"].iloc[0]
    shown = re.findall(r'<p class="big">(.*?)</p>', page)
    assert shown[:3] == [f"+{points['value']:.1f}", f"+{hours['value']:.1f}", "1 of 2"]
    assert len(shown) == 4
    assert f"−{-points['low']:.1f} to +{points['high']:.1f}" in page
    assert "A gain in 28 of 40 worlds (70%)." in page


def test_the_page_is_honest_about_what_it_is(page: str) -> None:
    text = text_of(page)
    for said in ("not for prediction", "prior range, not calibrated", "a share of worlds is not a probability",
                 "It is a gain in 28 of 40 worlds (70%)", "beyond any study", "grade D, our judgement",
                 "What is not modelled", "Groups are descriptive",
                 "Weakest first", "our judgement"):  # fmt: skip
        assert said.lower() in text.lower()


def test_kindergarten_and_the_last_grades_are_marked(page: str) -> None:
    text = text_of(page)
    assert "Kindergarten *" in text
    assert "Grade 11 *" in text
    assert "Grade 4 *" not in text


def test_a_school_of_fewer_than_ten_is_counted_and_not_shown(page: str) -> None:
    text = text_of(page)
    assert "Tiny" not in text
    assert "1 with fewer than 10 students are not shown" in text


def test_text_from_files_is_escaped(page: str) -> None:
    assert "try &lt;everything&gt; at once" in page
    assert "<everything>" not in page
    assert "Band: $5 &amp; &lt;6&gt;" in page


def test_the_scenario_is_said_in_words(page: str) -> None:
    text = text_of(page)
    assert re.search(r"Technology Learning software in lessons: .*? 40 90 \(more\)", text)
    assert "Coaching for each teacher: 1.5 hours a week (typical: 0.1 hours a week)" in text
    assert re.search(r"Tutoring: .*share of students that tutoring serves: 25%", text)


def test_without_worlds_no_interval_is_shown(without_worlds: Path) -> None:
    text = text_of(report_html(without_worlds))
    assert "nothing can be said about how sure this is" in text
    assert "90% of worlds" not in text
    assert "nan" not in text.lower().split()


def test_costs_are_shown_when_there_are_any(make_folder: Callable[..., Path]) -> None:
    text = text_of(
        report_html(
            make_folder(
                with_costs("budget_cost_per_student", "cost_tutoring", "unpaid_teacher_hours", "unpaid_hours_value")
            )
        )
    )
    assert "Budget in year 2 +1,234 US dollars per student" in text
    assert "the district pays 1,234 US dollars more per student" in text
    assert "worth 1,234 US dollars per student and year at teachers’ pay; no budget shows them" in text
    assert "Tutors +1,234 (+900 to +1,500)" in text
    assert "No price per gain" in text


def test_a_sum_of_an_earlier_version_is_not_called_a_budget(make_folder: Callable[..., Path]) -> None:
    text = text_of(report_html(make_folder(with_costs("cost_per_student"))))
    assert "made before the two were told apart" in text
    assert "Budget in year" not in text


def test_the_price_of_a_gain_is_shown_where_it_means_something(make_folder: Callable[..., Path]) -> None:
    text = text_of(report_html(make_folder(with_costs("budget_cost_per_student", "cost_per_tenth_sd"))))
    assert "(about 4 percentile points) costs the district 1,234 (900 to 1,500) US dollars per student" in text


def with_costs(*names: str) -> Callable[[dict[str, pd.DataFrame], dict[str, Any]], None]:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        row = {"subject": "both", "year": 2, "group": "all", "estimator": "paired", "arm": "difference",
               "value": 1234.0, "low": 900.0, "high": 1500.0, "unit": "USD"}  # fmt: skip
        rows = pd.DataFrame([{"outcome": name, **row} for name in names])
        tables["effects"] = pd.concat([tables["effects"], rows], ignore_index=True)

    return change


def test_other_estimators_are_shown_as_what_a_study_would_have_seen(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        effects = tables["effects"]
        more = effects[(effects["unit"] == "SD") & (effects["group"] == "all")].assign(estimator="study_other_schools")
        tables["effects"] = pd.concat([effects, more], ignore_index=True)

    assert "A study that compares with similar students of other schools" in text_of(report_html(make_folder(change)))


def test_how_far_a_study_would_be_off_is_said(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        effects = tables["effects"]
        more = effects[(effects["unit"] == "SD") & (effects["group"] == "all")].assign(estimator="study_other_schools")
        more["value"] += 0.3
        tables["effects"] = pd.concat([effects, more], ignore_index=True)

    folder = make_folder(change)
    effects = pd.read_parquet(folder / "effects.parquet").query(
        "outcome == 'achievement' and unit == 'SD' and group == 'all' and estimator == 'paired' and year == 2"
    )
    value = effects.set_index("subject")["value"]
    text = text_of(report_html(folder))
    found, truth = ([f"{value[each] + off:+.2f}" for each in ("math", "reading")] for off in (0.3, 0.0))
    assert f"would typically have found {found[0]} in mathematics and {found[1]} in reading" in text
    assert f"the exact comparison finds {truth[0]} and {truth[1]}" in text


def test_everybody_who_started_is_shown_beside_those_who_stayed(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        effects = tables["effects"]
        more = effects[(effects["unit"] == "SD") & (effects["group"] == "all")].assign(group="intention_to_treat")
        tables["effects"] = pd.concat([effects, more], ignore_index=True)

    assert "also who has moved away" in text_of(report_html(make_folder(change)))


@pytest.mark.parametrize("column", ["strain"])
def test_columns_that_may_be_missing_are_not_missed(make_folder: Callable[..., Path], column: str) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        tables["weekly"] = tables["weekly"].drop(columns=column)

    page = report_html(make_folder(change))
    assert len(outline(page).pictures) == 10


def test_a_result_with_achievement_alone_has_a_page(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        effects = tables["effects"]
        kept = effects["outcome"].isin(["achievement", "percentile_points"]) & (effects["group"] == "all")
        tables["effects"] = effects[kept].drop(columns=["positive", "central"])

    outline(report_html(make_folder(change)))


@pytest.mark.slow
def test_the_same_folder_gives_the_same_bytes_in_any_process(folder: Path) -> None:
    here = write_report(folder).read_bytes()
    code = f"from plsim.report.page import write_report; write_report({str(folder)!r})"
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    (folder / "report.html").unlink()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert (folder / "report.html").read_bytes() == here


def test_writing_leaves_nothing_but_the_page(folder: Path) -> None:
    before = {path.name for path in folder.iterdir()}
    assert write_report(folder) == folder / "report.html"
    assert {path.name for path in folder.iterdir()} == before | {"report.html"}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=re.escape(name)):
        write_report(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match=re.escape(name)):
        write_report(folder)


def test_a_missing_column_is_named(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        tables["schools"] = tables["schools"].drop(columns="charter")

    folder = make_folder(change)
    with pytest.raises(InputError, match=r"schools\.parquet, column charter"):
        write_report(folder)


def test_effects_without_achievement_are_refused(make_folder: Callable[..., Path]) -> None:
    def change(tables: dict[str, pd.DataFrame], _: dict[str, Any]) -> None:
        tables["effects"] = tables["effects"].query("outcome == 'teacher_hours'")

    folder = make_folder(change)
    with pytest.raises(InputError, match="holds no effect on students"):
        write_report(folder)


def test_the_line_that_makes_it_again_names_a_shipped_scenario_only_if_it_was_run_as_shipped(
    make_folder: Callable[..., Path],
) -> None:
    def change(_: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> None:
        manifest |= {"scenario": load("nglc_2015", seed=7).to_toml(), "population": "our files", "engine": "mesa"}

    text = text_of(report_html(make_folder(change)))
    assert "plsim run nglc_2015 --seed 7 --years 2 --worlds 40 --population 'our files' --engine mesa" in text


def test_the_line_that_makes_it_again_names_the_term_that_was_read(make_folder: Callable[..., Path]) -> None:
    def change(_: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> None:
        manifest |= {"population": "export", "population_term": "Spring 2021-2022"}

    assert "--population export --term 'Spring 2021-2022'" in text_of(report_html(make_folder(change)))


def test_a_scenario_of_one_s_own_is_on_paper_too_so_that_the_line_suffices(page: str) -> None:
    assert '<details class="printed words"><summary>The whole scenario, as it was run</summary>' in page


def test_pictures_of_the_central_world_say_so_since_the_words_are_over_worlds(page: str) -> None:
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)
    assert sum("(central world)" in caption for caption in captions) == 3
    assert "The pictures show the central world" in text_of(page)


def test_what_it_is_not_for_is_said_once_in_brief(page: str) -> None:
    brief = page.split('id="scenario"', maxsplit=1)[0]
    assert brief.lower().count("for exploring assumptions, not for prediction") == 1


def test_what_compare_wrote_is_told_apart_from_a_damaged_folder(tmp_path: Path) -> None:
    (tmp_path / "comparison.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="give the folder of one of its scenarios"):
        write_report(tmp_path)


def test_the_line_that_makes_it_again_asks_for_the_scenario_as_a_file_otherwise(page: str) -> None:
    text = text_of(page)
    assert "Save the scenario below as hill_county.toml" in text
    assert "plsim run hill_county.toml --seed 7 --years 2 --worlds 40" in text


def test_a_scenario_of_another_version_still_has_a_page(make_folder: Callable[..., Path]) -> None:
    def change(_: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> None:
        manifest["scenario"] = 'schema_version = 99\nname = "later"'

    assert "does not read the scenario of this result" in text_of(report_html(make_folder(change)))


def test_numbers_that_have_changed_since_the_run_are_said_to_have(make_folder: Callable[..., Path]) -> None:
    folder = make_folder(lambda _, manifest: manifest.update(parameters_digest="other"))
    assert "numbers of plsim have changed since this result was made" in text_of(report_html(folder))
