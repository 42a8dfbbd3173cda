"""Answers from a few hundred runs, for when runs are costly: Sobol and Shapley through a surrogate, its error stated.

Tables (``outcome, subject, year, group, arm, unit, estimator`` come first in all of them)::

    surrogate          kind, runs, factors, error (cross-validated, in units of the outcome), explained (cross-validated
                       share of the variance), verdict (good | doubtful | refused)
    sensitivity        method, factor, factor2, index (S1 | ST | shapley), value, low, high, runs
    surrogate_shapley  practice, value, low, high (90% of the points of the other factors), error_low, error_high (the
                       value's interval for the surrogate's error), first (share of points in which it is first)

``surrogate_shapley`` is there when 1 to 10 factors are on or off: Shapley values of all their combinations, which were
not run but predicted. A surrogate that explains too little is refused: its outcome has no row but in ``surrogate``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.attribution import coalitions
from plsim.attribution.rankings import Ranking
from plsim.attribution.sentences import practice_name
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.runs.evaluate import Outcome
from plsim.studies import surrogate_indices as indices
from plsim.studies.surrogate_fit import DOUBTED_BELOW, REFUSED_BELOW, Kind, Predict, Surrogate, fit_surrogate

if TYPE_CHECKING:
    import pandas as pd


def surrogate_tables(
    names: Sequence[str],
    units: Floats,
    outcomes: Sequence[Outcome],
    values: Floats,
    *,
    seed: int = 0,
    kind: Kind | None = None,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """All that surrogates say about the factors, and how far they may be believed, in plain sentences.

    Parameters
    ----------
    names
        Of the factors.
    units
        Coordinates of the runs in [0, 1]; a factor of n values holds the middle of its slice. Shape (runs, factors).
    outcomes
        What was measured.
    values
        Shape (runs, outcomes).
    kind
        Which kind of surrogate; whichever errs less when None.
    """
    import pandas as pd

    if units.shape != (values.shape[0], len(names)) or values.shape[1:] != (len(outcomes),):
        raise InputError(
            "surrogate",
            "",
            f"coordinates of shape {units.shape} and values of shape {values.shape}",
            allowed=f"runs x {len(names)} factors, and runs x {len(outcomes)} outcomes",
        )
    levels = indices.levels_of(units)
    quality, shares, shapley = [], [], []
    lines: list[str] = []
    for place, outcome in enumerate(outcomes):
        surrogate = fit_surrogate(units, values[:, place], kind=kind, seed=seed)
        at = outcome._asdict()
        quality.append(
            at
            | {
                "kind": surrogate.kind,
                "runs": surrogate.runs,
                "factors": len(names),
                "error": surrogate.error,
                "explained": surrogate.explained,
                "verdict": surrogate.verdict,
            }
        )
        lines.append(quality_sentence(surrogate, outcome))
        if surrogate.verdict == "refused":
            continue
        shares += [at | row for row in _shares(surrogate, names, levels, seed)]
        rows = list(_shapley(surrogate, names, levels, seed))
        shapley += [at | row for row in rows]
        lines += shapley_sentences(rows, outcome)
    tables = {"surrogate": quality, "sensitivity": shares, "surrogate_shapley": shapley}
    return {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}, lines


def quality_sentence(surrogate: Surrogate, outcome: Outcome) -> str:
    """How far the surrogate of an outcome may be believed."""
    text = (
        f"{outcome.label}: a surrogate ({surrogate.kind.replace('_', ' ')}) learned from {surrogate.runs} runs "
        f"explains {max(surrogate.explained, 0.0):.0%} of the variance of runs that it has not seen (cross-validated; "
        f"typical error {surrogate.error:.4f} {outcome.unit})."
    )
    if surrogate.verdict == "refused":
        return (
            f"REFUSED. {text} Below {REFUSED_BELOW:.0%} nothing is concluded from it: make more runs, or vary less at "
            "once."
        )
    if surrogate.verdict == "doubtful":
        return (
            f"WARNING. {text} Below {DOUBTED_BELOW:.0%} its indices may be far off: read them as a hint where to look, "
            "and make more runs."
        )
    return text


def shapley_sentences(rows: Sequence[dict[str, Any]], outcome: Outcome) -> list[str]:
    """Which on/off factor comes first by the surrogate."""
    if not rows:
        return []
    first = max(rows, key=lambda row: row["first"])
    if first["first"] <= 0.0:
        return []
    text = (
        f"{outcome.label}: by the surrogate, of the {len(rows)} factors that are on or off "
        f"{practice_name(first['practice'])} adds most in {first['first']:.0%} of the points tried "
        f"(by Shapley values), {first['value']:+.4f} {outcome.unit} in the middle "
        f"({first['error_low']:+.4f} to {first['error_high']:+.4f} allowing for the surrogate's error). It was "
        "predicted, not run."
    )
    return [text]


def _shares(surrogate: Surrogate, names: Sequence[str], levels: indices.Levels, seed: int) -> Iterable[dict[str, Any]]:
    sobol, sobol_error = indices.with_folds(surrogate, partial(indices.sobol, levels=levels, seed=seed))
    shapley, shapley_error = indices.with_folds(surrogate, partial(indices.shapley_effects, levels=levels, seed=seed))
    for index, value, error in (
        ("S1", sobol[0], sobol_error[0]),
        ("ST", sobol[1], sobol_error[1]),
        ("shapley", shapley, shapley_error),
    ):
        reach = indices.reach(error)
        for place, name in enumerate(names):
            yield {
                "method": f"surrogate ({surrogate.kind.replace('_', ' ')})",
                "factor": name,
                "factor2": "",
                "index": index,
                "value": float(value[place]),
                "low": float(value[place] - reach[place]),
                "high": float(value[place] + reach[place]),
                "runs": surrogate.runs,
            }


def _shapley(surrogate: Surrogate, names: Sequence[str], levels: indices.Levels, seed: int) -> Iterable[dict[str, Any]]:
    places = indices.switches(levels)
    if not places:
        return

    def each_point(predict: Predict) -> Floats:
        table = indices.combinations(predict, levels, seed=seed).T
        return np.stack([coalitions.shapley(table, (one,)) for one in range(len(places))])

    values = each_point(surrogate.predict)
    middle, error = indices.with_folds(surrogate, lambda predict: np.median(each_point(predict), axis=1))
    reach, firsts = indices.reach(error), Ranking(values.T).firsts().mean(axis=0)
    for place, factor in enumerate(places):
        low, high = np.quantile(values[place], [0.05, 0.95])
        yield {
            "practice": names[factor],
            "value": float(middle[place]),
            "low": float(low),
            "high": float(high),
            "error_low": float(middle[place] - reach[place]),
            "error_high": float(middle[place] + reach[place]),
            "first": float(firsts[place]),
        }
