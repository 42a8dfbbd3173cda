"""The button that makes the page: begun, looked at, fetched."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from plsim.core.errors import InputError, PlsimError
from plsim.explorer.export.answers import MAX_PINS, steps_of
from plsim.explorer.export.page import exported
from plsim.explorer.languages.answers import spoken
from plsim.explorer.languages.catalogue import Tongue
from plsim.explorer.server.requests import ScenarioRequest
from plsim.explorer.server.scheduler import Scheduler
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.scenario.schema import Scenario

router = APIRouter(prefix="/api/export", tags=["export"])


class Pin(ScenarioRequest):
    """A scenario to take along, and what it is called."""

    label: str = Field(min_length=1, max_length=60)


class Wanted(BaseModel):
    """What is to be in the page beside demonstrations and classes."""

    model_config = ConfigDict(extra="forbid")

    pins: list[Pin] = Field(default_factory=list, max_length=MAX_PINS)


@dataclass
class Exports:
    """One page at a time is made."""

    done: int = 0
    every: int = 0
    what: str = ""
    page: str = ""
    problem: str = ""
    running: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, every: int) -> bool:
        """Whether this one may begin."""
        with self._lock:
            if self.running:
                return False
            self.done, self.every, self.what, self.page, self.problem = 0, every, "", "", ""
            self.running = True
            return True

    def make(
        self,
        demos: dict[str, LoadedDemonstration],
        pins: list[tuple[str, Scenario]],
        tongue: Tongue,
        scheduler: Scheduler,
    ) -> None:
        """The page, giving way to what somebody waits for elsewhere."""

        def tell(what: str) -> None:
            scheduler.give_way()
            self.what, self.done = what, self.done + 1

        try:
            self.page = exported(demos, pins, tongue=tongue, tell=tell)
        except PlsimError as error:
            self.problem = str(error)
        finally:
            self.running = False

    @property
    def state(self) -> dict[str, Any]:
        """How far it is."""
        return {
            "running": self.running, "done": max(self.done - 1, 0) if self.running else self.done,
            "all": self.every, "what": self.what, "ready": bool(self.page), "problem": self.problem,
        }  # fmt: skip


@router.post("")
async def begin(request: Request, wanted: Wanted) -> dict[str, Any]:
    """Begin to make the page; ask again how far it is."""
    for pin in wanted.pins:
        if pin.population:
            raise InputError("pins", "", "own students are not taken along", fix="Pin a scenario of drawn students")
    pins = [(pin.label, pin.scenario()) for pin in wanted.pins]
    state = request.app.state
    exports: Exports = state.exports
    if exports.begin(steps_of(state.teaching.demonstrations, pins)):
        tongue = spoken()
        state.scheduler.patient(lambda: exports.make(state.teaching.demonstrations, pins, tongue, state.scheduler))
    return exports.state


@router.get("")
async def far(request: Request) -> dict[str, Any]:
    """How far the page is."""
    exports: Exports = request.app.state.exports
    return exports.state


@router.get("/file")
async def file(request: Request) -> Response:
    """The page."""
    exports: Exports = request.app.state.exports
    if not exports.page:
        raise HTTPException(404, "No page has been made yet.")
    return Response(
        exports.page,
        media_type="text/html; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="plsim.html"'},
    )
