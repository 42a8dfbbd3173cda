"""What is kept of the worlds that ship is what would be found, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from plsim.engine import kept
from plsim.engine.arm import Arm
from plsim.engine.batch.engine import BatchEngine
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL, World, prior_worlds
from plsim.engine.reference import typical
from plsim.engine.worlds import first_alike, worlds
from plsim.practices.registration import known_practices

ENGINE = engine_named("batch")


class Idle:
    """An engine that keeps what it finds, and is not to run."""

    keeps = True

    def start_year(self, arm: Arm) -> None:
        """Nobody asks for it."""
        raise AssertionError("a year was lived")

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Nor for this."""
        raise AssertionError("a week was lived")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many files are kept, of none at the start."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return lambda: len(list((tmp_path / "plsim" / "references").glob("*")))


class Forgetful(BatchEngine):
    """The same engine, which keeps nothing."""

    keeps = False


def test_what_is_kept_has_the_bits_of_what_is_found(folder: Callable[[], int]) -> None:
    shipped = worlds(4, 0)
    here = (CENTRAL, *(shipped[place] for place in sorted(set(first_alike(shipped)))))
    for world in here:
        _ = typical(world, ENGINE).structure
    assert folder() == 2 * len(here)
    for world in here:
        found, kept_one = typical(world, Forgetful()), typical(world, Idle())
        for of in ("reference", "structure"):
            fields = zip(vars(getattr(found, of)).values(), vars(getattr(kept_one, of)).values(), strict=True)
            assert all(one.tobytes() == other.tobytes() for one, other in fields)
        assert found.persistent_cv.tobytes() == typical(world, ENGINE).persistent_cv.tobytes()


def test_a_world_of_ones_own_is_found_anew(folder: Callable[[], int]) -> None:
    typical(prior_worlds(1, 5)[0], ENGINE)
    typical(World("another", {"learning.durability": 0.9}), ENGINE)
    assert folder() == 0


def test_nothing_is_kept_beside_a_practice_of_ones_own(
    folder: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have levers that typical schools pull too."""
    known = dict(known_practices())
    monkeypatch.setattr(kept, "known_practices", lambda: {**known, "evening_reading": object})
    typical(CENTRAL, ENGINE)
    assert folder() == 0


def test_an_engine_of_agents_is_not_given_what_the_other_found(folder: Callable[[], int]) -> None:
    class Agents(Idle):
        keeps = False

    typical(CENTRAL, ENGINE)
    with pytest.raises(AssertionError, match="was lived"):
        typical(CENTRAL, Agents())


def test_another_number_or_source_has_a_place_of_its_own(
    folder: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def numbers(value: float) -> float:
        return float(kept.kept_numbers("a", CENTRAL, ENGINE, (2,), lambda: np.full(2, value))[0])

    assert (numbers(1.0), numbers(2.0)) == (1.0, 1.0)
    monkeypatch.setattr(kept, "_sources", lambda: ("other sources",))
    assert (numbers(2.0), folder()) == (2.0, 2)
