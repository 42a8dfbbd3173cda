"""What a school can set: the levers that a week's rules read, as plain numbers.

Plans are tables of these columns (``practices.levers`` documents each); the order here is the order of the columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from plsim.core.jit import compiled


class Levers(NamedTuple):
    """The levers of one school in one week. Shares run 0 to 1; units stand in the names."""

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
    tech_share: float
    content_quality_math: float
    content_quality_reading: float
    tools: float
    belonging: float
    peer_share: float
    college_career_minutes: float
    coaching_hours: float
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
    software_minutes: float
    software_in_class: float
    library_bought: float
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

# Which practice a lever belongs to: adoption of that practice moves it. Support, programs and context (-1) hold at
# once; so do threshold, wait and deadline of a unit, which say how an own pace works. Who has one is adopted:
# halfway from no deadline (1000 weeks) to one of 4 would again be none.
OWNER = (
    *[0] * 4, *[1] * 3, 2, *[-1] * 3, *[3] * 7, 4, *[5] * 2, *[6] * 4, *[7] * 3, *[-1] * 21, *range(PRACTICE_COUNT)
)  # fmt: skip


@compiled
def levers_of(v: Any) -> Levers:
    """The levers in one row of a lever table, shape (levers,)."""
    return Levers(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15],
        v[16], v[17], v[18], v[19], v[20], v[21], v[22], v[23], v[24], v[25], v[26], v[27], v[28], v[29], v[30],
        v[31], v[32], v[33], v[34], v[35], v[36], v[37], v[38], v[39], v[40], v[41], v[42], v[43], v[44], v[45],
        v[46], v[47], v[48], v[49], v[50], v[51], v[52], v[53], v[54], v[55], v[56],
    )  # fmt: skip
