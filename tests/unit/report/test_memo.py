"""A board memo: one page, with the numbers of the effects and what must be true, piloted and measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import InputError
from plsim.report.memo import memo_html, options_of


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<body>") :]))


def test_a_memo_holds_numbers_ranges_and_its_cautions(folder: Path) -> None:
    (option,) = options_of(folder)
    text = text_of(memo_html([option]))
    effects = option.effects
    points = effects[(effects["outcome"] == "percentile_points") & (effects["year"] == 2) & (effects["group"] == "all")]
    value = points[(points["subject"] == "both") & (points["arm"] == "difference")]["value"].iloc[0]
    for said in (f"+{value:.1f}", "28 of 40 worlds (70%)", "For exploring assumptions, not for prediction.",
                 "What must be true", "What to pilot", "What to measure", "beyond any study"):  # fmt: skip
        assert said in text, said


def test_options_stand_side_by_side_and_no_more_than_fit(folder: Path) -> None:
    (option,) = options_of(folder)
    others = [option._replace(label=f"Plan {number}") for number in range(5)]
    page = memo_html(others[:4])
    assert all(f'<th scope="col">Plan {number}</th>' in page for number in range(4))
    with pytest.raises(InputError, match="1 to 4"):
        memo_html(others)


def test_without_worlds_no_option_is_called_ahead(without_worlds: Path) -> None:
    text = text_of(memo_html(options_of(without_worlds)))
    assert "Run the options in worlds first" in text
    assert "ahead of typical practice" not in text


def test_the_command_writes_the_memo_of_a_run_and_of_a_comparison(
    folder: Path, make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    done = CliRunner().invoke(main, ["report", str(folder), "--memo"])
    assert done.exit_code == 0, done.stderr
    assert Path(done.stdout.strip()).name == "memo.html"
    both = tmp_path / "both"
    both.mkdir()
    for name in ("b", "a"):
        make_folder().rename(both / name)
    (both / "comparison.json").write_text('{"scenarios": ["b", "a"]}', encoding="utf-8")
    assert len(options_of(both)) == 2
    assert CliRunner().invoke(main, ["report", str(both), "--memo"]).exit_code == 0
