"""Every published fact beside what the simulation finds: medians, intervals over worlds, verdicts.

Verdicts are words for a comparison whose errors are stated: ``agrees`` when the published number lies within the
simulated 90% interval, widened by its own sampling error; ``near`` when it takes the discrepancy of the model too, as
calibration learned it (before that, as the fact file judges it); ``off`` otherwise. Signs, ranks and intervals agree
when they hold in at least 90% of worlds, and are near when in at least half. What was only recalled is shown, and has
no verdict.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from plsim.core.arrays import Floats
from plsim.core.errors import StudyError, nearest
from plsim.engine.parameters import World
from plsim.engine.worlds import calibrated, first_alike
from plsim.evidence.facts import facts
from plsim.validation.facts.fact_files import FOLDER
from plsim.validation.facts.replication import Experiment, Replication, StudyFact, experiments

Progress = Callable[[int, int], None]

LEVEL = 0.90
WITHIN = 1.645
"""Standard deviations on either side that hold 90% of a normal distribution."""
MOST = 0.9
HALF = 0.5
SHOWN_ONLY = "shown only"
ROLES = ("calibration", "validation", "development")


@dataclass(frozen=True)
class FactRow:
    """One fact beside the simulation.

    Attributes
    ----------
    experiment
        Whose design is ``experiment.design``.
    values
        The fact's number in every world; of several with one sign, the worst. Shape (worlds,).
    """

    fact: StudyFact
    experiment: Experiment
    values: Floats

    @property
    def shown(self) -> Floats:
        """The number as the statistic gives it. Shape (worlds,)."""
        return np.array([self.fact.shown(float(value)) for value in self.values])

    @property
    def median(self) -> float:
        """Over worlds."""
        return float(np.median(self.shown))

    @property
    def interval(self) -> tuple[float, float]:
        """The middle 90% of worlds."""
        low, high = np.quantile(self.shown, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
        return float(low), float(high)

    @property
    def share(self) -> float:
        """Share of worlds in which the finding holds; for a value, in which it is as near as errors allow."""
        return float(np.mean([self.fact.holds(float(value)) for value in self.values]))

    @property
    def verdict(self) -> str:
        """``agrees``, ``near``, ``off``, or ``shown only`` for what was only recalled."""
        fact = self.fact
        if not fact.fact.may_decide:
            return SHOWN_ONLY
        if fact.kind != "value":
            return "agrees" if self.share >= MOST else "near" if self.share >= HALF else "off"
        assert fact.observed is not None
        low, high = self.interval
        away = max(low - fact.observed, fact.observed - high, 0.0)
        if away <= WITHIN * fact.se:
            return "agrees"
        return "near" if away <= WITHIN * float(np.hypot(fact.se, fact.discrepancy)) else "off"

    @property
    def published(self) -> str:
        """What was found, in a few characters."""
        fact = self.fact
        if fact.kind == "value":
            return f"{fact.observed:g} ± {fact.se:g}"
        if fact.kind == "interval":
            low = "" if fact.low is None else f"{fact.low:g}"
            high = "" if fact.high is None else f"{fact.high:g}"
            return f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
        if fact.kind == "rank":
            return f"{fact.table.first} first"
        side = ">" if fact.table.sign > 0 else "<"
        return f"{side} {fact.observed or 0.0:g}"

    def document(self) -> dict[str, Any]:
        """The line as plain values."""
        fact, design = self.fact, self.experiment.design
        low, high = self.interval
        return {
            "fact": fact.key,
            "study": self.experiment.study,
            "statement": fact.fact.statement,
            "role": fact.role,
            "confidence": fact.fact.confidence,
            "experiment": self.experiment.name,
            "statistic": fact.table.statistic,
            "estimand": design.estimand,
            "test": design.test,
            "sd": design.sd,
            "served": design.served,
            "weeks": design.weeks,
            "kind": fact.kind,
            "published": self.published,
            "observed": fact.observed,
            "se": fact.se,
            "discrepancy": fact.discrepancy,
            "median": self.median,
            "low": low,
            "high": high,
            "share_holds": self.share,
            "verdict": self.verdict,
        }


def validate(
    worlds: Sequence[World],
    *,
    seed: int = 1,
    size: str = "full",
    only: Collection[str] = (),
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[FactRow, ...]:
    """All facts in all of some worlds.

    Parameters
    ----------
    seed
        Seed of students, schools and years.
    size
        ``"full"``, each study's own, or ``"calibration"``.
    only
        Names of experiments, or ids of facts; all when empty.
    workers
        Threads. Results do not depend on them.
    """
    stored = calibrated()
    off = {} if stored is None else stored.provenance.get("discrepancy_of", {})
    chosen = tuple(
        replace(
            each, facts=tuple(replace(fact, discrepancy=off.get(fact.key, fact.discrepancy)) for fact in each.facts)
        )
        for each in _chosen(experiments(), only)
    )
    replication = Replication(chosen, size=size, seed=seed, roles=ROLES)
    alike = first_alike(worlds)
    copies = Counter(alike)
    done = 0

    def one(place: int) -> Floats:
        nonlocal done
        numbers = replication.numbers(replication(worlds[place]))
        done += copies[place]
        if progress is not None:
            progress(done, len(worlds))
        return numbers

    asked = sorted(copies)
    found = {0: one(0)}  # compiles before threads start
    if workers > 1 and len(asked) > 2:
        with ThreadPoolExecutor(workers) as pool:
            found.update(zip(asked[1:], pool.map(one, asked[1:]), strict=True))
    else:
        found.update((place, one(place)) for place in asked[1:])
    values = np.array([found[place] for place in alike])
    of = {fact.key: each for each in replication.experiments for fact in each.facts}
    lines = [
        FactRow(fact, of[fact.key], values[:, place])
        for place, fact in enumerate(replication.facts)
        if not only or fact.fact.id in only or of[fact.key].name in only
    ]
    order = {one.id: place for place, one in enumerate(facts())}
    return tuple(sorted(lines, key=lambda line: order[line.fact.fact.id]))


def _chosen(everything: tuple[Experiment, ...], only: Collection[str]) -> tuple[Experiment, ...]:
    names = {each.name for each in everything} | {fact.fact.id for each in everything for fact in each.facts}
    for name in only:
        if name not in names:
            reason = not_run().get(name)
            if reason is not None:
                raise StudyError("--only", name, "is not run as an experiment", fix=reason)
            raise StudyError("--only", name, "no such fact or experiment", fix=nearest(name, names))
    return tuple(
        each for each in everything if not only or each.name in only or any(fact.fact.id in only for fact in each.facts)
    )


@cache
def not_run() -> dict[str, str]:
    """Facts that are not run as experiments, and why."""
    path: Path = FOLDER.parent / "facts_not_run.toml"
    reasons: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["reason"]
    return reasons
