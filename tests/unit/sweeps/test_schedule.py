from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsim.sweeps import schedule as spans
from plsim.sweeps.schedule import Pace, Shares, shard_of, undone


def listed(chunk) -> list[int]:
    return [run for runs in chunk for run in runs]


@given(st.lists(st.booleans(), max_size=60), st.data())
def test_undone_stretches_are_exactly_the_undone_runs(done, data) -> None:
    first = data.draw(st.integers(0, len(done)))
    stop = data.draw(st.integers(first, len(done)))
    stretches = undone(np.array(done, np.bool_), first, stop)
    assert listed(stretches) == [run for run in range(first, stop) if not done[run]]
    assert all(stretches)


@given(st.integers(0, 1000), st.integers(1, 50))
def test_shards_cover_every_run_once(count: int, of: int) -> None:
    bounds = [shard_of(count, (number, of)) for number in range(1, of + 1)]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == count
    assert [stop for _, stop in bounds[:-1]] == [first for first, _ in bounds[1:]]


@given(
    st.lists(st.booleans(), min_size=1, max_size=200),
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20), st.booleans()), max_size=100),
)
def test_every_run_is_made_once_whoever_takes_it_and_whatever_is_given_back(done, workers, steps) -> None:
    todo = undone(np.array(done, np.bool_), 0, len(done))
    shares = Shares(todo, workers)
    made: list[int] = []
    endless = [(worker % workers, 3, False) for worker in range(1000)]
    for worker, runs, dies in [*steps, *endless]:
        chunk = shares.take(worker % workers, runs)
        if dies and chunk:
            shares.give_back(worker % workers, chunk, alone=listed(chunk)[-1])
        else:
            made += listed(chunk)
    assert sorted(made) == listed(todo)
    assert shares.left == 0


def test_workers_go_through_neighbours_and_help_at_the_end() -> None:
    shares = Shares([range(1000)], 2)
    assert listed(shares.take(0, 5)) == [0, 1, 2, 3, 4]
    assert listed(shares.take(1, 5)) == [500, 501, 502, 503, 504]
    while shares.left > 200:
        chunk = shares.take(1, 100)
    assert min(listed(chunk)) < 500  # it took from the first worker's stretch
    assert listed(shares.take(0, 2)) == [5, 6]  # whose front is untouched


def test_the_suspect_of_a_death_is_made_alone_and_next() -> None:
    shares = Shares([range(100)], 2)
    chunk = shares.take(0, 10)
    shares.give_back(0, chunk, alone=4)
    assert listed(shares.take(1, 10)) == [4]
    assert listed(shares.take(0, 4)) == [0, 1, 2, 3]
    assert listed(shares.take(0, 2)) == [5, 6]


def test_the_last_chunks_are_small_so_that_nobody_waits_for_one() -> None:
    shares = Shares([range(1000)], 2)
    sizes = []
    while shares.left:
        sizes.append(len(listed(shares.take(len(sizes) % 2, 400))))
    assert max(sizes) <= 125
    assert sizes[-5:] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("elapsed", "storing", "seconds"), [(0.0, 0.002, 0.1), (50.0, 0.002, 0.5), (1e5, 0.002, 2.0), (0.0, 0.05, 1.5)]
)
def test_chunks_grow_with_the_sweep_and_with_a_slow_disk(
    monkeypatch: pytest.MonkeyPatch, elapsed: float, storing: float, seconds: float
) -> None:
    now = [0.0]
    monkeypatch.setattr(spans, "monotonic", lambda: now[0])
    pace = Pace()
    assert pace.runs() == 1
    for slower in (20.0, 1.0, 1.0):  # the first part takes longer
        pace.saw(10, making=0.1, storing=slower * storing)
    now[0] = elapsed
    assert pace.seconds() == pytest.approx(seconds)
    assert pace.runs() == int(seconds / 0.01)
