"""What "Explore a decision" asks the server for."""

from __future__ import annotations

import asyncio
from functools import cache, partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import Field

from plsim.core.errors import InputError
from plsim.engine.worlds import label, most_worlds
from plsim.evidence import GRADES_OF_EVIDENCE, Parameter, registry
from plsim.explorer.decisions.controls import controls, groups, value_of
from plsim.explorer.decisions.evaluations import ENDS, Evaluations
from plsim.explorer.decisions.guardrails import covered
from plsim.explorer.decisions.hangs import hangs_of, note_ends
from plsim.explorer.decisions.labels import STARTS, start_about, start_title
from plsim.explorer.decisions.view_model import view_of
from plsim.explorer.server.reader import Gone
from plsim.explorer.server.requests import (
    DEFAULT_START,
    MAX_STUDENT_YEARS,
    MAX_STUDENTS,
    MAX_WORLDS,
    ScenarioRequest,
    Watching,
)
from plsim.explorer.server.scheduler import Superseded
from plsim.explorer.server.uploads import SentFiles, Uploads
from plsim.population.describe import describe
from plsim.scenario.build import population_spec
from plsim.scenario.loading import load
from plsim.scenario.shipped import shipped_scenarios

router = APIRouter(prefix="/api", tags=["explore"])
_LOOK_SECONDS = 0.2


class EvaluationRequest(ScenarioRequest, Watching):
    """A scenario, and how much is to be known of it."""

    why: bool = Field(default=False, description="Also find the parts of the effect: fourteen more runs.")


class ControlValues(ScenarioRequest):
    """A scenario, to be looked at without running it."""

    lenient: bool = Field(default=False, description="Leave out what cannot be, one by one, and say so in `left_out`.")


@router.get("/start", summary="What there is: scenarios, bounds, what worlds are")
def start() -> dict[str, Any]:
    """The starting points, the one to begin with, what may be asked, and what the worlds are called."""
    return _start()


@router.get("/controls", summary="Everything that can be set, with its evidence", response_model=None)
def all_controls() -> dict[str, Any]:
    """Controls in the order of the page; typical values, ends of sliders, what is covered, evidence."""
    return _controls()


@router.post("/values", summary="The values of a scenario")
def values(asked: ControlValues) -> dict[str, Any]:
    """Every control's value in a scenario, with its name, purpose and years. Nothing is run."""
    kept, left_out = sifted(asked) if asked.lenient else (asked, [])
    scenario = kept.scenario()
    return {
        "start": kept.start,
        "changes": kept.changes,
        "left_out": left_out,
        "name": scenario.name,
        "purpose": scenario.purpose,
        "years": scenario.years,
        "seed": scenario.seed,
        "values": {control.key: value_of(scenario, control.key) for control in controls()},
    }


def sifted(asked: ScenarioRequest) -> tuple[ScenarioRequest, list[str]]:
    """A request without what cannot be in it, and what was wrong: one bad value in a link costs that value only."""
    left_out = []
    start = asked.start
    if start not in shipped_scenarios():
        left_out.append(f"no starting point is called '{start}'; this is “{start_title(DEFAULT_START)}”")
        start = DEFAULT_START
    kept = ScenarioRequest(start=start, years=asked.years, seed=asked.seed, population=asked.population)
    for key, value in asked.changes.items():
        more = kept.model_copy(update={"changes": {**kept.changes, key: value}})
        try:
            more.scenario()
        except InputError as error:
            left_out.append(str(error))
        else:
            kept = more
    return kept, left_out


@router.post("/toml", summary="A scenario as a file", response_class=PlainTextResponse)
def toml(asked: ControlValues) -> PlainTextResponse:
    """The scenario file that `plsim run` takes; it gives the same numbers to the last bit."""
    return PlainTextResponse(asked.scenario().to_toml(), media_type="text/plain; charset=utf-8")


