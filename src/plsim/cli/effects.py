"""The effects of a run as text for people: headline first, then for whom, then what it took, then how sure we are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from plsim.core.table import table_lines
from plsim.measures.vocabulary import ALIKE_IN_SUBJECTS, MEASURES_OF_LEARNING, ONE_ARM, OUTCOMES, outcome_label

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    def effects(self) -> pd.DataFrame:
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
    rows = result.effects
    paired = rows[(rows["estimator"] == "paired") & (rows["arm"] == "difference")]
    lines = [_title(result), ""]
    lines += _headline(paired)
    for family in _families(paired):
        lines += _by_group(paired, family)
    lines += _other_tests(rows[rows["estimator"] == "paired"])
    lines += _what_it_took(rows[rows["estimator"] == "paired"])
    lines += _other_estimators(rows)
    lines += ["", *result.notes]
    return "\n".join(lines)


def _title(result: Printable) -> str:
    years = result.scenario.years
    worlds = f"{result.worlds} worlds" if result.worlds else "the central world only"
    of_years = "1 year" if years == 1 else f"{years} years"
    return f"{result.scenario.name}: {of_years}, seed {result.seed}, {worlds}; relative to typical practice"


def _headline(paired: pd.DataFrame) -> list[str]:
    """Effect by subject and year in every unit, with its interval."""
    rows = paired[paired["group"] == "all"]
    cells = []
    for subject in _subjects(rows):
        for year in sorted(rows["year"].unique()):
            one = rows[(rows["subject"] == subject) & (rows["year"] == year)]
            shown = [estimate(one[(one["outcome"] == name) & (one["unit"] == unit)]) for name, unit in _HEADLINE]
            if any(shown):
                cells.append([subject, f"year {year}", *shown])
    if not cells:
        return []
    return [
        "Effect on achievement, with 90% interval over worlds",
        *table_lines(["", "", "SD", "RIT", "percentile"], cells),
    ]


def _other_tests(rows: pd.DataFrame) -> list[str]:
    """What tests of the taught content and of the grade's standards would see, in the last year."""
    rows = rows[(rows["group"] == "all") & (rows["year"] == rows["year"].max())]
    cells = []
    for name in MEASURES_OF_LEARNING:
        one = rows[(rows["outcome"] == name) & (rows["subject"] == "both")]
        if not one.empty:
            arms = [level(one[one["arm"] == arm]) for arm in ("scenario", "counterfactual")]
            cells.append([_name(name), _MEANT[name], *arms, estimate(one[one["arm"] == "difference"])])
    if not cells:
        return []
    heading = "Learning as measured by other tests, last year, both subjects"
    return ["", heading, *table_lines(["", "share of", "scenario", "typical", "difference"], cells)]


def _by_group(paired: pd.DataFrame, family: str) -> list[str]:
    """Effect in SD in the last year for the groups of one family."""
    rows = paired[(paired["outcome"] == "achievement") & (paired["unit"] == "SD")]
    rows = rows[rows["year"] == rows["year"].max()]
    subjects = _subjects(rows)
    groups = [group for group in rows["group"].unique() if group.partition(":")[0] == family]
    cells = [
        [
            group.partition(":")[2],
            *(estimate(rows[(rows["group"] == group) & (rows["subject"] == subject)]) for subject in subjects),
        ]
        for group in groups
    ]
    heading = _FAMILIES.get(family, f"by {family.replace('_', ' ')}")
    return ["", f"Effect in SD, last year, {heading}", *table_lines(["", *subjects], cells)]


def _what_it_took(rows: pd.DataFrame) -> list[str]:
    """What is not achievement, survey items left out: scenario, counterfactual and difference in the last year."""
    unprinted = [outcome.name for outcome in OUTCOMES if not outcome.printed]
    rows = rows[(rows["group"] == "all") & ~rows["outcome"].isin([*_EFFECTS, *unprinted])]
    rows = rows[rows["year"] == rows["year"].max()]
    known = [outcome.name for outcome in OUTCOMES if outcome.name in set(rows["outcome"])]
    names = [*known, *(name for name in rows["outcome"].unique() if name not in known)]
    cells = []
    for name in names:
        for subject in ("both",) if name in ALIKE_IN_SUBJECTS else _subjects(rows[rows["outcome"] == name]):
            one = rows[(rows["outcome"] == name) & (rows["subject"] == subject)]
            if name.startswith("cost_") and not one["value"].any():
                continue  # a kind of cost that neither arm has
            arms = [level(one[one["arm"] == arm]) for arm in ("scenario", "counterfactual")]
            label = outcome_label(name) + ("" if subject == "both" else f", {subject}")
            difference = estimate(one[one["arm"] == "difference"])
            if name in ONE_ARM:
                arms[1], difference = "", ""
            cells.append([label, str(one["unit"].iloc[0]), *arms, difference])
    if not cells:
        return []
    return [
        "",
        "Costs and conditions, last year",
        *table_lines(["", "unit", "scenario", "typical", "difference"], cells),
    ]


def _other_estimators(rows: pd.DataFrame) -> list[str]:
    """The same effect on everybody who started, movers too, and as other designs would have estimated it."""
    rows = rows[(rows["arm"] == "difference") & (rows["outcome"] == "achievement") & (rows["unit"] == "SD")]
    rows = rows[rows["year"] == rows["year"].max()]
    movers = rows[rows["group"] == _EVERYBODY]
    others = rows[(rows["group"] == "all") & (rows["estimator"] != "paired")]
    ways = {_EVERYBODY: movers} if len(movers) else {}
    ways |= {str(name): others[others["estimator"] == name] for name in others["estimator"].unique()}
    subjects = _subjects(pd.concat([movers, others]))
    cells = [
        [_name(name), *(estimate(found[found["subject"] == subject]) for subject in subjects)]
        for name, found in ways.items()
    ]
    if not cells:
        return []
    heading = "Other estimates of the same effect in SD, last year: movers included, and by other study designs"
    return ["", heading, *table_lines(["", *subjects], cells)]


def _families(paired: pd.DataFrame) -> list[str]:
    """Families of groups: quintiles, governance and level first, grades last, each once."""
    found = dict.fromkeys(group.partition(":")[0] for group in paired["group"].unique() if ":" in group)
    first = [family for family in ("quintile", "governance", "level") if family in found]
    last = [family for family in ("grade",) if family in found]
    return [*first, *(family for family in found if family not in (*first, *last)), *last]


def _subjects(rows: pd.DataFrame) -> list[str]:
    present = set(rows["subject"])
    return [subject for subject in ("math", "reading", "both") if subject in present]


def estimate(rows: pd.DataFrame) -> str:
    """``+0.09 [0.03, 0.14]``; without an interval in the central world; empty when there is no such row."""
    if rows.empty:
        return ""
    # Without worlds there is no interval: the cells hold None, which pandas may or may not have made NaN.
    value, low, high = (float(rows[column].fillna(math.nan).iloc[0]) for column in ("value", "low", "high"))
    digits = _digits(value)
    text = f"{value:+.{digits}f}"
    return text if math.isnan(low) or math.isnan(high) else f"{text} [{low:.{digits}f}, {high:.{digits}f}]"


def _name(outcome: str) -> str:
    return outcome.replace("_", " ")


def level(rows: pd.DataFrame) -> str:
    """``55.8``; empty when there is no such row."""
    if rows.empty:
        return ""
    value = float(rows["value"].iloc[0])
    return f"{value:.{_digits(value)}f}"


def _digits(value: float) -> int:
    """Decimals worth showing at this size."""
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
