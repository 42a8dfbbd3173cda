"""Surrogates: cheap stand-ins for the model, learned from a few hundred runs, with an honest measure of their error.

Two kinds, both from scikit-learn: a Gaussian process with a width of its own for every factor (smooth answers, few
runs, many factors), and gradient-boosted trees (steps and many runs). A surrogate's error is cross-validated: every run
is predicted by a surrogate that has not seen it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError

Kind = Literal["gaussian_process", "gradient_boosting"]
Predict = Callable[[Floats], Floats]

KINDS: tuple[Kind, ...] = ("gaussian_process", "gradient_boosting")
FOLDS = 5
FEWEST_RUNS = 50
MOST_RUNS_FOR_PROCESS = 2000
"""A Gaussian process takes time with the cube of the runs: beyond, only trees."""
REFUSED_BELOW = 0.5
"""Explained share of the variance below which nothing is concluded from a surrogate."""
DOUBTED_BELOW = 0.9
"""Explained share below which what is concluded comes with a warning."""
_WIDTHS_FROM = 250
"""Runs from which a process's widths are first found; all runs then refine them."""
_STEPS_FIRST, _STEPS_LAST = 30, 8
_WIDTHS = (0.4, 3.0)
"""Where the search for widths starts: wiggly in few factors, or nearly straight in many. The likelier end is taken."""
_BLOCK = 4096


@dataclass(frozen=True)
class Surrogate:
    """A stand-in for one outcome of the model.

    Attributes
    ----------
    kind
        Gaussian process or gradient boosting.
    predict
        From coordinates, shape (points, factors), to outcomes, shape (points,).
    folds
        The same, each learned without one fold of the runs: what the answer owes to which runs were made.
    runs
        How many runs it has learned from.
    error
        Cross-validated root mean square error, in units of the outcome.
    explained
        Cross-validated share of the variance between runs that it explains; below 0 it is worse than the mean.
    """

    kind: Kind
    predict: Predict
    folds: tuple[Predict, ...]
    runs: int
    error: float
    explained: float

    @property
    def verdict(self) -> str:
        """``good``, ``doubtful`` or ``refused``."""
        if not self.explained >= REFUSED_BELOW:
            return "refused"
        return "doubtful" if self.explained < DOUBTED_BELOW else "good"


def fit_surrogate(units: Floats, values: Floats, *, kind: Kind | None = None, seed: int = 0) -> Surrogate:
    """Learn an outcome from runs.

    Parameters
    ----------
    units
        Coordinates of the runs in [0, 1]. Shape (runs, factors).
    values
        Their outcomes. Shape (runs,).
    kind
        Which kind; the one with the smaller cross-validated error when None.
    seed
        Of the folds and of the trees.

    Raises
    ------
    StudyError
        When there are too few runs to learn from, or an outcome is missing.
    """
    if units.shape[0] < FEWEST_RUNS:
        raise StudyError("surrogate", "", f"{units.shape[0]} runs", allowed=f"{FEWEST_RUNS} or more", fix="Run more.")
    if not np.isfinite(values).all():
        missing = int((~np.isfinite(values)).sum())
        raise StudyError("surrogate", "", f"{missing} of {values.size} runs have no outcome", fix="Leave them out.")
    spread = float(values.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return _constant(values)
    if kind is not None:
        return _fitted(units, values, kind, seed)
    kinds = KINDS if units.shape[0] <= MOST_RUNS_FOR_PROCESS else KINDS[1:]
    return min((_fitted(units, values, each, seed) for each in kinds), key=lambda one: one.error)


def _constant(values: Floats) -> Surrogate:
    """Of an outcome that is the same in all runs: known exactly, and nothing to explain."""
    level = float(values[0])

    def predict(points: Floats) -> Floats:
        return np.full(points.shape[0], level)

    return Surrogate("gaussian_process", predict, (predict,) * FOLDS, values.size, 0.0, 1.0)


def _fitted(units: Floats, values: Floats, kind: Kind, seed: int) -> Surrogate:
    middle, spread = float(values.mean()), float(values.std())
    scaled = (values - middle) / spread
    shaped = _kernel(units, scaled, seed) if kind == "gaussian_process" else None

    def learn(chosen: Any) -> Predict:
        return _learned(units[chosen], scaled[chosen], shaped, seed, middle, spread)

    order = np.random.default_rng([seed, 61]).permutation(values.size)
    predicted, folds = np.empty(values.size), []
    for held in np.array_split(order, FOLDS):
        fold = learn(np.setdiff1d(order, held))
        predicted[held] = fold(units[held])
        folds.append(fold)
    error = float(np.sqrt(np.mean(np.square(predicted - values))))
    everything = learn(np.arange(values.size))
    return Surrogate(kind, everything, tuple(folds), values.size, error, 1.0 - (error / spread) ** 2)


def _learned(units: Floats, scaled: Floats, shaped: Any, seed: int, middle: float, spread: float) -> Predict:
    """One model: a process with a kernel that is given, or trees when there is none."""
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.gaussian_process import GaussianProcessRegressor

    model: Any
    if shaped is not None:
        model = GaussianProcessRegressor(shaped, optimizer=None)
    else:
        model = GradientBoostingRegressor(
            n_estimators=500, learning_rate=0.05, max_depth=3, subsample=0.5, random_state=seed
        )
    model.fit(units, scaled)

    def predict(points: Floats) -> Floats:
        blocks = [points[start : start + _BLOCK] for start in range(0, points.shape[0], _BLOCK)]
        return np.concatenate([np.asarray(model.predict(block)) for block in blocks]) * spread + middle

    return predict


def _kernel(units: Floats, scaled: Floats, seed: int) -> Any:
    """A kernel with the likeliest widths: from a part of the runs first, refined on all of them."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    part = np.random.default_rng([seed, 62]).permutation(scaled.size)[:_WIDTHS_FROM]
    with warnings.catch_warnings():
        # A factor that does not matter has its width at the bound: that is the answer, not a failure.
        warnings.simplefilter("ignore")
        tried = []
        for width in _WIDTHS:
            kernel = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(np.full(units.shape[1], width), (0.05, 100.0))
            process = GaussianProcessRegressor(kernel + WhiteKernel(0.05, (1e-8, 1.0)), optimizer=_climb(_STEPS_FIRST))
            tried.append(process.fit(units[part], scaled[part]))
        kernel = max(tried, key=lambda one: float(one.log_marginal_likelihood_value_)).kernel_
        if scaled.size > part.size:
            kernel = GaussianProcessRegressor(kernel, optimizer=_climb(_STEPS_LAST)).fit(units, scaled).kernel_
    return kernel


def _climb(steps: int) -> Callable[..., tuple[Any, float]]:
    """An optimizer for scikit-learn that stops after so many steps: likelihoods are flat at the top."""
    from scipy.optimize import minimize

    def climb(objective: Any, start: Any, bounds: Any) -> tuple[Any, float]:
        found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": steps})
        return found.x, float(found.fun)

    return climb
