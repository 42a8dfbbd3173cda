"""The folder of a run over districts: a table that grows part by part, then totals, and last the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plsim.core.errors import RunError
from plsim.core.files import json_bytes, parquet_bytes, write_file
from plsim.core.folders import digests, removed
from plsim.core.jit import source_digest
from plsim.evidence import evidence_digest, registry
from plsim.runs.districts import DistrictEffects, Totals

if TYPE_CHECKING:
    import pandas as pd

    from plsim.scenario.schema import Scenario

SCHEMA_VERSION = 1
PARTS = "districts"
ROWS_OF_A_PART = 50_000


class DistrictFolder:
    """Writes districts as they come; what is written is whole, also when the run ends early.

    ``districts/part-*.parquet`` are one table: ``pandas.read_parquet(folder / "districts")`` reads them together.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.totals = Totals()
        self._tables: list[pd.DataFrame] = []
        self._rows = 0
        self._parts = 0
        self._is_cleared = False

    def _clear(self) -> None:
        """Remove an older result, once there is a newer one to keep: files that are refused cost nobody a result."""
        if self._is_cleared:
            return
        self._is_cleared = True
        path = self.path
        parts = sorted((path / PARTS).glob("part-*.parquet"))
        removed(path, ("manifest.json", "totals.parquet", *(f"{PARTS}/{part.name}" for part in parts)))

    def add(self, found: DistrictEffects) -> None:
        """One more district."""
        self._clear()
        self.totals.add(found)
        table = found.table()
        self._tables.append(table)
        self._rows += len(table)
        if self._rows >= ROWS_OF_A_PART:
            self.flush()

    def flush(self) -> None:
        """Write what has been held back as a part."""
        if not self._tables:
            return
        import pandas as pd

        whole = pd.concat(self._tables, ignore_index=True)
        self._tables, self._rows = [], 0
        self._write(self.path / PARTS / f"part-{self._parts:06d}.parquet", parquet_bytes(whole))
        self._parts += 1

    def finish(
        self,
        scenario: Scenario,
        *,
        worlds: int,
        label: str,
        files: Sequence[str] = (),
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """The last part, the totals, and the manifest that says what all of it is; without files, all were drawn."""
        self.flush()
        self._write(self.path / "totals.parquet", parquet_bytes(self.totals.table()))
        document: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "kind": "districts",
            "scenario": scenario.to_toml(),
            "scenario_digest": scenario.digest(),
            "seed": scenario.seed,
            "years": scenario.years,
            "worlds": worlds,
            "worlds_are": label if worlds else "central world only",
            "files": list(files),
            "districts": self.totals.districts,
            "students": self.totals.students,
            "schools": self.totals.schools,
            "settings": settings,
            "tables": digests(self.path, self._written()),
            "source_digest": source_digest(),
            "parameters_digest": registry().digest(),
            "evidence_digest": evidence_digest(),
        }
        self._write(self.path / "manifest.json", json_bytes(document))

    def _written(self) -> list[str]:
        return ["totals.parquet", *(f"{PARTS}/part-{part:06d}.parquet" for part in range(self._parts))]

    def _write(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, content)
        except OSError as error:
            raise RunError(f"{path}: could not be written: {error.strerror or error}.") from None
