"""The page of all claims, written from a check of them: ``docs/claims.md``."""

from __future__ import annotations

from collections.abc import Sequence

from plsim.validation.claims.claims import GIVEN, Found

TITLE = "# Claims, tried"
_INTRODUCTION = """\
What articles and reports on personalized learning claim, each as a small experiment. For every claim there is a
statistic, where it is expected to lie if the claim is right, and the share of worlds in which it lies there. Bases are
shipped scenarios at small size; both arms hold the same students with the same luck. Sign and shape are what counts
here: sizes are in [facts.md](facts.md), beside published numbers.

That a claim holds says that the model's mechanisms give it, not that it is true; many mechanisms were built because of
such claims. One that does not hold is a disagreement between the claim and the model: worth a look at both. Claims are
in our words; texts and numbers of facts are listed by `plsim list facts`. Where it says *input*, the statistic is how a
scenario or the yardstick was made: shown so that every claim has its place, and no success.

This page is written by one command: `{command}`"""


def page(found: Sequence[Found], *, worlds_are: str, command: str) -> str:
    """The page as Markdown: a table for each source."""
    worlds = len(found[0].values)
    lines = [TITLE, "", _INTRODUCTION.format(command=command), "", f"{worlds} worlds: {worlds_are}.", "", _count(found)]
    for source in dict.fromkeys(each.claim.source for each in found):
        lines += ["", f"## {source}", "", "| | claim | statistic | expected | median, 90% of worlds | holds in |"]
        lines.append("| --- | --- | --- | --- | --- | --- |")
        lines += [_row(each) for each in found if each.claim.source == source]
    return "\n".join(lines) + "\n"


def _count(found: Sequence[Found]) -> str:
    inputs = sum(each.word == GIVEN for each in found)
    often = sum(each.share >= 0.9 for each in found) - inputs
    never = sum(each.share < 0.1 for each in found)
    between = len(found) - inputs - often - never
    said = f"{often} hold in at least 90% of worlds, {between} in some, {never} in fewer than 10%"
    rest = f"; {inputs} are inputs, which no run can refute" if inputs else ""
    return f"Of {len(found)} claims {said}{rest}."


def _row(each: Found) -> str:
    claim = each.claim
    facts = f" ({', '.join(claim.facts)})" if claim.facts else ""
    low, high = each.interval
    cells = (
        claim.id,
        f"{claim.title}{facts}",
        claim.statistic,
        claim.expected,
        f"{each.median:.3g} ({low:.3g} to {high:.3g})",
        each.word,
    )
    return "| " + " | ".join(cells) + " |"
