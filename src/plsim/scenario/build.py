"""From a scenario to what a run reads: the counterfactual, the population to draw, and the plan of levers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from plsim.core.calendar import SUBJECTS, WEEKS_PER_YEAR
from plsim.evidence import registry
from plsim.population.model import ByGovernance, PopulationSpec
from plsim.practices.levers import INTENSITIES, PRACTICES, FloatArray, LeverTable, all_levers
from plsim.practices.own import OwnTables, own_tables
from plsim.practices.programs import Programs
from plsim.practices.support import Support
from plsim.scenario.schema import Freeze, PracticeTables, Scenario, typical_practices

if TYPE_CHECKING:
    from plsim.population.model import Population

_CONDITIONS = ("support", "programs", "context")
"""Owners of levers that no rollout moves."""


@dataclass(frozen=True)
class Plan:
    """What the schools of a run plan to do, and the conditions they do it under.

    Schools are in the population's order; weeks run through all years.

    Attributes
    ----------
    typical
        Levers of typical practice with each school's own taste. Shape (schools, weeks, levers).
    planned
        Levers of the scenario, rollout included; for a counterfactual the same bits as ``typical``.
    own
        Which columns hold the practices' intensities, and what practices beyond the eight have of their own.
    applies
        1 for what the scenario turns in a subject; 0 for what stays typical there. Shape (subjects, levers).
    class_size
        Students per section that sectioning aims at. Shape (schools,).
    sections_by_level
        How far sections are formed by entry scores instead of by chance, 0 to 1.
    old_duties
        Whether practices lie over old duties and schedules (overlay) or those are released (redesign).
    engaged
        Whether the school engaged its people when it began. Shape (schools,).
    phased, rollout_weeks
        Whether practices start one after the other, and over how many weeks.
    turnover
        Teachers' yearly chance of leaving, over the typical one.
    coaching_capacity
        Coaching hours a week that a network's support pool can give; 0 is no limit.
    freeze
        Dynamics to hold still.
    """

    typical: LeverTable
    planned: LeverTable
    own: OwnTables
    applies: FloatArray
    class_size: FloatArray
    sections_by_level: float
    old_duties: bool
    engaged: npt.NDArray[np.bool_]
    phased: bool
    rollout_weeks: int
    turnover: float
    coaching_capacity: float
    freeze: Freeze


def counterfactual(scenario: Scenario) -> Scenario:
    """The same schools without the scenario: practices, support and programs are those of typical practice.

    Population, context, seed, years and freezes stay. So do the networks that schools belong to: they are written under
    ``[support]`` but describe the population.
    """
    return scenario.with_changes(
        practices=typical_practices(),
        support=Support(network_schools=scenario.support.network_schools),
        programs=Programs(),
    )


def population_spec(scenario: Scenario) -> PopulationSpec:
    """The schools and students to draw for a scenario; its counterfactual draws the same ones."""
    context = scenario.context
    mobility = registry().value("population.mobility_rate") * context.mobility
    return PopulationSpec(
        **{name: getattr(scenario.population, name) for name in type(scenario.population).model_fields},
        autonomy=ByGovernance(context.autonomy_charter, context.autonomy_district),
        accountability=ByGovernance(context.accountability_charter, context.accountability_district),
        mobility_rate=min(mobility, 1.0),
        network_schools=scenario.support.network_schools,
    )


def plan(scenario: Scenario, population: Population, years: int | None = None, *, dose: float = 1.0) -> Plan:
    """The levers of a scenario for the schools of a population.

    ``years`` defaults to the scenario's. A school's taste for a practice is the same in every scenario. ``dose``
    stretches what each practice's mean intensity is above or below the typical one.
    """
    weeks = WEEKS_PER_YEAR * (scenario.years if years is None else years)
    base = _base(scenario, population, practices=typical_practices(), support=Support())
    full = _base(scenario, population, practices=scenario.practices, support=scenario.support, dose=dose)
    typical = base.repeated(weeks)
    Programs().apply(typical)
    ramp = rollout(scenario.support, population.years_in_operation, weeks)
    planned = LeverTable(_ramped(base.values, full.values, ramp))
    scenario.programs.apply(planned)
    return Plan(
        typical=typical,
        planned=planned,
        own=own_tables(),
        applies=applies(scenario),
        class_size=class_size(scenario, population),
        sections_by_level=0.0 if scenario.programs.sections is None else scenario.programs.sections.by_level,
        old_duties=scenario.support.structure == "overlay",
        engaged=_engaged(scenario.support, population.engaged),
        phased=scenario.support.rollout == "phased",
        rollout_weeks=scenario.support.rollout_weeks,
        turnover=scenario.context.turnover,
        coaching_capacity=scenario.support.pool_coaching_hours,
        freeze=scenario.freeze,
    )


def applies(scenario: Scenario) -> FloatArray:
    """1 for each lever that a scenario turns in mathematics, in reading; 0 where it leaves a subject alone.

    Shape (subjects, levers).
    """
    levers = all_levers()
    out = np.ones((len(SUBJECTS), len(levers)), dtype=np.float64)
    programs = scenario.programs
    named = [
        (practice.subjects, [lever.practice == name for lever in levers])
        for name, practice in scenario.practices.items()
    ]
    for prefix, program in (("tutoring_", programs.tutoring), ("software_", programs.software)):
        if program is not None:
            named.append((program.subjects, [lever.name.startswith(prefix) for lever in levers]))
    for subjects, own in named:
        if subjects != "both":
            out[1 - SUBJECTS.index(subjects), own] = 0.0
    return out


def intensities(practices: PracticeTables, taste: FloatArray, *, dose: float = 1.0) -> FloatArray:
    """Every school's own intensity of every registered practice. Shape (schools, practices).

    ``taste`` has shape (schools, 8). A practice beyond the eight has no taste: all schools plan its mean. ``dose``
    stretches the mean's distance from typical practice.
    """
    own = np.zeros((taste.shape[0], len(type(practices).model_fields)), dtype=np.float64)
    own[:, : len(PRACTICES)] = taste
    mean = np.array([practice.intensity for _, practice in practices.items()])
    if dose != 1.0:
        usual = np.array([practice.intensity for _, practice in typical_practices().items()])
        mean = np.clip(usual + dose * (mean - usual), 0.0, 1.0)
    spread = np.array([practice.spread for _, practice in practices.items()])
    return np.clip(mean + spread * own, 0.0, 1.0)


def rollout(support: Support, years_in_operation: npt.NDArray[np.int16], weeks: int) -> FloatArray:
    """How much of the way from typical to planned each practice has gone. Shape (schools, weeks, practices).

    All of it from the first week on (big bang); or each practice in a stage of its own, rising through it, one
    after the other in the order of ``PRACTICES`` (phased). Years of operation before year 1 count.
    """
    stages = len(PRACTICES)
    if support.rollout == "big_bang":
        return np.ones((years_in_operation.shape[0], weeks, stages), dtype=np.float64)
    stage_weeks = support.rollout_weeks / stages
    since = years_in_operation[:, np.newaxis].astype(np.float64) * WEEKS_PER_YEAR + np.arange(1, weeks + 1)
    start = np.arange(stages) * stage_weeks
    return np.clip((since[:, :, np.newaxis] - start) / stage_weeks, 0.0, 1.0)


def class_size(scenario: Scenario, population: Population) -> FloatArray:
    """Students per section to aim at: the program's, else the context's, else typical. Shape (schools,)."""
    schools = population.charter.shape[0]
    if scenario.programs.class_size is not None:
        return np.full(schools, scenario.programs.class_size.students)
    if scenario.context.class_size is not None:
        return np.full(schools, scenario.context.class_size)
    numbers = registry()
    elementary = numbers.value("context.class_size_elementary")
    return np.where(population.level == 0, elementary, numbers.value("context.class_size_secondary"))


def _base(
    scenario: Scenario, population: Population, *, practices: PracticeTables, support: Support, dose: float = 1.0
) -> LeverTable:
    """Levers of one week with everything in place, before programs."""
    intensity = intensities(practices, population.practice_taste, dose=dose)
    table = LeverTable.empty(population.charter.shape[0], 1)
    for index, (name, practice) in enumerate(practices.items()):
        practice.apply(table, intensity[:, index])
        if practice.own is not None:
            table.put(f"intensity_{name}", intensity[:, index])
    table.values[:, 0, INTENSITIES] = intensity[:, : len(PRACTICES)]
    support.apply(table, population.vision)
    scenario.context.apply(table, population.charter)
    return table


def _ramped(base: FloatArray, full: FloatArray, ramp: FloatArray) -> FloatArray:
    """Levers week by week: doses on their way, kinds and qualities changed when their practice starts."""
    levers = all_levers()
    # Practices beyond the eight come with the last of these.
    stage = [PRACTICES.index(each.practice) if each.practice in PRACTICES else -1 for each in levers]
    of_lever = np.where([each.practice not in _CONDITIONS for each in levers], ramp[:, :, stage], 1.0)
    of_lever = np.where([each.ramps for each in levers], of_lever, of_lever > 0.0)
    return np.ascontiguousarray(_between(base, full, of_lever))


def _between(base: FloatArray, full: FloatArray, ramp: FloatArray) -> FloatArray:
    """From ``base`` to ``full``; exactly ``full`` at the end, and exactly ``base`` when both are equal."""
    return np.where(ramp >= 1.0, full, base + ramp * (full - base))


def _engaged(support: Support, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Who began by engaging people: as the scenario says, else as each school of the population."""
    if support.initiation is None:
        return own.copy()
    return np.full(own.shape, support.initiation == "engaged")
