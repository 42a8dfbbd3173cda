"""Claims of the literature: all are there, each says what is computed, and the page is made from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.engine.parameters import CENTRAL, prior_worlds
from plsim.evidence.facts import facts
from plsim.validation.claims.claims import Found, check_claims, claims, interior, rises
from plsim.validation.claims.claims_page import page

PAGE = Path(__file__).parents[4] / "docs" / "claims.md"
ROWS = {"0": 24, "1": 11, "2": 21, "3": 9, "4": 10}  # rows of our notes, by text
YARDSTICK = ["F.1", "F.2"]  # the rows of the table of normal growth
CAUTIONS = ["G.2", "G.4"]  # not in a table: of the notes' cautions, those that a run can show


def test_every_claim_of_our_notes_has_an_entry_in_order() -> None:
    wanted = [f"{part}.{row}" for part, rows in ROWS.items() for row in range(1, rows + 1)] + YARDSTICK
    assert [claim.id for claim in claims()] == wanted + CAUTIONS
    assert len(wanted) == 77


def test_every_claim_says_what_is_computed_and_where_it_is_expected() -> None:
    for claim in claims():
        assert len(claim.title) > 15, claim.id
        assert len(claim.statistic) > 30, claim.id
        assert claim.expected, claim.id


def test_facts_that_claims_name_exist() -> None:
    known = {one.id for one in facts()}
    assert {name for claim in claims() for name in claim.facts} <= known


def test_the_page_holds_every_claim_as_it_is_now() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| ")}
    for claim in claims():
        row = rows[claim.id]
        assert claim.title in row, claim.id
        assert claim.statistic in row, claim.id
        assert f"| {claim.expected} |" in row, claim.id
    assert set(rows) - {claim.id for claim in claims()} <= {"", "---"}


def test_a_claim_holds_where_its_statistic_was_expected() -> None:
    by_id = {claim.id: claim for claim in claims()}
    values = np.array([-0.1, 0.1, 0.3])
    assert by_id["0.2"].holds(values).tolist() == [False, True, True]  # above 0
    assert by_id["1.1"].holds(values).tolist() == [False, True, False]  # 0 to 0.2
    assert by_id["4.5"].holds(values).tolist() == [True, False, False]  # below 0.03
    assert Found(by_id["0.2"], values).share == pytest.approx(2 / 3)


def test_shapes_are_told_by_their_weakest_point() -> None:
    assert rises([0.0, 0.1, 0.15]) == pytest.approx(0.05)
    assert rises([0.0, 0.1, 0.05]) == pytest.approx(-0.05)
    assert interior([0.0, 0.3, 0.1]) == pytest.approx(0.2)
    assert interior([0.0, 0.1, 0.3]) == pytest.approx(-0.2)


def test_workers_and_other_claims_change_no_bit() -> None:
    worlds = prior_worlds(3, 1)
    one = check_claims(worlds, only=["0.14"], workers=1)
    two = check_claims(worlds, only=["0.8", "0.14"], workers=2)
    assert np.array_equal(one[0].values, two[1].values)


def test_an_unknown_claim_is_refused() -> None:
    with pytest.raises(StudyError, match="no such claim"):
        check_claims((CENTRAL,), only=["9.9"])


def test_the_page_is_written_by_one_command(tmp_path: Path) -> None:
    path = tmp_path / "claims.md"
    asked = ["validate", "--claims", "--only", "2.2", "--worlds", "0", "--page", str(path)]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    claim = next(each for each in claims() if each.id == "2.2")
    row = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| 2.2 |"))
    assert f"| {claim.statistic} | {claim.expected} |" in row
    assert "central world only" in path.read_text(encoding="utf-8")


def test_a_page_of_open_data_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["validate", "--open-data", "--page", str(tmp_path / "claims.md")])
    assert result.exit_code == 2
    assert "facts or of claims" in result.output


@pytest.mark.slow
def test_every_claim_gives_a_finite_number_in_the_central_world() -> None:
    found = check_claims((CENTRAL,))
    assert len(found) == len(claims())
    assert all(np.isfinite(each.values).all() for each in found)


def test_an_input_is_never_counted_as_a_claim_that_holds() -> None:
    sample = next(claim for claim in claims() if claim.id == "2.2")
    true, false = (Found(sample, np.full(2, value)) for value in (4.0, 3.0))
    assert true.word == "input"
    assert false.word == "0%"  # a scenario that somebody has changed
    assert "Of 1 claims 0 hold in at least 90% of worlds" in page([true], worlds_are="made up", command="plsim")
    assert "1 are inputs, which no run can refute" in page([true], worlds_are="made up", command="plsim")


def test_the_page_counts_how_many_hold() -> None:
    every = claims()[:3]
    found = [Found(claim, np.array([1.0, 1.0])) for claim in every]
    assert "Of 3 claims 3 hold in at least 90% of worlds" in page(found, worlds_are="made up", command="plsim")
