"""The scenario in plain words: who was simulated, what is different from typical practice, what is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from plsim.core.calendar import GRADES
from plsim.core.errors import InputError
from plsim.evidence import registry
from plsim.measures.vocabulary import joined, practice_label
from plsim.practices import Options
from plsim.report.words import counted, number, unit_of
from plsim.scenario import counterfactual, loads

if TYPE_CHECKING:
    from plsim.report.folder import ResultFolder
    from plsim.scenario import Scenario

SUPPORT_NAMES = {
    "coaching_hours": "Coaching for each teacher",
    "planning_hours": "Extra planning time for each teacher",
    "library_access": "Shared lesson library that is open to the school",
    "library_support": "Help to find and use shared lessons",
    "vision": "Shared vision that the school works toward",
    "community_engagement": "How far families take part and are told why things change",
    "leadership": "Strength of the school’s leadership for this",
    "initiation": "How it began",
    "rollout": "How it is introduced",
    "rollout_weeks": "Weeks that a phased rollout takes",
    "structure": "Old duties and schedules",
}
"""Support, as a description of a plan names it."""
VALUE_NAMES = {
    "engaged": "teachers and families took part",
    "imposed": "imposed from above",
    "big_bang": "everything in the first week",
    "phased": "one practice after the other",
    "overlay": "stay as they were",
    "redesign": "are released",
    None: "as each school has it",
    True: "yes",
    False: "no",
}
"""Values of options that are no numbers, in words."""
_DOSES = frozenset({"intensity", "spread"})
_EVERYWHERE = frozenset({"first_week", "last_week"})


class PracticeLine(NamedTuple):
    """How much of one practice schools plan, 0 to 100."""

    name: str
    meaning: str
    typical: float
    here: float

    @property
    def change(self) -> str:
        """``more``, ``less`` or ``same``."""
        return "more" if self.here > self.typical else "less" if self.here < self.typical else "same"


_SHARES = (
    ("lunch_eligible", "are eligible for free or reduced-price lunch"),
    ("english_learner", "are English learners"),
    ("special_education", "are in special education"),
)


class OptionLine(NamedTuple):
    """One option that is not as in typical schools."""

    name: str
    typical: str
    here: str


@dataclass(frozen=True)
class ScenarioDescription:
    """The scenario of a result, in words.

    Attributes
    ----------
    people
        Sentences about schools and students.
    practices, options
        How much of each practice is planned, and every other option that is not typical.
    conditions
        Conditions that are not those of typical schools but the same with and without the scenario.
    """

    people: tuple[str, ...]
    practices: tuple[PracticeLine, ...]
    options: tuple[OptionLine, ...]
    conditions: tuple[OptionLine, ...]

    @property
    def is_typical(self) -> bool:
        """Whether the scenario plans what typical schools plan; the report's template asks."""
        return not self.options and all(one.change == "same" for one in self.practices)


def scenario_of(folder: ResultFolder) -> Scenario | None:
    """The scenario in the manifest; ``None`` when this version of plsim does not read it."""
    try:
        return loads(str(folder.manifest["scenario"]), where="manifest.json, scenario")
    except InputError:
        return None


def setting_of(folder: ResultFolder, scenario: Scenario | None) -> ScenarioDescription:
    """The scenario of a result folder, in words; without a scenario only who was simulated."""
    people = _people(folder, scenario)
    if scenario is None:
        return ScenarioDescription(people, (), (), ())
    base = counterfactual(scenario)
    practices = tuple(
        PracticeLine(
            name=practice_label(name),
            meaning=(type(practice).__doc__ or "").partition("\n")[0],
            typical=100.0 * base.practices[name].intensity,
            here=100.0 * practice.intensity,
        )
        for name, practice in scenario.practices.items()
    )
    options = [
        line for name, practice in scenario.practices.items() for line in _differences(practice, base.practices[name])
    ]
    options += _differences(scenario.support, base.support)
    options += _programs(scenario)
    conditions = _differences(scenario.context, type(scenario.context)())
    return ScenarioDescription(people, practices, tuple(options), tuple(conditions))


