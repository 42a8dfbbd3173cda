"""The explorer's numbers are those of ``plsim run``, to the last bit."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

import plsim
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL
from plsim.explorer.decisions.chance import OtherDraws
from plsim.explorer.decisions.evaluation import Evaluation, run_central, run_number, run_why
from plsim.explorer.decisions.evaluations import Evaluations
from plsim.explorer.decisions.recorder import Watched
from plsim.explorer.decisions.side_by_side import compared_evaluations, on_common_context
from plsim.explorer.decisions.view_model import view_of
from plsim.explorer.languages.catalogue import Tongue
from plsim.explorer.languages.texts import localized
from plsim.explorer.server.kept import Kept
from plsim.explorer.server.requests import ScenarioRequest
from plsim.explorer.server.scheduler import Scheduler, Superseded
from plsim.explorer.server.uploads import Uploads
from plsim.measures.effects import Row
from plsim.report.tables import growth_curves, hours_by_mode, teacher_curves
from plsim.runs.result import Result
from plsim.runs.robustness import LUCK_DRAWS
from plsim.scenario.loading import loads

T = TypeVar("T")
SMALL = {"population.schools": 3, "population.students_per_school": 40, "population.charter_schools": 1}
COACHED = ScenarioRequest(start="personalized_school", years=2, changes={**SMALL, "support.coaching_hours": 1.0})
SCHEDULER = Scheduler(1)
EVALUATIONS = Evaluations(SCHEDULER, Uploads())
CONTEXTS = EVALUATIONS.contexts


def engine():
    return SCHEDULER.engine(urgent=False)


async def stays() -> bool:
    return False


def nothing() -> None:
    return None


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end; a browser that other tests left open has an event loop of its own in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def complete(asked: ScenarioRequest, worlds: int = 3, evaluations: Evaluations = EVALUATIONS) -> Evaluation:
    evaluation = evaluations.evaluation(asked.scenario(), asked.population, worlds)
    run_central(evaluation, evaluations.contexts, engine, nothing)
    for number in range(worlds):
        run_number(evaluation, number, evaluations.contexts, engine, nothing)
    return evaluation


def same(result: Result, other: Result) -> bool:
    """Whether the rows that the first has are the second's, bit for bit, in every world."""
    place = {row: index for index, row in enumerate(other.rows)}
    there = [place[row] for row in result.rows]
    return np.array_equal(result.central, other.central[there], equal_nan=True) and np.array_equal(
        result.spread, other.spread[:, there], equal_nan=True
    )


@pytest.fixture(scope="module")
def coached() -> Evaluation:
    return complete(COACHED)


def test_a_picture_holds_the_numbers_of_a_run(coached: Evaluation) -> None:
    run = plsim.run(COACHED.scenario(), worlds=3, other_designs=False)

    assert len(coached.rows) > 200
    assert same(coached.result(), run)


def test_the_verdict_is_that_of_a_run_because_the_other_draws_are() -> None:
    evaluations = Evaluations(Scheduler(2), Uploads())

    async def asked() -> Evaluation:
        (found,) = await evaluations.ask((COACHED,), count=2, known=1, visitor="", gone=stays)
        return found

    found = in_thread(asked())
    run = plsim.run(COACHED.scenario(), worlds=3, other_designs=False)

    assert found.whole
    assert found.result().robustness.draws == run.robustness.draws
    assert len(next(iter(run.robustness.draws.values()))) == LUCK_DRAWS
    assert "other students and teachers would move it by up to ±" in view_of(found)["verdict"]


def test_a_draw_is_the_same_whenever_it_is_made_and_another_draw_is_another() -> None:
    draws = OtherDraws(Uploads())
    central = EVALUATIONS.contexts.typical(CENTRAL, engine())
    effects = [draws.effects(COACHED.scenario(), "", number, found=central, engine=engine()) for number in (1, 2, 1)]
    assert effects[0] == effects[2]
    assert all(effects[0][row] != effects[1][row] for row in effects[0])


