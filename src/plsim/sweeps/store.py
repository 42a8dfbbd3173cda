"""Where the results of a sweep lie: Parquet parts that hold after a kill at any moment.

::

    FOLDER/runs/
      identity.json         whose runs these are: digest of task and code, count, columns
      part-....parquet      a part: some runs, one row each, with all their results
      failed-....jsonl      failed runs, one line each, with inputs and error
      .writing-...          a part that is being written, or was when its writer died: nobody reads it

A part appears under its name only when all of it is on the disk (temporary file, fsync, atomic rename), and every page
carries a checksum. Several processes on several machines may write into one folder: names are never used twice, nobody
changes a file that is there, and a run that is there twice counts once. Parts are merged into larger ones by who wrote
them, and all into one when the sweep is complete; a merged part is on the disk before what it holds is deleted, so at
any moment every run is in some part.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from plsim.core.arrays import Floats, Ints
from plsim.core.errors import RunError, StudyError
from plsim.core.files import TEMPORARY, remove, write_whole
from plsim.sweeps import shards as parts
from plsim.sweeps.shards import BLOCK
from plsim.sweeps.task import Failure, Task, identity

SCHEMA_VERSION = 1
FOLDER = "runs"
IDENTITY = "identity.json"
OLD_SECONDS = 3600.0
"""Age from which an unfinished file has no writer any more."""
_TRIES = 20

Listing = Callable[[], list[Path]]


@dataclass(frozen=True)
class Store:
    """The results of one task in one folder.

    Attributes
    ----------
    folder
        The study's folder.
    digest, columns, count
        The task's; its digest is that of :func:`plsim.sweeps.task.identity`.
    """

    folder: Path
    digest: str
    columns: tuple[str, ...]
    count: int

    @classmethod
    def existing(cls, task: Task, folder: Path) -> Store:
        """The store of a task; nothing is made or looked at."""
        return cls(Path(folder), identity(task), tuple(task.columns), task.count)

    @classmethod
    def of(cls, task: Task, folder: Path) -> Store:
        """The store of a task, made if it is not there.

        Raises
        ------
        StudyError
            When the folder holds the runs of another task.
        """
        store = cls.existing(task, folder)
        store.parts.mkdir(parents=True, exist_ok=True)
        path = store.parts / IDENTITY
        if not path.exists():
            said = {"schema_version": SCHEMA_VERSION, "task": store.digest, "count": store.count}
            text = json.dumps({**said, "columns": store.columns}, indent=1) + "\n"
            write_whole(path, lambda target: target.write_text(text, encoding="utf-8"))
        store.check()
        return store

    def check(self) -> None:
        """Raise :class:`StudyError` unless the folder's runs are this task's."""
        path = self.parts / IDENTITY
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            known = (said["schema_version"], said["task"], said["count"], tuple(said["columns"]))
        except FileNotFoundError:
            raise StudyError(str(self.folder), "", "holds no runs", fix="Run the study first.") from None
        except (ValueError, KeyError, TypeError):
            fix = f"Delete {self.parts} to start over."
            raise StudyError(str(path), "", "cannot be read", fix=fix) from None
        if known != (SCHEMA_VERSION, self.digest, self.count, self.columns):
            raise StudyError(
                str(self.folder),
                "",
                "holds runs of another study, or of another version of plsim or its evidence",
                fix=f"Give another folder with --out, or delete {self.parts} if its runs are no longer wanted.",
            )

    @property
    def parts(self) -> Path:
        """The folder of the parts."""
        return self.folder / FOLDER

    def writer(self) -> Writer:
        """Somebody who adds results; every process and thread has its own."""
        return Writer(self)

    # Reading
    # ------------------------------------------------------------------------------------------------------------

    def done(self) -> npt.NDArray[np.bool_]:
        """Which runs have results. Shape (count,)."""
        found = np.zeros(self.count, np.bool_)

        def look(path: Path) -> None:
            for run in parts.runs_of(path, self.digest):
                found[run] = True

        self._each(self.listing(), look)
        return found

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The results in order of run, some ten thousands at a time: memory does not grow with the sweep.

        Every run once; failed and missing runs are left out. ``columns`` chooses results; all when None.
        """
        wanted = self.columns if columns is None else tuple(columns)
        for first in range(0, self.count, BLOCK):
            found = self._block(wanted, first, min(first + BLOCK, self.count) - 1)
            if found is not None:
                yield found

    def _block(self, columns: Sequence[str], first: int, last: int) -> pa.Table | None:
        found: dict[Path, pa.Table] = {}

        def look(path: Path) -> None:
            found[path] = parts.rows(path, self.digest, columns, first=first, last=last)

        self._each(self.listing(first, last), look, again=found.clear)
        tables = [found[path] for path in sorted(found)]
        table = parts.once(pa.concat_tables(tables)) if tables else None
        return table if table is not None and table.num_rows else None

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All results in order of run: the number of the run, and its results."""
        wanted = self.columns if columns is None else tuple(columns)
        empty = parts.schema(self.digest, wanted).empty_table()
        return pa.concat_tables([empty, *self.batches(wanted)]).combine_chunks()

    def failures(self) -> list[Failure]:
        """Runs that failed and have no results from another try, in order of run; the latest record of each."""
        found: dict[int, Failure] = {}

        def look(path: Path) -> None:
            for line in path.read_text(encoding="utf-8").splitlines():
                said = json.loads(line)
                found[said["run"]] = Failure(said["run"], said["error"], said["inputs"], said["trace"])

        self._each(lambda: sorted(self.parts.glob("failed-*.jsonl"), key=_age), look, again=found.clear)
        if not found:
            return []
        done = self.done()
        return [found[run] for run in sorted(found) if not done[run]]

    def damaged(self) -> list[Path]:
        """Parts that cannot be read: damaged, or copied from another study. Their runs count as undone."""
        return [path for path in self.listing()() if not parts.is_whole(path, self.digest)]

    def listing(self, first: int = 0, last: int | None = None) -> Listing:
        """A listing of the parts that may hold runs ``first`` to ``last``."""
        end = self.count if last is None else last

        def listed() -> list[Path]:
            named = ((path, parts.span(path)) for path in self.parts.iterdir())
            return sorted(path for path, of in named if of and of[0] <= end and of[1] >= first)

        return listed

    def _stable(self, listing: Listing) -> list[Path]:
        """A listing that was the same twice: one taken while others merge may show neither the parts nor their sum."""
        before = listing()
        for _ in range(_TRIES):
            now = listing()
            if now == before:
                break
            before = now
        return before

    def _each(self, listing: Listing, look: Callable[[Path], None], *, again: Callable[[], None] | None = None) -> None:
        """Look at every whole file of a listing; from the start when one was merged away meanwhile."""
        for _ in range(_TRIES):
            try:
                for path in self._stable(listing):
                    self._look(path, look)
            except FileNotFoundError:
                if again is not None:
                    again()
                continue
            return
        raise RunError(f"{self.parts} changes faster than it can be read: try again when its writers have finished.")

    def _look(self, path: Path, look: Callable[[Path], None]) -> None:
        try:
            look(path)
        except FileNotFoundError:
            raise
        except parts.Unreadable:
            if path.suffix != ".parquet" or parts.is_whole(path, self.digest):
                raise
            # Half-written or damaged: its runs count as undone.

    # Tidying
    # ------------------------------------------------------------------------------------------------------------

    def compact(self) -> None:
        """Merge all parts into one, in order of run, and remove what dead writers left behind.

        Safe while others write or compact. Memory does not grow with the sweep.
        """
        try:
            self.merge([path for path in self._stable(self.listing()) if parts.is_whole(path, self.digest)])
        except FileNotFoundError:
            return  # somebody else is at it
        failed = self._stable(lambda: sorted(self.parts.glob("failed-*.jsonl")))
        left = self.failures() if failed else []
        if len(failed) > 1 or not left:
            self.writer().write_failures(left)
            remove(failed)
        now = time.time()
        remove(path for path in self.parts.glob(f"{TEMPORARY}*") if now - _age(path)[0] > OLD_SECONDS)

    def merge(self, paths: Sequence[Path]) -> None:
        """One part in place of several whole ones."""
        if len(paths) < 2:
            return
        spans = [parts.span(path) or (0, self.count - 1) for path in paths]
        first, last = min(low for low, _ in spans), max(high for _, high in spans)
        of = parts.schema(self.digest, self.columns)

        def tables() -> Iterator[pa.Table]:
            for begin in range(first, last + 1, BLOCK):
                end = min(begin + BLOCK - 1, last)
                some = [
                    parts.rows(path, self.digest, self.columns, first=begin, last=end)
                    for path, (low, high) in zip(paths, spans, strict=True)
                    if low <= end and high >= begin
                ]
                if some:
                    yield parts.once(pa.concat_tables(some))

        parts.new_part(self.parts, first, last, tables(), of=of, small=False)
        remove(paths)


class Writer:
    """Adds results to a store, and merges its own small parts into larger ones as it goes."""

    MERGE = 256

    def __init__(self, store: Store) -> None:
        self.store = store
        self._schema = parts.schema(store.digest, store.columns)
        self._small: list[Path] = []

    def write(self, run: Ints, values: Floats) -> None:
        """Add runs and their results, all finite. Shapes (runs,), (runs, columns).

        When it returns they are on the disk.
        """
        if run.shape[0] == 0:
            return
        rows = parts.rows_of(run, values, self._schema)
        first, last = int(run.min()), int(run.max())
        self._small.append(parts.new_part(self.store.parts, first, last, [rows], of=self._schema, small=True))
        if len(self._small) >= self.MERGE:
            merging, self._small = self._small, []
            with contextlib.suppress(FileNotFoundError):  # a shard that saw the sweep complete has merged them
                self.store.merge(merging)

    def write_failures(self, failures: Sequence[Failure]) -> None:
        """Add failed runs."""
        if not failures:
            return
        path = self.store.parts / f"failed-{failures[0].run:012d}-{uuid.uuid4().hex}.jsonl"
        text = "".join(json.dumps(failure._asdict()) + "\n" for failure in failures)
        write_whole(path, lambda target: target.write_text(text, encoding="utf-8"))


def _age(path: Path) -> tuple[float, str]:
    """When it was last written, and its name to tell equals apart; now if it is gone."""
    try:
        return path.stat().st_mtime, path.name
    except FileNotFoundError:
        return time.time(), path.name
