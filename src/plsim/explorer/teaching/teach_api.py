"""Demonstrations and the classroom: what "Teach with it" asks the server for."""

from __future__ import annotations

import asyncio
from functools import cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from plsim.explorer.decisions.labels import start_title
from plsim.explorer.server.scheduler import Desk
from plsim.explorer.teaching.classroom import Classroom, Recorder, compact
from plsim.explorer.teaching.classroom_pairs import PAIRS
from plsim.explorer.teaching.classroom_story import story
from plsim.explorer.teaching.demonstration_files import Loaded, all_demonstrations
from plsim.explorer.teaching.demonstration_run import Stage
from plsim.scenario.loading import load
from plsim.scenario.shipped import shipped_scenarios

router = APIRouter(prefix="/api/teach", tags=["teach"])
_Name = Annotated[str, Path(max_length=80, description="Name of a demonstration.")]
_Number = Annotated[int, Path(ge=1, le=12, description="Step, from 1.")]


class Told(BaseModel):
    """Whose story, and up to when."""

    model_config = ConfigDict(extra="forbid")

    classroom: Classroom
    student: int = Field(ge=1, le=32, description="The student's number.")
    week: int = Field(ge=0, le=36, description="Weeks that are over.")


class Teaching:
    """What the server keeps for teaching: the demonstrations, their numbers, recordings of classes."""

    def __init__(self, demonstrations: dict[str, Loaded] | None = None) -> None:
        self.demonstrations = all_demonstrations() if demonstrations is None else demonstrations
        self.stage = Stage()
        self.recorder = Recorder()

    def step(self, name: str, index: int, desk: Desk) -> dict[str, Any]:
        """A step's run; gives way to what somebody waits for elsewhere."""

        def stop() -> bool:
            desk.give_way()
            return False

        return self.stage.step(self.demonstrations[name], index, stop=stop)


@router.get("/demonstrations")
async def demonstrations(request: Request) -> list[dict[str, Any]]:
    """The demonstrations there are, in order."""
    return [
        {"name": name, "own": each.own, "steps": len(each.says.steps)}
        | {key: getattr(each.says, key) for key in ("title", "about", "minutes")}
        for name, each in _of(request).demonstrations.items()
    ]


@router.get("/demonstrations/{name}")
async def demonstration(request: Request, name: _Name) -> dict[str, Any]:
    """A demonstration's steps without their answers."""
    found = _found(request, name)
    return {
        "name": name,
        "own": found.own,
        **{
            key: getattr(found.says, key) for key in ("title", "about", "minutes", "closing", "years", "seed", "worlds")
        },
        "steps": [
            {
                "title": step.title,
                "say": step.say,
                "ask": step.ask,
                "options": [option.text for option in step.options],
                "discuss": step.discuss,
                "settings": [found.says.settings[setting].label for setting in step.settings],
            }
            for step in found.says.steps
        ],
    }


@router.get("/demonstrations/{name}/file")
async def file(request: Request, name: _Name) -> Response:
    """A demonstration's file, to copy and change."""
    found = _found(request, name)
    as_file = {"Content-Disposition": f'attachment; filename="{found.name}.toml"'}
    return Response(found.text, media_type="application/toml", headers=as_file)


@router.get("/demonstrations/{name}/steps/{number}")
async def step(request: Request, name: _Name, number: _Number) -> dict[str, Any]:
    """Run a step: which answer is right, why, and the chart's numbers."""
    found = _found(request, name)
    if number > len(found.says.steps):
        raise HTTPException(404, f"“{name}” has {len(found.says.steps)} steps.")
    desk: Desk = request.app.state.desk
    work = partial(_of(request).step, name, number - 1, desk)
    return await asyncio.wrap_future(desk.patient(work))


@cache
def _scenarios() -> list[dict[str, Any]]:
    """Shipped scenarios, each with how much of every practice it plans."""
    found = []
    for name in shipped_scenarios():
        intensities = {practice: each.intensity for practice, each in load(name).practices.items()}
        found.append({"name": name, "title": start_title(name), "intensities": intensities})
    return found


@router.get("/classroom")
async def choices() -> dict[str, Any]:
    """What a class can be watched under: scenarios, and pairs made ready."""
    return {"scenarios": _scenarios(), "pairs": PAIRS}


@router.post("/classroom")
async def classroom(request: Request, asked: Classroom) -> Response:
    """36 weeks of a class, or of the same class under two practices."""
    recording = await _recorded(request, asked)
    return Response(compact(recording), media_type="application/json")


@router.post("/classroom/story")
async def told(request: Request, asked: Told) -> list[list[str]]:
    """A student's year so far in plain words, on each side."""
    if asked.student > asked.classroom.students:
        raise HTTPException(422, f"student: the class has {asked.classroom.students} students.")
    recording = await _recorded(request, asked.classroom)
    return [story(side, asked.student, asked.week) for side in recording["sides"]]


async def _recorded(request: Request, asked: Classroom) -> dict[str, Any]:
    desk: Desk = request.app.state.desk
    return await asyncio.wrap_future(desk.urgent(partial(_of(request).recorder.recorded, asked)))


def _of(request: Request) -> Teaching:
    teaching: Teaching = request.app.state.teaching
    return teaching


def _found(request: Request, name: str) -> Loaded:
    found = _of(request).demonstrations.get(name)
    if found is None:
        raise HTTPException(404, "No such demonstration.")
    return found
