"""What options of practices, support, programs and context have in common: closed, bounded, defaults from evidence."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.own import Own


class Options(BaseModel):
    """A keyed table of a scenario file: frozen, closed to unknown keys, no wrong type, no ``nan`` or ``inf``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=False)


def evidence_value(key: str) -> float:
    """The registry's value for an option that a scenario leaves out."""
    from plsim.evidence import registry

    return registry().value(key)


def evidence_count(key: str) -> int:
    """The same for an option that counts something."""
    return round(evidence_value(key))


def option(key: str, low: float, high: float) -> Any:
    """A number of a scenario file; left out, it is the registry's value.

    Parameters
    ----------
    key
        Where the default lives in the registry: ``"practices.technology_tools"``.
    low, high
        What a scenario may say. Wider than the evidence: these bounds only refuse what has no meaning.
    """
    return Field(default_factory=partial(evidence_value, key), ge=low, le=high, json_schema_extra={"evidence": key})


def count_option(key: str, low: int, high: int) -> Any:
    """A whole number of a scenario file; left out, it is the registry's value, rounded."""
    return Field(default_factory=partial(evidence_count, key), ge=low, le=high, json_schema_extra={"evidence": key})


class Practice(Options):
    """A practice: how much of it a school plans (``intensity``), how schools differ (``spread``), and its options.

    A school's own intensity is ``clip(intensity + spread * taste, 0, 1)``. Options that are doses say what a school
    does at intensity 1 and scale with it; options that are kinds or qualities don't.
    """

    name: ClassVar[str] = ""
    own: ClassVar[Own | None] = None
    """Levers, sessions and skill of its own, for a practice beyond the eight; without, it uses those of the eight."""
    intensity: float
    spread: float
    subjects: Literal["both", "math", "reading"] = "both"
    """Subjects in which the plan changes the practice; in the other one it stays typical."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """Turn the levers of this practice, in all weeks of the table.

        Parameters
        ----------
        table
            Levers to turn.
        intensity
            Every school's own intensity, in [0, 1]. Shape (schools,).
        """
        raise NotImplementedError
