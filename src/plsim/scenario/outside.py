"""Practices from other packages: found by entry point, named in every manifest, so that a result can be made again.

A package offers a practice with an entry point of the group ``plsim.practices`` that names its module or class::

    [project.entry-points."plsim.practices"]
    evening_reading = "my_schools.evening_reading:EveningReading"

The class is written as one of plsim's own (docs/adding-a-practice.md); its defaults may be plain values, since plsim's
registry knows nothing of other packages.
"""

from __future__ import annotations

import hashlib
import inspect
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from plsim.core.errors import InputError
from plsim.practices.registration import known_practices

GROUP = "plsim.practices"


class Outside(NamedTuple):
    """Where a practice comes from: a distribution, its version, and the digest of the file that holds the class."""

    package: str
    version: str
    digest: str


@cache
def outside_practices() -> dict[str, Outside]:
    """Practices of other packages by name, all of them registered.

    Raises
    ------
    InputError
        When a package offers one that cannot be loaded.
    """
    before = set(known_practices())
    found: dict[str, Outside] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        package = point.dist.name if point.dist is not None else "?"
        where = f"practice '{point.name}' of package '{package}'"
        try:
            point.load()
        except (ImportError, AttributeError, ValueError) as error:
            fix = f"Mend or uninstall {package}."
            raise InputError(where, "", f"cannot be loaded: {error}", fix=fix) from None
        new = [name for name in known_practices() if name not in before and name not in found]
        if not new:
            raise InputError(where, "", "registers no practice", fix="Its class needs @register(NAME).")
        version = point.dist.version if point.dist is not None else "?"
        found |= {name: Outside(package, version, _digest(name)) for name in new}
    return found


def need_outside(said: object, *, where: str) -> None:
    """Check that the practices of other packages that a manifest names are here.

    Raises
    ------
    InputError
        When one is not.
    """
    for name, source in (said if isinstance(said, dict) else {}).items():
        if name not in outside_practices():
            package = " ".join(str(part) for part in source[:2]) if isinstance(source, list) else "another package"
            fix = f"Install {package}."
            raise InputError(where, f"practices.{name}", f"comes from {package}, which is not installed", fix=fix)


def _digest(name: str) -> str:
    file = inspect.getsourcefile(known_practices()[name])
    content = Path(file).read_bytes() if file is not None and Path(file).is_file() else b""
    return hashlib.blake2b(content, digest_size=12).hexdigest()
