"""Votes of an audience by phone: a page of its own, on a port of its own, that knows nothing but the open question.

Off unless the trainer asks for it. Nobody gives a name; a vote is a number in memory that is forgotten when the server
ends. Whoever votes needs the short code that the trainer shows.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from plsim.explorer.languages.answers import Languages, LocalizedJSON
from plsim.explorer.languages.texts import said
from plsim.explorer.server.safety import HEADERS

MAX_VOTERS = 500
"""Devices that may vote on a question."""
MAX_WRONG = 30
"""Wrong codes that one address may try; then it is not answered any more."""
MAX_ADDRESSES = 2000
_MAX_BODY = 2000
_LETTERS = "ABCDEFHJKLMNPRTUVWXY34679"
_COOKIE = "plsim_ballot"
_STATIC = Path(__file__).resolve().parent.parent / "static"


@dataclass
class Votes:
    """The open question and what came in.

    Attributes
    ----------
    address
        Where phones find the ballot; empty when nobody may vote.
    code
        What a voter must know.
    """

    address: str = ""
    code: str = field(default_factory=lambda: "".join(secrets.choice(_LETTERS) for _ in range(4)))
    question: str = ""
    options: tuple[str, ...] = ()
    is_open: bool = False
    _ballots: dict[str, int] = field(default_factory=dict)
    _wrong: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, question: str, options: tuple[str, ...]) -> None:
        """Open a question; votes on the one before are dropped unless it is the same."""
        with self._lock:
            if (question, options) != (self.question, self.options):
                self._ballots.clear()
            self.question, self.options, self.is_open = question, options, True

    def close(self) -> None:
        """Take no more votes; those that came in stay."""
        with self._lock:
            self.is_open = False

    def counts(self) -> list[int]:
        """Votes for each option."""
        with self._lock:
            return [sum(each == index for each in self._ballots.values()) for index in range(len(self.options))]

    def may_ask(self, code: str, who: str) -> bool:
        """Whether the code is right; an address that guesses too often is wrong for good."""
        with self._lock:
            if self._wrong.get(who, 0) >= MAX_WRONG:
                return False
            if not code:
                return False  # a phone that asks what to ask for
            if secrets.compare_digest(code.upper().encode(), self.code.encode()):
                return True
            self._wrong[who] = self._wrong.get(who, 0) + 1
            while len(self._wrong) > MAX_ADDRESSES:
                self._wrong.popitem(last=False)
            return False

    def cast(self, voter: str, option: int) -> bool:
        """Count a device's vote, in place of its earlier one; false when the question is closed or the room is full."""
        with self._lock:
            full = voter not in self._ballots and len(self._ballots) >= MAX_VOTERS
            if not self.is_open or full or not 0 <= option < len(self.options):
                return False
            self._ballots[voter] = option
            return True

    def of(self, voter: str) -> int | None:
        """What a device has voted."""
        with self._lock:
            return self._ballots.get(voter)


class Vote(BaseModel):
    """A vote."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(max_length=12)]
    option: int = Field(ge=0, le=5)


def ballot_app(votes: Votes) -> FastAPI:
    """The page for phones: three files, a question and a vote; nothing else of plsim can be reached through it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, default_response_class=LocalizedJSON)
    app.add_middleware(Languages)
    files = {
        "/": (_STATIC / "ballot.html", "text/html; charset=utf-8"),
        "/ballot.js": (_STATIC / "ballot.js", "text/javascript; charset=utf-8"),
        "/ballot.css": (_STATIC / "ballot.css", "text/css; charset=utf-8"),
    }

    @app.middleware("http")
    async def guarded(request: Request, answer: Any) -> Response:
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length[:9]) > _MAX_BODY or "transfer-encoding" in request.headers:
            return JSONResponse({"problem": "too much"}, status_code=413)
        found: Response = await answer(request)
        found.headers.update(HEADERS)
        return found

    @app.exception_handler(RequestValidationError)
    async def of_request(_: Request, __: RequestValidationError) -> JSONResponse:
        return JSONResponse({"problem": "That is no vote."}, status_code=422)

    for path, (file, kind) in files.items():
        app.add_api_route(path, _file(file, kind), methods=["GET"])

    @app.get("/poll", response_model=None)
    async def poll(request: Request, code: str = "") -> Response:
        voter = request.cookies.get(_COOKIE, "")[:64] or secrets.token_urlsafe(16)
        if not votes.may_ask(code[:12], _who(request)):
            return LocalizedJSON({"words": _words(), "known": False}, status_code=403)
        made = LocalizedJSON({
            "words": _words(), "known": True, "open": votes.is_open, "question": votes.question,
            "options": list(votes.options), "mine": votes.of(voter),
        })  # fmt: skip
        made.set_cookie(_COOKIE, voter, httponly=True, samesite="strict", max_age=6 * 3600)
        return made

    @app.post("/vote", response_model=None)
    async def vote(request: Request, given: Vote) -> dict[str, Any]:
        voter = request.cookies.get(_COOKIE, "")[:64]
        if not voter or not votes.may_ask(given.code, _who(request)):
            raise HTTPException(403)
        return {"counted": votes.cast(voter, given.option)}

    return app


def _file(path: Path, kind: str) -> Any:
    async def file() -> FileResponse:
        return FileResponse(path, media_type=kind)

    return file


def _who(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _words() -> dict[str, str]:
    return {
        "title": said("Your vote"),
        "code": said("Code on the screen"),
        "go": said("Go"),
        "wrong": said("That is not the code."),
        "wait": said("Wait for the next question."),
        "counted": said("Counted. You may change it until the question is closed."),
        "nameless": said("No name is asked for, and nothing is kept."),
    }
