"""Sentences of the same texts that no row of our notes covered."""

from __future__ import annotations

from plsim.validation.claims.claim_lab import Lab
from plsim.validation.claims.claims import Collected

CLAIM = Collected("Further sentences of the same texts")

PATHS = "practices.learning_paths.intensity"


@CLAIM(
    "H.1",
    "Learning in the real world and with experts from outside engages, and so teaches",
    "effect of own paths on tasks of the world outside school less that of the same paths on tasks that are not (SD)",
    above=0.0,
)
def _real_world(lab: Lab) -> float:
    school, outside = lab.effects(
        "typical_practice", [{PATHS: 0.7, "practices.learning_paths.relevance": each} for each in (0.1, 0.9)], years=2
    )
    return outside - school


@CLAIM(
    "H.2",
    "Students need a voice in their goals",
    "effect of goal talks in which students set their goals less that of the same talks without their voice (SD)",
    above=0.0,
)
def _voice(lab: Lab) -> float:
    talks = {"practices.advising.intensity": 0.8}
    silent, heard = lab.effects(
        "typical_practice", [{**talks, "practices.advising.goal_voice": each} for each in (0.0, 0.9)], years=2
    )
    return heard - silent


@CLAIM(
    "H.3",
    "A few tools well trained for do more than many",
    "effect of much software with three tools less that with twelve, with the same coaching, second year (SD)",
    above=0.0,
    facts=("AD-08",),
)
def _few_tools(lab: Lab) -> float:
    software = {"practices.technology.intensity": 0.9, "support.coaching_hours": 0.5}
    few, many = lab.effects(
        "typical_practice", [{**software, "practices.technology.tools": each} for each in (3.0, 12.0)], years=2
    )
    return few - many


@CLAIM(
    "H.4",
    "The quality of the playlists that a network shares decides what they do",
    "effect in a network with a shared library of good playlists less that with one of poor ones, second year (SD)",
    above=0.0,
    facts=("ME-21", "ME-22"),
)
def _playlists(lab: Lab) -> float:
    shared = {"support.network_schools": 8, "support.library_access": 0.9, "support.library_support": 0.8, PATHS: 0.8}
    poor, good = lab.effects(
        "typical_practice", [{**shared, "population.library_quality": each} for each in (0.2, 0.9)], years=2
    )
    return good - poor


@CLAIM(
    "H.5",
    "Own pace pulls against working together",
    "effect of work with peers in classes at one pace less that in classes where everybody has an own pace (SD)",
    above=0.0,
)
def _together(lab: Lab) -> float:
    own_pace = {"practices.competency_progression.intensity": 1.0}
    peers = {"practices.belonging.intensity": 0.7, "practices.belonging.peer_work": 0.3}
    alone, with_peers, paced, both = lab.effects("typical_practice", [{}, peers, own_pace, {**own_pace, **peers}])
    return (with_peers - alone) - (both - paced)


@CLAIM(
    "H.6",
    "It must narrow gaps, not only help in both groups",
    "effect on students eligible for lunch support less that on others, early_adopters, two years (SD)",
    above=0.0,
)
def _gap(lab: Lab) -> float:
    run = lab.try_("early_adopters", years=2)
    return run.effect(group="lunch_eligible:yes") - run.effect(group="lunch_eligible:no")


@CLAIM(
    "H.7",
    "Laid over existing ways it does no good at first",
    "effect of an overlay in the first year, against the existing ways alone (SD)",
    below=0.0,
)
def _no_good(lab: Lab) -> float:
    return lab.try_("overlay_on_old_schedule", {"population.years_in_operation_shares": (1.0,)}).effect()


@CLAIM(
    "H.8",
    "Students who help to make and read their own assessments learn more",
    "effect of fresh data that students read and use themselves less that of the same data read by teachers alone (SD)",
    above=0.0,
)
def _own_assessment(lab: Lab) -> float:
    data = {"practices.learner_profiles.intensity": 1.0, PATHS: 0.5}
    teachers, students = lab.effects(
        "typical_practice", [{**data, "practices.learner_profiles.own_data": each} for each in (0.0, 0.9)], years=2
    )
    return students - teachers


@CLAIM(
    "H.9",
    "A vision that a community shares carries the change",
    "effect in the third year with families engaged in a shared vision less that with neither (SD)",
    above=0.0,
    facts=("PL-09",),
)
def _community(lab: Lab) -> float:
    without, with_both = lab.effects(
        "personalized_school",
        [{"support.vision": each, "support.community_engagement": each} for each in (0.1, 0.9)],
        years=3,
    )
    return with_both - without


@CLAIM(
    "H.10",
    "Data on more than achievement help",
    "effect of profiles that hold habits too, with advising, less that of profiles of achievement alone (SD)",
    above=0.0,
)
def _habits_too(lab: Lab) -> float:
    advised = {"practices.learner_profiles.intensity": 1.0, "practices.advising.intensity": 0.7}
    only, also = lab.effects(
        "typical_practice", [{**advised, "practices.learner_profiles.habits": each} for each in (0.0, 1.0)]
    )
    return also - only


@CLAIM(
    "H.11",
    "Projects and intensives use time better than the same hours spread thin",
    "effect of two further hours a week in half of the year less that of one hour all year (SD)",
    above=0.0,
)
def _intensives(lab: Lab) -> float:
    thin, intensive = lab.effects(
        "typical_practice",
        [
            {"programs.hours": {"math": 1.0, "reading": 1.0, "last_week": 31}},
            {"programs.hours": {"math": 2.0, "reading": 2.0, "first_week": 16, "last_week": 31}},
        ],
    )
    return intensive - thin
