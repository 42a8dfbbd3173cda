"""The effects of a run as text for people: headline first, then for whom, then what it took, then how sure we are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from plsim.core.table import table_lines
from plsim.measures.vocabulary import ALIKE_IN_SUBJECTS, MEASURES_OF_LEARNING, ONE_ARM, OUTCOMES, outcome_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plsim.runs.result import EffectRow
    from plsim.scenario import Scenario

_EFFECTS = ("achievement", *MEASURES_OF_LEARNING, "percentile_points")
_HEADLINE = (("achievement", "SD"), ("achievement", "RIT"), ("percentile_points", "points"))
_EVERYBODY = "intention_to_treat"
_MEANT = {"aligned_test": "taught content mastered", "on_grade": "grade content taught and mastered"}
_FAMILIES = {
    "quintile": "by initial achievement (quintile 1 is lowest)",
    "governance": "by governance",
    "level": "by level of school",
    "grade": "by grade",
}


class Printable(Protocol):
    """What of a result is printed."""

    @property
    def effect_rows(self) -> list[EffectRow]:
        """Rows of effects, as in ``effects.parquet``."""

    @property
    def notes(self) -> Sequence[str]:
        """Plain sentences: what was drawn, what the worlds are."""

    @property
    def scenario(self) -> Scenario:
        """What was run."""

    @property
    def seed(self) -> int:
        """Random seed."""

    @property
    def worlds(self) -> int:
        """In how many worlds; 0 is the central one."""


def effects_text(result: Printable) -> str:
    """The effects of a run, as lines for a terminal."""
    rows = result.effect_rows
    of_pairs = [row for row in rows if row.estimator == "paired"]
    paired = [row for row in of_pairs if row.arm == "difference"]
    lines = [_title(result), ""]
    lines += _headline(paired)
    for family in _families(paired):
        lines += _by_group(paired, family)
    lines += _other_tests(of_pairs)
    lines += _what_it_took(of_pairs)
    lines += _other_estimators(rows)
    lines += ["", *result.notes]
    return "\n".join(lines)


def _title(result: Printable) -> str:
    years = result.scenario.years
    worlds = f"{result.worlds} worlds" if result.worlds else "the central world only"
    of_years = "1 year" if years == 1 else f"{years} years"
    return f"{result.scenario.name}: {of_years}, seed {result.seed}, {worlds}; relative to typical practice"


def _headline(paired: Sequence[EffectRow]) -> list[str]:
    """Effect by subject and year in every unit, with its interval."""
    rows = [row for row in paired if row.group == "all"]
    cells = []
    for subject in _subjects(rows):
        for year in sorted({row.year for row in rows}):
            one = [row for row in rows if row.subject == subject and row.year == year]
            shown = [
                estimate([row for row in one if row.outcome == name and row.unit == unit]) for name, unit in _HEADLINE
            ]
            if any(shown):
                cells.append([subject, f"year {year}", *shown])
    if not cells:
        return []
    return [
        "Effect on achievement, with 90% interval over worlds",
        *table_lines(["", "", "SD", "RIT", "percentile"], cells),
    ]


def _other_tests(rows: Sequence[EffectRow]) -> list[str]:
    """What tests of the taught content and of the grade's standards would see, in the last year."""
    rows = _last([row for row in rows if row.group == "all"])
    cells = []
    for name in MEASURES_OF_LEARNING:
        one = [row for row in rows if row.outcome == name and row.subject == "both"]
        if one:
            cells.append([_name(name), _MEANT[name], *_arms(one)])
    if not cells:
        return []
    heading = "Learning as measured by other tests, last year, both subjects"
    return ["", heading, *table_lines(["", "share of", "scenario", "typical", "difference"], cells)]


def _by_group(paired: Sequence[EffectRow], family: str) -> list[str]:
    """Effect in SD in the last year for the groups of one family."""
    rows = _last(_in_sd(paired))
    subjects = _subjects(rows)
    groups = [group for group in dict.fromkeys(row.group for row in rows) if group.partition(":")[0] == family]
    cells = [
        [
            group.partition(":")[2],
            *(estimate([row for row in rows if row.group == group and row.subject == each]) for each in subjects),
        ]
        for group in groups
    ]
    heading = _FAMILIES.get(family, f"by {family.replace('_', ' ')}")
    return ["", f"Effect in SD, last year, {heading}", *table_lines(["", *subjects], cells)]


