"""``plsim sample``: an invented district in a format that plsim reads."""

from __future__ import annotations

from pathlib import Path

import click

from plsim.core.errors import InputError, printable


@click.command("sample", context_settings={"show_default": True})
@click.argument("kind", metavar="FORMAT")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--schools", type=click.IntRange(1, 1000), default=4, help="Schools.")
@click.option("--students", type=click.IntRange(1, 10_000), default=45, help="Students in each school.")
def command(*, kind: str, folder: Path, schools: int, students: int) -> None:
    """Write an invented district into DIR, in a FORMAT that `plsim run --population` reads.

    Formats: nwea (Comprehensive Data File), combined (Combined Data File), oneroster-1.1, oneroster-1.2, roster,
    nwea+oneroster, combined+oneroster; faults: the same kind of district with the faults of real files. All formats
    hold the same students, so that they show what each of them tells. Nobody in them exists.
    """
    from plsim.population.sample.formats import FORMATS, names, write_format
    from plsim.population.sample.write import write_sample

    if kind not in FORMATS and kind != "faults":
        raise InputError("sample", "FORMAT", f"got '{kind[:40]}'", allowed=names((*FORMATS, "faults")))
    try:
        filled = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
        if filled:
            raise InputError("sample", "DIR", f"'{folder}' is there and not empty", fix="Give a new folder")
        if kind == "faults":
            write_sample(folder)
        else:
            write_format(kind, folder, schools=schools, students=students)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no folder can have that name"
        raise InputError("sample", "DIR", f"cannot be written: {reason}") from None
    click.echo(
        f"An invented district is in {printable(folder)}. To see what is read of it: plsim check {printable(folder)}"
    )
