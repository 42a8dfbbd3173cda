"""Students from a person's own files: parsed as any files are, kept in memory, forgotten when the server ends."""

from __future__ import annotations

import base64
import binascii
import io
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from plsim.core.errors import PopulationError
from plsim.explorer.server.kept import Kept, bytes_of
from plsim.explorer.server.reader import Reader
from plsim.explorer.server.requests import MAX_STUDENTS
from plsim.population.file_population import population_from_file
from plsim.population.model import Population, PopulationSpec
from plsim.population.student_file import StudentFile

MOST_KEPT_BYTES = 100.0 * 2**20
MAX_UPLOAD_BYTES = 20 << 20
MAX_UNPACKED_BYTES = 256 << 20
MAX_ROWS = 1_000_000
"""Rows in all files together: many terms and enrolments of the most students that may be simulated here."""
_CHUNK = 1 << 20


class Sent(BaseModel):
    """One file."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=200, description="Name of the file; only its ending and its kind matter."
    )
    content: str = Field(description="The bytes of the file, in base64.")


class SentFiles(BaseModel):
    """Files of one district: an NWEA export (two CSV files), a OneRoster, a roster.csv, or a zip of them."""

    model_config = ConfigDict(extra="forbid")

    files: list[Sent] = Field(min_length=1, max_length=20)


class UploadedStudents(NamedTuple):
    """What files said."""

    file: StudentFile
    source: str

    def __len__(self) -> int:
        return int(self.file.grade.shape[0])


class Uploads:
    """Students by a name that cannot be guessed."""

    def __init__(self, reader: Reader | None = None) -> None:
        self._reader = reader or Reader()
        self._kept: Kept[UploadedStudents] = Kept(MOST_KEPT_BYTES, lambda each: bytes_of(each.file))

    def add(self, sent: SentFiles, gone: Callable[[], bool] = lambda: False) -> tuple[str, UploadedStudents]:
        """Read files; the name under which they are kept, and what was read. Ends when who sent them has left."""
        file: StudentFile = self._reader.read(_bytes(sent), gone)
        if file.grade.shape[0] > MAX_STUDENTS:
            raise PopulationError(
                "upload", "", f"{file.grade.shape[0]:,} students", allowed=f"up to {MAX_STUDENTS:,} here",
                fix="Use `plsim run --population`",
            )  # fmt: skip
        name = secrets.token_urlsafe(12)
        return name, self._kept.put(name, UploadedStudents(file, file.source))

    def close(self) -> None:
        """End the process that reads."""
        self._reader.close()

    def students(self, name: str) -> UploadedStudents:
        """Students that were uploaded before."""
        found = self._kept.get(name)
        if found is None:
            fix = "Drop the files on the page again"
            raise PopulationError("population", "", "these students are no longer here", fix=fix)
        return found

    def population(self, name: str, spec: PopulationSpec, *, seed: int) -> Population:
        """The population of uploaded students, under a scenario's conditions."""
        return population_from_file(self.students(name).file, spec, seed=seed)


def _bytes(sent: SentFiles) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for each in sent.files:
        # Browsers send the last part of a path only; whoever sends more gets no more.
        name = each.name.replace("\\", "/").rpartition("/")[2]
        if not name or name.lower() in {known.lower() for known in found}:
            raise PopulationError(name or "upload", "", "is there twice" if name else "has no name")
        try:
            found[name] = base64.b64decode(each.content, validate=True)
        except (binascii.Error, ValueError):
            raise PopulationError(name, "", "is not base64") from None
    total = sum(len(content) for content in found.values())
    if total > MAX_UPLOAD_BYTES:
        raise PopulationError(
            "upload",
            "",
            f"{total:,} bytes",
            allowed=f"up to {MAX_UPLOAD_BYTES:,} here",
            fix="Use `plsim run --population`",
        )
    _check_rows(found)
    return found


def _check_rows(files: Mapping[str, bytes]) -> None:
    """Refuse what holds too many rows before any of them is read: a small zip may unpack to millions."""
    rows = 0
    for name, content in files.items():
        rows += _rows_of_zip(name, content, MAX_ROWS - rows) if name.lower().endswith(".zip") else content.count(b"\n")
        if rows > MAX_ROWS:
            raise PopulationError(
                name, "", f"more than {MAX_ROWS:,} rows", allowed=f"up to {MAX_ROWS:,} here",
                fix="Use `plsim run --population`",
            )  # fmt: skip


def _rows_of_zip(name: str, content: bytes, most: int) -> int:
    """Rows in the files of a zip, counted a piece at a time, and no further than ``most``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(member.file_size for member in packed.infolist())
            if size > MAX_UNPACKED_BYTES:
                allowed = f"up to {MAX_UNPACKED_BYTES >> 20} MB here"
                raise PopulationError(name, "", f"{size >> 20:,} MB unpacked", allowed=allowed)
            rows = 0
            for member in packed.infolist():
                with packed.open(member) as stream:
                    while rows <= most and (piece := stream.read(_CHUNK)):
                        rows += piece.count(b"\n")
            return rows
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zlib.error):
        return 0  # the reader says what is wrong with it
