"""Options of every command that reads files of students: how they are to be read, where they leave a choice."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from plsim.population.options import ReadOptions

_OPTIONS = (
    click.option("--term", help="Term of an NWEA export, as it writes it.  [default: the latest fall]"),
    click.option(
        "--as-of",
        metavar="DATE",
        help="Who is enrolled in a OneRoster: on that day.  [default: when tested, else the latest school year's end]",
    ),
    click.option(
        "--retests",
        type=click.Choice(["nwea", "latest"]),
        default="nwea",
        show_default=False,
        help="Of several tests in a term: NWEA's rule, the lowest standard error, or the latest.  [default: nwea]",
    ),
    click.option(
        "--subjects", type=click.Path(path_type=Path), help="CSV file that says which subject titles of classes teach."
    ),
    click.option(
        "--subgroups", multiple=True, metavar="COLUMN,...", help="Further columns of a roster to show results by."
    ),
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of reading, as one argument ``reading``."""

    @functools.wraps(function)
    def with_options(
        *,
        term: str | None,
        as_of: str | None,
        retests: str,
        subjects: Path | None,
        subgroups: tuple[str, ...],
        **others: Any,
    ) -> Any:
        from plsim.population.options import ReadOptions, day

        columns = tuple(name.strip() for given in subgroups for name in given.split(",") if name.strip())
        reading = ReadOptions(term=term, as_of=day(as_of), retests=retests, subjects=subjects, subgroups=columns)
        return function(**others, reading=reading)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def first_asked(reading: ReadOptions) -> str:
    """The option that somebody gave first, or nothing."""
    asked = {
        "--term": reading.term, "--as-of": reading.as_of, "--retests": reading.retests != "nwea",
        "--subjects": reading.subjects, "--subgroups": reading.subgroups,
    }  # fmt: skip
    return next((name for name, given in asked.items() if given), "")
