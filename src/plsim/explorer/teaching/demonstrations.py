"""What a guided demonstration is: a file of steps, each a question, a run, an explanation and prompts to discuss.

The texts of a file hold no figures: ``{plan}`` stands for what the run gives, and each step has an explanation for
every way in which the run can turn out. So a demonstration stays true when the model, its worlds or the trainer's
scenario change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from plsim.core.calendar import MAX_YEARS
from plsim.core.errors import nearest
from plsim.measures.vocabulary import ONE_ARM
from plsim.measures.vocabulary import OUTCOMES as VOCABULARY

SCHEMA_VERSION = 1
KIND = "demonstration"

_NOT_PAIRED = {"achievement_cross_section", "cost_per_tenth_sd", "implementation_slope", "surpass_comparison"}
OUTCOMES = {outcome.name: outcome.unit.partition(",")[0] for outcome in VOCABULARY if outcome.name not in _NOT_PAIRED}
"""What a step may show, and its unit in result tables."""

SMALLEST = {
    "points": 0.3,
    "SD": 0.01,
    "share": 0.005,
    "weeks": 0.25,
    "minutes/week": 0.5,
    "hours/week": 0.25,
    "RIT": 0.1,
    "index": 0.02,
    "count": 0.05,
    "USD": 10.0,
}
"""A smaller change is called no clear change, unless a step says otherwise; by unit."""

SIGNS = ("rises", "falls", "unclear")
UNCLEAR = "unclear"
OTHERWISE = "otherwise"
_NAME = r"^[a-z][a-z0-9_]*$"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_WORDS = {"change", "size", "worlds", "found"}

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(pattern=_NAME, max_length=40)]


def flat(values: Any, path: str = "") -> Any:
    """Tables inside tables as dotted keys: what scenario files nest, changes name in one line."""
    if not isinstance(values, dict):
        return values
    found: dict[str, Any] = {}
    for key, value in values.items():
        here = f"{path}.{key}" if path else str(key)
        found |= flat(value, here) if isinstance(value, dict) and value else {here: value}
    return found


Changes = Annotated[dict[str, Any], BeforeValidator(flat)]


class _Closed(BaseModel):
    """A table of a demonstration file: closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DemonstrationSetting(_Closed):
    """One thing that schools do: a scenario, and what is changed in it."""

    label: str = Field(min_length=1, max_length=60)
    """What the chart calls it."""
    scenario: str | None = None
    """A scenario of its own; left out, the demonstration's."""
    changes: Changes = Field(default_factory=dict)
    """Dotted scenario keys and their values, put over the demonstration's changes."""


class Term(_Closed):
    """A number of the run, and how often it counts in the change whose sign is asked for."""

    setting: str | None = None
    """Left out, the step's first."""
    year: int | None = Field(default=None, ge=1, le=MAX_YEARS)
    group: str | None = None
    times: float = 1.0


class AnswerOption(_Closed):
    """An answer to choose from."""

    text: str = Field(min_length=1, max_length=160)
    when: str | tuple[str, ...] = ()
    """How the run turns out when this answer is right."""
    because: str = Field(default="", max_length=300)
    """Why people choose it: for the trainer's script, shown to nobody before the answer."""
    below: float | None = None
    """Of a guess: right below this number, in the unit of the chart, and from the option before on."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The ways to turn out for which this answer is right."""
        return (self.when,) if isinstance(self.when, str) else self.when


