"""``plsim calibrate``: find the worlds that the published evidence leaves."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import click

from plsim.cli.progress import sweep_progress
from plsim.core.errors import InputError, printable


@click.command("calibrate", context_settings={"show_default": True})
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("results/calibration"), help="Folder of intermediate stages."
)
@click.option("--seed", type=click.IntRange(0), default=1, help="Random seed.")
@click.option("--bank", type=click.IntRange(200), default=2_000, help="Worlds sampled from the prior.")
@click.option(
    "--wave", type=click.IntRange(50), default=500, help="Additional worlds near those that agree with the facts."
)
@click.option("--drawn", type=click.IntRange(10), default=240, help="Worlds that are run again at full size.")
@click.option("--ship", type=click.IntRange(10), default=200, help="Worlds to ship, sampled from those.")
@click.option("--reduced", is_flag=True, help="Run those at reduced size: a preview, five times as fast.")
@click.option(
    "--truths", type=click.IntRange(20), default=120, help="Synthetic truths on which the inference is tested."
)
@click.option(
    "--quick",
    is_flag=True,
    help="Only weigh the shipped worlds anew, after a changed rule: minutes. Writes worlds for --worlds FILE.",
)
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes.  [default: one per processor]")
@click.option("--install", is_flag=True, help="Install the worlds into the package, for runs to use.")
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), help="Also write the page for the documentation."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only the path of the results.")
def command(
    *,
    out: Path,
    seed: int,
    bank: int,
    wave: int,
    drawn: int,
    ship: int,
    reduced: bool,
    truths: int,
    quick: bool,
    workers: int | None,
    install: bool,
    page: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the evidence-consistent worlds, estimate the model's discrepancy, and predict each study from the others.

    Takes about half an hour on two idle processors, in stages that are kept: repeating the command resumes an
    interrupted calibration.
    """
    from plsim.calibration.calibrate import Sizes
    from plsim.calibration.folder import run_calibration
    from plsim.core.files import json_bytes

    begun = monotonic()
    if quick:
        if install or page is not None:
            raise click.UsageError("--quick installs nothing and writes no page: leave out --install and --page.")
        _quick(out / "quick", workers or os.cpu_count() or 1, as_json=as_json, quiet=quiet)
        return
    sizes = Sizes(bank=bank, wave=wave, drawn=drawn, shipped=ship, seed=seed, reduced=reduced)
    with ExitStack() as stack:

        def watch(stage: str) -> Callable[[int, int], None] | None:
            return stack.enter_context(sweep_progress(stage, wanted=not quiet))

        done = run_calibration(
            out, sizes, workers=workers or os.cpu_count() or 1, truths=truths, watch=watch, install=install
        )
    if page is not None:
        from plsim.report.calibration_page import write_calibration_page

        write_calibration_page(out, page)
    if as_json:
        click.echo(json_bytes(done.provenance).decode(), nl=False)
    elif quiet:
        click.echo(str(out))
    else:
        click.echo(done.text(seconds=monotonic() - begun))
        click.echo(f"\nTables are in {printable(out / 'tables')}, the worlds in {printable(out / 'worlds.csv')}")


def _quick(folder: Path, workers: int, *, as_json: bool, quiet: bool) -> None:
    """The shipped worlds, weighted anew."""
    from plsim.calibration.reweight import reweighted
    from plsim.core.files import json_bytes
    from plsim.evidence.worlds import stored_worlds

    stored = stored_worlds()
    if stored is None:
        raise InputError("--quick", "", "no worlds ship", fix="Calibrate anew: plsim calibrate.")
    with ExitStack() as stack:

        def watch(stage: str) -> Callable[[int, int], None] | None:
            return stack.enter_context(sweep_progress(stage, wanted=not quiet))

        found = reweighted(stored, folder, workers=workers, watch=watch)
    file = folder / "worlds.csv"
    if as_json:
        said = {"worlds": str(file), "effective_size": found.effective_size, "enough": found.enough, "new": found.new}
        click.echo(json_bytes(said).decode(), nl=False)
    else:
        click.echo(str(file) if quiet else found.text(file))
