"""Which practices make a gain: the outcome of every on/off combination, in every world, taken apart exactly.

With k practices there are 2^k combinations. All of them are run in every world and with every seed (a draw of students,
teachers and years), paired inside each; so nothing below is estimated from a sample of combinations, and its spread is
that over worlds and over draws (:mod:`plsim.measures.findings`). What it says holds inside
the model and under its worlds. It is no evidence of what practices do in real schools.

:mod:`plsim.studies.design` orders the runs, :mod:`plsim.attribution.coalitions` has the sums,
:mod:`plsim.attribution.game` what they say of one outcome, :mod:`plsim.attribution.rankings` ranks and what may be
claimed, :mod:`plsim.attribution.sentences` the sentences.

Tables (``outcome, subject, year, group, arm, unit, estimator`` come first in all of them; ``value`` is a median over
worlds, ``low`` and ``high`` hold 90% of worlds, ``positive`` is the share of worlds above 0, ``mean`` the mean over
worlds: means add up, medians do not; sets of practices are joined by ``;``)::

    attribution         practice, measure (shapley | average | add_one_in | leave_one_out), value, low, high, positive,
                        mean, found (1 a gain, -1 a loss, 0 not clearly different from zero; by Shapley values)
    attribution_joint   measure (rest | joint | sum_of_singles | synergy), value, low, high, positive, mean, found
    attribution_order   size, share (median share of the variance over combinations that sets of this size explain)
    attribution_worlds  world, practice, shapley, average, add_one_in, leave_one_out
    attribution_as_one  as attribution, with the factors of ``as_one`` as one switch (column ``switch`` names it)
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
from plsim.attribution.game import SINGLE, Game
from plsim.attribution.sentences import attribution_sentences
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.measures.findings import Share, found, spread
from plsim.measures.vocabulary import outcome_unit
from plsim.runs.evaluate import Outcome

if TYPE_CHECKING:
    import pandas as pd

NEGLIGIBLE = {"SD": 0.002, "points": 0.08, "RIT": 0.03}
"""By unit, effects too small to be called anything; other units have none. docs/attribution.md says why."""

Rows = Iterable[dict[str, Any]]


def games(practices: Sequence[str], outcomes: Sequence[Outcome], values: Floats) -> tuple[Game, ...]:
    """The game of each outcome; ``values``: (seeds, worlds, 2^k, outcomes), or one draw."""
    if values.ndim == 3:
        values = values[np.newaxis]
    expected = (*values.shape[:2], 1 << len(practices), len(outcomes))
    if values.shape != expected:
        raise InputError(
            "attribution",
            "",
            f"values of shape {values.shape}",
            allowed=f"{expected}: draws, worlds, combinations of {len(practices)} practices, outcomes",
        )
    return tuple(
        Game(
            tuple(practices),
            outcome,
            np.moveaxis(values[..., place], -1, 0),
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
    as_one: Sequence[Sequence[str]] = (),
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
        Every run. Shape (seeds, worlds, 2^k, outcomes); (worlds, 2^k, outcomes) is one draw, of which nothing is found.
    seed
        Not used: nothing here is drawn. There because every analysis of a study has it.
    world_label
        What the worlds are: a prior range, or what the evidence leaves.
    as_one
        Sets of practices that are also counted as one switch each, from the same runs.
    """
    import pandas as pd

    del seed
    each = games(practices, outcomes, values)
    makers: dict[str, Callable[[Game], Rows]] = {
        "attribution": _singles,
        "attribution_joint": _joint,
        "attribution_as_one": lambda game: _switches(game, as_one),
        "attribution_order": _orders,
        "attribution_worlds": lambda game: _by_world(game, worlds),
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
        rows = [_place(game.outcome) | row for game in each for row in maker(game)]
        if rows:
            tables[name] = pd.DataFrame(rows)
    return tables, attribution_sentences(each, world_label=world_label, as_one=as_one)


def _place(outcome: Outcome) -> dict[str, Any]:
    """The columns that say which outcome a row is about: its whole key, the arm too."""
    return outcome._asdict()


def _singles(game: Game) -> Rows:
    for measure in SINGLE:
        for place, practice in enumerate(game.practices):
            row = {"practice": practice, "measure": measure, **spread(game.singles[measure][place])}
            yield row | {"found": int(game.found[place])}


def _switches(game: Game, as_one: Sequence[Sequence[str]]) -> Rows:
    for members in as_one:
        merged = game.as_one(members)
        for row in _singles(merged):
            yield {"switch": merged.practices[0]} | row


def _joint(game: Game) -> Rows:
    parts = {
        "rest": game.rest,
        "joint": game.joint,
        "sum_of_singles": game.joint - game.synergy,
        "synergy": game.synergy,
    }
    for measure, values in parts.items():
        sign = found(values[:, :, np.newaxis], negligible=game.negligible)[0]
        yield {"measure": measure, **spread(values), "found": int(sign)}


def _orders(game: Game) -> Rows:
    for size, values in enumerate(game.variance_by_size, start=1):
        known = values[np.isfinite(values)]
        yield {"size": size, "share": float(np.median(known)) if known.size else float("nan")}


def _by_world(game: Game, worlds: Sequence[str]) -> Rows:
    for index, world in enumerate(worlds):
        for place, practice in enumerate(game.practices):
            for seed in range(game.seeds):
                measures = {name: float(game.singles[name][place, seed, index]) for name in SINGLE}
                yield {"world": world, "draw": seed, "practice": practice, **measures}


def _pairs(game: Game) -> Rows:
    alone, average = coalitions.moebius(game.values), coalitions.average_differences(game.values)
    for place, pair in enumerate(game.pairs):
        mask = coalitions.mask_of(pair)
        names = {"practice": game.practices[pair[0]], "practice2": game.practices[pair[1]]}
        for measure, values in {
            "shapley": game.together[place],
            "average": average[mask],
            "alone": alone[mask],
        }.items():
            yield {**names, "measure": measure, **spread(values), "found": int(game.found_pairs[place])}


def _sets(game: Game) -> Rows:
    alone, average = coalitions.moebius(game.values), coalitions.average_differences(game.values)
    shares = coalitions.variance_shares(game.values)
    for mask in range(game.values.shape[0]):
        members = coalitions.members_of(mask)
        if len(members) > 2:
            known = shares[mask][np.isfinite(shares[mask])]
            yield {
                "size": len(members),
                "practices": ";".join(game.named(mask)),
                "average": float(np.median(average[mask])),
                "alone": float(np.median(alone[mask])),
                "variance_share": float(np.median(known)) if known.size else float("nan"),
            }


def _ranks(game: Game) -> Rows:
    positions = game.ranking.positions()
    for place, practice in enumerate(game.practices):
        for position, part in enumerate(positions[place], start=1):
            yield {"practice": practice, "position": position, "share": float(part)}


def _firsts(game: Game) -> Rows:
    firsts = [game.first(place) for place in range(len(game.practices))]
    for name, each in (*zip(game.practices, firsts, strict=True), ("(none)", game.nothing())):
        yield {"practice": name, **_share(each)}


def _beats(game: Game) -> Rows:
    for one, practice in enumerate(game.practices):
        for other, against in enumerate(game.practices):
            if one != other:
                yield {"practice": practice, "practice2": against, **_share(game.ahead(one, other))}


def _share(each: Share) -> dict[str, Any]:
    return {
        "share": each.value,
        "low": each.low,
        "high": each.high,
        "hits": each.hits,
        "worlds": each.worlds,
        "hits_draws": each.seed_hits,
        "seeds": each.seeds,
    }


def _needs(game: Game) -> Rows:
    for need in game.needs:
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
            "hits_draws": more.seed_hits,
            "seeds": more.seeds,
            "found": need.found,
        }


def _best(game: Game) -> Rows:
    for best in game.best:
        first = {"first": best.first.value, "first_low": best.first.low, "first_high": best.first.high}
        yield {"size": best.size, "practices": ";".join(best.practices), **spread(best.values), **first}
