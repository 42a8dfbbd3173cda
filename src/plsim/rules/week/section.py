"""A section's week: what its school can learn of its students, and what the week looks like for all of them."""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from .. import attention, motivation, needs, quality
from .. import match as matching
from .. import profile as profiling
from .. import school as schooling
from .. import time as timing
from ..levers import Levers
from ..shapes import at_least, at_most, mix
from .params import Params
from .teacher import Delivered


class Context(NamedTuple):
    """What a section is and knows when the week starts.

    ``subject`` 0 mathematics, 1 reading; ``grade`` 0 (K) to 12; ``class_mean`` and ``spread`` are mean and SD of
    estimated levels (RIT); ``guide`` is the pacing guide's level this week (RIT); ``habits_mean`` the mean estimate
    of self-regulation; ``teacher_scale`` the ratio of quality that moves a year's achievement by one SD of students.
    """

    students: float
    subject: float
    grade: float
    class_mean: float
    spread: float
    guide: float
    habits_mean: float
    accountability: float
    library: float
    library_quality: float
    device_share: float
    flexible_space: float
    novelty: float
    tool_overload: float
    teacher_scale: float


class Section(NamedTuple):
    """One section's week, the same for all its students: hours by mode, targets, aims, qualities, support, pacing.

    ``tutor_displaced`` is the share of contact time lost per hour of tutoring; ``independent_share`` and
    ``peer_share`` are of contact time. ``grouped``, ``path_aim``, ``station_aim``, ``software_aim`` and
    ``home_software_aim`` say how far modes can be aimed at needs (:mod:`plsim.rules.needs`).
    """

    whole: float
    group: float
    one_on_one: float
    supervised: float
    unsupervised: float
    peer: float
    home: float
    extra: float
    contact: float
    path_share: float
    home_path_share: float
    target: float
    class_mean: float
    grouping: float
    freedom: float
    grouped: float
    path_aim: float
    station_aim: float
    own_data: float
    software_aim: float
    home_software_aim: float
    content: float
    quality_whole: float
    quality_group: float
    quality_one_on_one: float
    quality_independent: float
    quality_peer: float
    quality_tutor: float
    quality_home: float
    quality_extra: float
    structure: float
    station_support: float
    appeal: float
    habits_mean: float
    own_pace_share: float
    threshold: float
    wait_weeks: float
    deadline_weeks: float
    engagement: float
    srl: float
    tutor: float
    tutor_share: float
    tutor_displaced: float
    extra_share: float
    typical_hours: float
    independent_share: float
    peer_share: float


class SectionProfile(NamedTuple):
    """What a section's school can learn of its students in a week: weights of data, and what adults see and data tell.

    ``one_on_one_hours`` are of one student; ``doubt`` is the SD of the error of estimates after the week (RIT).
    """

    weight: float
    habits_weight: float
    one_on_one_hours: float
    seen: float
    told: float
    regrouped: float
    doubt: float


@compiled
def attention_minutes(lv: Levers, students: float, subject: float, delivered_advising: float, p: Params) -> float:
    """Minutes of adults' attention a week that fall on one student of a section, as far as they show what it needs."""
    contact = mix(lv.contact_hours_math, lv.contact_hours_reading, subject)
    close = at_most(lv.rotation_share + lv.one_on_one_share, 1.0)
    by_adults = contact * mix(p.needs.whole_sight, 1.0, close) + lv.adult_hours
    return 60.0 * by_adults / students + lv.advising_minutes * delivered_advising


@compiled
def section_profile(
    lv: Levers,
    d: Delivered,
    students: float,
    subject: float,
    spread: float,
    doubt: float,
    data_due: float,
    regroup_due: float,
    p: Params,
) -> SectionProfile:
    """What a section's school can learn of its students this week.

    ``doubt`` is the SD of the error of estimates (RIT), ``spread`` that of estimates; ``data_due`` and ``regroup_due``
    are 1 in a week in which data come, and groups are made, else 0.
    """
    private = lv.one_on_one_share * mix(lv.contact_hours_math, lv.contact_hours_reading, subject) / students
    test_error = mix(p.profile.test_error_math, p.profile.test_error_reading, subject)
    aged = profiling.aged_doubt(doubt, spread, p.profile) * (1.0 - profiling.heard(private, p.profile))
    read = profiling.data_read(d.profiles, lv.own_data, p.profile)
    weight = data_due * profiling.data_weight(lv.assessment_reliability, read, aged, test_error)
    return SectionProfile(
        weight=weight,
        habits_weight=data_due * lv.habits_breadth * lv.assessment_reliability * d.profiles,
        one_on_one_hours=private,
        seen=needs.seen_by_adults(attention_minutes(lv, students, subject, d.advising, p), p.needs),
        told=data_due * needs.told_by_data(lv.assessment_reliability, read, p.needs),
        regrouped=regroup_due,
        doubt=profiling.doubt_left(aged, weight, test_error),
    )


