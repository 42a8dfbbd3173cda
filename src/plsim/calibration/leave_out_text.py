"""What is said of studies predicted without them: lines for a terminal, a verdict, and the page."""

from __future__ import annotations

from typing import Any

from plsim.calibration.leave_out import AIM
from plsim.core.table import table_lines
from plsim.validation.facts.effect_sizes import FEATURES


def leave_out_lines(document: dict[str, Any]) -> list[str]:
    """The scores of a leave-one-study-out as lines for a terminal, with what they mean."""
    rows = [
        [
            each["of"],
            f"{each['effects']} / {each['studies']}",
            f"{each['rmse_model']:.3f}",
            f"{each['rmse_corrected']:.3f}",
            f"{each['rmse_constant']:.3f}",
            f"{each['rmse_regression']:.3f}",
            f"{each['held_90']:.0%} / {each['corrected_held_90']:.0%}",
            f"{each['bias']:+.3f} / {each['corrected_bias']:+.3f}",
        ]
        for each in document["scores"]
    ]
    header = ["", "effects / studies", "model", "corrected", "constant", "regression", "in 90%", "bias"]
    return [
        "Every study predicted from worlds that did not see it: root mean square error (SD) beside two yardsticks.",
        *table_lines(header, rows),
        verdict(document),
    ]


def verdict(document: dict[str, Any]) -> str:
    """What the scores over all effects say, in a few sentences."""
    whole = document["scores"][0]
    alone, corrected = (whole[which] / whole["rmse_constant"] for which in ("rmse_model", "rmse_corrected"))
    against = whole["rmse_corrected"] / whole["rmse_regression"]
    beside = "less than" if alone < 1.0 else "no less than"
    return (
        f"The model alone errs {alone:.2f} times as much as the mean effect of the other studies ({beside} one number "
        f"would), with a bias of {whole['bias']:+.2f} SD. Corrected by how far other published findings of the same "
        f"kind lie from it, it errs {corrected:.2f} times as much as that mean and {against:.2f} times as much as a "
        f"regression on five features of a design. Of three aims (at most {AIM} of the constant, 90% intervals that "
        f"hold 85 to 97%, a bias within 0.03) the model alone meets {_met(whole, alone)}, the corrected forecast "
        f"{_met(whole, corrected, 'corrected_')}."
    )


def _met(score: dict[str, Any], ratio: float, prefix: str = "") -> str:
    met = (ratio <= AIM, 0.85 <= score[f"{prefix}held_90"] <= 0.97, abs(score[f"{prefix}bias"]) <= 0.03)
    return ("none", "one", "two", "all")[sum(met)]


def effect_lines(document: dict[str, Any]) -> list[str]:
    """Every effect: published, predicted, corrected with its 90% interval, and both yardsticks; as lines."""
    rows = [
        [
            each["fact"],
            each["study"],
            each["kind_of_study"],
            f"{each['published']:.2f}",
            f"{each['predicted']:.2f}",
            f"{each['corrected']:.2f}",
            f"{each['corrected_low_90']:.2f} to {each['corrected_high_90']:.2f}",
            f"{each['constant']:.2f}",
            f"{each['regression']:.2f}",
        ]
        for each in document["effects"]
    ]
    width = max(len(row[1]) for row in rows)
    rows = [[row[0], row[1].ljust(width), *row[2:]] for row in rows]
    header = ["fact", "study".ljust(width), "kind", "published", "model", "corrected", "90%", "constant", "regression"]
    return table_lines(header, rows)


_PAGE = """\
# Studies predicted without them

Each published effect size is predicted from worlds that were weighted by the facts of *other* studies; trials of one
program or sample are left out together. Two yardsticks stand beside the model: the mean effect of the other studies,
and a least-squares regression, fitted to the other studies, on five features of a design ({features}).
Effects in percentile points or days of learning are turned into SD; of a published range its middle counts. Numbers
that were only recalled do not count.

"Corrected" adds how far published findings of the same kind of design, test and school system lie from the model's on
average, learned from the other studies alone, validation facts among them, as both yardsticks are. Small trials, close
tests and developers' own studies publish larger effects than schools at large would see (Cheung and Slavin 2016), and
the model simulates schools, not publishing: what is told about policies is the model's, without that correction.
The correction was added after a first look at the model's errors; its three kinds are those by which the size of the
error was learned before, and its prior (0.1 SD each) is our judgement.

{how}

This page is written by one command: `{command}`

**{verdict}**

{scores}

"In 90%" is the share of published effects inside the interval that ought to hold so many: it counts the worlds, what
the model is off by in findings of this kind (learned from the other studies), and the study's own error. Where two
numbers stand, the first is of the model alone, the second of the corrected forecast. 50% intervals held {held_50}.

## What the facts say of the model's error

What the model misses, learned by kind of finding (SD): its standard deviation, and its mean, which a kind adds to the
level that all share. A finding has one kind of design, of test and of school system.

{discrepancy}

## Every effect

{effects}
"""


def leave_out_page(document: dict[str, Any], *, how: str, command: str) -> str:
    """The page of predictions as Markdown."""
    effects_ = grid(
        ("fact", "study", "role", "kind", "published", "model", "corrected (90%)", "constant", "regression"),
        [
            (
                each["fact"],
                each["study"],
                each["role"],
                each["kind_of_study"],
                f"{each['published']:.2f} ± {each['se']:.2f}",
                f"{each['predicted']:.2f}",
                f"{each['corrected']:.2f} ({each['corrected_low_90']:.2f} to {each['corrected_high_90']:.2f})",
                f"{each['constant']:.2f}",
                f"{each['regression']:.2f}",
            )
            for each in document["effects"]
        ],
    )
    return _PAGE.format(
        features=", ".join(FEATURES),
        how=how,
        command=command,
        verdict=verdict(document),
        scores=score_grid(document),
        held_50="{held_50:.0%} and {corrected_held_50:.0%}".format(**document["scores"][0]),
        discrepancy=grid(
            ("kind", "standard deviation", "mean"),
            [
                (kind, f"{value:.3f}", f"{document['shift'][kind]:+.3f}")
                for kind, value in document["discrepancy"].items()
            ],
        ),
        effects=effects_,
    )


def score_grid(document: dict[str, Any]) -> str:
    """The scores as a Markdown table."""
    heads = ("", "effects (studies)", "RMSE: model", "corrected", "constant", "regression", "in 90%", "bias", "rank r")
    return grid(
        heads,
        [
            (
                each["of"],
                f"{each['effects']} ({each['studies']})",
                f"{each['rmse_model']:.3f}",
                f"{each['rmse_corrected']:.3f}",
                f"{each['rmse_constant']:.3f}",
                f"{each['rmse_regression']:.3f}",
                f"{each['held_90']:.0%} / {each['corrected_held_90']:.0%}",
                f"{each['bias']:+.3f} / {each['corrected_bias']:+.3f}",
                "" if each["rank_correlation"] is None else f"{each['rank_correlation']:+.2f}",
            )
            for each in document["scores"]
        ],
    )


def grid(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join([' --- '] * len(heads))}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
