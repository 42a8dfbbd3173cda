"""``plsim check``: what is wrong with files, without running them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from plsim.core.errors import InputError


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(*, files: tuple[str, ...], as_json: bool) -> None:
    """Read each FILE and say what is wrong with it, or that nothing is.

    Scenarios are files ending in .toml or names of shipped ones; a folder, .zip or .csv is read as a population.
    """
    found = [_checked(file) for file in files]
    if as_json:
        click.echo(json.dumps([{"file": file, "problem": problem} for file, problem in found], ensure_ascii=False))
    for file, problem in [] if as_json else found:
        click.echo(problem or f"{file}: fine", err=problem is not None)
    if any(problem is not None for _, problem in found):
        raise SystemExit(InputError.exit_status)


def _checked(file: str) -> tuple[str, str | None]:
    """A file, and what is wrong with it."""
    try:
        # Unlike Path.is_dir false, not an error, for a name too long.
        if os.path.isdir(file) or Path(file).suffix.lower() in {".csv", ".zip"}:  # noqa: PTH112
            _read_population(Path(file))
        else:
            from plsim.scenario import load

            load(file)
    except InputError as error:
        return file, str(error)
    return file, None


def _read_population(path: Path) -> None:
    from plsim.population import load_population
    from plsim.population.model import PopulationSpec

    load_population(path, PopulationSpec(), seed=0)
