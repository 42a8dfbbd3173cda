"""How schools change: library, vision, trust, adoption, and the pressure to go back.

Sources: shared libraries (claim 0.19), vision (ME-08, claim 0.23), trust and repeal (PL-09, claim 1.10), rules on
schedule and staffing, and overlay (claims 0.12, 2.17), novelty (claim 0.23).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled

from .shapes import at_least, at_most, clamp


class SchoolParams(NamedTuple):
    """Numbers about schools; registry group ``school``."""

    library_authoring: float
    library_sharing: float
    library_distinct: float
    library_obsolescence: float
    vision_rate: float
    trust_loss: float
    trust_recovery: float
    trust_level: float
    trust_communication: float
    revert_rate: float
    revert_distrust: float
    revert_missed: float
    revert_imposed: float
    overlay_cap: float
    adoption_buy_in: float
    leader_vision_loss: float


@compiled
def adoption(
    practice_is_schedule: float, autonomy: float, old_duties: float, buy_in: float, reverted: float, p: SchoolParams
) -> float:
    """Share of a planned change that is in place, 0 to 1.

    Where the new is laid over the old (``old_duties`` 1) rules on schedules and staffing cap changes of schedule
    (``practice_is_schedule`` 1), the more the less autonomy. Teachers who do not believe in a change carry out less
    of it; a school that went back carries out none.
    """
    allowed = 1.0 - p.overlay_cap * practice_is_schedule * old_duties * (1.0 - autonomy)
    willing = 1.0 - p.adoption_buy_in * (1.0 - buy_in)
    return allowed * willing * (1.0 - reverted)


@compiled
def pooled_library(best: float, missing: float, p: SchoolParams) -> float:
    """Share of needed lesson levels that the schools of a network cover together.

    ``best`` is the largest library among them; ``missing`` the share that nobody would cover if all had written
    independently of each other (the product of what each lacks). The truth lies between: in part they wrote the same.
    """
    return best + p.library_distinct * (1.0 - missing - best)


@compiled
def next_library(
    library: float, shared: float, access: float, support: float, authoring_hours: float, p: SchoolParams
) -> float:
    """Share of needed lesson levels covered, a week on.

    Grows by what teachers write and by what the network's schools cover together (``shared``) as far as the school has
    ``access`` and is helped to use it; old material falls out of use. In [0, 1].
    """
    written = p.library_authoring * authoring_hours * (1.0 - library)
    gap = at_least(shared - library, 0.0)
    borrowed = p.library_sharing * access * (0.25 + 0.75 * support) * gap
    return clamp(library + written + borrowed - p.library_obsolescence * library, 0.0, 1.0)


@compiled
def next_vision(vision: float, aim: float, leadership: float, p: SchoolParams) -> float:
    """Shared vision a week on: leadership moves it toward its aim (0 to 1)."""
    return vision + p.vision_rate * leadership * (aim - vision)


@compiled
def next_trust(trust: float, grade_change: float, communication: float, p: SchoolParams) -> float:
    """Trust of families a week on: lost when grades change unexplained, recovered with communication.

    ``grade_change`` is the added share of students graded by competency; ``communication`` is community engagement (0
    to 1).
    """
    unexplained = grade_change * (1.0 - communication)
    level = at_most(p.trust_level + p.trust_communication * communication, 1.0)
    return clamp(trust - p.trust_loss * unexplained * trust + p.trust_recovery * (level - trust), 0.0, 1.0)


@compiled
def revert_chance(trust: float, missed: float, engaged: float, p: SchoolParams) -> float:
    """Yearly chance that a school gives up and goes back to typical practice.

    ``missed`` is how far growth fell short of the accountability target (0 to 1); ``engaged`` is 1 where teachers and
    families chose the change.
    """
    pressure = p.revert_distrust * (1.0 - trust) + p.revert_missed * missed + p.revert_imposed * (1.0 - engaged)
    return clamp(p.revert_rate * (1.0 + pressure), 0.0, 0.9)


@compiled
def after_new_leader(vision: float, own: float, p: SchoolParams) -> float:
    """Shared vision when a school's leader is followed by another: part of it goes back to what it was before."""
    return vision + p.leader_vision_loss * (own - vision)


@compiled
def covered(library: float, bought: float) -> float:
    """Share of needed lesson levels that are there: those of the library, or of a bought one where that holds more."""
    return library if library > bought else bought


@compiled
def felt_novelty(novelty: float, change: float) -> float:
    """How new things feel to students, 0 to 1: what is new to them (``change``), as far as it still is."""
    return novelty * at_most(change, 1.0)


@compiled
def together(libraries: Any, p: SchoolParams) -> float:
    """Share of needed lesson levels that the schools of a network cover together; their ``libraries`` (schools,)."""
    best = 0.0
    missing = 1.0
    for s in range(len(libraries)):
        best = libraries[s] if libraries[s] > best else best
        missing = missing * (1.0 - libraries[s])
    return pooled_library(best, missing, p)


@compiled
def pool_share(capacity: float, asked: float) -> float:
    """Share of the coaching asked for that a support pool can give; 1 when not limited (capacity 0)."""
    return 1.0 if capacity <= 0.0 or asked <= capacity else capacity / asked
