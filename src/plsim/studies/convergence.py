"""Whether a sample is large enough: indices from nested first parts of the runs, and what they say in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from plsim.core.arrays import Floats
from plsim.evidence import registry
from plsim.runs.evaluate import Outcome
from plsim.studies.factors import NOTHING, Factor, group_names
from plsim.studies.indices import Index
from plsim.studies.schema import Delta, Dgsm, Hdmr, Method, Morris, Pawn, RbdFast, Regional, Sobol
from plsim.studies.sensitivity import indices

MAIN_INDEX = {
    "sobol": "ST",
    "morris": "mu_star",
    "rbd_fast": "S1",
    "delta": "delta",
    "pawn": "pawn_median",
    "dgsm": "dgsm",
    "regional": "shift_mean",
    "fractional_factorial": "main",
    "hdmr": "ST",
}
"""The index by which each method ranks factors."""
WORDS = {
    "S1": "first-order index",
    "ST": "total index",
    "S2": "index of a pair",
    "mu_star": "mean change",
    "delta": "delta",
    "pawn_median": "PAWN index",
    "dgsm": "bound on the total index",
    "shift_mean": "distance between regions",
    "main": "main effect",
}
WIDE = 0.3
"""An interval wider than this share of the largest index is too wide to rely on."""
_PARTS = (0.125, 0.25, 0.5)
_FIRST = 3
_FEW_RESAMPLES = 50
_FEW_PERMUTATIONS = 19


class PartialIndex(NamedTuple):
    """An index from the first so many runs."""

    runs: int
    row: Index


def stages(
    method: Method, factors: Sequence[Factor], units: Floats, values: Floats, *, seed: int, final: Sequence[Index]
) -> list[PartialIndex]:
    """The main index from the first eighth, quarter and half of the runs, as far as that makes sense, and from all.

    ``final`` holds the indices of all runs, found already.
    """
    main = MAIN_INDEX[method.kind]
    found = []
    for rows in nested(method, factors, values.size):
        few = {"resamples": _FEW_RESAMPLES, "permutations": _FEW_PERMUTATIONS}
        part = indices(method, factors, units[:rows], values[:rows], seed=seed, **few)
        found += [PartialIndex(rows, row) for row in part if row.index == main]
    return found + [PartialIndex(row.runs, row) for row in final if row.index == main]


def nested(method: Method, factors: Sequence[Factor], runs: int) -> list[int]:
    """Sizes of first parts that are samples of the same kind, smallest first, without the whole."""
    if isinstance(method, Sobol):
        block, least = runs // method.samples, 16
    elif isinstance(method, Morris):
        block, least = len(group_names(factors)) + 1, 4
    elif isinstance(method, Dgsm):
        block, least = len(factors) + 1, 16
    elif isinstance(method, RbdFast):
        block, least = 1, 8 * method.harmonics + 1
    elif isinstance(method, Pawn):
        block, least = 1, 6 * method.slices
    elif isinstance(method, Regional):
        block, least = 1, 6 * method.regions
    elif isinstance(method, Hdmr):
        block, least = 1, 300
    elif isinstance(method, Delta):
        block, least = 1, 128
    else:
        return []
    whole = runs // block
    return [block * int(whole * share) for share in _PARTS if int(whole * share) >= least]


def verdicts(outcome: Outcome, found: Sequence[PartialIndex]) -> list[str]:
    """Plain sentences on one outcome: what is largest, whether the sample is large enough, what may be chance."""
    about = outcome.label
    if not found:
        return [f"{about}: the same in all runs: nothing varied in this study affects it."]
    runs = max(stage.runs for stage in found)
    last = _ranked(found, runs)
    top = last[0]
    words = WORDS[top.index]
    size = f"the largest {words} is {_number(top)} of {top.factor}"
    says: list[str] = []
    faint = math.isfinite(top.low) and top.low <= 0.0
    width = (top.high - top.low) / abs(top.value) if top.value else math.inf
    if math.isfinite(top.low) and (faint or width > WIDE):
        more = max(2, math.ceil((width / WIDE) ** 2)) if math.isfinite(width) else 10
        says.append(f"the sample of {runs:,} runs is too small: {size}; about {more} times as many runs would suffice")
    else:
        says.append(size)
    says += _order(found, runs, last)
    lost = [row.factor for row in last if row.value <= row.chance]
    if len(lost) == len(last):
        says.append("no factor can be distinguished from chance")
    elif lost:
        says.append(f"not distinguished from chance: {_list(lost)}")
    return [f"{about}: {'; '.join(says)}."]


def form_verdict(outcome: Outcome, found: Sequence[Index]) -> list[str]:
    """How much of an outcome's variance hangs on which published form rules have, where the study varies it.

    First-order indices: what the forms explain by themselves, whatever else is varied.
    """
    forms = {form.key for form in registry().forms()}
    mine = [row for row in found if row.index == "S1" and row.factor in forms]
    if not mine:
        return []
    share = max(sum(row.value for row in mine), 0.0)
    which = ", ".join(row.factor for row in mine)
    return [f"{outcome.label}: how much of this hangs on the form of a rule: {share:.0%} of the variance ({which})."]


def over_all_worlds(outcome: Outcome, found: Sequence[PartialIndex]) -> list[str]:
    """The same for effects whose intervals are those of worlds: which is largest, and which have one sign in 90%."""
    rows = sorted((stage.row for stage in found), key=lambda row: -abs(row.value))
    if not rows:
        return verdicts(outcome, found)
    says = f"the largest {WORDS[rows[0].index]} is {_number(rows[0])} of {rows[0].factor}"
    if not math.isfinite(rows[0].low):
        return [f"{outcome.label}: {says}; one world only, so that effects have no intervals."]
    sure = [row.factor for row in rows if (row.low > 0.0 or row.high < 0.0) and not abs(row.value) <= row.chance]
    told = "in 90% of worlds, and beyond what other draws of students would give"
    if not math.isfinite(rows[0].chance):
        told = "in 90% of worlds (one draw of students: an effect cannot be told from chance)"
    which = f"of one sign {told}: {_list(sure)}" if sure else f"none is of one sign {told}"
    return [f"{outcome.label}: {says}; {which}."]


def _order(found: Sequence[PartialIndex], runs: int, last: Sequence[Index]) -> list[str]:
    """Whether the first three were the first three with half of the runs."""
    before = max((stage.runs for stage in found if stage.runs < runs), default=None)
    if before is None or len(last) < 2:
        return []
    now, then = (tuple(row.factor for row in rows[:_FIRST]) for rows in (last, _ranked(found, before)))
    if now == then:
        return [f"the first {len(now)} are in the same order with half of the runs: {', '.join(now)}"]
    return [
        f"the order of the first {len(now)} is not settled: {', '.join(now)}; with half of the runs {', '.join(then)}"
    ]


def _ranked(found: Sequence[PartialIndex], runs: int) -> list[Index]:
    rows = [stage.row for stage in found if stage.runs == runs and stage.row.factor != NOTHING]
    return sorted(rows, key=lambda row: -abs(row.value))


def _number(row: Index) -> str:
    if not math.isfinite(row.low):
        return f"{row.value:.3g}"
    return f"{row.value:.3g} ({row.low:.3g} to {row.high:.3g})"


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown
