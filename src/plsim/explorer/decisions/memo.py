"""A board memo of evaluations."""

from __future__ import annotations

from collections.abc import Sequence

from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.decisions.hangs import hanging_words
from plsim.explorer.decisions.view_model import material_of
from plsim.report.memo import MemoOption, memo_html, moved_words

_ASK = "Which assumptions decide: open “Why” of an option in the explorer, “Calculate”, and write this memo again."


def memo_of(evaluations: Sequence[Evaluation], labels: Sequence[str]) -> str:
    """The memo as a page of HTML, in the worlds that all have."""
    shared = set.intersection(*(set(each.found) for each in evaluations))
    chosen = tuple(sorted(shared))
    options = []
    depends = [hanging_words(each) for each in evaluations]
    if not any(depends):
        depends = [(_ASK,)] * len(evaluations)
    for evaluation, label, hangs in zip(evaluations, labels, depends, strict=True):
        result = evaluation.result(chosen)
        material = material_of(evaluation, result)
        options.append(
            MemoOption(
                label=label,
                effects=result.effects,
                scenario=evaluation.scenario,
                moved=moved_words(material.setting),
                depends=hangs,
                worlds=result.worlds,
                world_label=result.world_label,
                seed=result.seed,
            )
        )
    return memo_html(options)
