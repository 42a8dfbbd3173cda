"""What each method can vary, and what it costs in runs: said before anything runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from plsim.core.errors import StudyError, nearest
from plsim.documents.document import Document
from plsim.studies.factors import LUCK, WORLD, Factor, group_names
from plsim.studies.schema import (
    MAX_RUNS,
    METHODS,
    MOST_SWITCHES,
    Delta,
    Dgsm,
    Factorial,
    FractionalFactorial,
    Grid,
    Hdmr,
    Method,
    Morris,
    Pawn,
    Regional,
    Sobol,
    Study,
    SurrogateMethod,
)

FEWEST_A_VALUE = 6
"""Runs that each value of a list has to have before the distribution of its outcomes says anything."""
MOST_UNORDERED = 12
"""Values without an order that a surrogate can learn one by one."""
MOST_LEVELS = 24
"""Levels of a Morris grid beyond which a step covers too little to be one."""


def world_is_factor(method: Method) -> bool:
    """Whether the world and the draw of students are factors of their own, with as many values as there are.

    Crossed methods run every point in every world and draw instead; one-at-a-time methods make each trajectory in one.
    """
    return not method.crossed and not isinstance(method, (Morris, Dgsm))


def morris_levels(method: Morris, factors: Sequence[Factor]) -> int:
    """Levels of the grid: even, and a multiple of the number of values of every sliced factor.

    Then every value covers the same number of levels, and the usual step of half the levels always changes the value.
    """
    if method.levels is not None:
        return method.levels
    needed = math.lcm(2, *(factor.sliced for factor in factors if factor.sliced))
    return needed if needed >= 4 else 4


def points(study: Study, factors: Sequence[Factor]) -> int:  # noqa: PLR0911 - one for each kind of method
    """Points of the design, before worlds are counted."""
    method, groups = study.method, len(group_names(factors))
    if isinstance(method, Sobol):
        return method.samples * (2 * groups + 2 if method.second_order else groups + 2)
    if isinstance(method, Morris):
        return method.trajectories * (groups + 1)
    if isinstance(method, Dgsm):
        return method.samples * (len(factors) + 1)
    if isinstance(method, FractionalFactorial):
        return 2 * contrasts(len(factors))
    if isinstance(method, Factorial):
        return 1 << len(factors)
    if isinstance(method, Grid):
        cells: int = math.prod(factor.sliced or method.points for factor in factors)
        return cells
    return _samples(method)


def _samples(method: Method) -> int:
    count: int = getattr(method, "samples")  # noqa: B009 - the kinds that are left have it, their base class does not
    return count


def contrasts(factors: int) -> int:
    """Size of the Hadamard matrix of a saturated design: the power of two that holds the factors."""
    return 1 << max(factors - 1, 1).bit_length()


def runs(study: Study, factors: Sequence[Factor]) -> int:
    """Runs in all."""
    cells = max(len(study.worlds.worlds), 1) * len(study.seeds)
    return points(study, factors) * (cells if study.method.crossed else 1)


def method_problems(study: Study, factors: Sequence[Factor], places: Document[StudyError]) -> list[StudyError]:
    """Why a method cannot answer this study, each with the way forward."""
    method = study.method
    found: list[StudyError] = []

    def note(path: tuple[str, ...], problem: str, fix: str) -> None:
        found.append(places.error(path, problem, fix=fix))

    kind = ("method", "kind")
    sliced = [factor for factor in factors if factor.sliced]
    least = 1 if isinstance(method, (Grid, Factorial)) else 2
    chosen = [factor for factor in factors if factor.role != "luck"]
    if len(chosen) < least:
        note(
            (),
            f"{len(chosen)} factors are too few for {method.kind}",
            "Name what varies under [levers], [context] or [uncertainties].",
        )
        return found
    if study.groups and not method.groups:
        able = " or ".join(name for name, each in METHODS.items() if each.groups)
        note(("groups",), f"{method.kind} has no index for a group", f"Use {able}, or leave the groups out.")
    if study.groups and len(group_names(factors)) < 2:
        note(("groups",), "all factors are in one group", "Leave something outside it, or make two.")
    if sliced and not method.steps:
        note(kind, *_between_values(method, sliced))
    if isinstance(method, Morris):
        found += _morris_problems(method, sliced, places)
    if isinstance(method, (Factorial, FractionalFactorial)):
        found += _two_valued(method, factors, places)
    if isinstance(method, Factorial) and len(factors) > MOST_SWITCHES:
        note(
            kind,
            f"{len(factors)} switches make {2 ** len(factors):,} combinations",
            f"Switch {MOST_SWITCHES} at most, or use sobol.",
        )
    if isinstance(method, Factorial):
        found += _as_one_problems(method, factors, places)
    most = max((factor.sliced for factor in factors), default=0)
    if isinstance(method, (Delta, Pawn, Regional)) and method.samples < FEWEST_A_VALUE * most:
        name = next(factor.name for factor in factors if factor.sliced == most)
        fix = f"Take {FEWEST_A_VALUE * most} samples, or fewer values."
        note(("method", "samples"), f"{method.samples} samples are too few for the {most} values of {name}", fix)
    if isinstance(method, SurrogateMethod) and most > MOST_UNORDERED:
        name = next(factor.name for factor in factors if factor.sliced == most)
        fix = "Vary parameters in place of whole worlds." if name == WORLD else "Use sobol."
        note(kind, f"a surrogate learns nothing of {most} values without an order, as {name} has", fix)
    total = runs(study, factors)
    if total > MAX_RUNS:
        note(("method",), f"that makes {total:,} runs", f"Ask for {MAX_RUNS:,} at most.")
    return found


def _between_values(method: Method, sliced: Sequence[Factor]) -> tuple[str, str]:
    """What a method that takes steps would need of factors without an order, and the way forward."""
    what = "fits smooth curves" if isinstance(method, Hdmr) else "takes slopes"
    fix = "Use sobol, or morris, which switches."
    if all(factor.kind == "parameter" for factor in sliced):
        fix = "Name parameters without the forms of rules, or use sobol."
    elif all(factor.name in (WORLD, LUCK) for factor in sliced):
        fix = "Vary parameters in place of whole worlds, with [luck] seeds = 1, or use sobol."
    names = ", ".join(factor.name for factor in sliced[:5])
    return f"{method.kind} {what}, and there is nothing between the values of {names}", fix


def _morris_problems(method: Morris, sliced: Sequence[Factor], places: Document[StudyError]) -> list[StudyError]:
    levels = morris_levels(method, sliced)
    if method.levels is None:
        if levels <= MOST_LEVELS:
            return []
        most = max(sliced, key=lambda factor: factor.sliced)
        problem = f"a grid that meets every value needs {levels} levels ({most.name} has {most.sliced} values)"
        return [
            places.error(
                ("method", "kind"), problem, fix=f"List fewer values ({MOST_LEVELS} levels at most), or use sobol."
            )
        ]
    wanted = math.lcm(2, *(factor.sliced for factor in sliced))
    if levels % wanted:
        names = ", ".join(f"{factor.name} ({factor.sliced} values)" for factor in sliced) or "Morris' steps"
        problem = f"{levels} levels do not meet every value of {names} equally often"
        return [places.error(("method", "levels"), problem, fix=f"Use a multiple of {wanted}, or leave it out.")]
    return []


def _as_one_problems(method: Factorial, factors: Sequence[Factor], places: Document[StudyError]) -> list[StudyError]:
    names, path = [factor.name for factor in factors], ("method", "as_one")
    found = [
        places.error(path, f"'{member}' is not a factor of this study", fix=nearest(member, names) or "")
        for members in method.as_one
        for member in members
        if member not in names
    ]
    if any(len(set(members)) < 2 for members in method.as_one):
        found.append(places.error(path, "a switch of fewer than two factors", fix="Name two or more, or leave it out."))
    return found


def _two_valued(method: Method, factors: Sequence[Factor], places: Document[StudyError]) -> list[StudyError]:
    """Two-level designs: any two values do; a fractional one takes the ends of a range."""
    ends = isinstance(method, FractionalFactorial)
    found = []
    for factor in factors:
        if factor.sliced == 2 or (ends and not factor.sliced):
            continue
        has = f"has {factor.sliced} values" if factor.sliced else "is a range"
        table = {"lever": "levers", "context": "context", "uncertainty": "uncertainties", "luck": "chance"}[factor.role]
        path = (table, "parameters") if factor.kind == "parameter" else (table, *factor.name.split("."))
        fix = "List two values, or switch it on_off." if table != "uncertainties" else "Use worlds = N."
        found.append(places.error(path, f"{factor.name} {has}, and {method.kind} compares two", fix=fix))
    return found
