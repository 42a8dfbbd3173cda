"""Answers in the language of who asks: the page says which in every request."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from plsim.explorer.languages.catalogue import Tongue, tongue_of
from plsim.explorer.languages.texts import localized

_TONGUE: ContextVar[Tongue] = ContextVar("plsim_tongue", default=Tongue())  # noqa: B039 - frozen


class Languages:
    """Middleware that remembers the language of a request while it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the language known."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = _TONGUE.set(tongue_of(Headers(scope=scope).get("accept-language", "")))
        try:
            await self._app(scope, receive, send)
        finally:
            _TONGUE.reset(kept)


def spoken() -> Tongue:
    """The language of the request that is being answered."""
    return _TONGUE.get()


class LocalizedJSON(JSONResponse):
    """A document whose texts are told in the language of the request.

    A route that returns texts made with :func:`~plsim.explorer.languages.texts.said` needs ``response_model=None``:
    otherwise its answer is copied before it comes here, and what the texts were made of is lost.
    """

    def render(self, content: Any) -> bytes:
        """The document as JSON."""
        return super().render(localized(content, spoken()))
