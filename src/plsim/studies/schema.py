"""The study file: what one asks of many runs. One frozen model per table, closed to unknown keys.

A study says which scenario is varied, what is varied in it (factors: levers that somebody chooses, uncertainties that
nobody knows, context that a school cannot choose), what is read from every run (outcomes), and by which method and
with how many runs the question is answered. Reading and checking stand in :mod:`plsim.studies.loading`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from plsim.core.calendar import MAX_YEARS
from plsim.engine.worlds import Worlds, chosen
from plsim.measures.vocabulary import outcome_unit
from plsim.practices.options import Options
from plsim.runs.evaluate import Outcome
from plsim.runs.robustness import other_seed
from plsim.scenario.schema import MAX_SEED

STUDY_SCHEMA_VERSION = 1
MAX_RUNS = 10_000_000
MAX_WORLDS = 100_000
USUAL_SEEDS = 5
"""Draws of students, teachers and years of a study that does not say how many."""
MOST_SWITCHES = 10
"""On/off factors of a full factorial: 1,024 combinations in every world."""

Plain = bool | int | float | str
_Samples = Field(ge=8, le=1_000_000)
_Resamples = Field(default=200, ge=20, le=10_000)


class FactorSpec(Options):
    """How one thing is varied: over a range, over listed values, over named cases, or on and off."""

    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    """How a range is spread: evenly, or evenly in the logarithm."""
    values: tuple[Plain, ...] | None = Field(default=None, strict=False, min_length=2, max_length=1000)
    cases: dict[str, dict[str, Any]] | None = Field(default=None, min_length=2, max_length=100)
    """Named cases, each the dotted keys that it sets; one that sets none is the scenario as it is."""
    on_off: bool = False
    """On is as the scenario has it, off is typical practice."""

    @model_validator(mode="after")
    def _one_kind(self) -> FactorSpec:
        given = [self.low is not None or self.high is not None, self.values is not None, self.cases is not None]
        if [*given, self.on_off].count(True) != 1:
            raise ValueError(
                'not one of { low = 0.0, high = 1.0 }, { values = [0, 1, 2] }, { cases = ... } or "on_off"'
            )
        if self.kind == "range":
            if self.low is None or self.high is None:
                raise ValueError("a range needs both low and high")
            if not self.low < self.high:
                raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
            if self.scale == "log" and self.low <= 0.0:
                raise ValueError("a range on a log scale needs a low above 0")
        elif self.scale == "log":
            raise ValueError("only a range has a scale")
        if self.values is not None and len(set(map(repr, self.values))) != len(self.values):
            raise ValueError("the same value is listed twice")
        return self

    @property
    def kind(self) -> str:
        """``range``, ``values``, ``cases`` or ``on_off``."""
        if self.on_off:
            return "on_off"
        if self.values is not None:
            return "values"
        return "cases" if self.cases is not None else "range"


class Uncertainties(Options):
    """What nobody knows: whole worlds, or registry parameters one by one, each over its prior."""

    worlds: int | str | None = None
    """Sets of parameters, as ``plsim run --worlds`` takes them: how many, ``"prior:N"``, ``"shipped"`` or a file."""
    parameters: tuple[str, ...] | None = Field(default=None, strict=False, min_length=1)
    """Keys or patterns such as ``"match.*"``, or ``"all"``: each varies alone over its prior."""

    @field_validator("parameters", mode="before")
    @classmethod
    def _all_or_some(cls, given: object) -> object:
        return ("*",) if given == "all" else given

    @field_validator("worlds")
    @classmethod
    def _some(cls, given: int | str | None) -> int | str | None:
        if isinstance(given, int) and not 1 <= given <= MAX_WORLDS:
            raise ValueError(f"{given} is out of range: 1 to {MAX_WORLDS}")
        if given == "":
            raise ValueError('empty: a number, "prior:N", "shipped" or a file of worlds')
        return given

    @model_validator(mode="after")
    def _one_of_them(self) -> Uncertainties:
        if self.worlds is not None and self.parameters is not None:
            raise ValueError("either worlds or parameters, not both: a world already is a value of every parameter")
        return self


class Luck(Options):
    """Which other students, teachers and years everything is run with: draws by seeds, arms paired inside each."""

    seeds: int | None = Field(default=None, ge=1, le=1000)
    """How many; when left out, as many as what is called found needs (:data:`USUAL_SEEDS`)."""


class OutcomeSpec(Options):
    """What is read from every run: a row of a result's effects."""

    outcome: str = Field(default="achievement", min_length=1, max_length=100)
    subject: Literal["math", "reading", "both"] = "both"
    year: int | None = Field(default=None, ge=1, le=MAX_YEARS)
    """The last year when left out."""
    group: str = Field(default="all", min_length=1, max_length=200)
    arm: Literal["difference", "scenario", "counterfactual"] = "difference"
    unit: str = Field(default="SD", min_length=1, max_length=20)
    """Tells achievement in SD from achievement in RIT; other outcomes have one unit."""


