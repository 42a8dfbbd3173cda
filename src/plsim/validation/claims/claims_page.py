"""The page of all claims, written from a check of them: ``docs/claims.md``."""

from __future__ import annotations

from collections.abc import Sequence

from plsim.validation.claims.claims import MARGIN, ClaimResult

TITLE = "# Claims, tried"
_INTRODUCTION = """\
What articles and reports on personalized learning claim, each as an experiment. For every claim there is a statistic,
and where it is expected to lie if the claim is right. Scenarios are the shipped ones, in {schools}; a run is
a world with one of five seeds in turn. Both arms hold the same students with the same random draws. Sign and shape
are what counts here: sizes are in [facts.md](facts.md), beside published numbers.

- A difference of less than {margin} SD says nothing. A claim *holds* when it does in at least 90% of runs, and would
  in other worlds with other seeds: it passes the test by which studies call an effect found, over worlds and seeds,
  which takes 30 runs or more. It *fails* likewise; it *says nothing* when most differences are too small; else it is
  *open*.
- *Input*: the statistic is how a scenario or the yardstick was made. *True by construction*: a rule says it outright.
  No run can refute either, and neither is counted.
- The control is the same statistic with all channels closed through which practices reach learning: each student of
  the program lives, week by week, the lessons that the same student has in the other arm. What holds there too is *not
  about learning*, whatever its sentence says.

That a claim holds says that the model's mechanisms give it, not that it is true; many were built because of such
claims. One that fails is a disagreement between the claim and the model: worth a look at both.

This page is written by one command: `{command}`"""
WORDS = ("holds", "open", "says nothing", "fails", "not about learning", "input", "true by construction")


def page(found: Sequence[ClaimResult], *, of: str, schools: str, command: str) -> str:
    """The page as Markdown: a table for each source. ``of`` says what the runs are."""
    lines = [TITLE, "", _INTRODUCTION.format(command=command, margin=f"{MARGIN:g}", schools=schools), "", of, ""]
    lines.append(count(found))
    for source in dict.fromkeys(each.claim.source for each in found):
        lines += ["", f"## {source}", ""]
        lines.append("| | claim | statistic | expected | median, 90% of runs | control | holds in | what came of it |")
        lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
        lines += [_row(each) for each in found if each.claim.source == source]
    return "\n".join(lines) + "\n"


def count(found: Sequence[ClaimResult]) -> str:
    """How many claims there are of each kind, and what came of them: a sentence."""
    words = [each.word for each in found]
    tested = sum(each.counted for each in found)
    said = ", ".join(f"{words.count(word)} {word}" for word in WORDS[:4])
    rest = ", ".join(f"{words.count(word)} {word}" for word in WORDS[4:])
    return f"Of {len(found)} claims {tested} are tested: {said}. The others are not counted: {rest}."


def _row(each: ClaimResult) -> str:
    claim = each.claim
    facts = f" ({', '.join(claim.facts)})" if claim.facts else ""
    low, high = each.interval
    cells = (
        claim.id,
        f"{claim.title}{facts}",
        claim.statistic,
        claim.expected,
        f"{each.median:.3g} ({low:.3g} to {high:.3g})",
        "" if each.control != each.control else f"{each.control:.3g}",
        f"{each.share:.0%}",
        each.word,
    )
    return "| " + " | ".join(cells) + " |"
