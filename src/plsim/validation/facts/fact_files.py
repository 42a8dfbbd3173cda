"""Fact files: published studies as experiments, each a TOML file in ``facts/`` beside this one.

A file says how plsim stands in for a study: the schools and what they do (``[scenario]``, which extends a shipped
scenario), what they are compared with (``[comparison]``; left out, typical practice), how the study looked at them
(``[design]``), and what it found (``[[fact]]``). What it found is a row of ``facts.csv``, called by its id: no
published number is written here a second time.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.core.errors import StudyError, nearest
from plsim.documents.document import Document
from plsim.documents.texts import text_of, text_or_nothing
from plsim.practices.options import Options
from plsim.scenario.loading import loads
from plsim.scenario.schema import Scenario

SCHEMA_VERSION = 1
FOLDER = Path(str(files("plsim.validation.facts"))) / "designs"
_TABLES = ("scenario", "comparison")


class DesignTable(Options):
    """``[design]``: how the study looked at its schools."""

    kind_of_study: Literal["schools", "program", "meta"]
    """Whole schools beside others, a trial of one program, or an average over many trials."""
    system: Literal["us", "elsewhere"] = "us"
    """The school system: as in the norms, or another one."""
    means: Literal["school_model", "teaching", "people", "software"]
    """What does the work: a whole model, other lessons, further people or hours, software."""
    family: str = ""
    """Studies of the same trial or sample, which are left out together; the study of facts.csv when empty."""
    estimand: Literal["paired", "study_other_schools", "within_school_rct"]
    """What its estimate is an estimate of: other practices in the same schools, other schools, or a lottery inside."""
    weeks: int = Field(ge=1, le=WEEKS_PER_YEAR)
    """Week of the (last) year in which the outcome is tested."""
    test: Literal["broad", "aligned", "on_grade"] = "broad"
    """A broad test, one aligned to what was taught, or one of the grade's content."""
    sd: Literal["norm", "sample"] = "norm"
    """Whose standard deviation a result is in: the norm group's, or that of the study's own comparison students."""
    served: Literal["all", "program"] = "all"
    """Everybody, or only those whom an added program serves."""
    reliability: float = Field(default=0.85, gt=0.0, le=1.0)
    """Reliability of a test that is not broad: with it the spread of its scores holds test error."""
    error_correlation: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Correlation of the sampling errors of the study's values."""
    discrepancy_correlation: float = Field(default=0.5, ge=0.0, lt=1.0)
    """Correlation of how far the model may be off in the study's values."""


class SizeTable(Options):
    """``[calibration]``: how many of what, where thousands of worlds are run."""

    schools: int = Field(ge=1, le=200)
    students_per_school: int = Field(ge=10, le=1000)
    charter_schools: int | None = Field(default=None, ge=0, le=200)
    """Left out, as large a share as in the full experiment."""


class FactTable(Options):
    """One ``[[fact]]``: a row of facts.csv, and what of the experiment stands against it."""

    id: str
    part: str = ""
    """Tells several statistics of one row apart, as ``district_schools``."""
    statistic: str
    subject: Literal["math", "reading", "both"] = "both"
    group: str = "all"
    year: int = Field(default=1, ge=1, le=8)
    groups: tuple[str, ...] = Field(default=(), strict=False)
    """Groups that a statistic by group reads."""
    outcomes: tuple[str, ...] = Field(default=(), strict=False)
    """Outcomes of a run (``plsim list outcomes``) that a statistic of outcomes reads."""
    arm: Literal["difference", "scenario", "counterfactual"] = "difference"
    """Of which arm; the difference is the scenario less its comparison."""
    condition: str = ""
    """Condition of schools along which a slope is taken: ``vision``, ``autonomy``, ..."""
    practices: tuple[str, ...] = Field(default=(), strict=False)
    """Practices that a leave-one-out compares; ``a+b`` is two that go back to typical together."""
    first: str = ""
    """Which of them comes first."""
    kind: Literal["value", "sign", "interval", "rank"]
    of: Literal["value", "low", "high"] | None = None
    """Column of facts.csv: ``value`` when left out, and for a sign nothing, which is 0."""
    sign: Literal[-1, 1] = 1
    """The side of 0 (or of the value in ``of``) that was found."""
    above: float | None = None
    """Lower end of an interval that the source gives in words; our reading of it."""
    below: float | None = None
    """Upper end of such an interval."""
    se: float | None = Field(default=None, gt=0.0)
    """Standard error, where facts.csv has none; the file's comment says where it comes from."""
    counts: bool = True
    """Whether calibration may count it: not when it restates another fact, or holds by how the scenario is made."""
    discrepancy: float = Field(gt=0.0)
    """How far off the model may be (one standard deviation, in the statistic's unit) and still be right."""

    @model_validator(mode="after")
    def _fits(self) -> FactTable:
        if self.kind == "rank" and self.first not in self.practices:
            raise ValueError("a rank needs 'practices', and 'first' must be one of them")
        if self.kind != "interval" and (self.above is not None or self.below is not None):
            raise ValueError("'above' and 'below' are the ends of an interval")
        return self


class FactFile(Options):
    """A whole file, checked."""

    name: str
    study: str
    scenario: Scenario
    comparison: Scenario | None
    design: DesignTable
    calibration: SizeTable | None
    facts: tuple[FactTable, ...]


def fact_files() -> tuple[Path, ...]:
    """Paths of the shipped fact files, by name."""
    return tuple(sorted(FOLDER.glob("*.toml")))


def is_fact_file(path: Path) -> bool:
    """Whether a TOML file is a fact file: it has ``[[fact]]`` entries. A file that is no text is none."""
    return re.search(r"^\s*\[\[\s*fact\s*\]\]", text_or_nothing(path), re.MULTILINE) is not None


def load_fact_file(path: Path) -> FactFile:
    """A fact file, checked: every key, every scenario, every fact."""
    document = Document(text_of(path, StudyError), path.name, StudyError)
    values, text, where = document.values, document.text, document.where
    known = ("schema_version", "study", *_TABLES, "design", "calibration", "fact")
    for key in values:
        if key not in known:
            raise document.error((key,), "unknown key", allowed=", ".join(known), fix=nearest(key, known))
    document.require("schema_version", SCHEMA_VERSION)
    if not isinstance(values.get("study"), str) or "scenario" not in values or "design" not in values:
        raise document.error((), 'a fact file needs study = "...", [scenario], [design] and [[fact]]')
    entries = values.get("fact")
    if not isinstance(entries, list) or not entries:
        raise document.error(("fact",), "no [[fact]] entries")
    return FactFile(
        name=path.stem,
        study=values["study"],
        scenario=loads(inner_text(text, "scenario"), where=where),
        comparison=loads(inner_text(text, "comparison"), where=where) if "comparison" in values else None,
        design=document.checked(DesignTable, values["design"], prefix=("design",)),
        calibration=document.checked(SizeTable, values["calibration"], prefix=("calibration",))
        if "calibration" in values
        else None,
        facts=tuple(
            document.checked(FactTable, each, prefix=("fact", str(index))) for index, each in enumerate(entries)
        ),
    )


def inner_text(text: str, table: str) -> str:
    """One table of a file as a text of its own, every line in its place, so that messages name the right line."""
    out = []
    inside = False
    for line in text.splitlines():
        header = re.match(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$", line)
        if header:
            name = header[1]
            inside = name == table or name.startswith(f"{table}.")
            out.append(f"[{name.removeprefix(f'{table}.')}]" if inside and name != table else "")
        else:
            out.append(line if inside else "")
    out[0] = "schema_version = 1"
    return "\n".join(out) + "\n"
