"""What an attribution says, in plain sentences that claim no more than the numbers support.

A ranking is never bare: it comes with the share of worlds in which it holds. A gain, a loss or a need is named only
when it is found (:func:`plsim.attribution.rankings.found`); what is not found is called not told from nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plsim.attribution.game import Need, Worth
from plsim.attribution.rankings import FALSE_ALARMS, Share, fewest_worlds, found, share
from plsim.measures.vocabulary import outcome_unit
from plsim.runs.evaluate import Outcome

ONLY_WITH = 0.25
"""A practice works only with another when less than this share of its effect is left without."""
MOST_LOST = 0.5
"""It needs another when less than this share is left."""
ARM_WORDS = {
    "difference": "beside typical practice",
    "scenario": "with the scenario's practices",
    "counterfactual": "under typical practice",
}
"""What a number of each arm is: a difference, or a level."""
_NEEDS_TOLD = 3
_MINUS = "−"
_DIGITS = {"SD": 3, "share": 3, "RIT": 2, "points": 2, "USD": 0}
_UNITS = {"points": "percentile points", "share": "(share)", "USD": "dollars", "index": "", "count": ""}


def attribution_sentences(each: Sequence[Worth], *, world_label: str = "") -> list[str]:
    """What the attribution of several outcomes says: the main outcome first, then where others differ."""
    if not each:
        return []
    main = main_outcome([worth.outcome for worth in each])
    worth = next(one for one in each if one.outcome == main)
    lines = [
        *joint_sentences(worth, world_label=world_label),
        *rank_sentences(worth),
        *found_sentences(worth),
        *need_sentences(worth),
        *synergy_sentences(worth),
        *best_sentences(worth),
        *elsewhere_sentences(worth, each),
    ]
    lines.append(
        "All of this holds within the model, for these schools and in these worlds; it is not evidence of what the "
        "practices do in real schools."
    )
    return lines


def main_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome told first: achievement of everybody in both subjects in the last year, or what is nearest to it."""
    return max(
        outcomes,
        key=lambda at: (
            at.outcome == outcomes[0].outcome or at.outcome == "achievement",
            at.outcome == "achievement",
            at.arm == "difference",
            at.group == "all",
            at.subject == "both",
            at.unit == "SD",
            at.year,
        ),
    )


def joint_sentences(worth: Worth, *, world_label: str = "") -> list[str]:
    """What all bring together, and what the scenario brings besides them."""
    low, middle, high = np.quantile(worth.joint, [0.05, 0.5, 0.95])
    worlds = f"{worth.worlds} worlds" + (f" ({world_label})" if world_label else "")
    text = (
        f"{_counted(len(worth.practices)).capitalize()} practices together change {_outcome(worth.outcome)} by "
        f"{amount(middle, worth.outcome)} at the median of {worlds}, 90% of them between {amount(low, worth.outcome)} "
        f"and {amount(high, worth.outcome)}; it is a gain in {in_worlds(share(worth.joint > 0.0))}."
    )
    lines = [text]
    if float(np.median(np.abs(worth.rest))) > worth.negligible:
        lines.append(
            "What the scenario changes besides them brings "
            f"{amount(float(np.median(worth.rest)), worth.outcome)} with all of them off; it is counted with none."
        )
    return lines


def rank_sentences(worth: Worth) -> list[str]:
    """Which practice ranks first, in what share of worlds, and whether that is settled."""
    enough = fewest_worlds(len(worth.practices))
    firsts = worth.ranking.firsts()
    shares = [share(firsts[:, place]) for place in range(len(worth.practices))]
    order = sorted(range(len(shares)), key=lambda place: -shares[place].hits)
    leader, second = order[0], order[1] if len(order) > 1 else None
    nothing = share(worth.ranking.nothing())
    if nothing.low > 0.5 or not shares[leader].hits:
        return [f"No practice ranks first: none has an appreciable effect in {in_worlds(nothing)}."]
    name = practice_name(worth.practices[leader])
    if worth.worlds < enough:
        text = f"{name.capitalize()} {_verb(name, 'rank')} first in {shares[leader].hits} of {worth.worlds} worlds; "
        return [text + f"with fewer than {enough} worlds nothing can be distinguished from chance."]
    if shares[leader].low > 0.5:
        text = f"{name.capitalize()} {_verb(name, 'rank')} first in {in_worlds(shares[leader])}"
    else:
        text = f"No practice ranks first reliably: {name} {_verb(name, 'do')} in {in_worlds(shares[leader])}"
    if second is not None and shares[second].hits:
        text += f", {practice_name(worth.practices[second])} in {shares[second].value:.0%}"
        scores = worth.singles["shapley"]
        ahead = share(scores[leader] > scores[second])
        text += f"; of the two, {name} {_verb(name, 'be')} ahead in {ahead.value:.0%}"
    return [text + ". Ranks go by Shapley values: the average of what a practice adds, over all orders of adding."]


