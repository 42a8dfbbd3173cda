"""The small files of text that people write (scenarios, studies, facts, demonstrations): read, or refused in words.

What cannot be such a file is refused before it is read: by its kind, its size, or keys so long that reading them would
take minutes.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from plsim.core.errors import InputError

MAX_BYTES = 1_000_000
"""A larger file is refused."""
DEEPEST_KEY = 200
"""Parts of a dotted key. The time to read one grows with their square: a file of the allowed size could take hours."""
_TOO_DEEP = re.compile(r"""(?:\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*){""" + f"{DEEPEST_KEY}}}")


def text_of(path: Path, kind: type[InputError] = InputError) -> str:
    """The text of a file, UTF-8 with or without a mark; ``kind`` is the error that refuses it."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise kind(str(path), "", "is a folder or a device, not a file")
        if status.st_size > MAX_BYTES:
            raise kind(str(path), "", f"{status.st_size} bytes are too many", allowed=f"up to {MAX_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise kind(str(path), "", f"not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        raise kind(str(path), "", f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def text_or_nothing(path: Path) -> str:
    """The text of a file, to see of what kind it is; empty for one that cannot be read, which is told elsewhere."""
    try:
        return text_of(path) if os.path.isfile(path) else ""  # noqa: PTH113 - false, not an error, for any name
    except InputError:
        return ""


def toml_of(text: str, where: str, kind: type[InputError] = InputError) -> dict[str, Any]:
    """The values of a TOML text; ``where`` is what messages call it."""
    if _TOO_DEEP.search(text):
        raise kind(where, "", f"a key of more than {DEEPEST_KEY} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{where}:{line[1]}" if line else where
        fix = "Texts stand in quotes, and true and false are small" if "Invalid value" in str(error) else ""
        raise kind(place, "", f"not valid TOML: {error}", fix=fix) from None
    except (RecursionError, ValueError) as error:
        raise kind(where, "", f"not valid TOML: {type(error).__name__}") from None
