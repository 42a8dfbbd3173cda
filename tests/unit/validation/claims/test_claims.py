"""Claims of the literature: all are there, each says what is computed, and the page is made from them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.engine.parameters import CENTRAL, prior_worlds
from plsim.evidence.facts import facts
from plsim.validation.claims.claims import ClaimResult, claims, interior, rises
from plsim.validation.claims.claims_page import count, page
from plsim.validation.claims.claims_task import check_claims, chosen_claims, store, stored_claims

PAGE = Path(__file__).parents[4] / "docs" / "claims.md"
ROWS = {"0": 24, "1": 11, "2": 21, "3": 9, "4": 10}  # rows of our notes, by text
YARDSTICK = ["F.1", "F.2"]  # the rows of the table of normal growth
SENTENCES = [f"H.{row}" for row in range(1, 12)]  # further sentences, which no row of our notes covered
CAUTIONS = ["G.2", "G.4"]  # not in a table: of the notes' cautions, those that a run can show


def test_every_claim_of_our_notes_has_an_entry_in_order() -> None:
    wanted = [f"{part}.{row}" for part, rows in ROWS.items() for row in range(1, rows + 1)] + YARDSTICK
    assert [claim.id for claim in claims()] == wanted + CAUTIONS + SENTENCES
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
    if stored_claims() is None:
        assert "nothing is said about any of them" in text


def test_a_claim_holds_where_its_statistic_was_expected_and_a_small_difference_says_nothing() -> None:
    by_id = {claim.id: claim for claim in claims()}
    values = np.array([-0.1, 0.1, 0.3, 0.001, -0.001])
    assert by_id["0.2"].says(values).tolist() == [-1, 1, 1, 0, 0]  # above 0, in SD
    assert by_id["1.1"].says(values).tolist() == [-1, 1, -1, 0, 0]  # 0 to 0.2, in SD
    assert by_id["4.5"].says(np.array([0.0, 0.031, 0.1])).tolist() == [1, 0, -1]  # below 0.03, in SD
    assert by_id["0.14"].says(np.array([0.001, -0.001])).tolist() == [1, -1]  # in weeks: no margin
    assert ClaimResult(by_id["0.2"], values).shares == pytest.approx((0.4, 0.4, 0.2))


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([0.1] * 30, "holds"),
        ([-0.1] * 30, "fails"),
        ([0.001] * 18 + [0.1] * 12, "says nothing"),
        ([0.1] * 18 + [-0.1] * 12, "open"),
        ([0.1] * 25, "open"),  # too few runs
        ([0.003, 0.3, 0.003, 0.003, 0.003] * 8, "open"),  # it is one seed of five that makes it hold
    ],
)
def test_what_came_of_a_claim_is_one_of_four_words(values: list[float], word: str) -> None:
    claim = next(each for each in claims() if each.id == "0.2")
    assert ClaimResult(claim, np.array(values), 0.0).word == word


def test_what_holds_with_all_channels_closed_is_not_about_learning() -> None:
    claim = next(each for each in claims() if each.id == "0.2")
    found = ClaimResult(claim, np.full(4, 0.1), 0.1)
    assert (found.word, found.counted) == ("not about learning", False)
    hours = next(each for each in claims() if each.id == "0.14")
    assert ClaimResult(hours, np.full(4, 0.1), 0.1).counted  # its sentence is about time


def test_shapes_are_told_by_their_weakest_point() -> None:
    assert rises([0.0, 0.1, 0.15]) == pytest.approx(0.05)
    assert rises([0.0, 0.1, 0.05]) == pytest.approx(-0.05)
    assert interior([0.0, 0.3, 0.1]) == pytest.approx(0.2)
    assert interior([0.0, 0.1, 0.3]) == pytest.approx(-0.2)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few schools: what is tested here is the machinery."""
    for module in ("claim_lab", "claims_task"):
        monkeypatch.setattr(f"plsim.validation.claims.{module}.SCHOOLS", 4)
        monkeypatch.setattr(f"plsim.validation.claims.{module}.STUDENTS", 40)


