"""How near a surrogate from some 500 runs comes to the answer that takes many: Shapley values and Sobol shares.

Brute force: all 256 on/off combinations of the eight practices in 40 prior worlds, and Sobol shares from a
Saltelli design. Surrogate: a Latin hypercube over practices and all uncertain parameters at once, every run in a world
of its own. Prints what docs/attribution.md shows. Takes some minutes: ``python benchmarks/surrogate.py [RUNS]``.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy.stats import qmc

import plsim
from plsim.attribution.tables import games
from plsim.core.arrays import Floats
from plsim.engine.parameters import World, prior_worlds
from plsim.evidence import registry
from plsim.practices.levers import PRACTICES
from plsim.runs.evaluate import Evaluator, Outcome
from plsim.scenario.loading import changed
from plsim.scenario.schema import typical_again
from plsim.studies.surrogate import surrogate_tables
from plsim.studies.surrogate_indices import levels_of, sobol

OUTCOMES = (Outcome(),)
WORLDS = 40
FRESH = 200
SALTELLI = 128


class Model:
    """The model as a function of coordinates: eight switches, then every uncertain parameter."""

    def __init__(self) -> None:
        small = {"population.schools": 2, "population.students_per_school": 200, "years": 1}
        self.base = changed(plsim.load("redesigned_school"), small)
        self.uncertain = tuple(registry().uncertain())
        self.names = (*PRACTICES, *(parameter.key for parameter in self.uncertain))
        self._evaluator = Evaluator(self.base, outcomes=OUTCOMES)
        self._variations = [
            changed(self.base, {key: value for bit, name in enumerate(PRACTICES) if not mask >> bit & 1
                                for key, value in typical_again(name).items()})
            for mask in range(1 << len(PRACTICES))
        ]  # fmt: skip

    def design(self, runs: int, seed: int) -> Floats:
        """Coordinates of runs; switches at the middles of their slices."""
        units = np.asarray(qmc.LatinHypercube(len(self.names), rng=np.random.default_rng(seed)).random(runs))
        units[:, : len(PRACTICES)] = np.where(units[:, : len(PRACTICES)] < 0.5, 0.25, 0.75)
        return units

    def combinations(self) -> Floats:
        """Outcomes of all on/off combinations in prior worlds. Shape (worlds, combinations, 1)."""
        worlds = prior_worlds(WORLDS, 1)
        return np.array([[self._evaluator.of(each, world) for each in self._variations] for world in worlds])

    def __call__(self, units: Floats) -> Floats:
        """Outcomes of runs. Shape (runs,)."""
        found = np.empty(units.shape[0])
        for row, point in enumerate(units):
            mask = sum(1 << bit for bit in range(len(PRACTICES)) if point[bit] > 0.5)
            pairs = zip(self.uncertain, point[len(PRACTICES) :], strict=True)
            world = World(
                f"point-{row}", {parameter.key: float(parameter.quantile(float(u))) for parameter, u in pairs}
            )
            found[row] = self._evaluator.of(self._variations[mask], world)[0]
        return found


def main(runs: int) -> None:
    """Print the comparison."""
    model = Model()
    started = time.perf_counter()
    units = model.design(runs, 1)
    values = model(units)
    made = time.perf_counter()
    tables, lines = surrogate_tables(model.names, units, OUTCOMES, values[:, np.newaxis])
    learned = time.perf_counter()
    game = games(PRACTICES, OUTCOMES, model.combinations())[0]
    brute = time.perf_counter()
    print("\n".join(lines))
    print(f"{runs} runs {made - started:.0f} s, surrogate {learned - made:.0f} s")
    print(f"{WORLDS << len(PRACTICES)} runs of brute force {brute - learned:.0f} s")
    fresh = model.design(FRESH, 2)
    shapley = tables["surrogate_shapley"].set_index("practice")
    exact = np.median(game.singles["shapley"][:, 0], axis=1)
    firsts = game.ranking.firsts().mean(axis=0)
    print(f"{'practice':24} exact  surrogate   first: exact  surrogate")
    for place, name in enumerate(PRACTICES):
        row = shapley.loc[name]
        print(f"{name:24} {exact[place]:+.4f}  {row['value']:+.4f}     {firsts[place]:.0%}  {row['first']:.0%}")
    print(f"largest difference {np.abs(shapley.loc[list(PRACTICES), 'value'] - exact).max():.4f} SD")
    truth = sobol(model, levels_of(units), seed=5, count=SALTELLI)
    rows = tables["sensitivity"].query("index == 'ST'").set_index("factor").loc[list(model.names)]
    off = np.abs(rows["value"].to_numpy() - truth[1]).max()
    print(f"Sobol totals against {SALTELLI * (len(model.names) + 2)} runs: largest difference {off:.3f}")
    print(f"{np.std(model(fresh)):.4f} SD between runs")
    for place in np.argsort(-truth[1])[:8]:
        print(f"  {model.names[place]:40} runs {truth[1, place]:.3f}  surrogate {rows['value'].iloc[place]:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
