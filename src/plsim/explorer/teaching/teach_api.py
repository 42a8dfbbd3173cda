"""Demonstrations and the classroom: what "Teach with it" asks the server for."""

from __future__ import annotations

import asyncio
from functools import cache, cached_property, partial
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from plsim.explorer.decisions.labels import start_title
from plsim.explorer.server.requests import _Key, _Value
from plsim.explorer.server.scheduler import Scheduler
from plsim.explorer.teaching.classroom import Classroom, Recorder, compact
from plsim.explorer.teaching.classroom_changes import THINGS
from plsim.explorer.teaching.classroom_pairs import PAIRS
from plsim.explorer.teaching.classroom_story import story
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration, all_demonstrations
from plsim.explorer.teaching.demonstration_run import StepRunner
from plsim.explorer.teaching.game import MOST_TEAMS, Referee, rules
from plsim.explorer.teaching.kit import kit, paper
from plsim.explorer.teaching.votes import Votes
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

    def __init__(self, demonstrations: dict[str, LoadedDemonstration] | None = None) -> None:
        self.demonstrations = all_demonstrations() if demonstrations is None else demonstrations
        self.stage = StepRunner()
        self._lock = Lock()
        self.recorder = Recorder()

    @cached_property
    def referee(self) -> Referee:
        """Who runs the plans of the game."""
        return Referee()

    def board(self, plans: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
        """The leaderboard; one is made at a time."""
        with self._lock:
            return self.referee.board(plans)

    def tried(self, changes: dict[str, Any]) -> dict[str, Any]:
        """A plan in the central world; one is tried at a time."""
        with self._lock:
            return self.referee.tried(changes)

    def step(self, name: str, index: int, scheduler: Scheduler) -> dict[str, Any]:
        """A step's run; gives way to what somebody waits for elsewhere."""

        def stop() -> bool:
            scheduler.give_way()
            return False

        return self.stage.step(self.demonstrations[name], index, stop=stop)


@router.get("/demonstrations")
async def demonstrations(request: Request) -> list[dict[str, Any]]:
    """The demonstrations there are, in order."""
    return listed(_of(request).demonstrations)


def listed(demonstrations: dict[str, LoadedDemonstration]) -> list[dict[str, Any]]:
    """Demonstrations in a line each."""
    return [
        {"name": name, "own": each.own, "steps": len(each.says.steps)}
        | {key: getattr(each.says, key) for key in ("title", "about", "minutes")}
        for name, each in demonstrations.items()
    ]


@router.get("/demonstrations/{name}")
async def demonstration(request: Request, name: _Name) -> dict[str, Any]:
    """A demonstration's steps without their answers."""
    return described(_found(request, name))


def described(found: LoadedDemonstration) -> dict[str, Any]:
    """What people see of a demonstration before it is run."""
    return {
        "name": found.name,
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
                "paper": paper(found, step),
            }
            for step in found.says.steps
        ],
    }


@router.get("/demonstrations/{name}/kit")
async def trainers_kit(request: Request, name: _Name) -> dict[str, Any]:
    """A timetable, and why people choose what they choose: for the trainer, not for the wall."""
    return kit(_found(request, name))


class Poll(BaseModel):
    """A question for the audience's phones."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=400)
    options: list[Annotated[str, Field(min_length=1, max_length=160)]] = Field(min_length=2, max_length=6)


@router.get("/votes")
async def votes(request: Request) -> dict[str, Any]:
    """Whether phones may vote, where, with which code, and how many have."""
    return _polled(request.app.state.votes)


@router.post("/votes")
async def open_poll(request: Request, poll: Poll) -> dict[str, Any]:
    """Let phones vote on a question."""
    found: Votes = request.app.state.votes
    if not found.address:
        raise HTTPException(409, "Phones may not vote: start with `plsim explore --votes`.")
    found.ask(poll.question, tuple(poll.options))
    return _polled(found)


@router.delete("/votes")
async def close_poll(request: Request) -> dict[str, Any]:
    """Take no more votes."""
    found: Votes = request.app.state.votes
    found.close()
    return _polled(found)


def _polled(found: Votes) -> dict[str, Any]:
    if not found.address:
        return {"possible": False}
    return {
        "possible": True, "address": found.address, "code": found.code, "open": found.is_open,
        "question": found.question, "counts": found.counts(),
    }  # fmt: skip


@router.get("/demonstrations/{name}/file")
async def file(request: Request, name: _Name) -> Response:
    """A demonstration's file, to copy and change."""
    found = _found(request, name)
    as_file = {"Content-Disposition": f'attachment; filename="{found.name}.toml"'}
    return Response(found.text, media_type="application/toml", headers=as_file)


