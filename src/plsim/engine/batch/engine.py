"""Runs the weeks of an arm with the compiled loop, on one thread or several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from plsim.core.jit import require_numba
from plsim.engine.arm import Arm


class BatchEngine:
    """The batch engine. Threads share out networks, so any number of them gives the same bits.

    It ``keeps`` what it finds of the worlds that ship (:mod:`plsim.engine.kept`).
    """

    keeps = True

    def __init__(self, threads: int = 1) -> None:
        require_numba()
        from plsim.engine.batch import weeks as batch
        from plsim.engine.batch.room import room

        self._batch, self._room = batch, room
        self._threads = threads
        # Kept: whoever watches runs week by week, and a thread takes about as long to start as it works.
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="plsim-batch") if threads > 1 else None

    def __reduce__(self) -> tuple[type[BatchEngine], tuple[int]]:
        """Compiled code and threads are made anew where a copy is opened."""
        return BatchEngine, (self._threads,)

    def start_year(self, arm: Arm) -> None:
        """Section summaries before the first week."""
        self._batch.first_summaries(arm.rows, arm.students, arm.sections, arm.schools)

    def run(self, arm: Arm, first_week: int, last_week: int) -> None:
        """Weeks ``first_week`` to ``last_week - 1`` of the arm's present year."""
        networks = arm.networks.coaching_capacity.shape[0]
        parts = min(self._threads, networks)
        cuts = [networks * part // parts for part in range(parts + 1)]

        def some(first: int, last: int) -> None:
            begin, end = arm.networks.first_school[[first, last]]
            self._batch.run_weeks(
                first,
                last,
                first_week,
                last_week,
                np.uint64(arm.setting.seed),
                np.uint64(arm.year),
                arm.rows,
                arm.students,
                arm.sections,
                arm.seats,
                arm.schools,
                arm.networks,
                arm.tables,
                arm.flags,
                arm.trace,
                self._room(begin, end, arm.sections, arm.schools, arm.tables),
                arm.p,
            )

        if parts == 1 or self._pool is None:
            some(0, networks)
        else:
            list(self._pool.map(some, cuts[:-1], cuts[1:]))
        arm.week = last_week