def _what_it_took(rows: Sequence[EffectRow]) -> list[str]:
    """What is not achievement, survey items left out: scenario, counterfactual and difference in the last year."""
    unprinted = {*_EFFECTS, *(outcome.name for outcome in OUTCOMES if not outcome.printed)}
    rows = _last([row for row in rows if row.group == "all" and row.outcome not in unprinted])
    present = dict.fromkeys(row.outcome for row in rows)
    known = [outcome.name for outcome in OUTCOMES if outcome.name in present]
    cells = []
    for name in [*known, *(name for name in present if name not in known)]:
        of_name = [row for row in rows if row.outcome == name]
        for subject in ("both",) if name in ALIKE_IN_SUBJECTS else _subjects(of_name):
            one = [row for row in of_name if row.subject == subject]
            if name.startswith("cost_") and not any(row.value for row in one):
                continue  # a kind of cost that neither arm has
            scenario, typical, difference = _arms(one)
            label = outcome_label(name) + ("" if subject == "both" else f", {subject}")
            if name in ONE_ARM:
                typical, difference = "", ""
            cells.append([label, one[0].unit, scenario, typical, difference])
    if not cells:
        return []
    return [
        "",
        "Costs and conditions, last year",
        *table_lines(["", "unit", "scenario", "typical", "difference"], cells),
    ]


def _other_estimators(rows: Sequence[EffectRow]) -> list[str]:
    """The same effect on everybody who started, movers too, and as other designs would have estimated it."""
    rows = _last(_in_sd([row for row in rows if row.arm == "difference"]))
    movers = [row for row in rows if row.group == _EVERYBODY]
    others = [row for row in rows if row.group == "all" and row.estimator != "paired"]
    ways = {_EVERYBODY: movers} if movers else {}
    for row in others:
        ways.setdefault(row.estimator, []).append(row)
    subjects = _subjects([*movers, *others])
    cells = [
        [_name(name), *(estimate([row for row in found if row.subject == subject]) for subject in subjects)]
        for name, found in ways.items()
    ]
    if not cells:
        return []
    heading = "Other estimates of the same effect in SD, last year: movers included, and by other study designs"
    return ["", heading, *table_lines(["", *subjects], cells)]


def _families(paired: Sequence[EffectRow]) -> list[str]:
    """Families of groups: quintiles, governance and level first, grades last, each once."""
    found = dict.fromkeys(row.group.partition(":")[0] for row in paired if ":" in row.group)
    first = [family for family in ("quintile", "governance", "level") if family in found]
    last = [family for family in ("grade",) if family in found]
    return [*first, *(family for family in found if family not in (*first, *last)), *last]


def _subjects(rows: Sequence[EffectRow]) -> list[str]:
    present = {row.subject for row in rows}
    return [subject for subject in ("math", "reading", "both") if subject in present]


def _in_sd(rows: Sequence[EffectRow]) -> list[EffectRow]:
    return [row for row in rows if row.outcome == "achievement" and row.unit == "SD"]


def _last(rows: Sequence[EffectRow]) -> list[EffectRow]:
    """Those of the last year among them."""
    last = max((row.year for row in rows), default=0)
    return [row for row in rows if row.year == last]


def _arms(rows: Sequence[EffectRow]) -> list[str]:
    """Scenario, counterfactual and difference of one outcome."""
    of = {arm: [row for row in rows if row.arm == arm] for arm in ("scenario", "counterfactual", "difference")}
    return [level(of["scenario"]), level(of["counterfactual"]), estimate(of["difference"])]


class Estimated(Protocol):
    """What of a row is told; without worlds ``low`` and ``high`` are NaN."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def low(self) -> float:
        """Lower bound of its interval."""

    @property
    def high(self) -> float:
        """Upper bound."""


def estimate(rows: Sequence[Estimated]) -> str:
    """``+0.09 [0.03, 0.14]`` of the first row; without an interval in the central world; empty without rows."""
    if not rows:
        return ""
    value, low, high = rows[0].value, rows[0].low, rows[0].high
    digits = _digits(value)
    text = f"{value:+.{digits}f}"
    return text if math.isnan(low) or math.isnan(high) else f"{text} [{low:.{digits}f}, {high:.{digits}f}]"


def _name(outcome: str) -> str:
    return outcome.replace("_", " ")


def level(rows: Sequence[Estimated]) -> str:
    """``55.8``; empty when there is no such row."""
    return f"{rows[0].value:.{_digits(rows[0].value)}f}" if rows else ""


def _digits(value: float) -> int:
    """Decimals worth showing at this size."""
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
