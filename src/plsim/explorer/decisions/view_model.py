"""An evaluation in words and numbers: the document that the page shows. Words are the report's."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import Any

import pandas as pd

from plsim.core.calendar import SUBJECTS
from plsim.evidence import registry
from plsim.explorer.decisions.evaluation import Evaluation
from plsim.explorer.decisions.guardrails import outside, warnings_of
from plsim.explorer.decisions.hangs import hangs_of
from plsim.explorer.decisions.parts import parts_of
from plsim.explorer.decisions.recorder import Diaries
from plsim.population.describe import describe
from plsim.report import grounds, headlines, learning, price
from plsim.report.benchmarks import CAUTION, benchmarks
from plsim.report.folder import ResultFolder
from plsim.report.limits import PURPOSE, limits, limits_sentence
from plsim.report.material import DataTable, Material
from plsim.report.setting import ScenarioDescription
from plsim.report.tables import Curves, ReportedEstimate
from plsim.report.words import (
    certainty,
    group_name,
    in_worlds,
    level,
    subject_name,
    with_interval,
)
from plsim.runs.people import people_document
from plsim.runs.result import Result
from plsim.runs.tables import school_table, teacher_table

_LESSONS = "measures.instruction_hours"


def view_of(evaluation: Evaluation) -> dict[str, Any]:
    """What is known of an evaluation, for the page."""
    result = evaluation.result()
    material = material_of(evaluation, result)
    if not evaluation.weeks:
        evaluation.weeks = _weeks(evaluation, tutored=material.tutored)
    weeks = evaluation.weeks
    return {
        "scenario": _scenario(evaluation),
        "worlds": {"done": result.worlds, "asked": len(evaluation.worlds), "label": result.world_label},
        "verdict": headlines.one_line(material),
        "verdict_parts": list(headlines.verdict_parts(material)),
        "cautions": list(cautions(evaluation, material)),
        "summary": list(_summary(material)),
        "headlines": [each._asdict() for each in headlines.headlines(material)],
        "effect": [_effect(material, year) for year in material.effects.years],
        "benchmarks": {"marks": [each._asdict() for each in benchmarks()], "note": CAUTION},
        "who": [_groups(each, material.worlds) for each in learning.who_gains(material)],
        "who_line": learning.fifths_sentence(material),
        "growth": weeks["growth"],
        "teachers": {"pictures": weeks["teachers"], "sentences": list(price.teacher_sentences(material))},
        "time": {**weeks["time"], "one_on_one": _alone(material)},
        "cost": _cost(material),
        "everything": _table(price.everything_table(material)),
        "schools": _schools(material),
        "setting": _setting(material.setting, result),
        "grounds": _contexts(material),
        "warnings": [each._asdict() for each in warnings_of(evaluation.scenario)],
        "command": _command(evaluation),
        "hangs": hangs_of(evaluation),
        "why": None if evaluation.why is None else parts_of([evaluation], [evaluation.scenario.name]),
    }


def cautions(evaluation: Evaluation, material: Material) -> tuple[str, ...]:
    """What goes wherever the answer goes: what limits it, what lies beyond coverage, what bands are, what it is for."""
    beyond = outside(evaluation.scenario)
    label = str(material.folder.manifest["world_label"])
    bands = (
        f"Ranges hold 90% of {material.worlds} worlds, that is, sets of assumptions ({label})."
        if material.worlds
        else "One set of assumptions only: no ranges, so nothing says how sure this is."
    )
    found = (limits_sentence(limits(evaluation.scenario)), "" if beyond is None else beyond.text, bands, PURPOSE)
    return tuple(each for each in found if each)


def material_of(evaluation: Evaluation, result: Result) -> Material:
    """What the report's functions start from; without the table of weeks, whose place the diaries take."""
    assert evaluation.run is not None
    manifest = {
        "scenario": evaluation.scenario.to_toml(),
        "seed": result.seed,
        "years": result.years,
        "worlds": result.worlds,
        "world_label": result.world_label,
        "parameters": {_LESSONS: registry().value(_LESSONS)},
        "parameters_digest": registry().digest(),
        "population": evaluation.source,
        "population_drawn": dict(result.pair.base_setting.population.drawn) if evaluation.source else {},
    }
    return Material(
        ResultFolder(
            path=Path("explorer"),
            manifest=manifest,
            effects=result.effects,
            weekly=pd.DataFrame(),
            people=people_document(evaluation.both.base_setting),
            teachers=pd.DataFrame(teacher_table(evaluation.run, evaluation.both)),
            # Of real schools none by itself, as in a result folder.
            schools=None
            if evaluation.both.base_setting.population.are_people
            else pd.DataFrame(school_table(evaluation.run, evaluation.both)),
        )
    )


def _weeks(evaluation: Evaluation, *, tutored: bool) -> dict[str, Any]:
    """What happens week by week in the central world."""
    diaries = evaluation.diaries
    assert diaries is not None
    hours = diaries.hours(evaluation.scenario.years)
    rows = [[one.name, one.typical, one.here, one.change] for one in price.time_lines(hours)]
    return {
        "growth": _growth(diaries),
        "teachers": _loads(diaries),
        "time": {"sentence": price.time_sentence(hours, tutored=tutored), "rows": rows},
    }


def _scenario(evaluation: Evaluation) -> dict[str, Any]:
    scenario = evaluation.scenario
    return {
        "name": scenario.name,
        "purpose": scenario.purpose,
        "digest": scenario.digest(),
        "years": scenario.years,
        "seed": scenario.seed,
        "own_students": bool(evaluation.source),
    }


