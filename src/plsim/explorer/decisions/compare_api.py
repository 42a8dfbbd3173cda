"""What pinned scenarios ask the server for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import Field, StringConstraints

from plsim.explorer.decisions.evaluations import Evaluations
from plsim.explorer.decisions.memo import memo_of
from plsim.explorer.decisions.side_by_side import compared_evaluations, on_common_context
from plsim.explorer.server.requests import MAX_WORLDS, ScenarioRequest, Watching
from plsim.report.memo import MOST_OPTIONS

router = APIRouter(prefix="/api", tags=["explore"])

_Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Pinned(ScenarioRequest):
    """A scenario, and what it is called."""

    label: _Label


class ComparisonRequest(Watching):
    """Two to four scenarios; the first is what the others are compared with, and its students are everybody's."""

    scenarios: list[Pinned] = Field(min_length=2, max_length=4)
    why: bool = Field(default=False, description="Also find the parts of each effect: fourteen more runs each.")


@router.post("/compare", summary="Scenarios side by side with the same random draws")
async def compare(asked: ComparisonRequest, request: Request) -> dict[str, Any]:
    """Effects, differences world by world, and, if asked for, through which channel each scenario works."""
    evaluations: Evaluations = request.app.state.evaluations
    fields = set(ScenarioRequest.model_fields)
    found = await evaluations.ask(
        tuple(ScenarioRequest.model_validate(each.model_dump(include=fields)) for each in asked.scenarios),
        count=asked.worlds,
        known=asked.known,
        visitor=asked.visitor,
        turn=asked.turn,
        gone=request.is_disconnected,
        same=on_common_context,
        why=asked.why,
    )
    return await run_in_threadpool(compared_evaluations, found, [each.label for each in asked.scenarios])


class MemoRequest(Watching):
    """One to four scenarios; all in the schools of the first."""

    scenarios: list[Pinned] = Field(min_length=1, max_length=MOST_OPTIONS)


@router.post("/memo", summary="A board memo of scenarios: one printed page", response_class=PlainTextResponse)
async def memo(asked: MemoRequest, request: Request) -> PlainTextResponse:
    """The memo as a page of HTML that needs nothing else; it waits until all worlds are in."""
    evaluations: Evaluations = request.app.state.evaluations
    fields = set(ScenarioRequest.model_fields)
    found = await evaluations.ask(
        tuple(ScenarioRequest.model_validate(each.model_dump(include=fields)) for each in asked.scenarios),
        count=asked.worlds,
        known=MAX_WORLDS,
        visitor=asked.visitor,
        turn=asked.turn,
        gone=request.is_disconnected,
        same=on_common_context,
    )
    page = await run_in_threadpool(memo_of, found, [each.label for each in asked.scenarios])
    return PlainTextResponse(page, media_type="text/plain; charset=utf-8")
