"""Running all on/off combinations of practices in many worlds: worlds outside, combinations inside, common luck.

Run ``world * 2^k + combination``; in combination ``c`` switch ``i`` is on when bit ``i`` of ``c`` is 1. A chunk of runs
that keeps a world together computes that world's reference and counterfactual once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from plsim.attribution.coalitions import MOST, members_of
from plsim.core.arrays import Floats
from plsim.core.errors import InputError
from plsim.core.jit import source_digest
from plsim.engine.parameters import World
from plsim.evidence import evidence_digest
from plsim.practices.levers import PRACTICES
from plsim.runs.evaluate import Evaluator, Outcome, headline
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario, typical_practices


@dataclass(frozen=True)
class Switch:
    """Something that is on or off: a name, and the dotted changes to the scenario that either means."""

    name: str
    off: Mapping[str, object]
    on: Mapping[str, object] = field(default_factory=dict)


def practice_switches(practices: Sequence[str] = PRACTICES) -> tuple[Switch, ...]:
    """Practices as the scenario has them, or back at what typical schools do."""
    switches = []
    for name in practices:
        if name not in PRACTICES:
            raise InputError("factorial", name, "unknown practice", allowed=", ".join(PRACTICES))
        usual = typical_practices()[name]
        off = {f"practices.{name}.{option}": getattr(usual, option) for option in type(usual).model_fields}
        switches.append(Switch(name, off))
    return tuple(switches)


@dataclass(frozen=True)
class FactorialTask:
    """All combinations of switches in every world, as a task of :mod:`plsim.sweeps.runner`.

    Attributes
    ----------
    scenario
        The base: as it is, every practice is on.
    worlds
        Where it is run; their order is that of the runs.
    switches
        What is put on and off; the eight practices unless said otherwise.
    outcomes
        What is read from every run.
    population
        A file or folder to read students and schools from; empty draws them from the norms.
    """

    scenario: Scenario
    worlds: tuple[World, ...]
    switches: tuple[Switch, ...] = field(default_factory=practice_switches)
    outcomes: tuple[Outcome, ...] = field(default_factory=lambda: headline(1))
    seed: int | None = None
    years: int | None = None
    population: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.switches) <= MOST:
            raise InputError(
                "factorial", "", f"{len(self.switches)} switches", allowed=f"1 to {MOST}", fix="Leave out some."
            )
        names = [switch.name for switch in self.switches]
        if len(set(names)) < len(names):
            raise InputError("factorial", "", f"a name twice among {', '.join(names)}", allowed="different names")

    @property
    def combinations(self) -> int:
        """How many combinations there are in a world."""
        return 1 << len(self.switches)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.worlds) * self.combinations

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the results of a run."""
        return tuple(outcome.label for outcome in self.outcomes)

    @property
    def practices(self) -> tuple[str, ...]:
        """Names of the switches."""
        return tuple(switch.name for switch in self.switches)

    def digest(self) -> str:
        """Identity of what is run, with which rules, on which evidence."""
        document = {
            "scenario": self.scenario.to_toml(),
            "worlds": [[world.name, sorted(world.values.items())] for world in self.worlds],
            "switches": [
                [each.name, sorted(map(repr, each.off.items())), sorted(map(repr, each.on.items()))]
                for each in self.switches
            ],
            "outcomes": self.outcomes,
            "luck": [self.seed, self.years],
            "population": _files(self.population),
            "rules": source_digest(),
            "evidence": evidence_digest(),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]

    def inputs(self, run: int) -> dict[str, object]:
        """World and combination of a run."""
        world, combination = divmod(run, self.combinations)
        on = [self.switches[place].name for place in members_of(combination)]
        return {"world": self.worlds[world].name, "on": on, "values": dict(self.worlds[world].values)}

    def changes(self, combination: int) -> dict[str, object]:
        """The changes to the scenario that a combination means."""
        on = set(members_of(combination))
        found: dict[str, object] = {}
        for place, switch in enumerate(self.switches):
            found |= dict(switch.on if place in on else switch.off)
        return found

    def prepare(self) -> Callable[[int], Floats]:
        """What turns a run into its results; made once per worker."""
        evaluator = Evaluator(
            self.scenario,
            seed=self.seed,
            years=self.years,
            population=self.population or None,
            outcomes=self.outcomes,
        )
        variations: dict[int, Scenario] = {}

        def results(run: int) -> Floats:
            world, combination = divmod(run, self.combinations)
            if combination not in variations:
                changes = self.changes(combination)
                variations[combination] = changed(self.scenario, changes) if changes else self.scenario
            return evaluator.of(variations[combination], self.worlds[world])

        return results


def run_here(task: FactorialTask) -> Floats:
    """All runs of a small task in this process. Shape (worlds, combinations, outcomes)."""
    run = task.prepare()
    found = np.array([run(each) for each in range(task.count)])
    return found.reshape(len(task.worlds), task.combinations, len(task.outcomes))


def _files(population: str) -> list[list[str]]:
    """Names and digests of the files of a population."""
    if not population:
        return []
    root = Path(population)
    files = sorted(each for each in root.rglob("*") if each.is_file()) if root.is_dir() else [root]
    return [[each.name, hashlib.sha256(each.read_bytes()).hexdigest()] for each in files]
