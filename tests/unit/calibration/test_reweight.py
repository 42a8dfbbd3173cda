"""The shipped worlds weighted anew: nothing changed weighs nothing, and what has changed is counted once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plsim.calibration import reweight
from plsim.calibration.priors import prior, space_filling
from plsim.calibration.reweight import reweighted
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.engine.worlds import read_worlds
from plsim.evidence.worlds import StoredWorlds

AGREEMENT = np.array([-3.0, -1.0, -2.0])
"""Log likelihood of three worlds under the present rules, made up."""
EQUAL = AGREEMENT[[0, 1, 2, 1, 1]].tolist()
"""Of the five rows, where nothing has changed."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Floats]:
    """No world is run; which ones would be is kept."""
    asked: list[Floats] = []
    monkeypatch.setattr(reweight, "run_task", lambda task, folder, **_: asked.append(task.values))
    monkeypatch.setattr(reweight, "bank_values", lambda task, folder: (task.values, np.zeros((task.count, 1))))
    monkeypatch.setattr(reweight, "replication", lambda size, seed: None)
    monkeypatch.setattr(reweight, "targets", lambda of: ())
    monkeypatch.setattr(reweight, "log_likelihoods", lambda values, *_: AGREEMENT[: len(values)])
    return asked


def stored(before: list[float], *, without: str = "") -> StoredWorlds:
    """Five rows of three different worlds, in the order in which numpy sorts them."""
    keys = tuple(key for key in prior().keys if key != without)
    columns = [prior().keys.index(key) for key in keys]
    three = prior().values(space_filling(3, len(prior().keys), 8))[:, columns]
    three = three[np.lexsort(three.T[::-1])]
    return StoredWorlds(keys, three[[0, 1, 2, 1, 1]], {"reduced": True, "seed": 1, "log_likelihood": before})


def test_where_nothing_has_changed_all_worlds_weigh_the_same(tmp_path: Path, runs: list[Floats]) -> None:
    found = reweighted(stored(EQUAL), tmp_path)
    assert found.effective_size == pytest.approx(5.0)
    assert (found.enough, found.new, found.different) == (True, (), (3, 3))
    assert len(runs[0]) == 3  # each different world is run once
    assert len(read_worlds(tmp_path / "worlds.csv")) == 5


def test_a_world_that_agrees_with_the_facts_no_more_is_left_out(tmp_path: Path, runs: list[Floats]) -> None:
    before = np.array(EQUAL)
    before[0] += 50.0
    given = stored(before.tolist())
    found = reweighted(given, tmp_path)
    assert found.effective_size == pytest.approx(4.0)
    assert found.different == (3, 2)
    assert not (found.values == given.values[0]).all(axis=1).any()


def test_when_hardly_a_world_is_left_it_says_so(tmp_path: Path, runs: list[Floats]) -> None:
    before = np.array(EQUAL)
    before[0] -= 50.0
    found = reweighted(stored(before.tolist()), tmp_path)
    assert found.effective_size == pytest.approx(1.0)
    assert "of 3 different worlds 1 are left" in found.text(tmp_path)
    assert found.enough  # one of five: the least that counts
    assert "changed too much" in reweight.Reweighted(found.values, 0.9, (3, 1), ()).text(tmp_path)


def test_a_parameter_that_is_new_has_values_from_its_prior(tmp_path: Path, runs: list[Floats]) -> None:
    found = reweighted(stored(EQUAL, without="match.floor"), tmp_path)
    assert found.new == ("match.floor",)
    assert len(set(found.values[:, prior().keys.index("match.floor")].tolist())) > 1


def test_worlds_outside_the_present_ranges_are_not_run(tmp_path: Path, runs: list[Floats]) -> None:
    given = stored(EQUAL)
    given.values[2] *= 1e6  # the last of the three
    found = reweighted(given, tmp_path)
    assert len(runs[0]) == 2
    assert found.different == (3, 2)


def test_worlds_without_their_likelihood_are_refused(tmp_path: Path) -> None:
    given = stored([0.0] * 5)
    del given.provenance["log_likelihood"]
    with pytest.raises(InputError, match="Calibrate anew"):
        reweighted(given, tmp_path)
