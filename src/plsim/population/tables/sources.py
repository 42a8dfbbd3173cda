"""The files of a district, in a folder or in a zip that is read without being unpacked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, NamedTuple, cast

from plsim.core.errors import PopulationError

MAX_FILE_BYTES = 1 << 30
MAX_ZIP_BYTES = 1 << 28
MAX_ZIP_MEMBERS = 10_000
MAX_RATIO = 200
"""How many times its packed size a file in a zip may have: tables of text reach a few dozen."""
_RATIO_MATTERS = 1 << 20

_BROKEN_ZIP = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    OverflowError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class TableFile:
    """One file to read.

    Attributes
    ----------
    name
        What messages call it.
    open
        Its bytes; errors of reading become :class:`~plsim.core.errors.PopulationError`.
    """

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]


def plain_file(path: Path) -> TableFile:
    """One file of a folder."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        try:
            check_bytes(path.name, _size(path, "a CSV file"), MAX_FILE_BYTES)
            with path.open("rb") as stream:
                yield stream
        except FileNotFoundError:
            raise PopulationError(str(path), "", "no such file") from None
        except OSError as error:
            raise PopulationError(str(path), "", f"cannot be read: {error.strerror or error}") from None

    return TableFile(path.name, opened)


def _size(path: Path, allowed: str) -> int:
    """The size of what is a file; a pipe would be waited for without end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise PopulationError(path.name, "", "is a folder or a device, not a file", allowed=allowed)
    return status.st_size


def memory_file(name: str, content: bytes) -> TableFile:
    """One file that somebody sent, and that lies nowhere."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        check_bytes(name, len(content), MAX_FILE_BYTES)
        yield io.BytesIO(content)

    return TableFile(name, opened)


class FileGroup(NamedTuple):
    """Some files that lie together: a folder, a zip, or a folder inside a zip.

    Attributes
    ----------
    name
        What messages call it.
    files
        By their names in small letters.
    """

    name: str
    files: dict[str, TableFile]


def files_of_folder(folder: Path) -> dict[str, TableFile]:
    """The entries of a folder by their names in small letters."""
    found: dict[str, TableFile] = {}
    for entry in entries_of(folder):
        if entry.name.lower() in found:
            raise PopulationError(str(folder), "", f"holds {entry.name} twice, in small and in large letters")
        found[entry.name.lower()] = plain_file(entry)
    return found


def entries_of(folder: Path) -> list[Path]:
    """What lies in a folder, by name."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise PopulationError(str(folder), "", f"cannot be read: {error.strerror or error}") from None


def places_of_zip(path: Path, content: bytes | None = None) -> list[FileGroup]:
    """The files in a zip, folder by folder.

    ``content`` is the zip itself where it lies nowhere; ``path`` is then only its name.
    """
    with _sound(path.name):
        check_bytes(path.name, _size(path, "a zip") if content is None else len(content), MAX_ZIP_BYTES)
        with zipfile.ZipFile(_place(path, content)) as archive:
            members = archive.infolist()
    if len(members) > MAX_ZIP_MEMBERS:
        raise PopulationError(path.name, "", f"holds {len(members)} files", allowed=f"up to {MAX_ZIP_MEMBERS}")
    if content is not None:
        check_bytes(f"{path.name}, unpacked", sum(member.file_size for member in members), MAX_ZIP_BYTES)
    places: dict[PurePosixPath, dict[str, TableFile]] = {}
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
            raise PopulationError(path.name, "", "holds a file whose path leads out of the zip", fix="Pack it anew")
        # Not is_dir(), which fails for a file without a name.
        if (
            not inside.name
            or member.filename.endswith("/")
            or inside.name.startswith("._")
            or "__MACOSX" in inside.parts
        ):
            continue
        files = places.setdefault(inside.parent, {})
        if inside.name.lower() in files:
            raise PopulationError(path.name, "", f"holds {inside.name} twice", allowed="one of each")
        files[inside.name.lower()] = _zipped(path, content, member, inside.name)
    return [FileGroup(path.name if str(at) == "." else f"{path.name}/{at}", places[at]) for at in sorted(places)]


def files_together(where: str, places: Iterable[FileGroup]) -> dict[str, TableFile]:
    """All files of several places as if they lay in one; refused when two have one name."""
    found: dict[str, TableFile] = {}
    for place in places:
        for name, file in place.files.items():
            if name in found:
                raise PopulationError(where, "", f"holds {name} twice", allowed="one of each")
            found[name] = file
    return found


def _place(path: Path, content: bytes | None) -> Path | io.BytesIO:
    return path if content is None else io.BytesIO(content)


def _zipped(path: Path, content: bytes | None, member: zipfile.ZipInfo, name: str) -> TableFile:
    where = f"{path.name}/{name}"

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        check_bytes(where, member.file_size, MAX_FILE_BYTES)
        if member.file_size > max(_RATIO_MATTERS, MAX_RATIO * member.compress_size):
            times = member.file_size // max(member.compress_size, 1)
            raise PopulationError(
                where,
                "",
                f"unpacks to {times} times its size",
                allowed=f"up to {MAX_RATIO} times",
                fix="Unpack it first",
            )
        # zipfile never gives more bytes than the size that was just checked.
        with ExitStack() as stack:
            with _sound(where):
                archive = stack.enter_context(zipfile.ZipFile(_place(path, content)))
                stream = stack.enter_context(archive.open(member))
            yield cast(BinaryIO, io.BufferedReader(_Sound(stream, where)))

    return TableFile(where, opened)


class _Sound(io.RawIOBase):
    """A stream out of a zip whose errors are ours."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        self._stream = stream
        self._where = where

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Some bytes."""
        view = memoryview(cast(bytearray, buffer))
        with _sound(self._where):
            content = self._stream.read(len(view))
        view[: len(content)] = content
        return len(content)


@contextmanager
def _sound(where: str) -> Iterator[None]:
    """Turns what a broken zip raises into a message."""
    try:
        yield
    except PopulationError:
        raise
    except OSError as error:
        raise PopulationError(where, "", f"cannot be read: {error.strerror or 'damaged'}") from None
    except _BROKEN_ZIP as error:
        locked = "password" in str(error).lower()
        problem = "is locked with a password" if locked else "not a zip that can be read"
        raise PopulationError(where, "", problem, fix="Unpack it and give the folder" if locked else "") from None


def check_bytes(where: str, size: int, most: int) -> None:
    """Refuse a file that is too large."""
    if size > most:
        raise PopulationError(where, "", f"{size} bytes", allowed=f"up to {most} bytes")
