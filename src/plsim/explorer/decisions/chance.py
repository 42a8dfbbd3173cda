"""Other draws of students, teachers and years for evaluations: what chance does to an effect, in the central world."""

from __future__ import annotations

from plsim.engine.arm import Engine
from plsim.engine.parameters import CENTRAL
from plsim.engine.reference import Typical
from plsim.explorer.server.uploads import Uploads
from plsim.measures.effects import Row
from plsim.runs.paired import Few, PairedRuns, counterfactual_address
from plsim.runs.robustness import other_seed, told
from plsim.scenario.build import population_spec
from plsim.scenario.schema import Scenario

MOST_KEPT = 2_000
"""Students times years up to which people and counterfactuals of other draws are kept for the next move."""
_POPULATIONS = 2


class OtherDraws:
    """Runs a scenario with other seeds, as :func:`plsim.runs.robustness.robustness` does.

    Parameters
    ----------
    uploads
        Students that were uploaded: of them only teachers and years, and what the files do not say, are drawn.
    """

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._kept: Few[tuple[object, ...], dict[int, PairedRuns]] = Few(_POPULATIONS)

    def effects(
        self, scenario: Scenario, population: str, number: int, *, found: Typical, engine: Engine
    ) -> dict[Row, float]:
        """The effects of which luck is told, with the seed of draw ``number``, from 1.

        ``population`` names uploaded students, or is empty; ``found`` is the central world's reference.
        """
        runs = self._runs(scenario, population, number)
        both = runs.pair(scenario)
        run = runs.run(both, CENTRAL, found=found, engine=engine)
        return told(*runs.outcomes(both, run, only=("achievement",)))

    def _runs(self, scenario: Scenario, population: str, number: int) -> PairedRuns:
        seed, spec, programs = other_seed(scenario.seed, number), population_spec(scenario), scenario.programs
        address = (
            population, scenario.seed, scenario.years, counterfactual_address(scenario), repr(programs.class_size),
            repr(programs.sections),
        )  # fmt: skip
        students = len(self._uploads.students(population)) if population else spec.schools * spec.students_per_school
        keep = students * scenario.years <= MOST_KEPT
        kept = self._kept.get(address) or {}
        if number in kept:
            return kept[number]
        people = self._uploads.population(population, spec, seed=seed) if population else None
        made = PairedRuns(seed=seed, years=scenario.years, population=people, keep=int(keep))
        if keep:
            self._kept.put(address, {**kept, number: made})
        return made
