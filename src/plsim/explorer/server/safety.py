"""What every request passes: who may ask, how much may be sent, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 32 << 20
"""A request's body may hold so much: files of students come in one piece."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
COOKIE = "plsim_token"
MAX_BODY_SECONDS = 60.0
"""A request's body must have come by then."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether a server on this address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Middleware of the explorer.

    Parameters
    ----------
    app
        What answers.
    hosts
        Names under which this server may be asked for. A page elsewhere that makes a browser resolve its own name to
        this machine (DNS rebinding) asks under its name, and is refused. Empty: any, which needs a ``token``.
    token
        What who asks must know, in a cookie, a header or once in the address; empty on loopback.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = LOOPBACK, token: str = "") -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or answer with the headers that keep a browser safe."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await guarded(message)

        try:
            await self._app(scope, _bounded(receive), noted)
        except Exception:
            # Whoever stands outside would answer without our headers.
            if not started:
                await _problem(500, "Something went wrong on the server.")(scope, receive, guarded)
            raise

    def _refused(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """The answer to a request that may not be made; ``None`` when it may."""
        host = headers.get("host", "").lower()
        if self._hosts and _without_port(host) not in self._hosts:
            return _problem(421, f"This server does not answer to the name '{host[:100]}'.")
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != host:
            return _problem(403, "Another site's page may not ask this server.")
        if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not _is_visit(scope, headers):
            return _problem(403, "Another site's page may not ask this server.")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY_BYTES:
            return _problem(413, f"At most {MAX_BODY_BYTES >> 20} MB may be sent.")
        return self._without_token(scope, headers) if self._token else None

    def _without_token(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        from http.cookies import CookieError, SimpleCookie
        from urllib.parse import parse_qs

        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            cookies = SimpleCookie()
        known = [headers.get("x-plsim-token", ""), cookies[COOKIE].value if COOKIE in cookies else ""]
        if any(hmac.compare_digest(one.encode(), self._token.encode()) for one in known):
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and hmac.compare_digest(given.encode(), self._token.encode()):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict")
            return answer
        return _problem(401, "This server needs the token that `plsim explore` printed: open the address it gave.")


def _bounded(receive: Receive) -> Receive:
    """What is received, cut off where it grows too large without having said so, or takes too long to come."""
    seen = 0
    whole = False
    until = time.monotonic() + MAX_BODY_SECONDS

    async def bounded() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()  # waits until who asked has left
        try:
            message = await asyncio.wait_for(receive(), max(until - time.monotonic(), 0.01))
        except TimeoutError:
            return {"type": "http.disconnect"}
        if message["type"] == "http.request":
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                return {"type": "http.disconnect"}
        return message

    return bounded


def _host_of(origin: str) -> str:
    """The host that an origin names; empty when it is malformed."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows another site's link to the page itself; nothing is computed for that."""
    navigates = headers.get("sec-fetch-mode", "navigate") == "navigate"
    return scope["method"] == "GET" and scope["path"] == "/" and navigates


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _problem(status: int, text: str) -> ASGIApp:
    return JSONResponse({"problem": text}, status_code=status)
