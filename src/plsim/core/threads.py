"""One thread for what libraries do in a process, linear algebra and trees: runs are spread over processors already.

Matrices and tables here are small. A library's own threads gain nothing on them and wait for each other in a loop that
keeps other processors busy: two processes of a sweep got half as much done, and beside another program fitting an
emulator took five times as long.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

SETTINGS = (
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"
)  # fmt: skip
"""Of the libraries that numpy, scipy and scikit-learn come with. Read when those are loaded, and by processes that are
started."""


def one_thread() -> None:
    """Let what this process loads from now on, and its children, use one thread; what somebody has said holds."""
    for name in SETTINGS:
        os.environ.setdefault(name, "1")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """The same for processes that are started inside, and nobody else."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    one_thread()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
