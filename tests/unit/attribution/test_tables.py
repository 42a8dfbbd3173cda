"""The tables of an attribution: what is in them, and that they agree with one another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plsim.attribution.tables import NEGLIGIBLE, attribution_tables, games
from plsim.core.errors import InputError
from plsim.runs.evaluate import Outcome

PRACTICES = ("profiles", "grouping", "software")
OUTCOMES = (Outcome(), Outcome(group="governance:charter"))
WORLDS = tuple(f"prior-{index}" for index in range(30))


def table(**keys: Any) -> Any:
    """Grouping brings 0.05 with profiles and nothing without; software brings 0.01 or, in charter schools, loses it."""
    rng = np.random.default_rng(8)
    size = 1.0 + 0.2 * rng.normal(size=(30, 1))
    on = np.array([[mask >> bit & 1 for bit in range(3)] for mask in range(8)], dtype=float)
    both = 0.1 + size * (0.05 * on[:, 0] * on[:, 1] + 0.01 * on[:, 2])
    charter = 0.1 + size * (0.05 * on[:, 0] * on[:, 1] - 0.01 * on[:, 2])
    return np.stack([np.stack([both, charter], axis=2)] * 3)


def made() -> tuple[dict[str, Any], list[str]]:
    return attribution_tables(PRACTICES, WORLDS, OUTCOMES, table())


def test_every_table_says_which_outcome_each_row_is_about() -> None:
    tables, _ = made()
    assert set(tables) == {
        "attribution", "attribution_joint", "attribution_order", "attribution_worlds", "interactions",
        "interaction_sets", "ranks", "firsts", "beats", "needs", "best_combinations",
    }  # fmt: skip
    for rows in tables.values():
        assert tuple(rows.columns[:7]) == Outcome._fields
        assert set(rows["group"]) == {"all", "governance:charter"}
        assert not rows.duplicated().any()


def test_shapley_values_add_up_to_the_joint_effect_in_every_world() -> None:
    tables, _ = made()
    rows = tables["attribution_worlds"].query("group == 'all'")
    sums = rows.query("draw == 1").groupby("world", sort=False)["shapley"].sum().to_numpy()
    values = table()[1, :, :, 0]
    assert sums == pytest.approx(values[:, -1] - values[:, 0], abs=1e-12)


def test_practices_counted_as_one_switch_bring_what_they_bring_together() -> None:
    tables, lines = attribution_tables(PRACTICES, WORLDS, OUTCOMES, table(), as_one=[PRACTICES[1::-1]])
    rows = tables["attribution_as_one"].query("group == 'all' and measure == 'shapley'").set_index("practice")
    apart = tables["attribution"].query("group == 'all' and measure == 'shapley'").set_index("practice")
    switch = f"{PRACTICES[0]} + {PRACTICES[1]}"
    assert list(rows.index) == [switch, PRACTICES[2]]
    # Each needs the other: apart they share what the switch brings whole, and the third brings what it brought.
    assert rows.loc[switch, "mean"] == pytest.approx(apart["mean"].iloc[0] + apart["mean"].iloc[1])
    assert rows.loc[PRACTICES[2], "mean"] == pytest.approx(apart["mean"].iloc[2])
    assert rows.loc[switch, "found"] == 1
    assert any(line.startswith("Counted as one switch, ") and "rank first in" in line for line in lines)


def test_a_switch_of_one_practice_or_of_an_unknown_one_is_refused() -> None:
    for members in (PRACTICES[:1], (PRACTICES[0], "nobody")):
        with pytest.raises(InputError, match="two or more of"):
            attribution_tables(PRACTICES, WORLDS, OUTCOMES, table(), as_one=[members])


def test_joint_effect_rest_and_synergy_are_told_apart() -> None:
    tables, _ = made()
    rows = tables["attribution_joint"].query("group == 'all'").set_index("measure")
    assert rows.loc["rest", "value"] == pytest.approx(0.1)
    assert rows.loc["sum_of_singles", "value"] < 0.3 * rows.loc["joint", "value"]
    assert rows.loc["synergy", "found"] == 1


def test_a_practice_that_needs_another_says_so() -> None:
    tables, _ = made()
    rows = tables["needs"].query("group == 'all'").set_index(["practice", "needs"])
    need = rows.loc[("grouping", "profiles")]
    assert (need["without"], need["more_with_it"], need["found"]) == (pytest.approx(0.0, abs=1e-12), 1.0, 1)
    assert need["left"] == pytest.approx(0.0, abs=1e-9)
    assert rows.loc[("software", "profiles"), "found"] == 0


def test_effects_of_a_subgroup_are_its_own() -> None:
    tables, _ = made()
    rows = tables["attribution"].query("practice == 'software' and measure == 'shapley'").set_index("group")
    assert rows.loc["all", "found"] == 1
    assert rows.loc["governance:charter", "found"] == -1


def test_best_combination_of_each_size_is_named() -> None:
    tables, _ = made()
    rows = tables["best_combinations"].query("group == 'governance:charter'").set_index("size")
    assert rows.loc[2, "practices"] == "profiles;grouping"
    assert rows.loc[3, "value"] < rows.loc[2, "value"]
    assert rows.loc[2, "first"] == 1.0


def test_positions_and_firsts_agree() -> None:
    tables, _ = made()
    ranks = tables["ranks"].query("group == 'all'")
    assert ranks.groupby("practice")["share"].sum().to_numpy() == pytest.approx([1.0] * 3)
    first = tables["firsts"].query("group == 'all'").set_index("practice")["share"]
    assert first["(none)"] == 0.0
    # Profiles and grouping share what they bring together, so neither is ahead of the other.
    assert first["profiles"] == first["grouping"] == 0.0


def test_negligible_is_measured_in_the_unit_of_the_outcome() -> None:
    # An outcome that is never in SD has none, whatever the study file leaves as its unit.
    each = games(PRACTICES, (Outcome(), Outcome("cost_per_student")), table())
    assert [game.negligible for game in each] == [NEGLIGIBLE["SD"], 0.0]


def test_one_practice_is_enough_to_attribute() -> None:
    tables, lines = attribution_tables(("profiles",), WORLDS, (Outcome(),), np.array([[[0.0], [0.1]]] * 30))
    assert tables["attribution"]["value"].tolist() == pytest.approx([0.1] * 4)
    assert "interactions" not in tables
    assert lines


def test_a_table_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(InputError, match="worlds, combinations of 3 practices, outcomes"):
        attribution_tables(PRACTICES, WORLDS, OUTCOMES, table()[:, :, :4])


def test_a_run_without_an_outcome_is_refused_and_not_turned_into_a_number() -> None:
    values = table()
    values[1, 3, 2, 1] = np.nan
    with pytest.raises(InputError, match="1 of 720 runs have no outcome"):
        attribution_tables(PRACTICES, WORLDS, OUTCOMES, values)