def _people(folder: ResultFolder, scenario: Scenario | None) -> tuple[str, ...]:
    """Who was simulated, as counted in the manifest."""
    people = folder.people
    charter = people["charter_schools"]
    of_kind = {"charter": charter, "district": people["schools"] - charter}
    kinds = joined([f"{count:,} {kind}" for kind, count in of_kind.items() if count])
    present = {str(label) for label in people["grades"]}
    grades = [label for label in GRADES if label in present]
    span = grades[0] if len(grades) == 1 else f"{grades[0]} to {grades[-1]}" if grades else "unknown"
    source = str(folder.manifest.get("population") or "")
    drawn = dict(folder.manifest.get("population_drawn") or {})
    origin = (
        "Students were read from files; what those left out was drawn."
        if source and drawn
        else "Students were read from files."
        if source
        else "They are drawn from national norms: nobody is real."
    )
    told = [
        f"{100.0 * share:.0f}% {what}{_drawn(drawn.get(column, 0), people['students']) if source else ''}"
        for column, what in _SHARES
        if (share := people["shares"].get(column)) is not None
    ]
    who = (
        f"{counted(people['students'], 'student')} in {counted(people['schools'], 'school')} ({kinds}), grades {span}."
    )
    lines = [f"{who} {origin}"]
    if told:
        lines.append(f"Of them {'; '.join(told)}.")
    if scenario is not None and not source and scenario.population.level_sd:
        level = scenario.population.level_sd
        where = "below" if level < 0.0 else "above"
        lines.append(f"At the start they stand {number(abs(level), 2)} standard deviations {where} the national norms.")
    if drawn:
        listed = joined([f"{int(count):,} {str(what).replace('_', ' ')}" for what, count in drawn.items()])
        lines.append(f"Not in the files, so drawn from norms: {listed}.")
    return tuple(lines)


def _drawn(count: int, students: int) -> str:
    """What is not from the files is not called so."""
    return "" if not count else " (drawn)" if count >= students else " (partly drawn)"


def _differences(options: Options, base: Options) -> list[OptionLine]:
    """Options that differ, but for how much and how unlike schools are, which the table of practices shows."""
    return [
        OptionLine(_named(options, field), _shown(options, field, getattr(base, field)), _shown(options, field, value))
        for field in type(options).model_fields
        if field not in _DOSES and (value := getattr(options, field)) != getattr(base, field)
    ]


def _programs(scenario: Scenario) -> list[OptionLine]:
    """Everything about programs that are there; typical schools have none of them."""
    lines = []
    for name in type(scenario.programs).model_fields:
        program = getattr(scenario.programs, name)
        if program is None:
            continue
        fields = [field for field in type(program).model_fields if field not in _EVERYWHERE]
        said = [f"{_named(program, field)}: {_shown(program, field, getattr(program, field))}" for field in fields]
        said = [f"{text[:1].lower()}{text[1:]}" for text in said]
        lines.append(OptionLine(name.replace("_", " ").capitalize(), "none", "; ".join(said)))
    return lines


def _named(options: Options, field: str) -> str:
    """What an option is, from the registry or from here."""
    key = _evidence(options, field)
    if type(options).__name__ == "Support" and field in SUPPORT_NAMES:
        return SUPPORT_NAMES[field]
    if key in registry():
        meaning = registry()[key].meaning.rstrip(".")
        meaning = meaning.partition(" in typical schools")[0].partition(" at the start")[0].removeprefix("Mean ")
        return meaning[:1].upper() + meaning[1:]
    return field.replace("_", " ").capitalize()


def _shown(options: Options, field: str, value: Any) -> str:
    """A value with its unit."""
    if value is None or isinstance(value, str | bool):
        return VALUE_NAMES.get(value, str(value))
    key = _evidence(options, field)
    unit = registry()[key].unit if key in registry() else "share" if field == "vision" else ""
    shown = unit_of(unit)
    if unit == "share":
        return f"{number(100.0 * value, 0)}%"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    if unit in {"count", "", "ratio"}:
        return text
    what, space, rest = shown.level.partition(" ")
    return f"{text} {what.removesuffix('s') if text == '1' else what}{space}{rest}"


def _evidence(options: Options, field: str) -> str:
    extra = type(options).model_fields[field].json_schema_extra
    return str(extra.get("evidence", "")) if isinstance(extra, dict) else ""
