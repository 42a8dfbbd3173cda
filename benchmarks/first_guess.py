"""Where the search for a world's reference begins, fitted: `python benchmarks/first_guess.py [--worlds 256] [--write]`.

Lives typical practice in worlds of the prior, finds their D in as many passes as it takes, and regresses it on the
uncertain parameters that move it. Prints how far the guess is from what was found in a fifth of the worlds, which took
no part in the fit. ``--write`` puts the numbers into ``plsim/engine/first_guess.py``: every result moves by their
rounding, so worlds are to be calibrated anew. Worth it when a test says that worlds need a second pass.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from plsim.engine import first_guess
from plsim.engine.arm import Engine
from plsim.engine.engines import engine_named
from plsim.engine.parameters import CENTRAL, World, prior_worlds
from plsim.engine.records import Reference
from plsim.engine.reference import one_pass, typical
from plsim.evidence import registry
from plsim.evidence.registry import Parameter

SEED = 5
HELD_OUT = 5
FROM, TO = "# Fitted numbers.\n", "\n# End of the fitted numbers."


def fitted(count: int) -> str:
    """The numbers of the module, as Python."""
    engine = engine_named("batch")
    keys = [each.key for each in registry().uncertain() if moves(each, engine)]
    worlds = prior_worlds(count, SEED)
    shape = typical(CENTRAL, engine).reference.effective
    shape = shape / shape.mean()
    found = [typical(world, engine).reference for world in worlds]
    aims = np.array([[(each.effective / shape).mean(), each.slope.mean(), each.curve.mean()] for each in found])
    values = np.array([[world.number(key) for key in keys] for world in worlds])
    middle, scale = values.mean(axis=0), values.std(axis=0)
    causes = np.column_stack([np.ones(count), (values - middle) / scale])
    rest = np.arange(count) % HELD_OUT == 0
    slopes = np.linalg.lstsq(causes[~rest], aims[~rest], rcond=None)[0]
    left = (aims - causes @ slopes)[rest]
    for name, error, spread in zip(("level", "slope", "curve"), left.std(axis=0), aims.std(axis=0), strict=True):
        print(f"{name}: {error:.4f} off in worlds that took no part; worlds differ by {spread:.4f}")
    per_unit = slopes[1:] / scale[:, np.newaxis]
    at_zero = slopes[0] - middle @ per_unit

    def numbers(values: np.ndarray, digits: str) -> str:
        return "(" + ", ".join(format(float(value), digits) for value in values) + ")"

    lines = [f"    {numbers(row, '.3f')}," for row in shape]
    lines = ["SHAPE = (", *lines, ")", f"AT_ZERO = {numbers(at_zero, '.5f')}", "PER_UNIT = {"]
    lines += [f'    "{key}": {numbers(row, ".3g")},' for key, row in zip(keys, per_unit, strict=True)]
    return "\n".join([*lines, "}"])


def moves(parameter: Parameter, engine: Engine) -> bool:
    """Whether typical practice depends on a parameter: else a guess that does would move D by what a pass leaves."""
    second = {form.key: 1.0 for form in registry().forms()}
    for at in ({}, second):
        worlds = [World("end", {**at, parameter.key: end}) for end in (parameter.low, parameter.high)]
        low, high = (one_pass(Reference.flat(np.full((2, 13), 0.55)), world, engine) for world in worlds)
        if (low.effective != high.effective).any():
            return True
    return False


def main() -> None:
    """Fit, say how good it is, and write it if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--worlds", type=int, default=256)
    options.add_argument("--write", action="store_true", help="put the numbers into the package")
    asked = options.parse_args()
    new = fitted(asked.worlds)
    if asked.write:
        path = Path(first_guess.__file__)
        before, rest = path.read_text("utf-8").split(FROM)
        path.write_text(before + FROM + new + TO + rest.split(TO)[1], encoding="utf-8")
    else:
        print(new)


if __name__ == "__main__":
    main()