def found_sentences(worth: Worth) -> list[str]:
    """Which practices may be called a gain, which a loss, and which neither."""
    middle = np.median(worth.singles["shapley"], axis=1)
    order = sorted(range(len(worth.practices)), key=lambda place: -middle[place])

    def listed(sign: int, *, amounts: bool = True) -> str:
        names = [
            practice_name(worth.practices[place])
            + (f" ({amount(float(middle[place]), worth.outcome)})" if amounts else "")
            for place in order
            if worth.found[place] == sign
        ]
        return joined(names)

    parts = []
    if listed(1):
        parts.append(f"a gain from {listed(1)}")
    if listed(-1):
        parts.append(f"a loss from {listed(-1)}")
    rule = f"by a sign test over worlds with at most {FALSE_ALARMS:.0%} false alarms in all"
    if not parts:
        return [f"No finding: no practice's effect can be distinguished from zero, {rule}."]
    text = f"Found, {rule}: {' and '.join(parts)}."
    if listed(0):
        text += f" Not distinguished from zero: {listed(0, amounts=False)}."
    return [text]


def need_sentences(worth: Worth) -> list[str]:
    """Which of the practices that bring a gain need which others."""
    gains = {name for name, sign in zip(worth.practices, worth.found, strict=True) if sign > 0}
    told = [need for need in worth.needs if need.found > 0 and need.left < MOST_LOST and need.practice in gains]
    return [_need(need, worth.outcome) for need in told[:_NEEDS_TOLD]]


def _need(need: Need, outcome: Outcome) -> str:
    one, other = practice_name(need.practice), practice_name(need.needs)
    verb = f"{_verb(one, 'work')} only with" if need.left < ONLY_WITH else _verb(one, "need")
    return (
        f"{one.capitalize()} {verb} {other}: {amount(need.with_it, outcome)} where that is on, "
        f"{amount(need.without, outcome)} where it is off; more where it is on in {in_worlds(need.more_with_it)}."
    )


def synergy_sentences(worth: Worth) -> list[str]:
    """Whether the whole exceeds the sum, and which pair stands out."""
    sign = int(found(worth.synergy[:, np.newaxis], negligible=worth.negligible)[0])
    middle = amount(float(np.median(worth.synergy)), worth.outcome)
    more = share(worth.synergy > 0.0)
    if sign > 0:
        text = f"The whole exceeds the sum of what each brings alone, by {middle}, in {in_worlds(more)}."
    elif sign < 0:
        less = share(worth.synergy < 0.0)
        text = f"The whole is less than the sum of what each brings alone, by {middle}, in {in_worlds(less)}."
    else:
        text = (
            "Whether the whole exceeds the sum of what each brings alone is not settled, or the difference is "
            f"negligible ({middle}; more in {more.hits} of {more.worlds} worlds)."
        )
    text += _pair(worth, 1, "helps each other most") + _pair(worth, -1, "gets in each other's way most")
    return [text]


def _pair(worth: Worth, sign: int, does: str) -> str:
    """The pair with the largest interaction of a sign, if any is found."""
    pairs = [place for place, mark in enumerate(worth.found_pairs) if mark == sign]
    if not pairs:
        return ""
    middle = np.median(worth.together, axis=1)
    top = max(pairs, key=lambda place: sign * float(middle[place]))
    one, other = (practice_name(worth.practices[member]) for member in worth.pairs[top])
    held = share(sign * worth.together[top] > 0.0)
    return (
        f" The pair that {does} is {one} with {other} ({amount(float(middle[top]), worth.outcome)}, "
        f"{'above' if sign > 0 else 'below'} zero in {held.hits} of {held.worlds} worlds)."
    )


