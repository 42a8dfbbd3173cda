"""What an answer hangs on: every assumption moved alone, and how much single assumptions explain of the differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plsim.attribution.one_at_a_time import FEWEST_TO_TEST, Swing, form_share, swings
from plsim.evidence import GRADES_OF_EVIDENCE, registry
from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.languages.texts import NumberText, said
from plsim.measures.effects import Row
from plsim.report.words import number, signed

_SHOWN = 8
_TOLD = 2


def row_of(years: int) -> Row:
    """The effect that is asked about: learning of everybody in both subjects, after the last year."""
    return Row("percentile_points", "both", years, "all", "paired", "difference", "points")


def note_ends(evaluation: Evaluation, ends: Evaluation) -> None:
    """Keep with an evaluation what its effect is with each assumption at its ends."""
    place = ends.rows.index(row_of(ends.scenario.years))
    evaluation.ends = ends.result().spread[:, place]


def hangs_of(evaluation: Evaluation) -> dict[str, Any] | None:
    """The assumptions that move the effect furthest, as a document; None before somebody asked."""
    found = _swings(evaluation)
    if found is None:
        return None
    moved, explained = found
    return {
        "explained": explained,
        "sentence": _sentence(moved, explained, len(evaluation.found)),
        "rows": [
            {
                "key": one.key,
                "meaning": registry()[one.key].meaning,
                "grade": GRADES_OF_EVIDENCE[registry()[one.key].grade],
                "low": one.low,
                "high": one.high,
                "share": one.share,
            }
            for one in moved[:_SHOWN]
        ],
    }


def hanging_words(evaluation: Evaluation) -> tuple[str, ...]:
    """The assumptions that move the effect furthest, in a sentence each; none before somebody asked."""
    found = _swings(evaluation)
    return () if found is None else tuple(_words(one) for one in found[0][:_TOLD])


def _swings(evaluation: Evaluation) -> tuple[tuple[Swing, ...], float | None] | None:
    if evaluation.ends is None or evaluation.central is None:
        return None
    result = evaluation.result()
    place = result.rows.index(row_of(result.years))
    doses = evaluation.scenario.dose_unpublished
    central = float(result.central[place])
    return swings(central, evaluation.ends, result.worlds_run, result.spread[:, place], doses=doses)


def _words(one: Swing) -> str:
    entry = registry()[one.key]
    between = f"with {' or '.join(entry.forms)}" if entry.forms else "from its low to its high end"
    ends = f"{signed(one.low, 1)} to {signed(one.high, 1)} points {between}"
    return f"{entry.meaning.rstrip('.')} ({GRADES_OF_EVIDENCE[entry.grade]}): {ends}."


def _sentence(moved: Sequence[Swing], explained: float | None, worlds: int) -> str:
    if explained is None:
        return said("How much single assumptions explain can be told from {n} different worlds on.", n=FEWEST_TO_TEST)
    return said(
        "Single assumptions explain {share}% of the differences between {n} worlds; the rest is how they act together. "
        "{forms}% hangs on the form of a rule.",
        share=NumberText(number(100.0 * explained, 0)),
        forms=NumberText(number(100.0 * form_share(moved), 0)),
        n=worlds,
    )