class Step(_Closed):
    """Predict, run, explain, discuss."""

    title: str = Field(min_length=1, max_length=80)
    say: str = Field(default="", max_length=2000)
    """What the trainer tells before the question."""
    ask: str = Field(min_length=1, max_length=400)
    settings: tuple[str, ...] = Field(min_length=1, max_length=8)
    outcome: str = "percentile_points"
    subject: Literal["math", "reading", "both"] = "both"
    group: str = "all"
    arm: Literal["difference", "scenario"] = "difference"
    """Against typical practice, or the level as it is."""
    compare: Literal["settings", "years", "groups"] = "settings"
    """What stands side by side in the chart."""
    year: int = Field(default=1, ge=1, le=MAX_YEARS)
    years: tuple[Annotated[int, Field(ge=1, le=MAX_YEARS)], ...] = ()
    groups: tuple[str, ...] = Field(default=(), max_length=13)
    change: tuple[Term, ...] = ()
    """Sum of the terms: it rises, falls, or its sign is unclear."""
    find: Literal["largest", "smallest"] | None = None
    """Instead of a change: which setting, year or group is ahead."""
    guess: bool = False
    """Ask for the size of the change, not for its sign."""
    smallest: float | None = Field(default=None, ge=0.0)
    """A smaller change is called unclear."""
    options: tuple[AnswerOption, ...] = Field(min_length=2, max_length=6)
    reveal: dict[str, Text]
    """The explanation, by how the run turns out."""
    discuss: tuple[Text, ...] = Field(min_length=1, max_length=5)

    @property
    def unit(self) -> str:
        """Unit of the outcome in result tables."""
        return OUTCOMES[self.outcome]

    @property
    def threshold(self) -> float:
        """The smallest change that is called one."""
        return SMALLEST[self.unit] if self.smallest is None else self.smallest

    @property
    def points(self) -> tuple[tuple[str, int, str], ...]:
        """Setting, year and group of every number in the chart, in its order."""
        if self.compare == "years":
            return tuple((name, year, self.group) for name in self.settings for year in self.years)
        if self.compare == "groups":
            return tuple((name, self.year, group) for name in self.settings for group in self.groups)
        return tuple((name, self.year, self.group) for name in self.settings)

    @property
    def candidates(self) -> tuple[str, ...]:
        """What may be found to be largest or smallest."""
        if self.compare == "years":
            return tuple(str(year) for year in self.years)
        return self.groups if self.compare == "groups" else self.settings

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Every way in which the run can turn out."""
        if self.guess:
            return tuple(f"option {number}" for number in range(1, len(self.options) + 1))
        return SIGNS if self.change else (*self.candidates, UNCLEAR)

    def at(self, term: Term) -> tuple[str, int, str]:
        """Setting, year and group of a term."""
        return (
            term.setting or self.settings[0],
            self.year if term.year is None else term.year,
            self.group if term.group is None else term.group,
        )

    @model_validator(mode="after")
    def _makes_sense(self) -> Step:
        if self.outcome not in OUTCOMES:
            raise ValueError(
                f"outcome '{self.outcome}' cannot be shown. {nearest(self.outcome, OUTCOMES)} "
                f"Known: {', '.join(OUTCOMES)}"
            )
        if self.outcome in {"percentile_points", "achievement"} and self.arm != "difference":
            raise ValueError(f"outcome '{self.outcome}' is an effect: arm can only be 'difference'")
        if self.outcome in ONE_ARM and self.arm == "difference":
            raise ValueError(f"outcome '{self.outcome}' has no difference: write arm = 'scenario'")
        if bool(self.change) == bool(self.find):
            raise ValueError("needs either change = [...] or find = 'largest', and not both")
        if (self.compare == "years") != bool(self.years) or (self.compare == "groups") != bool(self.groups):
            raise ValueError("years go with compare = 'years', groups with compare = 'groups'")
        if self.find and self.compare != "settings" and len(self.settings) > 1:
            raise ValueError("find among years or groups needs a single setting")
        self._answers()
        return self

    def _answers(self) -> None:
        """Every way to turn out has one answer and an explanation."""
        bounds = [option.below for option in self.options]
        if self.guess:
            rising = [bound for bound in bounds[:-1] if bound is not None]
            if len(rising) < len(bounds) - 1 or bounds[-1] is not None or rising != sorted(set(rising)):
                raise ValueError("options of a guess need rising numbers 'below', and the last one none")
            if not self.change or any(option.outcomes for option in self.options):
                raise ValueError("a guess needs change = [...], and its options 'below' in place of 'when'")
            if OTHERWISE not in self.reveal:
                raise ValueError(f"reveal of a guess lacks '{OTHERWISE}'")
            return
        if any(bound is not None for bound in bounds):
            raise ValueError("options with 'below' need guess = true")
        given = [verdict for option in self.options for verdict in option.outcomes]
        for verdict in [*given, *(key for key in self.reveal if key != OTHERWISE)]:
            if verdict not in self.verdicts:
                raise ValueError(
                    f"'{verdict}' is no way to turn out. {nearest(verdict, self.verdicts)} "
                    f"Known: {', '.join(self.verdicts)}"
                )
        for verdict in self.verdicts:
            if given.count(verdict) != 1:
                raise ValueError(f"exactly one option must say when = '{verdict}'; {given.count(verdict)} do")
            if verdict not in self.reveal and OTHERWISE not in self.reveal:
                raise ValueError(f"reveal lacks '{verdict}' (or '{OTHERWISE}')")

    def texts(self) -> Iterator[str]:
        """The texts that may hold placeholders."""
        yield from self.reveal.values()


class Demonstration(_Closed):
    """A guided demonstration, as its file says it."""

    kind: Literal["demonstration"]
    schema_version: Literal[1]
    title: str = Field(min_length=1, max_length=80)
    about: str = Field(min_length=1, max_length=400)
    minutes: int = Field(default=15, ge=1, le=240)
    order: int = 100
    """Place in the list, small first."""
    scenario: str = "typical_practice"
    """What all settings start from."""
    years: int = Field(default=1, ge=1, le=MAX_YEARS)
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    worlds: int = Field(default=20, ge=10, le=100)
    """Sets of assumptions to try: with fewer than ten no direction could be told."""
    changes: Changes = Field(default_factory=dict)
    settings: dict[Name, DemonstrationSetting] = Field(min_length=1, max_length=24)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=12)
    closing: str = Field(default="", max_length=2000)
    """What to take home; no figures."""

    @model_validator(mode="after")
    def _fits_together(self) -> Demonstration:
        used = set()
        for number, step in enumerate(self.steps, start=1):
            terms = [step.at(term) for term in step.change]
            for name, year, _ in (*step.points, *terms):
                if name not in self.settings:
                    raise ValueError(
                        f"step {number}: no setting '{name}'. {nearest(name, self.settings)} "
                        f"Known: {', '.join(self.settings)}"
                    )
                if year > self.years:
                    raise ValueError(f"step {number}: year {year}, but the demonstration has years = {self.years}")
                used.add(name)
            self._placeholders(number, step)
        for name in self.settings:
            if name not in used:
                raise ValueError(f"setting '{name}' is used by no step")
        return self

    def _placeholders(self, number: int, step: Step) -> None:
        """Every ``{...}`` names something that the step has."""
        known = {key_of(step, point) for point in step.points} | {key_of(step, step.at(term)) for term in step.change}
        known |= _WORDS
        for text in step.texts():
            for name in _PLACEHOLDER.findall(text):
                if name not in known:
                    raise ValueError(
                        f"step {number}: '{{{name}}}' stands for nothing. {nearest(name, known)} "
                        f"Known: {', '.join(sorted(known))}"
                    )

    def points(self, name: str) -> tuple[tuple[Step, int, str], ...]:
        """Every number that any step reads of a setting: the step (for outcome, subject and arm), year and group."""
        found: dict[tuple[str, str, str, int, str], tuple[Step, int, str]] = {}
        for step in self.steps:
            for setting, year, group in (*step.points, *(step.at(term) for term in step.change)):
                if setting == name:
                    found[(step.outcome, step.subject, step.arm, year, group)] = (step, year, group)
        return tuple(found.values())


def key_of(step: Step, point: tuple[str, int, str]) -> str:
    """What a number of a step is called in texts: ``plan``, ``plan@2`` (year), ``plan@quintile:1``."""
    name, year, group = point
    if group != step.group or (step.compare == "groups" and group in step.groups):
        return f"{name}@{group}"
    if year != step.year or step.compare == "years":
        return f"{name}@{year}"
    return name
