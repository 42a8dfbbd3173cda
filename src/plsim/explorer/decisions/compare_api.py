"""What pinned scenarios ask the server for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, StringConstraints

from plsim.explorer.decisions.evaluations import Pictures
from plsim.explorer.decisions.side_by_side import compared_pictures, on_common_ground
from plsim.explorer.server.requests import Question, Watching

router = APIRouter(prefix="/api", tags=["explore"])

_Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Pinned(Question):
    """A scenario, and what it is called."""

    label: _Label


class CompareQuestion(Watching):
    """Two to four scenarios; the first is what the others are compared with, and its students are everybody's."""

    scenarios: list[Pinned] = Field(min_length=2, max_length=4)
    why: bool = Field(default=False, description="Also find the parts of each effect: fourteen more runs each.")


@router.post("/compare", summary="Scenarios side by side on common luck")
async def compare(question: CompareQuestion, request: Request) -> dict[str, Any]:
    """Effects, differences world by world, and, if asked for, through which channel each scenario works."""
    pictures: Pictures = request.app.state.pictures
    fields = set(Question.model_fields)
    found = await pictures.ask(
        tuple(Question.model_validate(each.model_dump(include=fields)) for each in question.scenarios),
        count=question.worlds,
        known=question.known,
        visitor=question.visitor,
        gone=request.is_disconnected,
        same=on_common_ground,
        why=question.why,
    )
    return await run_in_threadpool(compared_pictures, found, [each.label for each in question.scenarios])
