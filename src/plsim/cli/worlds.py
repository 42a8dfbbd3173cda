"""``--worlds``: how many, which of those there are, or a file of them."""

from __future__ import annotations

from typing import Any

import click

from plsim.core.errors import InputError

MAX_WORLDS = 100_000
WORLDS_HELP = "Sets of parameters: how many, prior, shipped (or prior:N), or a file; 0: the central one.  [default: 40]"


class WorldsChoice(click.ParamType[int | str]):
    """A whole number, ``prior``, ``shipped`` (either with ``:N``), or the path of a file of worlds."""

    name = "worlds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The choice, as :func:`plsim.engine.worlds.chosen` takes it."""
        del param, ctx
        text = str(value).strip()
        number = text.partition(":")[2] if text.startswith(("prior:", "shipped:")) else text
        whole = number.removeprefix("-").isdecimal()
        if (whole and not 0 <= int(number) <= MAX_WORLDS) or not text:
            raise InputError(
                "--worlds", "", f"got '{value}'", allowed=f"0 to {MAX_WORLDS}, prior, shipped, or a file of worlds"
            )
        return int(text) if text.isdecimal() else text
