"""The vocabulary of levers."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.practices.levers import FIRST_INTENSITY, LEVER_INDEX, LEVERS, OWNERS, PRACTICES, LeverTable
from plsim.rules.levers import Levers


def test_columns_of_the_table_are_the_fields_that_rules_read_in_the_same_order() -> None:
    assert tuple(lever.name for lever in LEVERS) == Levers._fields


def test_the_last_columns_are_the_intensities_in_the_order_of_the_practices() -> None:
    assert tuple(lever.practice for lever in LEVERS[FIRST_INTENSITY:]) == PRACTICES


def test_every_lever_has_an_owner_a_unit_and_a_meaning() -> None:
    assert all(lever.practice in OWNERS and lever.unit and lever.meaning.endswith(".") for lever in LEVERS)


def test_names_of_levers_are_unique() -> None:
    assert len(LEVER_INDEX) == len(LEVERS)


def test_a_lever_of_a_table_is_a_view_that_can_be_written_to() -> None:
    table = LeverTable.empty(2, 3)
    table["tech_share"][1, 2] = 0.25
    assert table.values[1, 2, LEVER_INDEX["tech_share"]] == 0.25


def test_put_gives_every_week_the_value_of_its_school() -> None:
    table = LeverTable.empty(2, 3)
    table.put("tech_share", np.array([0.1, 0.2]))
    assert table["tech_share"].tolist() == [[0.1] * 3, [0.2] * 3]


def test_an_unknown_lever_is_an_error() -> None:
    table = LeverTable.empty(1, 1)
    with pytest.raises(KeyError, match="tech_shar"):
        table["tech_shar"]