class Method(Options):
    """How the question is answered; one class for each kind."""

    kind: str
    groups: ClassVar[bool] = False
    """Whether the method gives one index for a group of factors."""
    steps: ClassVar[bool] = True
    """Whether it can vary on/off factors, listed values and cases."""
    crossed: ClassVar[bool] = False
    """Whether every point is run in every world; else a world is one more factor, or each sample has its own."""


class Sobol(Method):
    """Shares of variance: first order, total, and of pairs. ``samples * (2 * factors + 2)`` runs."""

    kind: Literal["sobol"]
    groups: ClassVar[bool] = True
    samples: int = _Samples
    second_order: bool = True
    resamples: int = _Resamples

    @model_validator(mode="after")
    def _power_of_two(self) -> Sobol:
        _need_power_of_two(self.samples)
        return self


class Morris(Method):
    """Screening by single steps. ``trajectories * (factors + 1)`` runs."""

    kind: Literal["morris"]
    groups: ClassVar[bool] = True
    trajectories: int = Field(ge=2, le=100_000)
    levels: int | None = Field(default=None, ge=4, le=60)
    """Levels of the grid, even; chosen so that every value of every factor is met when left out."""
    resamples: int = _Resamples


class RbdFast(Method):
    """First-order shares of variance from one sample, by Fourier analysis. ``samples`` runs."""

    kind: Literal["rbd_fast"]
    samples: int = _Samples
    harmonics: int = Field(default=10, ge=1, le=50)
    resamples: int = _Resamples

    @model_validator(mode="after")
    def _enough(self) -> RbdFast:
        if self.samples <= 8 * self.harmonics:
            raise ValueError(f"samples {self.samples} are too few for {self.harmonics} harmonics: more than 8 for each")
        return self


class Delta(Method):
    """How far the whole distribution moves when a factor is known (Borgonovo's delta). ``samples`` runs."""

    kind: Literal["delta"]
    samples: int = Field(ge=128, le=1_000_000)
    resamples: int = Field(default=20, ge=5, le=1000)
    """Few by default: 100 resamples take half a minute for a thousand runs."""


class Pawn(Method):
    """How far the cumulative distribution moves when a factor is known. ``samples`` runs."""

    kind: Literal["pawn"]
    samples: int = Field(ge=64, le=1_000_000)
    slices: int = Field(default=10, ge=2, le=100)
    resamples: int = Field(default=50, ge=20, le=1000)

    @model_validator(mode="after")
    def _enough(self) -> Pawn:
        if self.samples < 6 * self.slices:
            raise ValueError(f"samples {self.samples} are too few for {self.slices} slices: 6 for each at least")
        return self


class Dgsm(Method):
    """Mean squared slopes, which bound total indices from above. ``samples * (factors + 1)`` runs."""

    kind: Literal["dgsm"]
    steps: ClassVar[bool] = False
    samples: int = _Samples
    step: float = Field(default=0.01, ge=1e-4, le=0.2)
    """Step of a slope, as a share of the factor's range."""
    resamples: int = _Resamples


class Regional(Method):
    """Which values of a factor go with the best and worst outcomes. ``samples`` runs."""

    kind: Literal["regional"]
    samples: int = Field(ge=64, le=1_000_000)
    regions: int = Field(default=10, ge=2, le=50)
    """Regions of the outcome, each with the same number of runs."""
    resamples: int = Field(default=50, ge=20, le=1000)

    @model_validator(mode="after")
    def _enough(self) -> Regional:
        if self.samples < 6 * self.regions:
            raise ValueError(f"samples {self.samples} are too few for {self.regions} regions: 6 for each at least")
        return self


class FractionalFactorial(Method):
    """Main effects of two-valued factors from a saturated two-level design, in every world."""

    kind: Literal["fractional_factorial"]
    crossed: ClassVar[bool] = True
    interactions: bool = False
    """Also contrasts of pairs; each is mixed up with other pairs."""


class Hdmr(Method):
    """Shares of variance from one sample through a fitted sum of polynomials. ``samples`` runs."""

    kind: Literal["hdmr"]
    steps: ClassVar[bool] = False
    samples: int = Field(ge=300, le=100_000)
    order: int = Field(default=2, ge=1, le=2)
    degree: int = Field(default=3, ge=1, le=6)
    resamples: int = Field(default=20, ge=2, le=100)


