"""``--worlds`` (how many, which of those there are, or a file of them) and ``--engine``."""

from __future__ import annotations

from typing import Any

import click

MAX_WORLDS = 100_000
WORLDS_HELP = "Sets of parameters: how many, prior, shipped (or prior:N), or a file; 0: the central one.  [default: 40]"


class WorldsChoice(click.ParamType[int | str]):
    """A whole number, ``prior``, ``shipped`` (either with ``:N``), or the path of a file of worlds."""

    name = "worlds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The choice, as :func:`plsim.engine.worlds.chosen` takes it."""
        text = str(value).strip()
        number = text.partition(":")[2] if text.startswith(("prior:", "shipped:")) else text
        whole = number.removeprefix("-").isdecimal()
        if (whole and not 0 <= int(number) <= MAX_WORLDS) or not text:
            self.fail(f"got '{value}'. Allowed: 0 to {MAX_WORLDS}, prior, shipped, or a file of worlds", param, ctx)
        return int(text) if text.isdecimal() else text


class EngineChoice(click.ParamType[str]):
    """``batch``, ``mesa``, or ``mesa:MODULE:CLASS`` for agents of one's own."""

    name = "engine"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The engine's name, as :func:`plsim.engine.engines.engine_named` takes it."""
        text = str(value)
        own = text.startswith("mesa:") and text.count(":") > 1
        if text not in ("batch", "mesa") and not own:
            self.fail(f"got '{text}'. Allowed: batch, mesa, mesa:MODULE:CLASS or mesa:FILE.py:CLASS", param, ctx)
        return text
