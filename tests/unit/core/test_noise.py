"""Chance by address: the published generator, the same bits compiled and interpreted, and draws of the right shape."""

from __future__ import annotations

import numpy as np
import pytest

from plsim.core import noise as compiled_noise
from plsim.core.jit import HAVE_NUMBA, entry, interpreted

noise = interpreted("plsim.core.noise")
U64 = np.uint64
ONES = 0xFFFFFFFF

# Salmon et al. 2011, known-answer vectors of Philox4x32-10: counter, key, answer.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
N = 20_000


@entry
def _compiled_philox(counter, key, out):
    for i in range(out.shape[0]):
        out[i] = compiled_noise.philox(counter[i, 0], counter[i, 1], counter[i, 2], counter[i, 3], key[i, 0], key[i, 1])


@entry
def _compiled_draws(seed, person, subject, year, week, out):
    for i in range(out.shape[0]):
        at = compiled_noise.place(np.uint64(1), subject[i], year)
        out[i] = compiled_noise.weekly_draws(seed, person[i], at, week)


def _people(count: int = N) -> np.ndarray:
    return np.arange(count, dtype=U64) * U64(0x9E3779B97F4A7C15)


def _draws(seed: int = 7, week: int = 5, year: int = 1) -> np.ndarray:
    person = _people()
    at = noise.place(U64(1), (person & U64(1)), U64(year))
    return np.stack(noise.weekly_draws(U64(seed), person, at, U64(week)))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter, key, answer):
    columns = [np.array([word], dtype=U64) for word in (*counter, *key)]
    assert tuple(int(word[0]) for word in noise.philox(*columns)) == answer


@pytest.mark.skipif(not HAVE_NUMBA, reason="needs numba")
def test_compiled_philox_gives_the_published_answers():
    counter = np.array([row[0] for row in KNOWN], dtype=U64)
    key = np.array([row[1] for row in KNOWN], dtype=U64)
    out = np.zeros((len(KNOWN), 4), dtype=U64)
    _compiled_philox(counter, key, out)
    assert [tuple(row) for row in out.tolist()] == [row[2] for row in KNOWN]


@pytest.mark.skipif(not HAVE_NUMBA, reason="needs numba")
@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_weekly_draws_are_the_same_bits_compiled_and_interpreted(seed):
    person = _people(999)
    subject = person & U64(1)
    out = np.empty((999, 3))
    _compiled_draws(U64(seed), person, subject, U64(3), U64(35), out)
    at = noise.place(U64(1), subject, U64(3))
    np.testing.assert_array_equal(out.T, np.stack(noise.weekly_draws(U64(seed), person, at, U64(35))))


def test_uniforms_lie_strictly_inside_0_and_1():
    ends = noise.uniform_32(np.array([0, ONES], dtype=U64))
    assert 0.0 < ends[0] < 1e-9
    assert 1.0 - 1e-9 < ends[1] < 1.0


def test_uniforms_are_flat():
    u = _draws()[0]
    assert abs(u.mean() - 0.5) < 4.0 * np.sqrt(1.0 / 12.0 / N)
    counts = np.bincount((u * 20).astype(int), minlength=20)
    assert ((counts - N / 20) ** 2 / (N / 20)).sum() < 50.0  # chi-square of 19: 1 in 10,000 is above


@pytest.mark.parametrize("which", [1, 2], ids=["profile", "assessment"])
def test_normals_have_mean_0_and_variance_1(which):
    z = _draws()[which]
    assert abs(z.mean()) < 4.0 / np.sqrt(N)
    # The kurtosis of a sum of three uniforms is 2.6, so the variance of a square is 1.6.
    assert abs((z * z).mean() - 1.0) < 4.0 * np.sqrt(1.6 / N)
    assert np.abs(z).max() < 3.0


def test_normals_are_symmetric_about_0():
    ends = noise.normal_48(np.array([0, 2**48 - 1], dtype=U64))
    assert ends[0] == -ends[1]
    assert -3.0 < ends[0] < -2.9999


def test_the_draws_of_one_address_are_uncorrelated():
    assert np.abs(np.corrcoef(_draws()) - np.eye(3)).max() < 4.0 / np.sqrt(N)


@pytest.mark.parametrize("other", [{"seed": 8}, {"week": 6}, {"year": 2}])
def test_another_address_is_another_draw(other):
    here, there = _draws()[0], _draws(**other)[0]
    assert (here != there).all()
    assert abs(np.corrcoef(here, there)[0, 1]) < 4.0 / np.sqrt(N)


def test_a_draw_does_not_depend_on_who_else_draws():
    person = _people(50)
    at = noise.place(U64(1), U64(0), U64(0))
    together = noise.weekly_draws(U64(7), person, at, U64(3))[0]
    alone = noise.weekly_draws(U64(7), person[[31]], at, U64(3))[0]
    assert alone[0] == together[31]


def test_places_of_different_streams_subjects_and_years_differ():
    places = {
        int(noise.place(U64(stream), U64(subject), U64(year)))
        for stream in noise.STREAMS.values()
        for subject in range(12)
        for year in range(8)
    }
    assert len(places) == len(noise.STREAMS) * 12 * 8


def test_streams_are_numbered_once():
    assert len(set(noise.STREAMS.values())) == len(noise.STREAMS)
    assert max(noise.STREAMS.values()) < 256
