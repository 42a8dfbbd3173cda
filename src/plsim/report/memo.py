"""A board memo: options side by side on one printed page, with what must be true, what to pilot and what to measure."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plsim.core.errors import InputError
from plsim.evidence import GRADES_OF_EVIDENCE
from plsim.measures.vocabulary import joined, outcome_label
from plsim.report.folder import ResultFolder, read_folder
from plsim.report.limits import PURPOSE, Limits, limits
from plsim.report.material import DataTable
from plsim.report.page import filled, write_page
from plsim.report.setting import ScenarioDescription, scenario_of, setting_of
from plsim.report.tables import BOTH, Effects, ReportedEstimate
from plsim.report.words import by_chance, counted, difference, group_name, in_worlds, interval, leaning

if TYPE_CHECKING:
    import pandas as pd

    from plsim.scenario import Scenario

FILE_NAME = "memo.html"
MOST_OPTIONS = 4
_COMPARISON = "comparison.json"
_ROWS = (
    ("percentile_points", "all", "Learning, percentile points"),
    ("percentile_points", "quintile:1", ""),
    ("percentile_points", "quintile:5", ""),
    ("percentile_points", "lunch_eligible:yes", ""),
    ("budget_cost_per_student", "all", "Budget, US dollars per student and year"),
    ("unpaid_teacher_hours", "all", "Unpaid hours asked of a teacher, per week"),
    ("unpaid_hours_value", "all", "Value of unpaid hours, dollars per student"),
    ("strain", "all", ""),
)
_MOST_MOVED = 5
_ALL = "All of them"


class MemoOption(NamedTuple):
    """One option of a memo.

    Attributes
    ----------
    label
        What it is called.
    effects
        Rows of effects, as in ``effects.parquet``.
    scenario
        What was run; None when this version of plsim does not read it.
    moved
        What it does differently from typical practice, in words.
    depends
        What its effect depends on, in plain sentences; empty when that is not known.
    """

    label: str
    effects: pd.DataFrame
    scenario: Scenario | None
    moved: tuple[str, ...]
    depends: tuple[str, ...]
    worlds: int
    world_label: str
    seed: int


def write_memo(folder: str | Path) -> Path:
    """Write ``memo.html`` into the folder of a run or of a comparison.

    Raises
    ------
    InputError
        When the folder is neither, or not whole.
    """
    path = Path(folder)
    return write_page(path, memo_html(options_of(path)), name=FILE_NAME)


def options_of(path: Path) -> tuple[MemoOption, ...]:
    """The options in a folder: one of a run, several of a comparison."""
    if not os.path.isfile(path / _COMPARISON):  # noqa: PTH113 - false, not an error, where entering is forbidden
        return (_option(read_folder(path)),)
    inside = sorted(each for each in path.iterdir() if (each / "manifest.json").is_file())
    names = json.loads((path / _COMPARISON).read_text(encoding="utf-8")).get("scenarios", [])
    order = {str(name): place for place, name in enumerate(names)}
    found = sorted(inside, key=lambda each: order.get(each.name, len(order)))
    if not found:
        raise InputError(str(path), _COMPARISON, "names results that are not here")
    return tuple(_option(read_folder(each)) for each in found[:MOST_OPTIONS])


def _option(folder: ResultFolder) -> MemoOption:
    scenario = scenario_of(folder)
    name = folder.path.name if scenario is None else scenario.name
    return MemoOption(
        label=name.replace("_", " ").capitalize(),
        effects=folder.effects,
        scenario=scenario,
        moved=moved_words(setting_of(folder, scenario)),
        depends=tuple(str(line) for line in folder.manifest.get("sureness", []) if "uncertain goes with" in str(line)),
        worlds=int(folder.manifest["worlds"]),
        world_label=str(folder.manifest["world_label"]),
        seed=int(folder.manifest["seed"]),
    )


def moved_words(setting: ScenarioDescription) -> tuple[str, ...]:
    """What a scenario does differently from typical practice: the largest changes of practices, then options."""
    practices = sorted(setting.practices, key=lambda one: -abs(one.here - one.typical))
    words = [f"{one.name} {one.here:.0f}% ({one.typical:.0f}%)" for one in practices if one.change != "same"]
    return (*words, *(f"{one.name}: {one.here}" for one in setting.options))


def memo_html(options: Sequence[MemoOption]) -> str:
    """The memo as a page that prints on one sheet.

    Raises
    ------
    InputError
        With no option, or more than fit.
    """
    if not 1 <= len(options) <= MOST_OPTIONS:
        raise InputError("memo", "", f"{len(options)} options", allowed=f"1 to {MOST_OPTIONS} on one page")
    effects = [Effects(each.effects) for each in options]
    year = min(each.years[-1] for each in effects)
    first = options[0]
    return filled(
        "memo.html.j2",
        {
            "title": "Options for personalized learning" if len(options) > 1 else first.label,
            "years": counted(year, "year"),
            "table": _table(options, effects, year),
            "moved": _moved(options),
            "conditions": _must_be_true(options),
            "pilot": _pilot(options, effects, year),
            "measure": _measure(effects, year),
            "purpose": PURPOSE,
            "worlds": first.worlds,
            "world_label": first.world_label,
            "seed": first.seed,
            "digests": ", ".join(each.scenario.digest()[:12] for each in options if each.scenario is not None),
        },
    )


def _points(effects: Effects, year: int) -> ReportedEstimate | None:
    return effects.find("percentile_points", year=year)


def _table(options: Sequence[MemoOption], effects: Sequence[Effects], year: int) -> DataTable:
    rows = [_verdicts(options, effects, year)]
    moved = [by_chance(one) if (one := _points(each, year)) is not None else "" for each in effects]
    if any(moved):
        rows.append(("Other students and teachers would move it by up to", *(one or "–" for one in moved)))
    for outcome, group, given in _ROWS:
        found = [each.find(outcome, year=year, group=group, subject=BOTH) for each in effects]
        if all(one is None for one in found):
            continue
        label = given or (outcome_label(outcome) if group == "all" else f"  {group_name(group)}")
        rows.append((label, *("–" if one is None else f"{difference(one)}\n{_range(one)}".strip() for one in found)))
    beyond = [_limits(each) for each in options]
    rows.append(("Settings that lie beyond any study", *(f"{one.beyond} of {one.moved}" for one in beyond)))
    caption = f"Against typical practice in the same schools, after {counted(year, 'year')}; 90% of worlds lie within"
    return DataTable(caption, ("", *(each.label for each in options)), tuple(rows))


def _verdicts(options: Sequence[MemoOption], effects: Sequence[Effects], year: int) -> tuple[str, ...]:
    found = [_points(each, year) for each in effects]
    return "Verdict on learning", *(
        "–" if points is None else "Central assumptions only" if not option.worlds
        else f"{leaning(points, option.worlds)}\na gain in {in_worlds(points, option.worlds)}"
        for option, points in zip(options, found, strict=True)
    )  # fmt: skip


def _range(estimate: ReportedEstimate) -> str:
    return interval(estimate) if estimate.has_interval else ""


def _moved(options: Sequence[MemoOption]) -> list[tuple[str, str]]:
    """What each option does differently from typical practice; what all do is told once."""
    shared = [one for one in options[0].moved if all(one in each.moved for each in options)] if options[1:] else []
    own = [(each.label, [one for one in each.moved if one not in shared]) for each in options]
    told = [(label, _short(words) if words else "nothing more") for label, words in own if words or shared]
    plain = [(label, "as in typical practice") for label, words in own if not words and not shared]
    return [*([(_ALL, _short(shared))] if shared else []), *told, *plain]


def _short(words: Sequence[str]) -> str:
    rest = len(words) - _MOST_MOVED
    return joined([*words[:_MOST_MOVED], *([f"{rest} more"] if rest > 0 else [])])


def _must_be_true(options: Sequence[MemoOption]) -> list[str]:
    """What the numbers rest on; what decides, where that is known."""
    weakest = max(_limits(each).weakest for each in options)
    found = [f"The numbers behind it: the weakest are grade {weakest}, {GRADES_OF_EVIDENCE[weakest]}."]
    depends = next((each.depends for each in options if each.depends), ())
    if depends:
        found += depends[:2]
    else:
        found.append("Which assumptions decide is not known from this result: run it with --worlds prior:200.")
    return found


def _limits(option: MemoOption) -> Limits:
    return limits(option.scenario) if option.scenario is not None else Limits(0, 0, "D")


def _pilot(options: Sequence[MemoOption], effects: Sequence[Effects], year: int) -> list[str]:
    """What to try small first: the option most often ahead, and what in it is furthest from what schools do."""
    ranked = [
        (points, option)
        for option, found in zip(options, effects, strict=True)
        if (points := _points(found, year)) is not None and option.worlds
    ]
    if not ranked:
        return ["Run the options in worlds first: without ranges nothing says which is worth a pilot."]
    points, best = max(ranked, key=lambda each: each[0].positive)
    where = in_worlds(points, best.worlds)
    if points.direction(best.worlds).sign > 0:
        lines = [f"“{best.label}” in a few schools first: ahead most often, in {where}."]
    else:
        lines = [f"No option is clearly ahead; “{best.label}” is nearest, a gain in {where}."]
    if best.moved:
        first = joined(list(best.moved[:2]))
        lines.append(f"Begin with what changes most: {first}; keep schools like them as they are, to compare.")
    return lines


def _measure(effects: Sequence[Effects], year: int) -> list[str]:
    """What a pilot should record, so that it tells whether the numbers above hold."""
    lines = ["Fall and spring scores of both subjects in pilot and comparison schools, by where students started."]
    hours = [found for each in effects if (found := each.find("teacher_hours", year=year)) is not None]
    if hours:
        lines.append("Teachers’ hours in one week of each term, paid and unpaid, and who leaves.")
    lines.append("How much of the plan is carried out, and what the district really paid for it.")
    return lines
