"""The third door: what it says is what the stored studies hold, and each bar opens its scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pandas as pd
import pytest

from plsim.engine.worlds import model_digest, worlds_digest
from plsim.explorer.decisions import practices_api
from plsim.measures.effects import percentile_points
from plsim.report.study.folder import read_study
from plsim.report.study.page import study_html
from plsim.studies.loading import shipped_studies

WHICH = shipped_studies()["which_practices"].parent / "results"


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    return client.get("/api/practices").json()


def test_the_ranking_is_the_stored_studys(document: dict[str, Any]) -> None:
    study = next(one for one in document["studies"] if one["name"] == "which_practices")
    table = pd.read_csv(WHICH / "attribution.csv")
    for outcome in study["outcomes"]:
        assert len(outcome["ranking"]) == 8
        values = [one["value"] for one in outcome["ranking"]]
        assert values == sorted(values, reverse=True)
    given = study["outcomes"][0]
    rows = table[(table["measure"] == "shapley") & (table["year"] == 2) & (table["group"] == "all")]
    rows = rows[(rows["subject"] == "both") & (rows["outcome"] == "achievement")].set_index("practice")
    for one in given["ranking"]:
        assert one["value"] == pytest.approx(float(percentile_points(rows.loc[one["key"], "value"])))
        assert one["low"] <= one["value"] <= one["high"]


def test_runs_are_old_when_rules_or_worlds_changed_and_not_on_another_python() -> None:
    now = {"source_digest": "of another compiler", "model_digest": model_digest(), "worlds_digest": worlds_digest()}
    assert not practices_api.is_old(now)
    assert practices_api.is_old({**now, "model_digest": "of other rules"})
    assert practices_api.is_old({**now, "worlds_digest": "of other worlds"})
    assert practices_api.is_old({"source_digest": "of another compiler"})


def test_each_bar_is_a_scenario_that_can_be_opened(document: dict[str, Any], client: httpx.Client) -> None:
    for study in document["studies"]:
        for outcome in study["outcomes"][:1]:
            for one in [*outcome["ranking"], *outcome["suffice"]]:
                asked = {"start": "typical_practice", "changes": one["changes"], "years": study["years"]}
                assert client.post("/api/values", json=asked).status_code == 200, one["label"]


def test_a_trimmed_study_folder_has_every_chart_whose_table_is_there() -> None:
    page = study_html(WHICH)
    assert page.count("<svg") >= 5
    for table in ("ranks", "interactions", "needs", "best_combinations"):
        assert read_study(WHICH).table(table) is not None


def test_the_page_of_practices_opens_a_decision(page: Any, server: str, axe: Callable[..., list[str]]) -> None:
    page.goto(f"{server}/#/practices")
    page.wait_for_selector("figure.chart")

    assert "Learning paths" in page.locator(".evidence-page").inner_text()
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".opens a").first.click()
    page.wait_for_selector(".verdict")
    assert "start=typical_practice" in page.url