@pytest.mark.usefixtures("small")
def test_other_claims_and_a_stop_change_no_bit(tmp_path: Path) -> None:
    worlds = prior_worlds(2, 1)
    one, _ = check_claims(worlds, tmp_path / "a", only=["0.14"])
    two, _ = check_claims(worlds, tmp_path / "b", only=["0.8", "0.14"])
    again, _ = check_claims(worlds, tmp_path / "a", only=["0.14"])
    assert np.array_equal(one[0].values, two[1].values)
    assert np.array_equal(one[0].values, again[0].values)
    assert one[0].values[0] != one[0].values[1]


@pytest.mark.usefixtures("small")
def test_with_all_channels_closed_practices_teach_nothing(tmp_path: Path) -> None:
    found, _ = check_claims((CENTRAL,), tmp_path, only=["0.1", "0.13"])
    assert found[0].values[0] != 0.0
    assert found[0].control == 0.0
    assert found[1].control == pytest.approx(found[1].values[0], abs=0.1)  # teachers go their own way
    assert found[1].control != 0.0


def test_an_unknown_claim_is_refused() -> None:
    with pytest.raises(StudyError, match="no such claim"):
        chosen_claims(["9.9"])


def test_what_is_stored_comes_back_and_old_claims_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [ClaimResult(claim, np.array([0.5, -0.25]), 0.0) for claim in claims()]
    store(every, seconds=60.0, seed=1, folder=tmp_path)
    monkeypatch.setattr("plsim.validation.claims.claims_task.STORED_TABLE", tmp_path / "stored_claims.csv")
    monkeypatch.setattr("plsim.validation.claims.claims_task.STORED_SAID", tmp_path / "stored_claims.json")
    stored = stored_claims()
    assert stored is not None
    assert [each.values.tolist() for each in stored[0]] == [[0.5, -0.25]] * len(every)
    assert stored[1]["runs"] == 2
    shown = CliRunner().invoke(main, ["validate", "--claims", "--only", "0.2", "--page", str(tmp_path / "c.md")])
    assert shown.exit_code == 0, shown.output
    assert "40 minutes of one processor" in shown.stdout
    assert "| 0.2 |" in (tmp_path / "c.md").read_text(encoding="utf-8")
    store(every[:-1], seconds=60.0, seed=1, folder=tmp_path)
    assert stored_claims() is None
    refused = CliRunner().invoke(main, ["validate", "--claims"])
    assert refused.exit_code == 2
    assert "--fresh" in refused.output
    for part in (["--claims"], ["--claims", "--fresh", "--only", "0.2"]):
        refused = CliRunner().invoke(main, ["validate", *part, "--install"])
        assert (refused.exit_code, "keeps all claims" in refused.output) == (2, True)


def test_stored_claims_wait_for_no_library_that_only_runs_need() -> None:
    heavy = ("scipy.stats", "scipy.optimize", "pandas", "pyarrow", "matplotlib", "mesa")
    code = (
        "import sys; from plsim.cli.main import main; main(['validate', '--claims'], standalone_mode=False);"
        f" print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_page_of_open_data_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["validate", "--open-data", "--page", str(tmp_path / "claims.md")])
    assert result.exit_code == 2
    assert "facts or of claims" in result.output


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_every_claim_gives_a_finite_number_in_the_central_world(tmp_path: Path) -> None:
    found, _ = check_claims((CENTRAL,), tmp_path)
    assert len(found) == len(claims())
    assert all(np.isfinite(each.values).all() for each in found)


def test_what_no_run_can_refute_is_not_counted() -> None:
    by_id = {claim.id: claim for claim in claims()}
    found = [
        ClaimResult(by_id[name], np.full(30, value), 0.0)
        for name, value in (("2.2", 4.0), ("0.24", 0.04), ("0.2", 0.1))
    ]
    assert [each.word for each in found] == ["input", "true by construction", "holds"]
    assert "Of 3 claims 1 are tested: 1 holds" in count(found)
    assert "1 input, 1 true by construction" in page(found, of="made up", schools="40 schools", command="plsim")


def test_most_claims_can_fail() -> None:
    labels = [claim.label for claim in claims()]
    assert labels.count("tested") >= 60
    assert set(labels) == {"tested", "input", "true by construction"}