def texts(document: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of a document, and where it stands."""
    if isinstance(document, dict):
        document = document.items()
    elif isinstance(document, (list, tuple)):
        document = enumerate(document)
    elif isinstance(document, str) and len(document.split()) > 3:
        yield where, document
        return
    else:
        return
    for key, value in document:
        yield from texts(value, f"{where}/{key}")


def test_a_spanish_answer_holds_no_english_sentence(coached: Evaluation) -> None:
    # What studies say of themselves, a scenario's own purpose and a command stay as they are.
    own = ("/benchmarks/marks", "/scenario/", "/command", "/grounds/")
    english = dict(texts(view_of(coached)))
    spanish = dict(texts(localized(view_of(coached), Tongue("es"))))
    assert len(english) > 60
    left = {at: text for at, text in english.items() if spanish.get(at) == text and not at.startswith(own)}
    assert left == {}


def test_without_other_draws_no_direction_is_said(coached: Evaluation) -> None:
    assert not coached.drawn
    assert view_of(coached)["verdict"].startswith("Not clear")


def test_another_setting_on_the_same_ground_holds_the_numbers_of_its_own_run(coached: Evaluation) -> None:
    asked = COACHED.model_copy(update={"changes": {**COACHED.changes, "practices.technology.intensity": 0.9}})

    evaluation = complete(asked, worlds=1)

    assert evaluation.shared is coached.shared
    assert same(evaluation.result(), plsim.run(asked.scenario(), worlds=1, other_designs=False))


@pytest.mark.parametrize(
    "changes",
    [
        {"freeze.staff": True}, {"programs.class_size.students": 15.0}, {"context.class_size": 30.0},
        {"support.rollout": "phased"}, {"context.homework_minutes": 240.0}, {"freeze.students": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_changes_staff_classes_time_or_conditions_holds_the_numbers_of_its_run(
    coached: Evaluation, changes: dict[str, object]
) -> None:
    asked = COACHED.model_copy(update={"changes": {**COACHED.changes, **changes}})

    evaluation = complete(asked, worlds=1)

    assert coached.done == 3
    assert same(evaluation.result(), plsim.run(asked.scenario(), worlds=1, other_designs=False))


def test_the_scenario_file_gives_the_same_numbers(coached: Evaluation) -> None:
    again = loads(coached.scenario.to_toml())

    assert again == coached.scenario
    assert same(coached.result(), plsim.run(again, worlds=3, other_designs=False))


def test_the_weeks_are_those_of_a_results_table(coached: Evaluation) -> None:
    run = plsim.run(COACHED.scenario(), worlds=0, other_designs=False)
    weekly = run.weekly

    diaries = coached.diaries

    assert diaries is not None
    for index, subject in enumerate(("math", "reading")):
        ours, theirs = diaries.growth(index), growth_curves(weekly, run.schools, subject)
        np.testing.assert_array_equal(ours.week, theirs.week)
        np.testing.assert_allclose(ours.scenario, theirs.scenario, atol=1e-9)
        np.testing.assert_allclose(ours.counterfactual, theirs.counterfactual, atol=1e-9)
    for column in ("hours_demanded", "strain"):
        load, of_run = diaries.load(column), teacher_curves(weekly, run.teachers, column)
        assert of_run is not None
        np.testing.assert_allclose(load.scenario, of_run.scenario, atol=1e-9)
        np.testing.assert_allclose(load.counterfactual, of_run.counterfactual, atol=1e-9)
    ours_by, theirs_by = diaries.hours(2), hours_by_mode(weekly, run.schools, 2)
    for arm, modes in theirs_by.items():
        assert ours_by[arm] == pytest.approx(modes, abs=1e-9)


def test_own_students_give_the_numbers_of_a_run_on_their_file(tmp_path: Path) -> None:
    import base64

    from plsim.explorer.server.uploads import Sent, SentFiles

    roster = (Path(__file__).resolve().parents[1] / "data" / "roster.csv").read_bytes()
    path = tmp_path / "roster.csv"
    path.write_bytes(roster)
    uploads = Uploads()
    content = base64.b64encode(roster).decode()
    name, _ = uploads.add(SentFiles(files=[Sent(name="../../etc/roster.csv", content=content)]))
    asked = ScenarioRequest(start="personalized_school", years=1, population=name)

    evaluation = complete(asked, worlds=1, evaluations=Evaluations(SCHEDULER, uploads))

    assert same(evaluation.result(), plsim.run(asked.scenario(), worlds=1, population=path, other_designs=False))


def test_a_picture_says_how_many_worlds_are_above_zero_and_what_they_are(coached: Evaluation) -> None:
    document = view_of(coached)

    row = document["effect"][-1]["rows"][-1]
    wanted = Row("percentile_points", "both", 2, "all", "paired", "difference", "points")
    effects = coached.result().spread[:, coached.rows.index(wanted)]
    assert row["positive"] == (effects > 0.0).mean()
    assert document["worlds"] == {"done": 3, "asked": 3, "label": coached.result().world_label}


def test_side_by_side_differences_are_those_of_plsim_compare(coached: Evaluation) -> None:
    from plsim.runs.compare import compare

    other = COACHED.model_copy(update={"changes": {**COACHED.changes, "practices.advising.intensity": 0.9}})
    scenarios = on_common_context((COACHED.scenario(), other.scenario()))
    evaluations = [complete(each, worlds=3) for each in (COACHED, other)]

    document = compared_evaluations(evaluations, ["A", "B"])

    named = [each.with_changes(name=name) for each, name in zip(scenarios, ("a", "b"), strict=True)]
    table = compare(named, worlds=3, why=False).differences
    row = table[(table["outcome"] == "percentile_points") & (table["subject"] == "both") & (table["year"] == 2)]
    value = float(row[row["group"] == "all"]["value"].iloc[0])
    from plsim.report.words import signed

    assert document["table"]["rows"][0][3].startswith(signed(value, 1))


def test_why_is_told_by_the_decomposition_and_adds_up(coached: Evaluation) -> None:
    from plsim.measures.effects import percentile_points

    run_why(coached, engine, nothing)

    document = compared_evaluations([coached, coached], ["A", "B"])["why"]

    assert coached.why is not None
    whole = float(percentile_points(float(coached.why.total[-1, 2])))
    assert sum(document["rows"][0]["values"]) == pytest.approx(whole, abs=1e-9)
    assert document["table"]["rows"][2][1:] == ["0.00"] * 5


def test_what_nobody_wants_any_more_stops_between_weeks() -> None:
    weeks = 0

    def pause() -> None:
        nonlocal weeks
        weeks += 1
        if weeks == 5:
            raise Superseded

    asked = COACHED.model_copy(update={"seed": 99})
    evaluation = EVALUATIONS.evaluation(asked.scenario(), "", 0)

    with pytest.raises(Superseded):
        run_central(evaluation, CONTEXTS, engine, pause)
    assert evaluation.done == -1


def test_a_visitors_newer_question_leaves_nobody_waiting_for_the_older() -> None:
    evaluations = Evaluations(Scheduler(1), Uploads())
    older = ScenarioRequest(start="district_scale_up", years=8, seed=101)
    newer = COACHED.model_copy(update={"seed": 102})

    async def stays() -> bool:
        return False

    async def both() -> tuple[object, ...]:
        ask = partial(evaluations.ask, count=0, known=-1, visitor="one", gone=stays)
        first = asyncio.create_task(ask((older,)))
        while not evaluations._watched:
            await asyncio.sleep(0.01)
        second = asyncio.create_task(ask((newer,)))
        return await asyncio.gather(first, second, return_exceptions=True)

    first, second = in_thread(both())

    assert isinstance(first, Superseded)
    assert second[0].done == 0
    assert not evaluations.evaluation(older.scenario(), "", 0).wanted


def test_who_has_left_is_not_waited_for() -> None:
    evaluations = Evaluations(Scheduler(1), Uploads())
    asked = COACHED.model_copy(update={"seed": 103, "years": 8})

    async def left() -> bool:
        return True

    with pytest.raises(Superseded):
        in_thread(evaluations.ask((asked,), count=0, known=-1, visitor="", gone=left))
    assert not evaluations.evaluation(asked.scenario(), "", 0).wanted


def test_thin_counterfactuals_hold_nothing_that_outcomes_do_not_need(coached: Evaluation) -> None:
    assert coached.run is not None
    record = coached.run.counterfactual.record[0]

    assert np.isnan(record.units["coverage"]).all()
    assert np.isfinite(record.units["one_on_one"]).all()
    assert {field.name for field in dataclasses.fields(record)} == set(vars(record))


def test_the_longest_unused_goes_when_there_is_no_room() -> None:
    kept: Kept[str] = Kept(2.0)
    for name in "ab":
        kept.put(name, name)
    kept.get("a")

    kept.put("c", "c")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("a", None, "c")


def test_a_watched_engine_takes_what_is_kept_of_the_worlds_that_ship() -> None:
    # Else the first picture waits for a reference that lies on the machine.
    assert Watched(lambda: engine_named("batch"), lambda: None).keeps
    assert not Watched(lambda: engine_named("mesa"), lambda: None).keeps


def test_a_copy_of_a_world_takes_what_was_found_in_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plsim.explorer.decisions.evaluation.first_alike", lambda _: [0, 0, 2])
    evaluation = Evaluations(SCHEDULER, Uploads()).evaluation(COACHED.scenario(), None, 3)
    evaluation.found[0] = np.array([1.0, 2.0])

    def nobody() -> Any:
        raise AssertionError("it was run again")

    run_number(evaluation, 1, CONTEXTS, nobody, nothing)
    assert evaluation.found[1] is evaluation.found[0]
    with pytest.raises(AssertionError, match="run again"):
        run_number(evaluation, 2, CONTEXTS, nobody, nothing)
