"""A board memo of evaluations."""

from __future__ import annotations

from collections.abc import Sequence

from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.decisions.guardrails import hanging
from plsim.explorer.decisions.view_model import material_of
from plsim.report.memo import Option, memo_html, moved_words


def memo_of(evaluations: Sequence[Evaluation], labels: Sequence[str]) -> str:
    """The memo as a page of HTML, in the worlds that all have."""
    shared = set.intersection(*(set(each.found) for each in evaluations))
    chosen = tuple(sorted(shared))
    options = []
    for evaluation, label in zip(evaluations, labels, strict=True):
        result = evaluation.result(chosen)
        material, depends = material_of(evaluation, result), hanging(result)
        options.append(
            Option(
                label=label,
                effects=result.effects,
                scenario=evaluation.scenario,
                moved=moved_words(material.setting),
                depends=() if depends is None else (depends.text,),
                worlds=result.worlds,
                world_label=result.world_label,
                seed=result.seed,
            )
        )
    return memo_html(options)
