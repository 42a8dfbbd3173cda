"""``plsim run``: one scenario beside its counterfactual."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plsim.cli.interrupt import interruptible
from plsim.cli.progress import progress_bar
from plsim.core.errors import InputError

if TYPE_CHECKING:
    from plsim.cli.effects import Printable

MAX_WORLDS = 100_000


@click.command("run", context_settings={"show_default": True})
@click.argument("scenario", metavar="SCENARIO")
@click.option("--out", type=click.Path(path_type=Path), help="Result folder.  [default: results/NAME-seedSEED]")
@click.option("--seed", type=int, help="The luck of the run.  [default: the scenario's]")
@click.option("--years", type=int, help="Years to simulate, 1 to 8.  [default: the scenario's]")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change the scenario; may be repeated.")
@click.option("--population", type=click.Path(path_type=Path), help="Real students: a folder or roster file.")
@click.option("--worlds", type=click.IntRange(0, MAX_WORLDS), help="Sets of parameters; 0: the central.  [default: 40]")
@click.option("--engine", type=click.Choice(["batch", "mesa"]), default="batch", help="Same rules, same bits.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Parallel threads.  [default: one per processor]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only where the results are.")
@click.option("--no-report", is_flag=True, help="Do not write report.html.")
def command(
    *,
    scenario: str,
    out: Path | None,
    seed: int | None,
    years: int | None,
    overrides: tuple[str, ...],
    population: Path | None,
    worlds: int | None,
    engine: str,
    workers: int | None,
    as_json: bool,
    quiet: bool,
    no_report: bool,
) -> None:
    """Run SCENARIO (a file, or a shipped one's name) beside typical practice with the same luck.

    Prints the effects with their 90% intervals and writes a result folder. `plsim list scenarios` names shipped ones.
    """
    from plsim.scenario import load

    loaded = load(scenario, overrides=overrides, years=years, seed=seed)
    if population is not None and not population.exists():
        raise InputError("--population", "", f"no file or folder '{population}'")
    folder = _usable(out or Path("results") / f"{loaded.name}-seed{loaded.seed}")
    _announce(engine, quiet=quiet)

    def kept() -> Printable:
        from plsim.engine.run import run

        with progress_bar(loaded.name, wanted=not quiet) as progress:
            result = run(
                loaded,
                seed=loaded.seed,
                worlds=worlds,
                years=loaded.years,
                population=population,
                engine=engine,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            )
        result.save(folder)
        return result

    result = interruptible(kept, message="plsim: interrupted; no result was written.")
    if not no_report:
        from plsim.report.page import write_report

        write_report(folder)
    if as_json:
        click.echo((folder / "summary.json").read_text(encoding="utf-8"), nl=False)
    elif quiet:
        click.echo(str(folder))
    else:
        from plsim.cli.effects import effects_text

        click.echo(effects_text(result))
        if not no_report:
            click.echo(f"\nTo read and to show: {folder / 'report.html'}")
        click.echo(f"\nResults are in {folder}")


def _usable(folder: Path) -> Path:
    """The folder, made now: better no run than a run that cannot be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("--out", "", f"'{folder}' cannot be a folder: {error.strerror or error}") from None
    if not os.access(folder, os.W_OK):
        raise InputError("--out", "", f"'{folder}' cannot be written to")
    return folder


def _announce(engine: str, *, quiet: bool) -> None:
    """Say why the first run is slow."""
    if quiet or engine != "batch":
        return
    from plsim.core import jit

    if jit.HAVE_NUMBA and not jit.is_cached():
        click.echo("First run here: compiling the rules takes about half a minute, once.", err=True)
