"""Facts beside the simulation: every row has its place, verdicts follow stated errors, what was recalled has none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.engine.parameters import CENTRAL, World, prior_worlds
from plsim.evidence.facts import facts
from plsim.validation.facts.replication import Experiment, Replication, StudyFact, experiments
from plsim.validation.facts.validate import SHOWN_ONLY, FactRow, not_run, validate

PAGE = Path(__file__).parents[4] / "docs" / "facts.md"


@pytest.fixture(scope="module")
def everything() -> dict[str, tuple[StudyFact, Experiment]]:
    return {fact.key: (fact, each) for each in experiments() for fact in each.facts}


def line(everything: dict[str, tuple[StudyFact, Experiment]], key: str, values: list[float]) -> FactRow:
    fact, each = everything[key]
    return FactRow(fact, each, np.array(values))


def test_every_row_of_the_table_is_run_or_says_why_not(everything: dict[str, tuple[StudyFact, Experiment]]) -> None:
    run = {fact.fact.id for fact, _ in everything.values()}
    assert run | set(not_run()) == {one.id for one in facts()}
    assert not run & set(not_run())
    assert all(len(reason) > 20 for reason in not_run().values())


def test_what_was_only_recalled_has_no_verdict(everything: dict[str, tuple[StudyFact, Experiment]]) -> None:
    recalled = [key for key, (fact, _) in everything.items() if fact.fact.confidence == "memory"]
    assert len(recalled) >= 6
    for key in recalled:
        assert line(everything, key, [0.0, 9.0]).verdict == SHOWN_ONLY
        assert not everything[key][0].calibrates


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([0.28, 0.29, 0.30], "agrees"),
        ([0.20, 0.21, 0.245], "agrees"),  # 0.288 lies 0.043 above the interval: within 1.645 x 0.029
        ([0.10, 0.11, 0.15], "near"),  # 0.14 above: within 1.645 x hypot(0.029, 0.09)
        ([0.01, 0.02, 0.03], "off"),
        ([0.60, 0.70, 0.80], "off"),
    ],
)
def test_a_value_agrees_within_interval_and_stated_errors(
    everything: dict[str, tuple[StudyFact, Experiment]], values: list[float], verdict: str
) -> None:
    assert line(everything, "ME-18", values).verdict == verdict


@pytest.mark.parametrize(("right", "verdict"), [(10, "agrees"), (9, "agrees"), (6, "near"), (4, "off"), (0, "off")])
def test_a_sign_agrees_when_it_holds_in_most_worlds(
    everything: dict[str, tuple[StudyFact, Experiment]], right: int, verdict: str
) -> None:
    assert line(everything, "R17-08", [0.02] * right + [-0.02] * (10 - right)).verdict == verdict


def test_a_falling_slope_is_shown_falling(everything: dict[str, tuple[StudyFact, Experiment]]) -> None:
    fact, each = everything["R17-10"]
    shown = FactRow(fact, each, np.array([fact.number([-0.01])]))
    assert shown.median == pytest.approx(-0.01)
    assert shown.share == 1.0


def test_workers_change_no_bit() -> None:
    worlds = (CENTRAL, *prior_worlds(3, 1))
    one, two = (validate(worlds, only=["cognitive_tutor"], size="calibration", workers=count) for count in (1, 2))
    assert np.array_equal(one[0].values, two[0].values)


def test_a_copy_of_a_world_is_run_once_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = prior_worlds(2, 4)
    lived: list[str] = []
    run = Replication.__call__

    def noted(self: Replication, world: World) -> object:
        lived.append(world.name)
        return run(self, world)

    monkeypatch.setattr(Replication, "__call__", noted)
    told: list[tuple[int, int]] = []
    again = World("copy", dict(one.values))
    rows = validate(
        (one, other, again),
        only=["cognitive_tutor"],
        size="calibration",
        progress=lambda done, of: told.append((done, of)),
    )
    assert lived == [one.name, other.name]
    assert told == [(2, 3), (3, 3)]
    values = rows[0].values
    assert values[0] == values[2] != values[1]


def test_a_fact_that_is_not_run_says_why() -> None:
    with pytest.raises(StudyError, match="taken from this study"):
        validate((CENTRAL,), only=["ME-16"])
    with pytest.raises(StudyError, match="Did you mean 'R17-01'"):
        validate((CENTRAL,), only=["R17-001"])


def test_the_command_writes_one_document() -> None:
    result = CliRunner().invoke(main, ["validate", "--only", "AD-01", "--worlds", "0", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["worlds_are"] == "central world only"
    (entry,) = found["facts"]
    assert (entry["fact"], entry["estimand"], entry["role"]) == ("AD-01", "within_school_rct", "calibration")
    assert entry["median"] == entry["low"] == entry["high"]


def test_the_command_shows_roles_apart() -> None:
    result = CliRunner().invoke(main, ["validate", "--only", "nickow_tutoring", "--worlds", "0"])
    assert result.exit_code == 0, result.output
    calibration, validation = result.stdout.split("Validation facts")
    assert "ME-18" in calibration
    assert "ME-17" in validation


def test_the_page_of_facts_is_written_by_one_command(tmp_path: Path) -> None:
    path = tmp_path / "facts.md"
    result = CliRunner().invoke(main, ["validate", "--only", "ME-18", "--worlds", "0", "--page", str(path)])
    assert result.exit_code == 0, result.output
    text = path.read_text(encoding="utf-8")
    assert "| ME-18 | Nickow et al. (2024), tutoring | effect (both, year 1) | within_school_rct, broad |" in text
    assert "## Calibration facts" in text


def test_the_page_in_the_documentation_holds_every_fact(
    everything: dict[str, tuple[StudyFact, Experiment]],
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for key, (fact, each) in everything.items():
        assert f"| {key} | {each.study} | {fact.table.statistic} " in text, key
    for name, reason in not_run().items():
        assert f"- {name}: {reason}" in text


def test_parts_of_one_row_are_told_apart(everything: dict[str, tuple[StudyFact, Experiment]]) -> None:
    fact, _ = everything["ME-06:grouping_alone_low"]
    assert replace(fact).statistics == ("ME-06:grouping_alone_low",)