@compiled
def section_week(lv: Levers, c: Context, d: Delivered, p: Params) -> Section:
    """The week of one section: hours by mode, targets, how far modes can be aimed, quality, support and pacing."""
    in_math = 1.0 - c.subject
    planned_contact = mix(lv.contact_hours_math, lv.contact_hours_reading, c.subject)
    displaced = 0.5 * (lv.belonging * p.time.belonging_hours + lv.college_career_minutes / 60.0)
    contact = at_least(planned_contact - displaced, 0.0)
    per_hour = 1.0 / at_least(contact, 0.01)
    software_class = lv.software_in_class * lv.software_minutes / 60.0
    software_home = (1.0 - lv.software_in_class) * lv.software_minutes
    split = timing.time_split(
        c.students,
        lv.groups,
        lv.rotation_share,
        lv.one_on_one_share,
        lv.path_share,
        at_most(lv.tech_share, c.device_share) + software_class * per_hour,
        lv.peer_share,
        lv.adult_hours * per_hour,
        timing.usable_space(c.flexible_space, lv.flexible_space),
        p.time,
    )
    minutes_home = lv.homework_minutes if lv.homework_minutes > software_home else software_home
    home_software_share = software_home / at_least(minutes_home, 0.01)
    freedom = matching.path_freedom(c.library, c.library_quality, c.accountability, d.paths, p.match)

    lessons = lv.lesson_quality * quality.lesson_use(
        schooling.covered(lv.library_access, lv.library_bought), lv.library_support
    )
    own = quality.teacher_quality(d.deviation, c.teacher_scale, d.craft, p.quality)
    teacher = quality.with_lessons(own, lessons, p.quality)
    content = lv.content_quality_math * in_math + lv.content_quality_reading * c.subject
    software = quality.software_quality(content, d.technology, p.quality)
    fragmentation = lv.curriculum_fragmentation
    overload = c.tool_overload

    grouping = lv.grouping_on_data * d.grouping
    grouped = grouping * needs.purity(c.students / split.group_count, p.needs)
    independent = split.supervised + split.unsupervised
    tech_of_contact = split.tech_share * independent
    appeal = attention.choice_appeal(lv.choice_options, lv.relevance, p.attention) * attention.device_appeal(
        tech_of_contact, c.grade, p.attention
    )
    adult_minutes = 60.0 * contact * (split.one_on_one + split.group) + lv.advising_minutes * d.advising
    voice = lv.goal_voice * d.advising
    own_data = lv.own_data * lv.assessment_reliability
    typical_contact = mix(p.time.typical_contact_hours_math, p.time.typical_contact_hours_reading, c.subject)
    tutored = lv.tutoring_share if lv.tutoring_first_grade <= c.grade <= lv.tutoring_last_grade else 0.0
    return Section(
        whole=contact * split.whole,
        group=contact * split.group,
        one_on_one=contact * split.one_on_one,
        supervised=contact * split.supervised,
        unsupervised=contact * split.unsupervised,
        peer=contact * split.peer,
        home=minutes_home / 60.0,
        extra=lv.software_extra_minutes / 60.0,
        contact=contact,
        path_share=split.path_share,
        home_path_share=home_software_share,
        target=matching.class_target(c.class_mean, c.guide, c.accountability, p.match),
        class_mean=c.class_mean,
        grouping=grouping,
        freedom=freedom,
        grouped=grouped,
        path_aim=split.path_share * freedom,
        station_aim=needs.station_share(split.stations, p.needs) * grouped,
        own_data=own_data,
        software_aim=split.tech_share * content,
        home_software_aim=home_software_share * content,
        content=content,
        quality_whole=teacher * quality.class_size_quality(c.students, p.quality),
        quality_group=quality.group_quality(
            teacher, d.environment, split.adult_group / at_least(split.group, 0.0001), p.quality
        ),
        quality_one_on_one=quality.one_on_one_quality(teacher, d.environment, p.quality),
        quality_independent=d.skilled
        * quality.material_quality(software, split.tech_share, lessons, fragmentation, overload, p.quality),
        quality_peer=quality.peer_quality(c.spread, p.quality),
        quality_tutor=quality.tutor_quality(lv.tutoring_quality, lv.tutoring_ratio, p.quality),
        quality_home=quality.material_quality(
            software, home_software_share, lessons, fragmentation, overload, p.quality
        ),
        quality_extra=software,
        structure=attention.structure(lv.advising_minutes, own_data, lv.goal_voice, d.advising, p.attention),
        station_support=p.attention.station_support
        * d.environment
        * (split.stations * independent / at_least(split.unsupervised, 0.0001)),
        appeal=appeal,
        habits_mean=c.habits_mean,
        own_pace_share=lv.own_pace_share,
        threshold=lv.mastery_threshold,
        wait_weeks=lv.assessment_wait_weeks * (2.0 - d.competency),
        deadline_weeks=lv.deadline_weeks,
        engagement=motivation.school_appeal(
            adult_minutes,
            lv.belonging * d.belonging,
            lv.choice_options,
            lv.relevance,
            p.attention.choice_best,
            p.attention.choice_width,
            voice,
            c.novelty,
            tech_of_contact,
            p.motivation,
        ),
        srl=lv.srl_instruction * d.advising,
        tutor=lv.tutoring_minutes / 60.0,
        tutor_share=tutored,
        tutor_displaced=lv.tutoring_displaced * per_hour,
        extra_share=lv.software_extra_share,
        typical_hours=typical_contact + p.time.typical_homework_minutes / 60.0 * p.time.home_access_mean,
        independent_share=independent,
        peer_share=split.peer,
    )
