"""A study against its scenario: which keys there are, which values they take, what is varied with what.

Every value of every factor is put into the scenario once, so that no run fails over a value that the scenario's schema
refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from plsim.core.calendar import GRADES
from plsim.core.errors import InputError, ScenarioError, StudyError, nearest
from plsim.documents.document import Document
from plsim.documents.lines import KeyPath
from plsim.evidence import Parameter, registry
from plsim.measures.groups import LEVEL_GROUPS
from plsim.measures.vocabulary import OUTCOMES
from plsim.practices import PRACTICES
from plsim.practices.support import Support
from plsim.scenario.loading import changed
from plsim.scenario.schema import Scenario, typical_practices
from plsim.studies.factors import LUCK, NOTHING, WORLD, Changes, Factor, changes_at, matching
from plsim.studies.methods import method_problems, world_is_factor
from plsim.studies.schema import FactorSpec, Study

ROOTS = {"levers": ("practices", "support", "programs", "freeze"), "context": ("context", "population")}
"""Tables of a scenario that may be varied, by the table of the study that says so."""
_MOST_WHOLE_NUMBERS = 1000
_ROLE = {"levers": "lever", "context": "context"}
_SWITCHES = "practices, programs and support have a typical level that off means; list values = [...] of others"
_PEOPLE = (
    "all",
    *(f"quintile:{number}" for number in range(1, 6)),
    "governance:district",
    "governance:charter",
    *LEVEL_GROUPS,
    "lunch_eligible:no",
    "lunch_eligible:yes",
    *(f"grade:{label}" for label in GRADES),
)


class Resolver:
    """What finds the factors of a study and notes what is wrong with them."""

    def __init__(
        self, study: Study, scenario: Scenario, places: Document[StudyError], problems: list[StudyError]
    ) -> None:
        self.study = study
        self.scenario = scenario
        self.places = places
        self.problems = problems

    def factors(self) -> tuple[Factor, ...]:
        """Levers, context, uncertainties, in this order, with their groups."""
        before = len(self.problems)
        found: list[Factor] = []
        for table, specs in (("levers", self.study.levers), ("context", self.study.context)):
            for name, spec in specs.items():
                found += self._of_scenario(table, name, spec)
        found += [*self._uncertain(), *self._luck()]
        self._overlaps(found)
        if len(self.problems) == before:
            self._together(found)
        return self._grouped(found) if not self.problems else tuple(found)

    def outcomes(self) -> None:
        """Check what is read from the runs."""
        years = self.scenario.years
        known = [outcome.name for outcome in OUTCOMES]
        seen = set()
        for index, (spec, outcome) in enumerate(zip(self.study.outcomes, self.study.asked(years), strict=True)):
            path: KeyPath = ("outcomes", str(index))
            if outcome.year > years:
                allowed = f"1 to {years}, the years that runs simulate"
                self._note((*path, "year"), f"{outcome.year} is out of range", allowed=allowed)
            if spec.outcome not in known:
                fix = nearest(spec.outcome, known) or "`plsim list outcomes` shows them."
                self._note((*path, "outcome"), f"'{spec.outcome}' is not an outcome of a run", fix=fix)
            if spec.group not in _PEOPLE:
                fix = nearest(spec.group, _PEOPLE)
                self._note((*path, "group"), f"'{spec.group}' is not a group", allowed=", ".join(_PEOPLE), fix=fix)
            if outcome in seen and not self.problems:
                self._note(path, "is asked for twice")
            seen.add(outcome)

    def _note(self, path: KeyPath, problem: str, *, allowed: str = "", fix: str = "") -> None:
        self.problems.append(self.places.error(path, problem, allowed=allowed, fix=fix))

    def _tried(self, path: KeyPath, changes: Changes) -> bool:
        """Whether the scenario accepts changes; if not, the reason is noted at the path."""
        try:
            changed(self.scenario, changes)
        except ScenarioError as problem:
            for each in problem.problems or (problem,):
                self.problems.append(self.places.moved(path, _about(each, changes)))
            return False
        return True

    def _of_scenario(self, table: str, name: str, spec: FactorSpec) -> list[Factor]:
        """The factors that one entry of levers or context means: one, or one for each practice."""
        path: KeyPath = (table, *name.split("."))
        role = _ROLE[table]
        if spec.cases is not None:
            return self._cases(path, role, name, spec.cases)
        root = name.partition(".")[0]
        if root == "population" and "path" in self.study.population:
            self._note(path, "students and schools come from a file", fix="Leave it out, or leave out the file.")
            return []
        if root not in ROOTS[table]:
            self._wrong_root(path, table, root)
            return []
        if spec.on_off:
            return self._on_off(path, role, name)
        if spec.values is not None:
            options: list[Changes] = [{name: value} for value in spec.values]
            good = [self._tried(path, each) for each in options]
            return [_sliced(name, role, "values", map(_text, spec.values), options)] if all(good) else []
        return self._range(path, role, name, spec)

    def _wrong_root(self, path: KeyPath, table: str, root: str) -> None:
        other = next((each for each, roots in ROOTS.items() if root in roots), None)
        if other is not None:
            self._note(path, f"'{root}' is no part of [{table}]", fix=f"Write it under [{other}].")
            return
        roots = ROOTS[table]
        fix = nearest(root, [*roots, *(each for inner in ROOTS.values() for each in inner)])
        self._note(path, "unknown key", allowed=f"keys of a scenario that begin with {', '.join(roots)}", fix=fix)

    def _range(self, path: KeyPath, role: str, name: str, spec: FactorSpec) -> list[Factor]:
        assert spec.low is not None
        assert spec.high is not None
        ends = (spec.low, spec.high)
        try:
            changed(self.scenario, {name: spec.low})
        except ScenarioError:
            if all(end.is_integer() for end in ends) and self._whole(name, ends):
                return self._whole_numbers(path, role, name, spec)
        good = [self._tried(path, {name: int(end) if end.is_integer() else end}) for end in ends]
        if not all(good):
            return []
        return [Factor(name, role, "range", *ends, log=spec.scale == "log")]

    def _whole(self, name: str, ends: tuple[float, float]) -> bool:
        """Whether a key holds a whole number that can be either end."""
        try:
            for end in ends:
                changed(self.scenario, {name: int(end)})
        except ScenarioError:
            return False
        return True

    def _whole_numbers(self, path: KeyPath, role: str, name: str, spec: FactorSpec) -> list[Factor]:
        assert spec.low is not None
        assert spec.high is not None
        numbers = range(int(spec.low), int(spec.high) + 1)
        if len(numbers) > _MOST_WHOLE_NUMBERS:
            self._note(path, f"{len(numbers)} whole numbers are too many", fix="List some as values = [...].")
            return []
        return [_sliced(name, role, "values", map(str, numbers), [{name: number} for number in numbers])]

    def _cases(self, path: KeyPath, role: str, name: str, cases: Mapping[str, Changes]) -> list[Factor]:
        good = []
        for case, changes in cases.items():
            here = (*path, "cases", case)
            wrong = [key for key in changes if key.partition(".")[0] not in (*ROOTS["levers"], *ROOTS["context"])]
            for key in wrong:
                self._note((*here, *key.split(".")), "is not a key of a scenario that can be varied")
            good.append(not wrong and self._tried(here, changes))
        return [_sliced(name, role, "cases", cases, list(cases.values()))] if all(good) else []

    def _on_off(self, path: KeyPath, role: str, name: str) -> list[Factor]:
        if name == "practices":
            typical = typical_practices()
            taken = [each for each in PRACTICES if self.scenario.practices[each] != typical[each]]
            if not taken:
                self._note(path, "the scenario has every practice at its typical level: there is nothing to switch")
            return [self._switch(role, f"practices.{each}", self._off(f"practices.{each}") or {}) for each in taken]
        off = self._off(name)
        if off is None:
            if not self._tried(path, {name: 0.0}):
                return []
            self._note(path, "has no off", allowed=_SWITCHES)
            return []
        if changed(self.scenario, off) == self.scenario:
            self._note(path, "is as in typical practice, so that on and off are the same", fix="Vary a range of it.")
            return []
        return [self._switch(role, name, off)]

    def _switch(self, role: str, name: str, off: Changes) -> Factor:
        return _sliced(name, role, "on_off", ("off", "on"), [off, {}])

    def _off(self, name: str) -> Changes | None:
        """What puts a practice, a program or support back to typical; None for what has no typical level."""
        parts = name.split(".")
        typical = typical_practices()
        if parts[0] == "practices" and len(parts) > 1 and parts[1] in type(typical).model_fields:
            usual = typical[parts[1]]
            names = type(usual).model_fields if len(parts) == 2 else parts[2:3]
            known = [each for each in names if each in type(usual).model_fields]
            return {f"practices.{parts[1]}.{each}": getattr(usual, each) for each in known} or None
        if parts[0] == "programs" and len(parts) == 2 and getattr(self.scenario.programs, parts[1], None) is not None:
            return {name: None}
        if parts[0] == "support" and len(parts) <= 2:
            usual_support = Support()
            names = (
                [each for each in Support.model_fields if each != "network_schools"] if len(parts) == 1 else parts[1:]
            )
            known = [each for each in names if each in Support.model_fields]
            return {f"support.{each}": getattr(usual_support, each) for each in known} or None
        return None

    def _uncertain(self) -> list[Factor]:
        """Parameters one by one, or the world as one factor where the method samples it."""
        uncertain = {entry.key: entry for entry in registry().uncertain()}
        asked = self.study.uncertainties.parameters
        path: KeyPath = ("uncertainties", "parameters")
        if asked is None:
            if self.study.uncertainties.worlds is None:
                return []
            try:
                names = tuple(world.name for world in self.study.worlds.worlds)
            except InputError as problem:
                self.problems.append(self.places.moved(("uncertainties", "worlds"), problem))
                return []
            if not world_is_factor(self.study.method):
                return []
            if len(names) < 2:
                self._note(("uncertainties", "worlds"), "one world does not vary", allowed="2 and more")
                return []
            return [_sliced(WORLD, "uncertainty", "world", names, [{}] * len(names))]
        chosen: dict[str, None] = {}
        for pattern, keys in matching(asked, tuple(uncertain)).items():
            if keys:
                chosen |= dict.fromkeys(keys)
            elif pattern in registry():
                self._note(path, f"worlds do not differ in '{pattern}'", fix="`plsim list parameters` says in what.")
            else:
                fix = nearest(pattern, uncertain) or "`plsim list parameters` shows every key."
                self._note(path, f"no uncertain parameter is called '{pattern}'", fix=fix)
        return [_parameter(uncertain[key]) for key in uncertain if key in chosen]

    def _luck(self) -> list[Factor]:
        """The draw of students, teachers and years, where the method samples it."""
        seeds = self.study.seeds
        if len(seeds) < 2 or not world_is_factor(self.study.method):
            return []
        return [_sliced(LUCK, "luck", "luck", map(str, seeds), [{}] * len(seeds))]

    def _overlaps(self, factors: Sequence[Factor]) -> None:
        """No two factors may set the same key: the later one would win without a word."""
        sets = [(factor, _keys(factor)) for factor in factors if factor.role in _ROLE.values()]
        for (one, of_one), (other, of_other) in combinations(sets, 2):
            both = [key for key in of_one for also in of_other if _same_or_inside(key, also)]
            if both:
                table = "levers" if other.role == "lever" else "context"
                self._note((table, *other.name.split(".")), f"sets '{both[0]}', as '{one.name}' does")

    def _together(self, factors: Sequence[Factor]) -> None:
        """All factors at their first values, and all at their last, have to make a scenario too."""
        import numpy as np

        for end in (0.0, 1.0):
            changes = changes_at(factors, np.full(len(factors), end))
            if not self._tried(("levers",), changes):
                return

    def _grouped(self, factors: Sequence[Factor]) -> tuple[Factor, ...]:
        """Factors with the groups that they are in."""
        names = [factor.name for factor in factors]
        group_of: dict[str, str] = {}
        for group, patterns in self.study.groups.items():
            path: KeyPath = ("groups", group)
            for pattern, members in matching(patterns, names).items():
                if not members:
                    fix = (
                        nearest(pattern, names)
                        or f"Factors: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}."
                    )
                    self._note(path, f"'{pattern}' is not a factor of this study", fix=fix)
                for member in members:
                    if group_of.setdefault(member, group) != group:
                        self._note(path, f"'{member}' is in '{group_of[member]}' already")
        for group in self.study.groups:
            if group in names and group_of.get(group) != group:
                self._note(("groups", group), "a factor outside the group has this name")
        return tuple(replace(factor, group=group_of.get(factor.name, "")) for factor in factors)


def resolved(
    study: Study, scenario: Scenario, places: Document[StudyError], problems: list[StudyError]
) -> tuple[Factor, ...]:
    """The factors of a study; what is wrong with it is added to ``problems``."""
    resolver = Resolver(study, scenario, places, problems)
    factors = resolver.factors()
    resolver.outcomes()
    if not problems:
        problems += method_problems(study, factors, places)
    for factor in factors:
        if factor.name in (NOTHING, WORLD, LUCK) and factor.role in _ROLE.values():
            problems.append(places.error((), f"a factor cannot be called {factor.name}"))
    return factors


def _sliced(name: str, role: str, kind: str, labels: Iterable[str], options: Sequence[Changes]) -> Factor:
    return Factor(name, role, kind, labels=tuple(labels), options=tuple(options))


def _parameter(entry: Parameter) -> Factor:
    """An uncertain number; which form a rule has is one of its names, in no order."""
    if entry.forms:
        return _sliced(entry.key, "uncertainty", "parameter", entry.forms, [{}] * len(entry.forms))
    return Factor(entry.key, "uncertainty", "parameter", entry.low, entry.high)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _keys(factor: Factor) -> set[str]:
    return {key for option in factor.options for key in option} or {factor.name}


def _same_or_inside(key: str, other: str) -> bool:
    return key == other or key.startswith(f"{other}.") or other.startswith(f"{key}.")


def _about(problem: ScenarioError, changes: Changes) -> InputError:
    """A problem with the scenario, with the key said where the place does not say it."""
    if len(changes) == 1 and problem.key in changes:
        return problem
    return ScenarioError("", "", f"{problem.key}: {problem.problem}", allowed=problem.allowed, fix=problem.fix)