@router.post("/evaluation", summary="A scenario beside typical practice", response_model=None)
async def evaluation(asked: EvaluationRequest, request: Request) -> dict[str, Any]:
    """Numbers and words of a scenario: the central world at once, and bands as worlds come in.

    Ask again with `known` set to the worlds of the last answer (`worlds.done`) until it is `worlds.asked`.
    """
    evaluations: Evaluations = request.app.state.evaluations
    (found,) = await evaluations.ask(
        (ScenarioRequest.model_validate(asked.model_dump(include=set(ScenarioRequest.model_fields))),),
        count=asked.worlds,
        known=asked.known,
        visitor=asked.visitor,
        turn=asked.turn,
        why=asked.why,
        gone=request.is_disconnected,
    )
    return await run_in_threadpool(view_of, found)


@router.post("/hangs", summary="Which assumptions a scenario's effect hangs on", response_model=None)
async def hangs(asked: EvaluationRequest, request: Request) -> dict[str, Any]:
    """How many of the runs are in, each with one assumption at an end of its range; then what they found.

    Ask again with `known` set to `done` until that is `asked`; the evaluation's `hangs` holds it from then on, too.
    """
    evaluations: Evaluations = request.app.state.evaluations
    scenario = ScenarioRequest.model_validate(asked.model_dump(include=set(ScenarioRequest.model_fields)))
    ask = partial(
        evaluations.ask,
        (scenario,),
        visitor=asked.visitor and f"{asked.visitor}-ends",
        turn=asked.turn,
        gone=request.is_disconnected,
    )
    (answer,) = await ask(count=asked.worlds, known=-1)
    (ends,) = await ask(count=ENDS, known=asked.known)
    if ends.whole:
        note_ends(answer, ends)
    return {"done": ends.done, "asked": len(ends.worlds), "hangs": hangs_of(answer)}


class Uploaded(SentFiles):
    """Files, and the scenario under whose conditions they are to be read."""

    start: str = Field(default=DEFAULT_START, max_length=64, pattern=r"^[A-Za-z0-9_-]*$")


@router.post("/population", summary="Bring your own students")
async def population(sent: Uploaded, request: Request) -> dict[str, Any]:
    """Read files of students; they stay in this server's memory, nothing is written, names are not read.

    The answer's `population` is the word by which questions then mean these students.
    """
    uploads: Uploads = request.app.state.uploads

    left = asyncio.Event()

    def read() -> dict[str, Any]:
        scenario = ScenarioRequest(start=sent.start).scenario()
        name, _ = uploads.add(sent, left.is_set)
        people = uploads.population(name, population_spec(scenario), seed=scenario.seed)
        return {"population": name, "says": list(describe(people))}

    async def look() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK_SECONDS)
        left.set()

    looking = asyncio.create_task(look())
    try:
        return await run_in_threadpool(read)
    except Gone:
        raise Superseded from None
    finally:
        looking.cancel()


@cache
def _start() -> dict[str, Any]:
    scenarios = []
    for name, path in shipped_scenarios().items():
        scenario = load(name)
        scenarios.append({
            "name": name,
            "title": start_title(name),
            "about": start_about(path),
            "years": scenario.years,
            "students": scenario.population.schools * scenario.population.students_per_school,
        })  # fmt: skip
    return {
        "scenarios": scenarios,
        "offered": [[title, list(names)] for title, names in STARTS.items()],
        "first": DEFAULT_START,
        "world_label": label(),
        "limits": {
            "students": MAX_STUDENTS,
            "student_years": MAX_STUDENT_YEARS,
            "worlds": min(most_worlds(), MAX_WORLDS),
        },
    }


@cache
def _controls() -> dict[str, Any]:
    found = []
    for control in controls():
        span = covered(control)
        found.append({
            **{name: value for name, value in vars(control).items() if name not in {"evidence", "choices"}},
            "whole_title": control.whole_title,
            "choices": [list(each) for each in control.choices],
            "covered": None if span is None else [span.low, span.high],
            "studied": span is not None and span.studied,
            "evidence": [_entry(registry()[key]) for key in control.evidence],
        })  # fmt: skip
    return {"groups": groups(), "controls": found}


def _entry(entry: Parameter) -> dict[str, Any]:
    return {
        "key": entry.key,
        "meaning": entry.meaning,
        "value": entry.value,
        "low": entry.low,
        "high": entry.high,
        "unit": entry.unit,
        "source": entry.source,
        "grade": entry.grade,
        "grade_means": GRADES_OF_EVIDENCE[entry.grade],
    }
