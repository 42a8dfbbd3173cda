"""The worlds that ship belong to the model, the registry and the facts that are here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from plsim.calibration.bank import facts_digest
from plsim.calibration.leave_out_text import score_grid, verdict
from plsim.calibration.one_number import MOST
from plsim.calibration.stored import stored_leave_out
from plsim.core.errors import EvidenceError, InputError
from plsim.engine import worlds as module
from plsim.engine.parameters import PRIOR_LABEL, prior_worlds
from plsim.engine.worlds import (
    CALIBRATED_LABEL,
    OTHER_RULES_LABEL,
    calibrated,
    chosen,
    label,
    meaning_of,
    unidentified,
    worlds,
)
from plsim.evidence import registry
from plsim.evidence.worlds import load_worlds, sealed, stored_worlds

STORED = stored_worlds()
DOCS = Path(__file__).parents[2] / "docs"
KNOWN_TOO_MUCH = {
    *("AD-01", "FI-01", "ME-13:standardized", "ME-18", "ME-26", "TM-01", "TM-02"),
}
"""Facts that are as good as a function of one parameter over the prior; docs/calibration.md names them."""
CURRENT = pytest.mark.skipif(
    calibrated() is None, reason="worlds that ship belong to the earlier core: plsim calibrate --install makes new ones"
)


def test_worlds_of_another_model_are_never_taken_for_evidence() -> None:
    assert STORED is not None
    assert (calibrated() is not None) == (label() == CALIBRATED_LABEL)


@CURRENT
def test_worlds_ship_and_are_those_of_this_model() -> None:
    assert STORED is not None
    assert STORED.provenance["facts_digest"] == facts_digest(), "facts have changed: run plsim calibrate"
    assert label() == CALIBRATED_LABEL


@CURRENT
def test_there_are_enough_worlds_from_enough_evidence() -> None:
    assert STORED is not None
    assert len(STORED.values) >= 100  # the largest shipped experiment takes so many
    # Emulators only propose worlds; what counts is how many of those that were run in full the facts leave.
    assert STORED.provenance["effective_size_in_full"] >= 20
    assert STORED.provenance["different_worlds"] >= 30


@CURRENT
def test_no_fact_that_chooses_worlds_is_a_function_of_one_number() -> None:
    assert STORED is not None
    found = {one["fact"]: one for one in STORED.provenance["one_number"]}
    assert set(found) == {one["fact"] for one in STORED.provenance["facts"]}
    too_much = {fact for fact, one in found.items() if abs(one["r"]) > MOST}
    assert too_much == KNOWN_TOO_MUCH


@CURRENT
def test_documents_say_what_the_stored_predictions_say() -> None:
    said = stored_leave_out()
    assert said is not None
    for name in ("validation.md", "predictions.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        assert verdict(said) in text, name
        assert score_grid(said) in text, name


@CURRENT
def test_every_uncertain_parameter_has_a_value_inside_its_range_in_every_world() -> None:
    assert STORED is not None
    assert STORED.keys == tuple(parameter.key for parameter in registry().uncertain())
    low = np.array([parameter.low for parameter in registry().uncertain()])
    high = np.array([parameter.high for parameter in registry().uncertain()])
    assert ((STORED.values >= low) & (STORED.values <= high)).all()


@CURRENT
def test_fewer_worlds_are_the_first_of_more_whatever_the_seed() -> None:
    assert [world.values for world in worlds(5, 1)] == [world.values for world in worlds(9, 2)][:5]


@CURRENT
def test_more_worlds_than_ship_are_refused() -> None:
    assert STORED is not None
    with pytest.raises(InputError, match=str(len(STORED.values))):
        worlds(len(STORED.values) + 1, 0)


def test_worlds_of_other_rules_are_called_so_and_priors_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    calibrated.cache_clear()
    monkeypatch.setattr(module, "model_digest", lambda: "of another model")
    monkeypatch.setattr(module, "still_holds", lambda said, now: False)
    try:
        assert calibrated() is None
        monkeypatch.setattr(module, "FEWEST_KNOWN", 0.0)
        assert label() == chosen(2, 7).label == OTHER_RULES_LABEL
        assert "other rules" in meaning_of(label())
        uncertain = {entry.key for entry in registry().uncertain()}
        # What the calibration did not know is drawn from its prior, so that no world holds it at one value.
        assert all(set(world.values) == uncertain for world in worlds(2, 7))
        assert len(unidentified()) == len(registry().uncertain())
        assert chosen("prior:2", 7) == (prior_worlds(2, 7), PRIOR_LABEL)
        monkeypatch.setattr(module, "FEWEST_KNOWN", 2.0)  # worlds of another model altogether
        assert (label(), worlds(2, 7)[0].name) == (PRIOR_LABEL, "prior-0")
    finally:
        calibrated.cache_clear()


def test_files_of_worlds_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    table, said = tmp_path / "worlds.csv", tmp_path / "worlds.json"
    text = "match.floor\n0.4\n0.3\n"
    table.write_text(text, encoding="utf-8")
    said.write_text(json.dumps(sealed(text, {"worlds": 3, "spread_left": {"match.floor": 0.5}})), encoding="utf-8")
    with pytest.raises(EvidenceError, match="3 worlds"):
        load_worlds(table, said)
    assert load_worlds(tmp_path / "none.csv", said) is None