def best_sentences(worth: Worth) -> list[str]:
    """The smallest combination that brings as much as all."""
    full = worth.best[-1]
    if not full.practices or found(worth.joint[:, np.newaxis], negligible=worth.negligible)[0] < 1:
        return []
    for best in worth.best[:-1]:
        behind = full.values - best.values
        as_much = share(behind <= worth.negligible)
        if as_much.low > 0.5:
            count, names = len(best.practices), joined([practice_name(name) for name in best.practices])
            text = f"{_counted(count).capitalize()} of them suffice{'s' if count == 1 else ''}: {names} "
            text += f"bring{'s' if count == 1 else ''} at least as much as all {len(worth.practices)}"
            return [f"{text} in {in_worlds(as_much)}."]
    return [f"No smaller combination brings as much as all {len(worth.practices)} in most worlds."]


def elsewhere_sentences(worth: Worth, each: Sequence[Worth]) -> list[str]:
    """Where another practice is first: other subjects, groups and years of the same outcome."""
    leader = _leader(worth)
    if leader is None:
        return []
    others = []
    for other in each:
        same = other.outcome._replace(subject=worth.outcome.subject, year=worth.outcome.year, group=worth.outcome.group)
        if other is worth or same != worth.outcome:
            continue
        found_there = _leader(other)
        if found_there is not None and found_there[0] != leader[0]:
            others.append(
                f"{_where(other.outcome, worth.outcome)}: {practice_name(found_there[0])} in {found_there[1].value:.0%}"
            )
    return [f"First elsewhere: {'; '.join(others)}."] if others else []


def _leader(worth: Worth) -> tuple[str, Share] | None:
    """Who is first in most worlds, if anybody is reliably."""
    firsts = worth.ranking.firsts()
    place = int(np.argmax(firsts.sum(axis=0)))
    each = share(firsts[:, place])
    return (worth.practices[place], each) if each.low > 0.5 else None


def _where(at: Outcome, main: Outcome) -> str:
    parts = []
    if at.subject != main.subject:
        parts.append(at.subject)
    if at.group != main.group:
        parts.append(at.group.replace(":", " ").replace("_", " "))
    if at.year != main.year:
        parts.append(f"year {at.year}")
    return ", ".join(parts)


def practice_name(name: str) -> str:
    """A practice in words."""
    return name.removeprefix("practices.").replace("data_driven", "data-driven").replace("_", " ")


def _verb(name: str, plain: str) -> str:
    """The verb that goes with a practice's name: profiles rank, grouping ranks."""
    plural = name.endswith("s") and not name.endswith("ss")
    special = {"do": "does", "be": "is"}
    return {"be": "are"}.get(plain, plain) if plural else special.get(plain, plain + "s")


def amount(value: float, outcome: Outcome) -> str:
    """A signed number with its unit; no sign before what rounds to zero."""
    unit = outcome_unit(outcome.outcome, outcome.unit)
    digits = _DIGITS.get(unit, 3)
    text = f"{abs(value):,.{digits}f}"
    if not math.isfinite(value):
        return "unknown"
    sign = "" if not any(mark in "123456789" for mark in text) else "+" if value > 0.0 else _MINUS
    return f"{sign}{text} {_UNITS.get(unit, unit)}".rstrip()


def in_worlds(each: Share) -> str:
    """``71% of worlds (142 of 200; 65% to 76% allowing for their number)``."""
    return (
        f"{each.value:.0%} of worlds ({each.hits} of {each.worlds}; {each.low:.0%} to {each.high:.0%} allowing for "
        "their number)"
    )


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _counted(count: int) -> str:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else str(count)


def _outcome(at: Outcome) -> str:
    parts = [at.outcome.replace("_", " ")]
    if at.arm != "difference":
        parts.append(ARM_WORDS[at.arm])
    if at.subject != "both":
        parts.append(f"in {at.subject}")
    if at.group != "all":
        parts.append(f"of {at.group.replace(':', ' ').replace('_', ' ')}")
    return " ".join([*parts, f"after year {at.year}"])