@router.get("/demonstrations/{name}/steps/{number}", response_model=None)
async def step(request: Request, name: _Name, number: _Number) -> dict[str, Any]:
    """Run a step: which answer is right, why, and the chart's numbers."""
    found = _found(request, name)
    if number > len(found.says.steps):
        raise HTTPException(404, f"“{name}” has {len(found.says.steps)} steps.")
    scheduler: Scheduler = request.app.state.scheduler
    work = partial(_of(request).step, name, number - 1, scheduler)
    return await asyncio.wrap_future(scheduler.patient(work))


@cache
def class_scenarios() -> list[dict[str, Any]]:
    """Shipped scenarios, each with how much of every practice it plans."""
    found = []
    for name in shipped_scenarios():
        intensities = {practice: each.intensity for practice, each in load(name).practices.items()}
        found.append({"name": name, "title": start_title(name), "intensities": intensities})
    return found


class TeamPlan(BaseModel):
    """What a team has moved."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    team: str = Field(default="", max_length=40)
    changes: dict[_Key, _Value] = Field(default_factory=dict, max_length=40)


class Plans(BaseModel):
    """What teams hand in."""

    model_config = ConfigDict(extra="forbid")

    plans: list[TeamPlan] = Field(min_length=1, max_length=MOST_TEAMS)


@router.get("/game")
async def game() -> dict[str, Any]:
    """The rules: money, hours, and what may be moved."""
    return rules()


@router.post("/game/try")
async def try_plan(request: Request, asked: TeamPlan) -> dict[str, Any]:
    """What a plan gains and costs in the central world."""
    scheduler: Scheduler = request.app.state.scheduler
    return await asyncio.wrap_future(scheduler.urgent(partial(_of(request).tried, asked.changes)))


@router.post("/game/board")
async def board(request: Request, asked: Plans) -> dict[str, Any]:
    """The leaderboard, with bands."""
    scheduler: Scheduler = request.app.state.scheduler
    plans = [(each.team, each.changes) for each in asked.plans]
    return await asyncio.wrap_future(scheduler.urgent(partial(_of(request).board, plans)))


@router.get("/classroom")
async def choices() -> dict[str, Any]:
    """What a class can be watched under: scenarios, pairs made ready, and single things to change in mid-year."""
    return {"scenarios": class_scenarios(), "pairs": PAIRS, "things": THINGS}


@router.post("/classroom")
async def classroom(request: Request, asked: Classroom) -> Response:
    """36 weeks of a class, or of the same class under two practices."""
    recording = await _recorded(request, asked)
    return Response(compact(recording), media_type="application/json")


@router.post("/classroom/story", response_model=None)
async def told(request: Request, asked: Told) -> list[list[str]]:
    """A student's year so far in plain words, on each side."""
    if asked.student > asked.classroom.students:
        raise HTTPException(422, f"student: the class has {asked.classroom.students} students.")
    recording = await _recorded(request, asked.classroom)
    return [story(side, asked.student, asked.week) for side in recording["sides"]]


async def _recorded(request: Request, asked: Classroom) -> dict[str, Any]:
    scheduler: Scheduler = request.app.state.scheduler
    return await asyncio.wrap_future(scheduler.urgent(partial(_of(request).recorder.recorded, asked)))


def _of(request: Request) -> Teaching:
    teaching: Teaching = request.app.state.teaching
    return teaching


def _found(request: Request, name: str) -> LoadedDemonstration:
    found = _of(request).demonstrations.get(name)
    if found is None:
        raise HTTPException(404, "No such demonstration.")
    return found
