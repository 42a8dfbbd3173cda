"""A page that is written by a process of its own, which loads what pages are drawn with while the run is going on.

Loading takes as long as a small run. Whatever befalls that process, the page is written: then by the caller.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from plsim.practices.levers import PRACTICES
from plsim.practices.registration import known_practices

_FEWEST_PROCESSORS = 2
_COMMAND = ("-P", "-m", "plsim.report.process")


class PageProcess:
    """Somebody to write the page of one result folder.

    Parameters
    ----------
    wanted
        Whether a page will be asked for; otherwise no process starts. Nor does one where there is one processor only,
        or beside a practice that only this process knows.

    Examples
    --------
    >>> with PageProcess(wanted=False) as page:
    ...     pass
    """

    def __init__(self, *, wanted: bool = True) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        ours = set(known_practices()) <= set(PRACTICES)
        if wanted and ours and sys.executable and (os.cpu_count() or 1) >= _FEWEST_PROCESSORS:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the Python that runs this
                    [sys.executable, *_COMMAND],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:  # no more processes here
                self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, folder: Path) -> None:
        """Write ``report.html`` into a result folder, as :func:`plsim.report.page.write_report` does.

        Raises
        ------
        InputError
            When the folder is none or not whole.
        """
        if self._process is not None:
            self._process.communicate(os.fsencode(os.path.abspath(folder)))  # noqa: PTH100 - links stay as they are
            if self._process.returncode == 0:
                return
        from plsim.report.page import write_report

        write_report(folder)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def serve() -> None:
    """What the process does: load, wait for the name of a folder until whoever asks is gone, write its page."""
    from plsim.report.page import report_html, write_page

    parent = os.getppid()
    _load()
    folder = sys.stdin.buffer.read()
    if not folder:
        sys.exit(1)
    path = Path(os.fsdecode(folder))
    page = report_html(path)
    if os.getppid() != parent:  # nobody waits any more: they were told that there is no page
        sys.exit(1)
    write_page(path, page)


def _load() -> None:
    """What pages are drawn with; a picture shows that it is all there."""
    import pandas as pd
    import pyarrow.parquet as pq

    from plsim.report.figures import Point, effect_figure

    assert pd is not None
    assert pq is not None
    effect_figure([Point("", 0.0, 0.0, 0.0)], name="", says="", axis="", limits=(-1.0, 1.0))


if __name__ == "__main__":
    serve()
