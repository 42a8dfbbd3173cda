"""How the server listens: connections that are opened and say nothing, or stop half-way, are closed."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_SECONDS = 15.0
"""How long a connection may take to say what it asks."""
MOST_CONNECTIONS = 256


class Impatient(H11Protocol):
    """HTTP/1.1 that waits for the rest of a request's head for a while only."""

    patience = PATIENCE_SECONDS
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A connection is opened: it must soon ask something."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Something came: wait no longer when it is a whole head."""
        super().data_received(data)
        if self._idle and self._limit is None:
            self._wait()
        elif not self._idle:
            self._calm()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        self._calm()
        super().connection_lost(exc)

    @property
    def _idle(self) -> bool:
        """Whether no request is being answered."""
        cycle: Any = self.cycle  # None before the first
        return cycle is None or bool(cycle.response_complete)

    def _wait(self) -> None:
        self._limit = self.loop.call_later(self.patience, self._close)

    def _calm(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _close(self) -> None:
        self._limit = None
        if self._idle and not self.transport.is_closing():
            self.transport.close()


def server_config(app: Any, **more: Any) -> uvicorn.Config:
    """How the explorer is served."""
    return uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=MOST_CONNECTIONS,
        **more,
    )
