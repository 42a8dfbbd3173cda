"""What an attribution says, in plain sentences that claim no more than the numbers support.

A ranking is never bare: it comes with the share of worlds in which it holds. A gain, a loss or a need is named only
when it is found (:func:`plsim.measures.findings.found`); what is not found is called not clearly different from zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from plsim.attribution.game import Game, Need
from plsim.measures.findings import (
    FALSE_ALARMS,
    FEWEST_SEEDS,
    Share,
    above,
    fewest_worlds,
    found,
    share,
    spread,
    variance_parts,
    variance_sentence,
)
from plsim.measures.vocabulary import joined, outcome_unit
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
ONE_DRAW = (
    "Nothing can be called found: with one draw of students, teachers and years an effect cannot be told from chance. "
    "[luck] seeds = 5 draws others."
)
_NEEDS_TOLD = 3
_MINUS = "−"
_DIGITS = {"SD": 3, "share": 3, "RIT": 2, "points": 2, "USD": 0}
_UNITS = {"points": "percentile points", "share": "(share)", "USD": "dollars", "index": "", "count": ""}


def attribution_sentences(
    each: Sequence[Game], *, world_label: str = "", as_one: Sequence[Sequence[str]] = ()
) -> list[str]:
    """What the attribution of several outcomes says: the main outcome first, then where others differ."""
    if not each:
        return []
    main = main_outcome([game.outcome for game in each])
    game = next(one for one in each if one.outcome == main)
    lines = [
        *joint_sentences(game, world_label=world_label),
        *rank_sentences(game),
        *found_sentences(game),
        *(text for members in as_one for text in switch_sentences(game.as_one(members))),
        *need_sentences(game),
        *synergy_sentences(game),
        *best_sentences(game),
        *variance_sentences(game),
        *elsewhere_sentences(game, each),
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


def joint_sentences(game: Game, *, world_label: str = "") -> list[str]:
    """What all bring together, and what the scenario brings besides them."""
    over = spread(game.joint)
    low, middle, high = (over[name] for name in ("low", "value", "high"))
    worlds = f"{game.worlds} worlds" + (f" ({world_label})" if world_label else "")
    within = luck = ""
    if game.worlds > 1:
        within = f", 90% of them between {amount(low, game.outcome)} and {amount(high, game.outcome)}"
    if game.seeds >= FEWEST_SEEDS:
        luck = f" (other students, teachers and years: about ±{_plain(1.645 * over['luck'], game.outcome)})"
    text = (
        f"{_counted(len(game.practices)).capitalize()} practices together change {_outcome(game.outcome)} by "
        f"{amount(middle, game.outcome)} at the median of {worlds}{within}{luck}; it is {_change(1, game)} in "
        f"{in_worlds(above(game.joint))}."
    )
    lines = [text]
    if float(np.median(np.abs(game.rest))) > game.negligible:
        lines.append(
            "What the scenario changes besides them brings "
            f"{amount(float(np.median(game.rest)), game.outcome)} with all of them off; it is counted with none."
        )
    return lines


def variance_sentences(game: Game) -> list[str]:
    """How much of the variance between all runs is choices, worlds and chance."""
    text = variance_sentence(variance_parts(np.moveaxis(game.values, 0, -1)), _outcome(game.outcome).capitalize())
    return [text] if text else []


def rank_sentences(game: Game) -> list[str]:
    """Which practice ranks first, in what share of worlds, and whether that is settled."""
    enough = fewest_worlds(len(game.practices))
    shares = [game.first(place) for place in range(len(game.practices))]
    order = sorted(range(len(shares)), key=lambda place: -shares[place].hits)
    leader, second = order[0], order[1] if len(order) > 1 else None
    nothing = game.nothing()
    if nothing.settled or not shares[leader].hits:
        return [f"No practice ranks first: none has an appreciable effect in {in_worlds(nothing)}."]
    name = practice_name(game.practices[leader])
    if game.worlds < enough:
        text = f"{name.capitalize()} {_verb(name, 'rank')} first in {shares[leader].hits} of {game.worlds} worlds; "
        return [text + f"with fewer than {enough} worlds nothing can be distinguished from chance."]
    if shares[leader].settled:
        text = f"{name.capitalize()} {_verb(name, 'rank')} first in {in_worlds(shares[leader])}"
    else:
        text = f"No practice ranks first reliably: {name} {_verb(name, 'do')} in {in_worlds(shares[leader])}"
    if second is not None and shares[second].hits:
        text += f", {practice_name(game.practices[second])} in {shares[second].value:.0%}"
        ahead = game.ahead(leader, second)
        text += f"; of the two, {name} {_verb(name, 'be')} ahead in {ahead.value:.0%}"
    if game.orientation < 0:
        text += ". First is who lowers it most"
    return [text + ". Ranks go by Shapley values: the average of what a practice adds, over all orders of adding."]


def found_sentences(game: Game) -> list[str]:
    """Which practices may be said to raise the outcome, which to lower it, and which neither."""
    middle = np.median(game.singles["shapley"].mean(axis=1), axis=1)
    order = sorted(range(len(game.practices)), key=lambda place: -middle[place])

    def listed(sign: int, *, amounts: bool = True) -> str:
        names = [
            practice_name(game.practices[place])
            + (f" ({amount(float(middle[place]), game.outcome)})" if amounts else "")
            for place in order
            if game.found[place] == sign
        ]
        return joined(names)

    parts = []
    if game.seeds < FEWEST_SEEDS:
        return [ONE_DRAW]
    if listed(1):
        parts.append(f"{_change(1, game)} from {listed(1)}")
    if listed(-1):
        parts.append(f"{_change(-1, game)} from {listed(-1)}")
    rule = f"by tests over worlds and over draws of students with at most {FALSE_ALARMS:.0%} false alarms in all"
    if not parts:
        return [f"No finding: no practice's effect can be distinguished from zero, {rule}."]
    text = f"Found, {rule}: {' and '.join(parts)}."
    if listed(0):
        text += f" Not distinguished from zero: {listed(0, amounts=False)}."
    return [text]


def switch_sentences(game: Game) -> list[str]:
    """What several practices bring when they are counted as one switch, the first of the game."""
    name = joined([practice_name(each) for each in game.practices[0].split(" + ")])
    brings = spread(game.singles["shapley"][0])
    sign = {1: "a gain that is found", -1: "a loss that is found", 0: "not distinguished from zero"}
    if game.better == 0:
        sign |= {1: "a rise that is found", -1: "a fall that is found"}
    elif game.better < 0:
        sign |= {1: "a rise that is found, and more is worse", -1: "a fall that is found, and less is better"}
    said = "" if game.seeds < FEWEST_SEEDS else f", {sign[int(game.found[0])]}"
    text = (
        f"Counted as one switch, {name} together bring {amount(brings['value'], game.outcome)} (90% of worlds between "
        f"{amount(brings['low'], game.outcome)} and {amount(brings['high'], game.outcome)}){said}; they rank first in "
        f"{in_worlds(game.first(0))}."
    )
    return [text]


def need_sentences(game: Game) -> list[str]:
    """Which of the practices that bring a gain need which others."""
    if game.better < 1:
        return []
    gains = {name for name, sign in zip(game.practices, game.found, strict=True) if sign > 0}
    told = [need for need in game.needs if need.found > 0 and need.left < MOST_LOST and need.practice in gains]
    return [_need(need, game.outcome) for need in told[:_NEEDS_TOLD]]


def _need(need: Need, outcome: Outcome) -> str:
    one, other = practice_name(need.practice), practice_name(need.needs)
    verb = f"{_verb(one, 'work')} only with" if need.left < ONLY_WITH else _verb(one, "need")
    return (
        f"{one.capitalize()} {verb} {other}: {amount(need.with_it, outcome)} where that is on, "
        f"{amount(need.without, outcome)} where it is off; more where it is on in {in_worlds(need.more_with_it)}."
    )


def synergy_sentences(game: Game) -> list[str]:
    """Whether the whole exceeds the sum, and which pair stands out."""
    sign = int(found(game.synergy[:, :, np.newaxis], negligible=game.negligible)[0])
    middle = amount(spread(game.synergy)["value"], game.outcome)
    more = above(game.synergy)
    if sign > 0:
        text = f"The whole exceeds the sum of what each brings alone, by {middle}, in {in_worlds(more)}."
    elif sign < 0:
        less = above(-game.synergy)
        text = f"The whole is less than the sum of what each brings alone, by {middle}, in {in_worlds(less)}."
    else:
        text = (
            "Whether the whole exceeds the sum of what each brings alone is not settled, or the difference is "
            f"negligible ({middle}; more in {more.hits} of {more.worlds} worlds)."
        )
    helps, hinders = ("helps each other most", "gets in each other's way most")
    if game.better < 1:
        helps, hinders = "raises it most beyond its parts", "raises it least beside its parts"
    text += _pair(game, 1, helps) + _pair(game, -1, hinders)
    return [text]


def _pair(game: Game, sign: int, does: str) -> str:
    """The pair with the largest interaction of a sign, if any is found."""
    pairs = [place for place, mark in enumerate(game.found_pairs) if mark == sign]
    if not pairs:
        return ""
    middle = np.median(game.together.mean(axis=1), axis=1)
    top = max(pairs, key=lambda place: sign * float(middle[place]))
    one, other = (practice_name(game.practices[member]) for member in game.pairs[top])
    held = above(sign * game.together[top])
    return (
        f" The pair that {does} is {one} with {other} ({amount(float(middle[top]), game.outcome)}, "
        f"{'above' if sign > 0 else 'below'} zero in {held.hits} of {held.worlds} worlds)."
    )


def best_sentences(game: Game) -> list[str]:
    """The smallest combination that brings as much as all."""
    full = game.best[-1]
    if game.better < 1 or not full.practices:
        return []
    if found(game.joint[:, :, np.newaxis], negligible=game.negligible)[0] < 1:
        return []
    for best in game.best[:-1]:
        behind = full.values - best.values
        as_much = share(behind.mean(axis=0) <= game.negligible, np.median(behind, axis=1) <= game.negligible)
        if as_much.settled:
            count, names = len(best.practices), joined([practice_name(name) for name in best.practices])
            text = f"{_counted(count).capitalize()} of them suffice{'s' if count == 1 else ''}: {names} "
            text += f"bring{'s' if count == 1 else ''} at least as much as all {len(game.practices)}"
            return [f"{text} in {in_worlds(as_much)}."]
    return [f"No smaller combination brings as much as all {len(game.practices)} in most worlds."]


def elsewhere_sentences(game: Game, each: Sequence[Game]) -> list[str]:
    """Where another practice is first: other subjects, groups and years of the same outcome."""
    leader = _leader(game)
    if leader is None:
        return []
    others = []
    for other in each:
        same = other.outcome._replace(subject=game.outcome.subject, year=game.outcome.year, group=game.outcome.group)
        if other is game or same != game.outcome:
            continue
        found_there = _leader(other)
        if found_there is not None and found_there[0] != leader[0]:
            others.append(
                f"{_where(other.outcome, game.outcome)}: {practice_name(found_there[0])} in {found_there[1].value:.0%}"
            )
    return [f"First elsewhere: {'; '.join(others)}."] if others else []


def _leader(game: Game) -> tuple[str, Share] | None:
    """Who is first in most worlds, if anybody is reliably."""
    place = int(np.argmax(game.ranking.firsts().sum(axis=0)))
    each = game.first(place)
    return (game.practices[place], each) if each.settled else None


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
    """``71% of worlds (142 of 200; 65% to 76% allowing for their number) and in 4 of 5 draws of students``."""
    draws = "" if each.seeds < FEWEST_SEEDS else f" and in {each.seed_hits} of {each.seeds} draws of students"
    return (
        f"{each.value:.0%} of worlds ({each.hits} of {each.worlds}; {each.low:.0%} to {each.high:.0%} allowing for "
        f"their number){draws}"
    )


def _change(sign: int, game: Game) -> str:
    """What a change of a sign is: a gain or a loss only where more is better."""
    if game.better > 0:
        return "a gain" if sign > 0 else "a loss"
    word = "a rise" if sign > 0 else "a fall"
    return word if not game.better else f"{word}, which is {'worse' if sign > 0 else 'better'},"


def _plain(value: float, outcome: Outcome) -> str:
    """An amount without a sign."""
    return amount(abs(value), outcome).removeprefix("+")


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
