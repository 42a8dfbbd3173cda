"""Chance by address: every draw is a pure function of who, what and when.

Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a counter and a
key into 128 random bits. Here the key is the run's seed and the counter is an address: person (or seat, or school),
stream, subject, year and week. Nothing is stored and nothing is drawn in order, so one more student, school, test or
practice changes nobody else's random numbers.

The same lines serve three callers: compiled code (numpy scalars that numba turns into machine integers), numpy arrays
(populations, whole weeks at once), and known-answer tests.
"""

from __future__ import annotations

import numpy as np

from plsim.core.jit import compiled

_U64 = np.uint64
_LOW32 = _U64(0xFFFFFFFF)
_LOW16 = _U64(0xFFFF)
_SHIFT32 = _U64(32)
_SHIFT16 = _U64(16)
_MULTIPLIER_0 = _U64(0xD2511F53)
_MULTIPLIER_1 = _U64(0xCD9E8D57)
_WEYL_0 = _U64(0x9E3779B9)
_WEYL_1 = _U64(0xBB67AE85)
_STREAM_SHIFT = _U64(16)
_SUBJECT_SHIFT = _U64(8)

ROUNDS = 10

# Streams. A decision has its own stream, so that two policies share their random numbers. Never reuse or renumber one.
STREAMS = {
    "weekly": 1,  # attendance, profile noise and assessment noise of a student, subject and week
    "traits": 2,  # learning rate, attendance, self-regulation, engagement, home access of a student
    "achievement": 3,  # entering achievement
    "transient": 4,  # growth that the next summer undoes
    "test": 5,  # error of one test
    "sectioning": 6,  # who sits with whom when the file does not say
    "mobility": 7,  # who leaves, and who takes the place
    "turnover": 8,  # whether a teacher leaves
    "teacher": 9,  # effectiveness, experience and proficiency of a seat's n-th holder
    "teacher_year": 10,  # the yearly part of effectiveness
    "school": 11,  # conditions of a school
    "practice": 12,  # a school's own taste for each practice
    "reversion": 13,  # whether a school goes back to typical practice
    "tools": 14,  # which products a school picks
    "grouping": 15,  # how groups are made without data
    "served": 16,  # whom a program serves, who works at an own pace
    "school_year": 17,  # transient growth of a school and a grade
    "worlds": 18,  # parameters of a world
    "demographics": 19,
    "survey": 20,
    "leadership": 21,  # whether a school's leader changes
    "class_year": 22,  # what happens to one class in one year
}


@compiled
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Four 32-bit words of Philox4x32-10, each held in an unsigned 64-bit integer.

    All six arguments are unsigned 64-bit integers (or arrays of them) below ``2**32``: the counter, then the key.
    """
    for _ in range(ROUNDS):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _SHIFT32) ^ c1 ^ k0
        c1 = product_1 & _LOW32
        c2 = (product_0 >> _SHIFT32) ^ c3 ^ k1
        c3 = product_0 & _LOW32
        k0 = (k0 + _WEYL_0) & _LOW32
        k1 = (k1 + _WEYL_1) & _LOW32
    return c0, c1, c2, c3


@compiled
def words(seed, person, place, week):  # type: ignore[no-untyped-def]
    """The four words at one address.

    ``seed``, ``person``, ``place`` (from :func:`place`) and ``week`` are unsigned 64-bit integers or arrays of them.
    """
    return philox(person & _LOW32, person >> _SHIFT32, place & _LOW32, week & _LOW32, seed & _LOW32, seed >> _SHIFT32)


@compiled
def place(stream, subject, year):  # type: ignore[no-untyped-def]
    """Stream, subject and year packed into one word of an address; each an unsigned 64-bit integer below 256."""
    return (stream << _STREAM_SHIFT) | (subject << _SUBJECT_SHIFT) | year


@compiled
def uniform_32(word):  # type: ignore[no-untyped-def]
    """A uniform strictly inside (0, 1) from one 32-bit word."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10


@compiled
def normal_48(bits):  # type: ignore[no-untyped-def]
    """A standardized bell-shaped draw from the low 48 bits: the sum of three 16-bit uniforms.

    Exact arithmetic only, so every platform and engine gets the same bits; mean 0, variance 1, bounded by 3.
    """
    total = (
        np.float64(bits & _LOW16) + np.float64((bits >> _SHIFT16) & _LOW16) + np.float64((bits >> _SHIFT32) & _LOW16)
    )
    return (total + 1.5) * (2.0 / 65536.0) - 3.0


@compiled
def weekly_draws(seed, person, place_word, week):  # type: ignore[no-untyped-def]
    """The draws of one student, subject and week.

    Returns
    -------
    u_attend : float
        Uniform, for attendance.
    z_profile : float
        Standardized, for the error of what the school observes.
    z_assess : float
        Standardized, for the error of a unit assessment.
    """
    w0, w1, w2, w3 = words(seed, person, place_word, week)
    u_attend = uniform_32(w0)
    z_profile = normal_48(w1 | ((w2 & _LOW16) << _SHIFT32))
    z_assess = normal_48(w3 | ((w2 >> _SHIFT16) << _SHIFT32))
    return u_attend, z_profile, z_assess
