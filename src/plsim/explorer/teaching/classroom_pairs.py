"""Pairs of classes made ready to watch: what to set beside what, and what to look for."""

from __future__ import annotations

from typing import Any

_ONE_ON_ONE = "practices.flexible_environment.one_on_one_share"

PAIRS: tuple[dict[str, Any], ...] = (
    {
        "name": "plan",
        "title": "A typical class, and a school with a plan",
        "look": "The same students. Where does the teacher’s time go? Who works at a level of their own?",
        "classroom": {"left": {"start": "typical_practice"}, "right": {"start": "personalized_school"}, "grade": 4},
        "labels": ["Typical practice", "Personalized school"],
    },
    {
        "name": "one-on-one",
        "title": "A little one-on-one, and a lot",
        "look": "Watch the students who are not with the teacher. How many of them are at work?",
        "classroom": {
            "left": {
                "start": "typical_practice",
                "changes": {"practices.flexible_environment.intensity": 1.0, _ONE_ON_ONE: 0.05},
            },
            "right": {
                "start": "typical_practice",
                "changes": {"practices.flexible_environment.intensity": 1.0, _ONE_ON_ONE: 0.5},
            },
            "grade": 4,
            "alone": 0.3,
        },
        "labels": ["Little one-on-one", "Much one-on-one"],
    },
    {
        "name": "pace",
        "title": "On the calendar, and at their own pace",
        "look": "Pick a student far to the left: is the work what they are ready for? How long do they wait?",
        "classroom": {
            "left": {"start": "typical_practice"},
            "right": {"start": "self_paced_without_support"},
            "grade": 7,
        },
        "labels": ["On the calendar", "At their own pace"],
    },
    {
        "name": "groups",
        "title": "Random groups, and groups from data",
        "look": "Look at the groups with the teacher: are they side by side, or spread over the class? Do they change?",
        "classroom": {
            "left": {
                "start": "flexible_grouping",
                "changes": {
                    "practices.learner_profiles.intensity": 0.0,
                    "practices.data_driven_grouping.intensity": 0.0,
                },
            },
            "right": {"start": "flexible_grouping"},
            "grade": 3,
        },
        "labels": ["Random groups", "Groups from data"],
    },
    {
        "name": "years",
        "title": "The same plan on top of old duties, and in place of them",
        "look": "Hours the teacher is asked for and has; how much of the plan is carried out; strain.",
        "classroom": {
            "left": {"start": "overlay_on_old_schedule"},
            "right": {"start": "redesigned_school"},
            "grade": 5,
        },
        "labels": ["On top of old duties", "Old duties dropped"],
    },
    {
        "name": "screens",
        "title": "Technology first, and relationships first",
        "look": "Who is on task when working alone? Where are the teacher’s minutes?",
        "classroom": {
            "left": {"start": "technology_first"},
            "right": {"start": "relationships_first"},
            "grade": 6,
        },
        "labels": ["Technology first", "Relationships first"],
    },
)
