"""Which practices make a gain: the outcome of every on/off combination, in every world, taken apart exactly.

With k practices there are 2^k combinations. All of them are run with the same students and the same luck, in every
world; so nothing below is estimated from a sample of combinations, and the only spread is that over worlds. What it
says holds inside the model and under its worlds. It is no evidence of what practices do in real schools.

:mod:`plsim.studies.factorial` runs the combinations, :mod:`plsim.attribution.coalitions` has the sums,
:mod:`plsim.attribution.game` what they say of one outcome, :mod:`plsim.attribution.rankings` ranks and what may be
claimed, :mod:`plsim.attribution.sentences` the sentences.

Tables (``outcome, subject, year, group, arm, unit, estimator`` come first in all of them; ``value`` is a median over
worlds, ``low`` and ``high`` hold 90% of worlds, ``positive`` is the share of worlds above 0, ``mean`` the mean over
worlds: means add up, medians do not; sets of practices are joined by ``;``)::

    attribution         practice, measure (shapley | average | add_one_in | leave_one_out), value, low, high, positive,
                        mean, found (1 a gain, -1 a loss, 0 not to be told from nothing; by Shapley values)
    attribution_joint   measure (rest | joint | sum_of_singles | synergy), value, low, high, positive, mean, found
    attribution_order   size, share (median share of the variance over combinations that sets of this size explain)
    attribution_worlds  world, practice, shapley, average, add_one_in, leave_one_out
    interactions        practice, practice2, measure (shapley | average | alone), value, low, high, positive, mean,
                        found
    interaction_sets    size, practices, average, alone, variance_share          (sets of three and more)
    ranks               practice, position, share
    firsts              practice, share, low, high, hits, worlds                 ("(none)": no effect worth the name)
    beats               practice, practice2, share, low, high, hits, worlds
    needs               practice, needs, without, with, left, more_with_it, low, high, found
    best_combinations   size, practices, value, low, high, positive, mean, first, first_low, first_high
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.attribution import coalitions
from plsim.attribution.game import SINGLE, Worth
from plsim.attribution.rankings import found, share
from plsim.attribution.sentences import attribution_sentences
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.measures.effects import CI_LEVEL
from plsim.measures.vocabulary import outcome_unit
from plsim.runs.evaluate import Outcome

if TYPE_CHECKING:
    import pandas as pd

NEGLIGIBLE = {"SD": 0.002, "points": 0.08, "RIT": 0.03}
"""By unit, effects too small to be called anything; other units have none. docs/attribution.md says why."""
_TAIL = 0.5 * (1.0 - CI_LEVEL)

Rows = Iterable[dict[str, Any]]


def worths(practices: Sequence[str], outcomes: Sequence[Outcome], values: Floats) -> tuple[Worth, ...]:
    """What the practices are worth in each outcome; ``values`` has shape (worlds, 2^k, outcomes)."""
    expected = (values.shape[0], 1 << len(practices), len(outcomes))
    if values.shape != expected:
        raise InputError(
            "attribution",
            "",
            f"values of shape {values.shape}",
            allowed=f"{expected}: worlds, combinations of {len(practices)} practices, outcomes",
        )
    return tuple(
        Worth(
            tuple(practices),
            outcome,
            values[:, :, place].T,
            NEGLIGIBLE.get(outcome_unit(outcome.outcome, outcome.unit), 0.0),
        )
        for place, outcome in enumerate(outcomes)
    )


def attribution_tables(
    practices: Sequence[str],
    worlds: Sequence[str],
    outcomes: Sequence[Outcome],
    values: Floats,
    *,
    seed: int = 0,
    world_label: str = "",
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """All tables of an attribution by name, and what they say in plain sentences.

    Parameters
    ----------
    practices
        Names; practice ``i`` is on in combination ``c`` when bit ``i`` of ``c`` is 1.
    worlds
        Names.
    outcomes
        What was measured.
    values
        Every run. Shape (worlds, 2^k, outcomes).
    seed
        Not used: nothing here is drawn. There because every analysis of a study has it.
    world_label
        What the worlds are: a prior range, or what the evidence leaves.
    """
    import pandas as pd

    del seed
    each = worths(practices, outcomes, values)
    makers: dict[str, Callable[[Worth], Rows]] = {
        "attribution": _singles,
        "attribution_joint": _joint,
        "attribution_order": _orders,
        "attribution_worlds": lambda worth: _by_world(worth, worlds),
        "interactions": _pairs,
        "interaction_sets": _sets,
        "ranks": _ranks,
        "firsts": _firsts,
        "beats": _beats,
        "needs": _needs,
        "best_combinations": _best,
    }
    tables = {}
    for name, maker in makers.items():
        rows = [_place(worth.outcome) | row for worth in each for row in maker(worth)]
        if rows:
            tables[name] = pd.DataFrame(rows)
    return tables, attribution_sentences(each, world_label=world_label)


def _place(outcome: Outcome) -> dict[str, Any]:
    """The columns that say which outcome a row is about: its whole key, the arm too."""
    return outcome._asdict()


def spread(values: Floats) -> dict[str, float]:
    """Median, 90% interval, share above 0 and mean over worlds."""
    low, middle, high = np.quantile(values, [_TAIL, 0.5, 1.0 - _TAIL])
    return {
        "value": float(middle),
        "low": float(low),
        "high": float(high),
        "positive": float((values > 0.0).mean()),
        "mean": float(values.mean()),
    }


def _singles(worth: Worth) -> Rows:
    for measure in SINGLE:
        for place, practice in enumerate(worth.practices):
            row = {"practice": practice, "measure": measure, **spread(worth.singles[measure][place])}
            yield row | {"found": int(worth.found[place])}


def _joint(worth: Worth) -> Rows:
    parts = {
        "rest": worth.rest,
        "joint": worth.joint,
        "sum_of_singles": worth.joint - worth.synergy,
        "synergy": worth.synergy,
    }
    for measure, values in parts.items():
        sign = found(values[:, np.newaxis], negligible=worth.negligible)[0]
        yield {"measure": measure, **spread(values), "found": int(sign)}


def _orders(worth: Worth) -> Rows:
    for size, values in enumerate(worth.variance_by_size, start=1):
        known = values[np.isfinite(values)]
        yield {"size": size, "share": float(np.median(known)) if known.size else float("nan")}


def _by_world(worth: Worth, worlds: Sequence[str]) -> Rows:
    for index, world in enumerate(worlds):
        for place, practice in enumerate(worth.practices):
            measures = {name: float(worth.singles[name][place, index]) for name in SINGLE}
            yield {"world": world, "practice": practice, **measures}


def _pairs(worth: Worth) -> Rows:
    alone, average = coalitions.moebius(worth.values), coalitions.average_differences(worth.values)
    for place, pair in enumerate(worth.pairs):
        mask = coalitions.mask_of(pair)
        names = {"practice": worth.practices[pair[0]], "practice2": worth.practices[pair[1]]}
        for measure, values in {
            "shapley": worth.together[place],
            "average": average[mask],
            "alone": alone[mask],
        }.items():
            yield {**names, "measure": measure, **spread(values), "found": int(worth.found_pairs[place])}


def _sets(worth: Worth) -> Rows:
    alone, average = coalitions.moebius(worth.values), coalitions.average_differences(worth.values)
    shares = coalitions.variance_shares(worth.values)
    for mask in range(worth.values.shape[0]):
        members = coalitions.members_of(mask)
        if len(members) > 2:
            known = shares[mask][np.isfinite(shares[mask])]
            yield {
                "size": len(members),
                "practices": ";".join(worth.named(mask)),
                "average": float(np.median(average[mask])),
                "alone": float(np.median(alone[mask])),
                "variance_share": float(np.median(known)) if known.size else float("nan"),
            }


def _ranks(worth: Worth) -> Rows:
    positions = worth.ranking.positions()
    for place, practice in enumerate(worth.practices):
        for position, part in enumerate(positions[place], start=1):
            yield {"practice": practice, "position": position, "share": float(part)}


def _firsts(worth: Worth) -> Rows:
    firsts, nothing = worth.ranking.firsts(), worth.ranking.nothing()
    for name, holds in (*zip(worth.practices, firsts.T, strict=True), ("(none)", nothing)):
        yield {"practice": name, **_share(holds)}


def _beats(worth: Worth) -> Rows:
    scores = worth.singles["shapley"]
    for one, practice in enumerate(worth.practices):
        for other, against in enumerate(worth.practices):
            if one != other:
                yield {"practice": practice, "practice2": against, **_share(scores[one] > scores[other])}


def _share(holds: Any) -> dict[str, Any]:
    each = share(holds)
    return {"share": each.value, "low": each.low, "high": each.high, "hits": each.hits, "worlds": each.worlds}


def _needs(worth: Worth) -> Rows:
    for need in worth.needs:
        more = need.more_with_it
        yield {
            "practice": need.practice,
            "needs": need.needs,
            "without": need.without,
            "with": need.with_it,
            "left": need.left,
            "more_with_it": more.value,
            "low": more.low,
            "high": more.high,
            "found": need.found,
        }


def _best(worth: Worth) -> Rows:
    for best in worth.best:
        first = {"first": best.first.value, "first_low": best.first.low, "first_high": best.first.high}
        yield {"size": best.size, "practices": ";".join(best.practices), **spread(best.values), **first}
