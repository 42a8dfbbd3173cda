"""What a school can set: the levers that a week's rules read, as plain numbers.

Plans are tables of these columns (``practices.levers`` documents each); the order here is the order of the columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled

from .records import line_reader, row_reader


class Levers(NamedTuple):
    """The levers of one school in one week and subject. Shares run 0 to 1; units stand in the names."""

    data_rate: float
    assessment_reliability: float
    habits_breadth: float
    own_data: float
    path_share: float
    choice_options: float
    relevance: float
    own_pace_share: float
    mastery_threshold: float
    assessment_wait_weeks: float
    deadline_weeks: float
    rotation_share: float
    groups: float
    regroup_rate: float
    cross_grade: float
    one_on_one_share: float
    adult_hours: float
    flexible_space: float
    grouping_on_data: float
    advising_minutes: float
    srl_instruction: float
    goal_voice: float
    tech_share: float
    content_quality_math: float
    content_quality_reading: float
    tools: float
    belonging: float
    peer_share: float
    college_career_minutes: float
    coaching_hours: float
    instruction_coaching_hours: float
    coaching_quality: float
    planning_hours: float
    library_access: float
    library_support: float
    vision: float
    community_engagement: float
    leadership: float
    old_duties: float
    tutoring_minutes: float
    tutoring_ratio: float
    tutoring_quality: float
    tutoring_share: float
    tutoring_displaced: float
    tutoring_standing: float
    tutoring_first_grade: float
    tutoring_last_grade: float
    software_minutes: float
    software_in_class: float
    software_extra_minutes: float
    software_extra_share: float
    library_bought: float
    lesson_quality: float
    contact_hours_math: float
    contact_hours_reading: float
    homework_minutes: float
    curriculum_fragmentation: float
    base_tools: float
    intensity_profiles: float
    intensity_paths: float
    intensity_competency: float
    intensity_environment: float
    intensity_grouping: float
    intensity_advising: float
    intensity_technology: float
    intensity_belonging: float


FIRST_INTENSITY = Levers._fields.index("intensity_profiles")
PRACTICE_COUNT = 8

# Which doses a practice brings, in the order of the practices: adoption moves them from typical toward the plan.
# Support, programs and context hold at once. So do kinds: what data are worth (``assessment_reliability``), and
# threshold, wait and deadline of a unit. Who works with them is adopted; halfway from no deadline (1000 weeks) to one
# of 4 would again be none, and data without information do not become informative by being adopted less.
ADOPTED = (
    ("data_rate", "habits_breadth", "own_data"),
    ("path_share", "choice_options", "relevance"),
    ("own_pace_share",),
    (
        "rotation_share",
        "groups",
        "regroup_rate",
        "cross_grade",
        "one_on_one_share",
        "adult_hours",
        "flexible_space",
    ),
    ("grouping_on_data",),
    ("advising_minutes", "srl_instruction", "goal_voice"),
    ("tech_share", "content_quality_math", "content_quality_reading", "tools"),
    ("belonging", "peer_share", "college_career_minutes"),
)
_OWNERS = {name: practice for practice, names in enumerate(ADOPTED) for name in names}
_OWNERS |= {name: practice for practice, name in enumerate(Levers._fields[FIRST_INTENSITY:])}
OWNER = tuple(_OWNERS.get(name, -1) for name in Levers._fields)
"""The practice that a lever's adoption belongs to, -1 for none; one entry a lever."""

EVERY = (1.0,) * PRACTICE_COUNT
FELT = (0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0)
"""1 for practices that change a student's day: data and groups made from them do so only through what they bring."""

COACHING = (Levers._fields.index("coaching_hours"), Levers._fields.index("instruction_coaching_hours"))
"""Columns of the hours that a network's support pool gives."""

levers_of = row_reader(Levers)
"""The levers in one row of a lever table, shape (levers,)."""
levers_in = line_reader(Levers)
"""The levers of subject ``i`` in a table of shape (subjects, levers)."""


@compiled
def actual_lever(typical: float, planned: float, adoption: float) -> float:
    """What of a dose is in place: typical practice, moved toward the plan as far as the school has adopted it."""
    return typical + adoption * (planned - typical)


@compiled
def set_levers(typical: Any, planned: Any, adoption: Any, owner: Any, applies: Any, coaching: float, out: Any) -> None:
    """Writes a school's actual levers of one week and subject into ``out``.

    ``typical``, ``planned``, ``owner``, ``applies`` and ``out`` have shape (levers,), ``adoption`` (practices,).
    ``applies`` is 0 for what the plan leaves alone in this subject; ``coaching`` is the share of the coaching asked for
    that the network's pool can give.
    """
    for k in range(len(out)):
        aim = planned[k] if applies[k] > 0.5 else typical[k]
        out[k] = actual_lever(typical[k], aim, adoption[owner[k]]) if owner[k] >= 0 else aim
    for k in COACHING:
        out[k] = out[k] * coaching


@compiled
def added_intensity(typical: Any, actual: Any, weight: Any) -> float:
    """How much is new: added intensity, summed over the practices by their ``weight`` (practices,).

    ``typical`` and ``actual`` have shape (levers,).
    """
    added = 0.0
    for k in range(PRACTICE_COUNT):
        more = actual[FIRST_INTENSITY + k] - typical[FIRST_INTENSITY + k]
        added += weight[k] * more if more > 0.0 else 0.0
    return added


@compiled
def added_own(typical: Any, actual: Any, intensity: Any) -> float:
    """The same for practices beyond the eight, whose intensities stand in the columns ``intensity`` after theirs."""
    added = 0.0
    for k in range(PRACTICE_COUNT, len(intensity)):
        more = actual[intensity[k]] - typical[intensity[k]]
        added += more if more > 0.0 else 0.0
    return added
