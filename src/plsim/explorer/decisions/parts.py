"""Parts of effects: through which channel of a student's week each scenario works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plsim.explorer.decisions.evaluation import Evaluation
from plsim.measures.effects import percentile_points
from plsim.report.words import signed

CHANNELS = {
    "time": "Time: where the hours go",
    "match": "Match: how well the work fits",
    "attention": "Attention: how much of it is on task",
    "quality": "Quality: of teaching and material",
}
_FLAT = 1e-6


def parts_of(evaluations: Sequence[Evaluation], labels: Sequence[str]) -> dict[str, Any]:
    """Parts of the effects in percentile points, and what makes the difference."""
    parts = []
    for evaluation in evaluations:
        assert evaluation.why is not None
        total = float(evaluation.why.total[-1, 2])
        # Points are hardly curved in SD; one slope for all parts keeps their sum the whole.
        slope = (
            float(percentile_points(total)) / total if abs(total) > _FLAT else float(percentile_points(_FLAT)) / _FLAT
        )
        parts.append({name: slope * float(part[-1, 2]) for name, part in evaluation.why.parts.items()})
    rows = [[label, *(signed(one[name], 2) for name in CHANNELS), signed(sum(one.values()), 2)]
            for label, one in zip(labels, parts, strict=True)]  # fmt: skip
    sentences = []
    for label, one in zip(labels[1:], parts[1:], strict=True):
        apart = {name: one[name] - parts[0][name] for name in CHANNELS}
        rows.append(
            [f"{label} − {labels[0]}", *(signed(apart[name], 2) for name in CHANNELS), signed(sum(apart.values()), 2)]
        )
        order = sorted(apart, key=lambda name: -abs(apart[name]))
        said = " and ".join(f"{name} ({signed(apart[name], 2)})" for name in order[:2])
        sentences.append(
            f"“{label}” differs from “{labels[0]}” by {signed(sum(apart.values()), 2)} points in the central world, "
            f"most of it through {said}."
        )
    return {
        "channels": list(CHANNELS.values()),
        "rows": [
            {"label": label, "values": [one[name] for name in CHANNELS]}
            for label, one in zip(labels, parts, strict=True)
        ],
        "sentences": sentences,
        "table": {
            "caption": "Parts of each effect, percentile points, both subjects, last year, central world",
            "header": ["", *CHANNELS.values(), "Together"],
            "rows": rows,
        },
    }