class Factorial(Method):
    """Attribution: all on/off combinations in every world. ``2**factors * worlds`` runs."""

    kind: Literal["factorial"]
    crossed: ClassVar[bool] = True
    as_one: tuple[Annotated[tuple[str, ...], Field(strict=False)], ...] = Field(default=(), strict=False)
    """Factors that are also counted as one switch, where a strategy is several practices here: from the same runs."""


class Grid(Method):
    """Response: every combination of values in every world."""

    kind: Literal["grid"]
    crossed: ClassVar[bool] = True
    points: int = Field(default=5, ge=2, le=1000)
    """Values of each range, ends included."""


class Sample(Method):
    """A Latin hypercube of everything at once, for analyses of one's own. ``samples`` runs."""

    kind: Literal["sample"]
    samples: int = _Samples


class SurrogateMethod(Method):
    """A Latin hypercube and a fitted stand-in for the model, for when runs are costly. ``samples`` runs."""

    kind: Literal["surrogate"]
    samples: int = Field(ge=64, le=100_000)


METHODS: dict[str, type[Method]] = {
    "sobol": Sobol,
    "morris": Morris,
    "rbd_fast": RbdFast,
    "delta": Delta,
    "pawn": Pawn,
    "dgsm": Dgsm,
    "regional": Regional,
    "fractional_factorial": FractionalFactorial,
    "hdmr": Hdmr,
    "factorial": Factorial,
    "grid": Grid,
    "sample": Sample,
    "surrogate": SurrogateMethod,
}
AnyMethod = Annotated[
    Sobol
    | Morris
    | RbdFast
    | Delta
    | Pawn
    | Dgsm
    | Regional
    | FractionalFactorial
    | Hdmr
    | Factorial
    | Grid
    | Sample
    | SurrogateMethod,
    Field(discriminator="kind"),
]


class Study(Options):
    """A study, checked by itself; what depends on the scenario is checked when both are there."""

    schema_version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
    question: str = Field(min_length=1, max_length=2000)
    """What the study asks, in a sentence."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """Of the first draw of students, teachers and years, and of what the design draws."""
    scenario: str = Field(min_length=1, max_length=1000)
    """A shipped scenario's name, or a path as seen from the study file."""
    years: int | None = Field(default=None, ge=1, le=MAX_YEARS)
    """The scenario's own when left out."""
    engine: str = Field(default="batch", pattern=r"^(batch|mesa|mesa:.+:.+)$")
    """``"batch"``, ``"mesa"``, or ``"mesa:MODULE:CLASS"`` for agents of one's own."""
    population: dict[str, Any] = Field(default_factory=dict)
    """Keys of the scenario's population that are held at other values, usually a smaller size; or ``path``, a file or
    folder to read students and schools from (``population = "FILE"`` is short for it)."""
    levers: dict[str, FactorSpec] = Field(default_factory=dict)
    uncertainties: Uncertainties = Field(default_factory=Uncertainties)
    luck: Luck = Field(default_factory=Luck)
    context: dict[str, FactorSpec] = Field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Names or patterns of factors that are varied together and get one index."""
    outcomes: tuple[OutcomeSpec, ...] = Field(default=(OutcomeSpec(),), strict=False, min_length=1, max_length=200)
    method: AnyMethod

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the draws, the study's own first. HDMR, which fits smooth curves, takes one unless more are said."""
        usual = 1 if isinstance(self.method, Hdmr) else USUAL_SEEDS
        return tuple(other_seed(self.seed, draw) for draw in range(self.luck.seeds or usual))

    def digest(self) -> str:
        """Digest of everything that can move a result; equal for files that only read differently."""
        values = self.model_dump(mode="json", exclude={"name", "question"})
        # Of files what is in them counts, which the task adds, and not where they lie.
        values["population"].pop("path", None)
        if isinstance(values["uncertainties"]["worlds"], str):
            values["uncertainties"]["worlds"] = Path(values["uncertainties"]["worlds"]).name
        text = json.dumps(values, sort_keys=True, ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    @property
    def worlds(self) -> Worlds:
        """The worlds of the study; none where parameters vary one by one, or nothing uncertain does."""
        choice = self.uncertainties.worlds
        return Worlds((), "") if choice is None else chosen(choice, self.seed)

    def asked(self, years: int) -> tuple[Outcome, ...]:
        """The outcomes of a run of so many years."""
        return tuple(
            Outcome(
                each.outcome,
                each.subject,
                years if each.year is None else each.year,
                each.group,
                each.arm,
                outcome_unit(each.outcome, each.unit),
            )
            for each in self.outcomes
        )


def _need_power_of_two(samples: int) -> None:
    if samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        raise ValueError(f"samples {samples} is not a power of two, which the sequence needs: {below} or {2 * below}")