def _summary(material: Material) -> tuple[str, ...]:
    """The result in a few sentences: learning, how sure, for whom, at what price."""
    lines = [*headlines.verdict(material)]
    if not material.worlds:
        lines[1] = "How sure that is, is still being calculated: other sets of assumptions remain to be tried."
    lines.append(learning.fifths_sentence(material))
    cost = price.cost_sentences(material)
    lines.append(cost[0])
    return tuple(line for line in lines if line)


def _estimate(estimate: ReportedEstimate, worlds: int, *, count: bool = True) -> dict[str, Any]:
    """A number with its band, and in words; ``open`` when it is not clearly different from zero."""
    return {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "positive": _finite(estimate.positive),
        "unit": estimate.unit,
        "words": with_interval(estimate),
        "worlds": in_worlds(estimate, worlds if count else 0),
        "open": estimate.is_open(worlds),
    }


def _effect(material: Material, year: int) -> dict[str, Any]:
    rows = [
        {"label": subject_name(subject), "key": subject, **_estimate(one, material.worlds)}
        for subject, one in learning.effect_by_subject(material, year)
    ]
    whole = material.points(year=year)
    return {
        "year": year,
        "rows": rows,
        "certainty": certainty(whole, material.worlds) if whole is not None and material.worlds else "",
        "table": _table(learning.effect_table(material, year)),
        "sentences": list(learning.effect_sentences(material)) if year == material.year else [],
    }


def _groups(groups: learning.Groups, worlds: int) -> dict[str, Any]:
    rows = [
        {"label": group_name(group), "key": group, **_estimate(one, worlds, count=False)} for group, one in groups.rows
    ]
    return {"key": groups.key, "title": groups.title, "rows": rows, "table": _table(groups.table)}


def _curves(curves: Curves) -> dict[str, Any]:
    return {"week": curves.week, "scenario": curves.scenario, "typical": curves.counterfactual}


def _growth(diaries: Diaries) -> list[dict[str, Any]]:
    found = []
    for index, subject in enumerate(SUBJECTS):
        curves, title = diaries.growth(index), subject_name(subject)
        line, table = learning.growth_sentence(title, curves), _table(learning.growth_table(title, curves))
        found.append({"key": subject, "title": title, **_curves(curves), "sentence": line, "table": table})
    return found


def _loads(diaries: Diaries) -> list[dict[str, Any]]:
    evaluations = []
    for key, title, curves, digits in (
        (
            "hours",
            "Hours a week asked of a teacher, lessons included",
            diaries.load("hours_demanded").plus(registry().value(_LESSONS)),
            1,
        ),
        ("strain", "Strain of an average teacher (0 is none)", diaries.load("strain"), 2),
    ):
        says, table = price.curve_spoken(title, curves, digits), price.curve_table(title, curves, digits)
        evaluations.append({"key": key, "title": title, **_curves(curves), "says": says, "table": _table(table)})
    return evaluations


def _alone(material: Material) -> dict[str, str]:
    """Minutes a week that a student has a teacher alone."""
    arms = {"scenario": "scenario", "typical": "counterfactual", "difference": "difference"}
    of = material.subject
    return {name: _level(material, "one_on_one_minutes", arm=arm, subject=of) for name, arm in arms.items()}


def _level(material: Material, name: str, *, arm: str, subject: str) -> str:
    found = material.effects.find(name, year=material.year, arm=arm, subject=subject)
    if found is None:
        return ""
    return with_interval(found) if arm == "difference" else level(found)


def _cost(material: Material) -> dict[str, Any]:
    table = price.cost_table(material)
    years = _by_year(material, "budget_cost_per_student")
    return {
        "sentences": list(price.cost_sentences(material)),
        "years": years,
        "unpaid": _by_year(material, "unpaid_hours_value"),
        "table": None if table is None else _table(table),
    }


def _by_year(material: Material, name: str) -> list[dict[str, Any]]:
    found = ((year, material.effects.find(name, year=year)) for year in material.effects.years)
    return [{"label": f"Year {year}", **_estimate(one, material.worlds)} for year, one in found if one is not None]


def _schools(material: Material) -> dict[str, Any]:
    """How many schools end lower, where there are several: no school is named."""
    schools = material.schools
    return {"shown": len(schools.shown), "below": schools.below_zero, "too_small": schools.too_small}


def _setting(setting: ScenarioDescription, result: Result) -> dict[str, Any]:
    population = result.pair.base_setting.population
    return {
        "people": list(setting.people),
        "read": list(describe(population)) if result.population_source else [],
        "practices": [{**one._asdict(), "change": one.change} for one in setting.practices],
        "options": [list(one) for one in setting.options],
        "conditions": [list(one) for one in setting.conditions],
    }


def _contexts(material: Material) -> dict[str, Any]:
    found = grounds.grounds(material)
    return {"summary": list(found.summary), "weakest": _table(found.weakest), "others": _table(found.others)}


def _command(evaluation: Evaluation) -> str:
    """The line that makes the whole result, once the scenario is downloaded."""
    arguments = ["plsim", "run", f"{evaluation.scenario.name}.toml", "--worlds", str(len(evaluation.worlds))]
    return shlex.join(arguments) + (" --population YOUR_FILES" if evaluation.source else "")


def _table(table: DataTable) -> dict[str, Any]:
    return {"caption": table.caption, "header": list(table.header), "rows": [list(row) for row in table.rows]}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
