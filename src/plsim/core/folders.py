"""Folders that one process at a time writes into, and that look whole only when they are.

The lock is the operating system's: it ends with the process that holds it, however that ends, so that no kill leaves a
folder locked.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from plsim.core.errors import InputError
from plsim.core.files import TEMPORARY, sync

LOCK = ".plsim-writing"
"""The file that is locked while somebody writes; it is gone afterwards, unless its owner was killed."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
_BLOCK = 1 << 20


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Be the only one who writes into a folder that is there; what a killed writer left half done is removed.

    Raises
    ------
    InputError
        When somebody else is writing into it.
    """
    handle = _locked(folder / LOCK)
    try:
        for path in folder.glob(f"{TEMPORARY}*"):
            path.unlink(missing_ok=True)
        yield
    finally:
        # Removed while still locked: who waits for it opens it anew.
        with contextlib.suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path) -> int:
    """An open file that nobody else has locked."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            _lock(handle)
        except OSError as error:
            if error.errno in _NO_LOCKS:  # some network folders have none
                return handle
            os.close(handle)
            fix = "Wait until it has finished, or give another folder"
            raise InputError(str(path.parent), "", "somebody else is writing into this folder", fix=fix) from None
        if _is_still_there(handle, path):
            return handle
        os.close(handle)


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still_there(handle: int, path: Path) -> bool:
    """Whether the locked file is still the one of that name: its last owner may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def removed(folder: Path, names: Iterable[str]) -> None:
    """Remove files of an older result, and have that on the disk before anything new is written."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    sync(folder)
    sync(folder.parent)  # the folder itself may be new


def file_digest(path: Path) -> str:
    """Digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Digests of files in a folder, by name."""
    return {name: file_digest(folder / name) for name in names}


def not_as_written(folder: Path, said: object) -> list[str]:
    """Names of files that are missing or are not what digests of their names say."""
    found = []
    for name, digest in said.items() if isinstance(said, dict) else ():
        path = folder / Path(str(name)).name
        try:
            if not os.path.isfile(path) or file_digest(path) != digest:  # noqa: PTH113 - false for any name
                found.append(str(name))
        except OSError:
            found.append(str(name))
    return found
