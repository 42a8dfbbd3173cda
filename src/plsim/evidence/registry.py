"""The registry of parameters: value, range, unit, meaning, source and grade of every number that the model uses.

The numbers live in ``data/*.toml``; a table ``[group.name]`` is one of them, and its key is ``"group.name"``. A file
is read strictly: an unknown field, a range that does not hold its value or a key given twice is an error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from plsim.core.errors import EvidenceError, nearest

DATA_FOLDER = Path(__file__).resolve().parent / "data"

GRADES_OF_EVIDENCE = {
    "A": "measured in schools like ours",
    "B": "measured in other schools",
    "C": "measured in a laboratory",
    "D": "our judgement",
}
BOUNDS = {"published": "the source gives the range", "chosen": "the range was chosen here"}
SHAPES = ("uniform", "log", "form")

_TEXTS = ("unit", "meaning", "source", "grade", "bounds")
_NUMBERS = ("value", "low", "high")
_REQUIRED = (*_NUMBERS, *_TEXTS)
_KNOWN = (*_REQUIRED, "uncertain", "shape", "forms")


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One number about the world.

    Attributes
    ----------
    key
        ``"group.name"``.
    value
        The central value, in ``unit``.
    low, high
        The range that is plausible; ``low <= value <= high``.
    meaning
        What the number is, in a sentence.
    source
        Where it comes from; "our judgement" when nothing measured it.
    grade
        ``"A"`` to ``"D"``, see :data:`GRADES_OF_EVIDENCE`.
    bounds
        ``"published"`` or ``"chosen"``: where the range comes from.
    uncertain
        Whether worlds differ in it.
    shape
        How it is spread over its range across worlds: ``"uniform"``, ``"log"`` (uniform in the logarithm), or
        ``"form"``: it says which published form of a rule holds, each as likely as any other.
    forms
        Names of those forms, whose numbers are 0, 1 and so on; empty for a quantity.
    """

    key: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    grade: str
    bounds: str
    uncertain: bool = False
    shape: str = "uniform"
    forms: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The part of the key before the point."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The part of the key after the point."""
        return self.key.partition(".")[2]

    def quantile(self, share: float) -> float:
        """The value below which ``share`` (0 to 1) of the prior lies."""
        if self.forms:
            return float(min(int(share * len(self.forms)), len(self.forms) - 1))
        if self.shape == "log":
            return self.low * float((self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share

    def place(self, value: float) -> float:
        """The share of the prior at which a value lies, held within 0 and 1.

        Forms stand where their mean and spread are those of any other parameter, each inside its own part.
        """
        if self.forms:
            count = len(self.forms)
            return 0.5 + (value - 0.5 * (count - 1)) / math.sqrt(count * count - 1)
        if self.shape == "log":
            found = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            found = (value - self.low) / (self.high - self.low)
        return min(max(found, 0.0), 1.0)

    def in_words(self, value: float) -> str:
        """A value as tables show it: the name of a form, or the number."""
        return self.forms[int(value)] if self.forms else f"{value:g}"

    def check(self, where: str, value: float) -> None:
        """Raises :class:`EvidenceError` when a form has no such number: there is nothing between two forms."""
        if self.forms and value not in range(len(self.forms)):
            allowed = ", ".join(f"{number} ({name})" for number, name in enumerate(self.forms))
            raise EvidenceError(where, self.key, f"{value:g} is no form of the rule", allowed=allowed)


class Registry:
    """All parameters, in the order of their files and keys.

    ``registry["group.name"]`` is a :class:`Parameter`, ``registry.value("group.name")`` its value; iterating gives
    the parameters.
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._parameters = {parameter.key: parameter for parameter in parameters}
        if len(self._parameters) != len(parameters):
            keys = [parameter.key for parameter in parameters]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise EvidenceError("registry", twice, "given twice")

    def __getitem__(self, key: str) -> Parameter:
        try:
            return self._parameters[key]
        except KeyError:
            raise self._unknown(key) from None

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters.values())

    def __len__(self) -> int:
        return len(self._parameters)

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} parameters, {len(self.uncertain())} uncertain, {self.digest()}>"

    def keys(self) -> tuple[str, ...]:
        """Every key, in order."""
        return tuple(self._parameters)

    def groups(self) -> tuple[str, ...]:
        """Every group, in the order of its first parameter."""
        return tuple(dict.fromkeys(parameter.group for parameter in self))

    def value(self, key: str) -> float:
        """The central value of one parameter, in its unit."""
        return self[key].value

    def group(self, name: str) -> dict[str, Parameter]:
        """The parameters of one group, by their names inside it."""
        members = {parameter.name: parameter for parameter in self if parameter.group == name}
        if not members:
            raise EvidenceError(
                "registry",
                name,
                "unknown group",
                allowed=", ".join(self.groups()),
                fix=nearest(name, self.groups()),
            )
        return members

    def forms(self) -> tuple[Parameter, ...]:
        """The parameters that say which form of a rule holds."""
        return tuple(parameter for parameter in self if parameter.forms)

    def uncertain(self) -> tuple[Parameter, ...]:
        """The parameters in which worlds differ."""
        return tuple(parameter for parameter in self if parameter.uncertain)

    def with_values(self, values: Mapping[str, float], *, outside_range: bool = False) -> Registry:
        """A registry with other central values: a world, or a limiting case.

        ``outside_range`` permits values beyond a parameter's range (which then widens to hold them).
        """
        changed = dict(self._parameters)
        for key, given in values.items():
            old = self[key]
            value = float(given)
            inside = old.low <= value <= old.high
            if not math.isfinite(value) or not (inside or outside_range):
                raise EvidenceError(
                    "registry", key, f"{value:g} is out of range", allowed=f"{old.low:g} to {old.high:g} {old.unit}"
                )
            old.check("registry", value)
            changed[key] = dataclasses.replace(old, value=value, low=min(old.low, value), high=max(old.high, value))
        return Registry(tuple(changed.values()))

    def digest(self) -> str:
        """Digest of everything that can move a result: keys, values, ranges and what worlds vary."""
        digest = hashlib.blake2b(digest_size=12)
        for key in sorted(self._parameters):
            parameter = self._parameters[key]
            numbers = (parameter.value, parameter.low, parameter.high, parameter.uncertain, parameter.shape)
            digest.update(f"{key}={numbers!r}\n".encode())
        return digest.hexdigest()

    def _unknown(self, key: str) -> EvidenceError:
        near = nearest(key, self._parameters)
        fix = near or "`plsim list parameters` shows every key."
        return EvidenceError("registry", key, "unknown parameter", fix=fix)


@cache
def registry() -> Registry:
    """The shipped registry, read once."""
    return load_registry(sorted(DATA_FOLDER.glob("*.toml")))


def load_registry(files: Sequence[Path]) -> Registry:
    """The parameters of some files, checked.

    Raises
    ------
    EvidenceError
        With the file's name and the parameter's key, when a file does not hold what it should.
    """
    origin: dict[str, str] = {}
    parameters = []
    for file in files:
        for parameter in _parameters_of(file):
            if parameter.key in origin:
                raise EvidenceError(file.name, parameter.key, f"given already in {origin[parameter.key]}")
            origin[parameter.key] = file.name
            parameters.append(parameter)
    return Registry(parameters)


def _parameters_of(file: Path) -> Iterator[Parameter]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(file.name, "", f"not a TOML file: {error}") from error
    for group, members in document.items():
        if not isinstance(members, dict):
            raise EvidenceError(file.name, group, "not a table", allowed="tables [group.name]")
        for name, fields in members.items():
            key = f"{group}.{name}"
            if not isinstance(fields, dict):
                raise EvidenceError(file.name, key, f"not a table but {fields!r}", allowed="tables [group.name]")
            yield _parameter(file.name, key, fields)


def _parameter(where: str, key: str, fields: Mapping[str, Any]) -> Parameter:
    for field in fields:
        if field not in _KNOWN:
            raise EvidenceError(
                where, f"{key}.{field}", "unknown field", allowed=", ".join(_KNOWN), fix=nearest(field, _KNOWN)
            )
    missing = [field for field in _REQUIRED if field not in fields]
    if missing:
        raise EvidenceError(where, key, f"missing {', '.join(missing)}")
    numbers = {field: _number(where, f"{key}.{field}", fields[field]) for field in _NUMBERS}
    texts = {field: _text(where, f"{key}.{field}", fields[field]) for field in _TEXTS}
    _choice(where, f"{key}.grade", texts["grade"], GRADES_OF_EVIDENCE)
    _choice(where, f"{key}.bounds", texts["bounds"], BOUNDS)
    uncertain, shape = fields.get("uncertain", False), fields.get("shape", "uniform")
    _choice(where, f"{key}.shape", shape, SHAPES)
    if not isinstance(uncertain, bool):
        raise EvidenceError(where, f"{key}.uncertain", f"got {uncertain!r}", allowed="true, false")
    forms = _forms(where, key, shape, fields)
    low, value, high = numbers["low"], numbers["value"], numbers["high"]
    if not low <= value <= high:
        raise EvidenceError(where, key, f"value {value:g} is not between low {low:g} and high {high:g}")
    if uncertain and low == high:
        raise EvidenceError(where, key, "uncertain, but low equals high")
    if shape == "log" and low <= 0.0:
        raise EvidenceError(where, f"{key}.low", f"got {low:g}", allowed="above 0 when shape is 'log'")
    found = Parameter(key, value, low, high, **texts, uncertain=uncertain, shape=shape, forms=forms)
    if forms and (low, high) != (0.0, len(forms) - 1.0):
        raise EvidenceError(
            where, key, f"got {low:g} to {high:g}", allowed=f"low 0 and high {len(forms) - 1}, its forms"
        )
    found.check(where, value)
    return found


def _forms(where: str, key: str, shape: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the forms, which a parameter has if its shape says so."""
    given = fields.get("forms", [])
    if not isinstance(given, list) or (shape == "form") != (len(given) > 1):
        raise EvidenceError(where, f"{key}.forms", f"got {given!r}", allowed="two names or more when shape is 'form'")
    return tuple(_text(where, f"{key}.forms", name) for name in given)


def _number(where: str, key: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise EvidenceError(where, key, f"got {given!r}", allowed="a finite number")
    return float(given)


def _text(where: str, key: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise EvidenceError(where, key, f"got {given!r}", allowed="a text that is not empty")
    return given


def _choice(where: str, key: str, given: object, allowed: Mapping[str, str] | Sequence[str]) -> None:
    if given not in allowed:
        raise EvidenceError(where, key, f"got {given!r}", allowed=", ".join(allowed))
