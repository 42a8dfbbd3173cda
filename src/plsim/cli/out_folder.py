"""The folder that a command writes into: made and locked before the work, and gone again if nothing came into it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from plsim.core.errors import InputError
from plsim.core.folders import one_writer

RESULTS = Path("results")


def named_folder(name: str, settings: Mapping[str, object]) -> Path:
    """A folder for what has this name and these settings, and for nothing else."""
    told = json.dumps(settings, sort_keys=True, default=str).encode()
    return RESULTS / f"{name}-{hashlib.blake2b(told, digest_size=3).hexdigest()}"


class OutFolder:
    """A folder to write into, as a context: better no run than a run that cannot be kept, or is mixed with another.

    Folders that were made for it and are still empty at the end, whatever the end, are removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: list[Path] = []
        self._held = ExitStack()

    def __enter__(self) -> OutFolder:
        try:
            missing = [each for each in (self.path, *self.path.parents) if not os.path.lexists(each)]
            self._made = missing
            self.path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            self.tidy()
            why = getattr(error, "strerror", None) or error
            name = str(self.path)[:200].replace("\0", "?")
            raise InputError("--out", "", f"'{name}' cannot be a folder: {why}") from None
        if not os.access(self.path, os.W_OK):
            self.tidy()
            raise InputError("--out", "", f"'{self.path}' cannot be written to")
        try:
            self._held.enter_context(one_writer(self.path))
        except OSError as error:
            self.tidy()
            raise InputError("--out", "", f"'{self.path}' cannot be written to: {error.strerror or error}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tidy()

    def tidy(self) -> None:
        """Give the folder free; remove the folders that were made and are empty, innermost first."""
        self._held.close()
        for folder in self._made:
            try:
                folder.rmdir()
            except (OSError, ValueError):
                return  # holds something, is not there, or cannot be
