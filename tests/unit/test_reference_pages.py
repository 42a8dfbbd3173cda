"""What the documentation site generates: the reference of the API, and the benchmark history."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

import plsim

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT / "docs" / "_extensions"))
    return importlib.import_module("reference")


def test_the_api_reference_lists_every_public_name(reference: ModuleType) -> None:
    lines = {line.strip() for line in reference.api_page().splitlines()}
    assert set(plsim.__all__) <= lines


def test_what_public_functions_return_has_a_page(reference: ModuleType) -> None:
    assert "DistrictEffects" in {kind.__name__ for kind in reference.returned()}


def test_links_out_of_the_docs_lead_to_pages_of_the_site(reference: ModuleType) -> None:
    page = "[a](../README.md#run) [b](../experiments/rollout/README.md) [c](../examples/dose_sweep.py) [d](odd.md)"
    led = reference.led_to_the_site(page, examples=["dose_sweep"])
    assert led == "[a](index.md) [b](generated/experiments/rollout.md) [c](gallery/dose_sweep.rst) [d](odd.md)"


def test_the_benchmark_history_has_every_measure_of_every_release_once() -> None:
    import pandas as pd

    history = pd.read_csv(CHECKOUT / "benchmarks" / "history.csv")
    assert not history.isna().any(axis=None)
    assert not history.duplicated(["release", "measure"]).any()
    assert set(history.groupby("release")["measure"].count()) == {6}
    assert set(history["better"]) == {"higher", "lower"}


def test_the_sites_contents_are_those_of_the_index_for_readers_of_the_checkout(reference: ModuleType) -> None:
    contents = reference.with_contents((CHECKOUT / "docs" / "index.md").read_text(encoding="utf-8")).splitlines()
    pages = {path.stem for path in (CHECKOUT / "docs").glob("*.md")} - {"README", "index"}
    assert {page: contents.count(page) for page in pages} == dict.fromkeys(pages, 1)
