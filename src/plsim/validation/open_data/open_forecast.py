"""How well each student's score at the end of a year can be predicted, by plsim and by a linear regression.

Forecasts are for students of schools that nobody learned from, and all know the same of a student: both scores of
kindergarten, lunch status and the kind of class (``mlmRev/star``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Floats
from plsim.evidence import norms
from plsim.population.achievement import spread
from plsim.population.model import number
from plsim.validation.open_data.open_classes import GRADE, Classes, places

FOLDS = 5
LASTING = tuple(np.linspace(0.05, 0.95, 19).tolist())
"""Shares among which that of a place's variance that lasts is looked for."""


@dataclass(frozen=True)
class ForecastErrors:
    """Errors of forecasts of scores at the end of the year, for students of schools that were not learned from.

    Root mean square errors in SD of those scores, by subject (2,). What each forecast knows: :func:`forecast`.
    """

    plsim: Floats
    fitted: Floats
    told: Floats
    regression: Floats
    standing: Floats
    students: int


def forecast(of: Classes, expected: Floats) -> ForecastErrors:
    """Forecasts for students of held-out schools: plsim's, a regression's on the same covariates, and no change.

    ``expected`` are what plsim's students came to, as places in the norms. Its forecast is what they came to on average
    given the same covariates as the regression's: both scores of kindergarten, lunch status and the kind of class. The
    luck of traits and teachers, which nobody knows beforehand, drops out. Nothing in it has seen a score of grade 1.

    ``plsim`` puts it on the data's scale by mean and SD of the other schools' scores; ``fitted`` by the line that suits
    the other schools best. ``told`` learns one number more from them: how much of a place on these tests lasts. Lasting
    places are then estimated from both scores and lunch status, as the norms say that these go together. The regression
    is fitted to the other schools. ``standing`` gives everybody the place of kindergarten again.
    """
    keep = np.flatnonzero(of.known)
    schools = np.unique(of.school[keep])
    fold = np.searchsorted(schools, of.school[keep]) % FOLDS
    after, before, z = of.after[keep], of.before[keep], places(of.before)[keep]
    ones, lunch, small = np.ones(len(keep)), of.lunch[keep], of.small[keep]
    law = np.linalg.lstsq(np.column_stack([ones, z, lunch, small]), expected[keep], rcond=None)[0]

    def predicted(start: Floats) -> Floats:
        return np.asarray(np.column_stack([ones, start, lunch, small]) @ law)

    by_share = [predicted(lasting_places(z, lunch, each)) for each in LASTING]
    covariates = np.column_stack([ones, before, lunch, small])
    guesses = {name: np.empty_like(after) for name in ("plsim", "fitted", "told", "regression", "standing")}
    for part in range(FOLDS):
        out, rest = fold == part, fold != part
        mean, sd = after[rest].mean(axis=0), after[rest].std(axis=0)
        guesses["plsim"][out] = mean + sd * predicted(z)[out]
        guesses["standing"][out] = mean + sd * z[out]
        guesses["fitted"][out] = _on_lines(predicted(z), after, rest)[out]
        lines = [_on_lines(each, after, rest) for each in by_share]
        missed = [(((line - after)[rest] / sd) ** 2).mean() for line in lines]
        guesses["told"][out] = lines[int(np.argmin(missed))][out]
        guesses["regression"][out] = _learned(covariates, after, rest)[out]
    sd = after.std(axis=0)
    errors = {name: np.sqrt(((guess - after) ** 2).mean(axis=0)) / sd for name, guess in guesses.items()}
    return ForecastErrors(**errors, students=len(keep))


def lasting_places(z: Floats, lunch: Floats, share: float) -> Floats:
    """The lasting part of students' places, as places on both tests and lunch status let expect. Shape (students, 2).

    ``share`` of a place's variance lasts; the rest is of one test. The norms say how true scores of the two subjects go
    together, and how far lunch-eligible students are behind. The less lasts, the more the other subject's score and
    lunch status count beside a score.
    """
    n = norms()
    true_sd = np.sqrt(n.sd_within_fall[:, GRADE] ** 2 + n.sd_between_fall[:, GRADE] ** 2)
    shared = number("population.corr_math_reading") * n.sd_fall_observed[:, GRADE].prod() / true_sd.prod()
    together = np.array([[1.0, shared], [shared, 1.0]])
    gap = spread().lunch_gap[:, GRADE] / true_sd
    of_lunch = (lunch - lunch.mean())[:, np.newaxis] * gap
    rest = together - lunch.var() * np.outer(gap, gap)
    surprise = z - np.sqrt(share) * of_lunch
    weights = np.linalg.solve(share * rest + (1.0 - share) * np.eye(2), np.sqrt(share) * rest)
    lasting: Floats = of_lunch + surprise @ weights
    return lasting


def _on_lines(guess: Floats, outcome: Floats, rows: np.ndarray) -> Floats:
    """A guess put on the outcome's scale by the line that suits some rows best, each subject by its own."""
    lines = [
        _learned(np.column_stack([np.ones(len(guess)), guess[:, subject]]), outcome[:, subject], rows)
        for subject in range(2)
    ]
    return np.stack(lines, axis=1)


def _learned(covariates: Floats, outcome: Floats, rows: np.ndarray) -> Floats:
    """Fitted values for everybody of a linear regression over some rows."""
    fitted: Floats = covariates @ np.linalg.lstsq(covariates[rows], outcome[rows], rcond=None)[0]
    return fitted
