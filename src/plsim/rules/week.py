"""One school week, in order: the only place that puts the rules together.

:data:`PHASES` is that order; both engines walk it. Phases are ordered; agents inside a phase are not. A function here
reads its own row as earlier phases left it, and others only through section, school and network summaries.
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from . import attention as att
from . import learning as lrn
from . import match as mat
from . import motivation as mot
from . import needs as nee
from . import pace as pac
from . import plan as pln
from . import proficiency as pro
from . import profile as prf
from . import quality as qua
from . import school as sch
from . import time as tim
from .levers import Levers
from .shapes import at_least, at_most, clamp, mix


class Phase(NamedTuple):
    """A phase of the week: its name, whose it is, and what happens."""

    name: str
    agents: str
    meaning: str


PHASES = (
    Phase("plan", "teachers", "The week's levers; hours asked of each teacher against hours there are."),
    Phase("profile", "students", "What the school knows of each student: level and needs age, data and adults tell."),
    Phase("group", "schools", "Sections, and pools across grades, regroup when due."),
    Phase("target", "schools", "What each section's week looks like."),
    Phase("learn", "students", "Hours x attention x match x aim x quality, in every mode, less what is lost."),
    Phase("pace", "students", "Units end by mastery, by calendar or by deadline; gaps open and close."),
    Phase("develop students", "students", "Self-regulation, collaboration, engagement."),
    Phase("develop teachers", "teachers", "Proficiency, general skill, strain, buy-in."),
    Phase("develop schools", "schools", "Library, vision, trust, novelty, and how much of the plan is in place."),
    Phase("measure", "nobody", "Engines record; no rule reads a measurement."),
)
"""The phases of a week, in order."""


class Params(NamedTuple):
    """Every uncertain or fixed number of the weekly rules, by topic: one world."""

    time: tim.TimeParams
    plan: pln.PlanParams
    profile: prf.ProfileParams
    needs: nee.NeedsParams
    match: mat.MatchParams
    attention: att.AttentionParams
    quality: qua.QualityParams
    learning: lrn.LearningParams
    pace: pac.PaceParams
    motivation: mot.MotivationParams
    proficiency: pro.ProficiencyParams
    school: sch.SchoolParams


class Delivered(NamedTuple):
    """Delivered quality (0 to 1) of each practice by one teacher this week, and the teacher's own quality.

    ``deviation`` is the teacher's effect on a year's achievement, in SD of students; ``craft`` what experience, skill
    and strain multiply the teacher's quality by; ``skilled`` what general skill alone does.
    """

    profiles: float
    paths: float
    competency: float
    environment: float
    grouping: float
    advising: float
    technology: float
    belonging: float
    deviation: float
    craft: float
    skilled: float


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


class Experience(NamedTuple):
    """One student's week in one subject: hours, targets (RIT), on-task shares, aims and quality of each mode.

    Achievement depends on practices through these numbers and in no other way: with them held, the effect is exactly 0.
    """

    whole: float
    group: float
    one_on_one: float
    supervised: float
    unsupervised: float
    peer: float
    tutor: float
    home: float
    extra: float
    path_share: float
    home_path_share: float
    target_whole: float
    target_group: float
    target_path: float
    target_one_on_one: float
    on_task_led: float
    on_task_group: float
    on_task_supervised: float
    on_task_unsupervised: float
    on_task_peer: float
    on_task_home: float
    aimed_whole: float
    aimed_group: float
    aimed_one_on_one: float
    aimed_independent: float
    aimed_home: float
    aimed_extra: float
    gap: float
    quality_whole: float
    quality_group: float
    quality_one_on_one: float
    quality_independent: float
    quality_peer: float
    quality_tutor: float
    quality_home: float
    quality_extra: float


TIME_FIELDS = Experience._fields[:11]
TARGET_FIELDS = Experience._fields[11:15]
ATTENTION_FIELDS = Experience._fields[15:21]
NEEDS_FIELDS = Experience._fields[21:28]
QUALITY_FIELDS = Experience._fields[28:]


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


class Known(NamedTuple):
    """What the school knows of a student in one subject after a week: level (RIT), needs and the group's fit (0-1)."""

    estimate: float
    known: float
    fit: float


class Learned(NamedTuple):
    """What a week did: new achievement and fresh store (RIT), effort relative to typical, mean match, on-task, aim."""

    achievement: float
    fresh: float
    effort: float
    match: float
    on_task: float
    aimed: float


class Developed(NamedTuple):
    """A student's motives at the end of the week."""

    self_regulation: float
    collaboration: float
    engagement: float


class SchoolState(NamedTuple):
    """A school at the end of the week."""

    library: float
    vision: float
    trust: float
    novelty: float


@compiled
def relief(proficiency: float, p: Params) -> float:
    """Share of a practice's hours that remain when a teacher has this proficiency."""
    return 1.0 - p.plan.proficiency_relief * proficiency


@compiled
def section_demand(
    lv: Levers,
    students: float,
    spread: float,
    parallel: float,
    library: float,
    proficiency_profiles: float,
    proficiency_paths: float,
    proficiency_environment: float,
    p: Params,
) -> float:
    """Hours a week that one section's practices ask of its teacher outside lessons; see ``plan.section_hours``."""
    groups = tim.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = pln.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return pln.section_hours(
        students,
        levels,
        parallel,
        library,
        lv.data_rate,
        lv.own_pace_share,
        lv.regroup_rate,
        lv.grouping_on_data,
        lv.adult_hours,
        lv.belonging,
        lv.srl_instruction,
        lv.old_duties,
        at_most(lv.path_share + lv.rotation_share, 1.0),
        relief(proficiency_profiles, p),
        relief(proficiency_paths, p),
        relief(proficiency_environment, p),
        p.plan,
    )


@compiled
def advising_demand(lv: Levers, section_size: float, proficiency_advising: float, p: Params) -> float:
    """Hours a week of goal talks that fall on one teacher; ``section_size`` is the school's mean."""
    return pln.advising_hours(
        lv.advising_minutes, section_size, lv.adult_hours, relief(proficiency_advising, p), p.plan
    )


@compiled
def tools_in_use(lv: Levers) -> float:
    """Products a teacher works with: the school's usual ones and those of its technology practice."""
    return lv.base_tools + lv.tools


@compiled
def tool_overload(lv: Levers, p: Params) -> float:
    """Products beyond those a teacher can learn, relative to that number; 0 when all are learned."""
    felt = tools_in_use(lv) * (1.0 + lv.curriculum_fragmentation)
    return at_least(felt / p.plan.tool_capacity - 1.0, 0.0)


@compiled
def tool_demand(lv: Levers, p: Params) -> float:
    """Hours a week that tools cost a teacher, or save."""
    return pln.tool_hours(tools_in_use(lv), lv.curriculum_fragmentation, p.plan)


@compiled
def of_seat(in_math: float, in_reading: float, math_share: float) -> float:
    """What a teacher has of something that differs by subject, by the share of mathematics among the sections."""
    return mix(in_reading, in_math, math_share)


@compiled
def deliver(
    profiles: float,
    paths: float,
    competency: float,
    environment: float,
    grouping: float,
    advising: float,
    technology: float,
    belonging: float,
    fidelity: float,
    strain: float,
    deviation: float,
    experience_years: float,
    skill: float,
    p: Params,
) -> Delivered:
    """Delivered quality of each practice, from proficiency, the week's fidelity and strain; the teacher's own quality.

    ``deviation`` is the teacher's effect in SD of students; ``skill`` general skill of instruction (0 to 1).
    """
    return Delivered(
        profiles=qua.delivered(profiles, fidelity, strain, p.quality),
        paths=qua.delivered(paths, fidelity, strain, p.quality),
        competency=qua.delivered(competency, fidelity, strain, p.quality),
        environment=qua.delivered(environment, fidelity, strain, p.quality),
        grouping=qua.delivered(grouping, fidelity, strain, p.quality),
        advising=qua.delivered(advising, fidelity, strain, p.quality),
        technology=qua.delivered(technology, fidelity, strain, p.quality),
        belonging=qua.delivered(belonging, fidelity, strain, p.quality),
        deviation=deviation,
        craft=qua.craft(experience_years, skill, strain, p.quality),
        skilled=qua.skilled(skill, p.quality),
    )


@compiled
def authoring_hours(lv: Levers, students: float, spread: float, parallel: float, p: Params) -> float:
    """Hours a week that one section asks for lessons at levels beyond the common one; ``parallel`` sections share."""
    groups = tim.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = pln.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return levels * p.plan.lesson_level_hours / parallel


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
    aged = prf.aged_doubt(doubt, spread, p.profile) * (1.0 - prf.heard(private, p.profile))
    read = prf.data_read(d.profiles, lv.own_data, p.profile)
    weight = data_due * prf.data_weight(lv.assessment_reliability, read, aged, test_error)
    return SectionProfile(
        weight=weight,
        habits_weight=data_due * lv.habits_breadth * lv.assessment_reliability * d.profiles,
        one_on_one_hours=private,
        seen=nee.seen_by_adults(attention_minutes(lv, students, subject, d.advising, p), p.needs),
        told=data_due * nee.told_by_data(lv.assessment_reliability, read, p.needs),
        regrouped=regroup_due,
        doubt=prf.doubt_left(aged, weight, test_error),
    )


@compiled
def profile(
    estimate: float,
    known: float,
    fit: float,
    achievement: float,
    effort: float,
    class_mean: float,
    normal_gain: float,
    error: float,
    weight: float,
    one_on_one_hours: float,
    seen: float,
    told: float,
    regrouped: float,
    p: Params,
) -> Known:
    """What the school believes of a student's level after this week (RIT), and how right it is about needs.

    The belief ages; data move it by ``weight`` (0 when none are due); talking one-on-one tells a little every week.
    Needs pass with ``effort``; adults see some (``seen``), data tell more when they are due (``told``); groups made
    this week (``regrouped`` 1) fit what is known.
    """
    aged = prf.aged_estimate(estimate, class_mean, normal_gain, p.profile)
    talked = aged + prf.heard(one_on_one_hours, p.profile) * (achievement - aged)
    passed = nee.needs_passed(effort, p.needs)
    now = nee.next_known(known, passed, seen, told)
    return Known(
        prf.updated_estimate(talked, achievement, error, weight), now, nee.next_fit(fit, now, passed, regrouped)
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
    split = tim.time_split(
        c.students,
        lv.groups,
        lv.rotation_share,
        lv.one_on_one_share,
        lv.path_share,
        at_most(lv.tech_share, c.device_share) + software_class * per_hour,
        lv.peer_share,
        lv.adult_hours * per_hour,
        tim.usable_space(c.flexible_space, lv.flexible_space),
        p.time,
    )
    minutes_home = lv.homework_minutes if lv.homework_minutes > software_home else software_home
    home_software_share = software_home / at_least(minutes_home, 0.01)
    freedom = mat.path_freedom(c.library, c.library_quality, c.accountability, d.paths, p.match)

    lessons = lv.lesson_quality * qua.lesson_use(sch.covered(lv.library_access, lv.library_bought), lv.library_support)
    own = qua.teacher_quality(d.deviation, c.teacher_scale, d.craft, p.quality)
    teacher = qua.with_lessons(own, lessons, p.quality)
    content = lv.content_quality_math * in_math + lv.content_quality_reading * c.subject
    software = qua.software_quality(content, d.technology, p.quality)
    fragmentation = lv.curriculum_fragmentation
    overload = c.tool_overload

    grouping = lv.grouping_on_data * d.grouping
    grouped = grouping * nee.purity(c.students / split.group_count, p.needs)
    independent = split.supervised + split.unsupervised
    tech_of_contact = split.tech_share * independent
    appeal = att.choice_appeal(lv.choice_options, lv.relevance, p.attention) * att.device_appeal(
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
        target=mat.class_target(c.class_mean, c.guide, c.accountability, p.match),
        class_mean=c.class_mean,
        grouping=grouping,
        freedom=freedom,
        grouped=grouped,
        path_aim=split.path_share * freedom,
        station_aim=nee.station_share(split.stations, p.needs) * grouped,
        own_data=own_data,
        software_aim=split.tech_share * content,
        home_software_aim=home_software_share * content,
        content=content,
        quality_whole=teacher * qua.class_size_quality(c.students, p.quality),
        quality_group=qua.group_quality(
            teacher, d.environment, split.adult_group / at_least(split.group, 0.0001), p.quality
        ),
        quality_one_on_one=qua.one_on_one_quality(teacher, d.environment, p.quality),
        quality_independent=d.skilled
        * qua.material_quality(software, split.tech_share, lessons, fragmentation, overload, p.quality),
        quality_peer=qua.peer_quality(c.spread, p.quality),
        quality_tutor=qua.tutor_quality(lv.tutoring_quality, lv.tutoring_ratio, p.quality),
        quality_home=qua.material_quality(software, home_software_share, lessons, fragmentation, overload, p.quality),
        quality_extra=software,
        structure=att.structure(lv.advising_minutes, own_data, lv.goal_voice, d.advising, p.attention),
        station_support=p.attention.station_support
        * d.environment
        * (split.stations * independent / at_least(split.unsupervised, 0.0001)),
        appeal=appeal,
        habits_mean=c.habits_mean,
        own_pace_share=lv.own_pace_share,
        threshold=lv.mastery_threshold,
        wait_weeks=lv.assessment_wait_weeks * (2.0 - d.competency),
        deadline_weeks=lv.deadline_weeks,
        engagement=mot.school_appeal(
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


@compiled
def structure_received(s: Section, habits: float, p: Params) -> float:
    """Structure (0 to 1) that advising gives this student: those with low estimated habits come first."""
    return clamp(s.structure * att.focus_on(habits, s.habits_mean, p.attention), 0.0, 1.0)


@compiled
def experience(
    s: Section,
    estimate: float,
    known: float,
    fit: float,
    review: float,
    group_mean: float,
    position: float,
    unit_mastery: float,
    engagement: float,
    self_regulation: float,
    collaboration: float,
    habits: float,
    home_access: float,
    own_pace: float,
    u_served: float,
    p: Params,
) -> Experience:
    """What this week holds for one student in one subject.

    ``known`` and ``fit`` are what the school, and the student's group, know of the student's needs; ``review`` the
    backlog of unmet units; ``own_pace`` is 1 for a student who progresses by mastery; ``u_served`` is the student's
    fixed uniform (or standing) for being served by a program.
    """
    tutor = s.tutor if u_served < s.tutor_share else 0.0
    extra = s.extra if u_served < s.extra_share else 0.0
    kept = 1.0 - at_most(s.tutor_displaced * tutor, 1.0)
    focus = att.focus_on(habits, s.habits_mean, p.attention)
    support = structure_received(s, habits, p)
    low = mat.low_unknown(s.class_mean, group_mean, s.grouping, fit, p.match)
    led = att.led_attention(engagement, self_regulation, p.attention)
    in_view = att.alone_attention(
        self_regulation, engagement, support + p.attention.supervision * focus, s.appeal, p.attention
    )
    return Experience(
        whole=s.whole * kept,
        group=s.group * kept,
        one_on_one=s.one_on_one * kept,
        supervised=s.supervised * kept,
        unsupervised=s.unsupervised * kept,
        peer=s.peer * kept,
        tutor=tutor,
        home=s.home * home_access,
        extra=extra,
        path_share=s.path_share,
        home_path_share=s.home_path_share,
        target_whole=s.target,
        target_group=mat.group_target(s.target, group_mean, s.grouping, low, p.match),
        target_path=mat.path_target(s.target, estimate, position, own_pace, s.freedom, p.match),
        target_one_on_one=estimate + p.match.stretch,
        on_task_led=led,
        on_task_group=att.group_attention(led, low, p.attention),
        on_task_supervised=in_view,
        on_task_unsupervised=att.alone_attention(
            self_regulation, engagement, support + s.station_support, s.appeal, p.attention
        )
        * (1.0 - p.attention.low_group_loss * low),
        on_task_peer=att.peer_attention(collaboration, engagement, p.attention),
        on_task_home=att.alone_attention(self_regulation, engagement, support, 1.0, p.attention),
        aimed_whole=nee.aimed_whole(known, p.needs),
        aimed_group=nee.aimed_group(known, fit, s.grouped, p.needs),
        aimed_one_on_one=nee.aimed_one_on_one(known, p.needs),
        aimed_independent=nee.aimed_alone(known, fit, s.path_aim, s.station_aim, s.own_data, s.software_aim, p.needs),
        aimed_home=nee.aimed_alone(known, fit, 0.0, 0.0, s.own_data, s.home_software_aim, p.needs),
        aimed_extra=nee.aimed_alone(known, fit, 0.0, 0.0, s.own_data, s.content, p.needs),
        gap=nee.gap(review, p.needs),
        quality_whole=s.quality_whole,
        quality_group=s.quality_group,
        quality_one_on_one=s.quality_one_on_one,
        quality_independent=s.quality_independent * qua.unit_value(unit_mastery, p.quality),
        quality_peer=s.quality_peer,
        quality_tutor=s.quality_tutor,
        quality_home=s.quality_home,
        quality_extra=s.quality_extra,
    )


@compiled
def learn(
    e: Experience,
    achievement: float,
    fresh: float,
    learning_rate: float,
    attended: float,
    gross: float,
    loss: float,
    seasonal: float,
    home_share: float,
    reference: float,
    typical_hours: float,
    p: Params,
) -> Learned:
    """One week of learning in one subject.

    Parameters
    ----------
    fresh
        What was learned beyond typical practice and is not yet consolidated (RIT); 0 where forgetting has no stores.
    gross, loss, seasonal
        What typical practice teaches this week and what is lost of it (RIT), and the practice-independent drift that
        makes up the difference to the norms where those hardly grow.
    home_share
        Share of gross learning from outside the subject's lessons.
    reference
        D: what Q is under typical practice for a student of this standing.
    """
    m_whole = mat.match(e.target_whole, achievement, p.match)
    m_group = mat.match(e.target_group, achievement, p.match)
    m_path = mat.match(e.target_path, achievement, p.match)
    m_one = mat.match(e.target_one_on_one, achievement, p.match)
    m_alone = mix(m_whole, m_path, e.path_share)
    m_home = mix(m_whole, m_path, e.home_path_share)
    common = nee.hour_value(e.aimed_whole, e.gap, p.needs)

    led_whole = e.whole * e.on_task_led
    led_group = e.group * e.on_task_group
    private = e.one_on_one * p.attention.one_on_one
    alone = e.supervised * e.on_task_supervised + e.unsupervised * e.on_task_unsupervised
    peers = e.peer * e.on_task_peer
    tutored = e.tutor * p.attention.one_on_one
    at_home = e.home * e.on_task_home
    after = e.extra * e.on_task_supervised

    on_task_hours = led_whole + led_group + private + alone + peers + tutored + at_home + after
    matched_hours = (
        led_whole * m_whole
        + led_group * m_group
        + (private + tutored) * m_one
        + alone * m_alone
        + peers * m_whole
        + at_home * m_home
        + after * m_path
    )
    aimed_hours = (
        (led_whole + peers) * e.aimed_whole
        + led_group * e.aimed_group
        + (private + tutored) * e.aimed_one_on_one
        + alone * e.aimed_independent
        + at_home * e.aimed_home
        + after * e.aimed_extra
    )
    one_on_one_value = m_one * nee.hour_value(e.aimed_one_on_one, e.gap, p.needs)
    extra_value = m_path * nee.hour_value(e.aimed_extra, e.gap, p.needs)
    program_effect = tutored * e.quality_tutor * one_on_one_value + after * e.quality_extra * extra_value
    usual_effect = (
        (led_whole * e.quality_whole + peers * e.quality_peer) * m_whole * common
        + led_group * m_group * e.quality_group * nee.hour_value(e.aimed_group, e.gap, p.needs)
        + private * e.quality_one_on_one * one_on_one_value
        + alone * m_alone * e.quality_independent * nee.hour_value(e.aimed_independent, e.gap, p.needs)
        + at_home * m_home * e.quality_home * nee.hour_value(e.aimed_home, e.gap, p.needs)
    )
    usual_hours = e.whole + e.group + e.one_on_one + e.supervised + e.unsupervised + e.peer + e.home
    program_hours = e.tutor + e.extra
    hours = usual_hours + program_hours
    # A program's hours use up returns to time only as far as they are worth the student's usual ones.
    worth = program_effect * usual_hours / at_least(usual_effect, 0.001)
    counted = usual_hours + at_most(program_hours, worth)
    effective = lrn.effective_share(
        attended, usual_effect + program_effect, counted, typical_hours, p.time.hours_saturation
    )
    relative = effective / reference
    per_hour = 1.0 / at_least(on_task_hours, 0.001)
    gain = lrn.weekly_gain(gross, loss, learning_rate, home_share, relative)
    return Learned(
        achievement=achievement + (gain - lrn.forgotten(fresh, p.learning)) + seasonal,
        fresh=lrn.next_fresh(fresh, lrn.fresh_gain(gross, learning_rate, home_share, relative), p.learning),
        effort=learning_rate * relative,
        match=matched_hours * per_hour,
        on_task=on_task_hours / at_least(hours, 0.001),
        aimed=aimed_hours * per_hour,
    )


@compiled
def pace(
    s: Section,
    position: float,
    unit_mastery: float,
    unit_weeks: float,
    ready_weeks: float,
    review: float,
    achievement: float,
    effort: float,
    aimed: float,
    z_assess: float,
    own_pace: float,
    unit_rit: float,
    p: Params,
) -> pac.UnitWeek:
    """One week of a student's unit in one subject; ``unit_rit`` is the RIT that one unit advances.

    ``aimed`` is the share of the week's work aimed at what the student needs: it works off the backlog.
    """
    gain = pac.mastery_gain(unit_mastery, effort, achievement, position, review, p.pace)
    return pac.unit_week(
        position,
        unit_mastery,
        unit_weeks,
        ready_weeks,
        review,
        gain,
        p.needs.gap_closing * aimed * effort,
        achievement,
        z_assess,
        own_pace,
        s.threshold,
        s.wait_weeks,
        s.deadline_weeks,
        unit_rit,
        p.match.position_lead_max,
        p.pace,
    )


@compiled
def advice(s: Section, structure: float) -> float:
    """Advised practice in self-regulation that a student gets (0 to 1): structure received and instruction in it."""
    return at_most(structure + s.srl, 1.0)


@compiled
def develop(
    self_regulation: float,
    collaboration: float,
    engagement: float,
    regulation_level: float,
    engagement_level: float,
    independent: float,
    peers: float,
    advised: float,
    taught: float,
    match: float,
    appeal: float,
    p: Params,
) -> Developed:
    """How a student's motives move this week; the inputs are means over the student's two subjects."""
    return Developed(
        mot.next_self_regulation(self_regulation, regulation_level, independent, advised, taught, p.motivation),
        mot.next_collaboration(collaboration, peers, p.motivation),
        mot.next_engagement(engagement, engagement_level, match, appeal, p.motivation),
    )


@compiled
def develop_practice(
    proficiency: float, use: float, relational: float, help_: float, buy_in: float, load: float, p: Params
) -> float:
    """A teacher's proficiency in one practice after this week."""
    rate = pro.practice_rate(relational, p.proficiency)
    return pro.next_proficiency(proficiency, use, rate, help_, buy_in, load, p.proficiency)


@compiled
def grade_change(lv: Levers, typical: Levers) -> float:
    """Added share of students whose grades and progress go by competency."""
    return at_least(lv.own_pace_share - typical.own_pace_share, 0.0)


@compiled
def develop_school(
    lv: Levers,
    library: float,
    shared: float,
    authoring_hours: float,
    vision: float,
    trust: float,
    novelty: float,
    grade_change: float,
    p: Params,
) -> SchoolState:
    """A school after this week.

    ``shared`` is what its network covers together; ``authoring_hours`` the mean hours a teacher spent on own-level
    lessons; ``grade_change`` the added share of students graded by competency.
    """
    return SchoolState(
        sch.next_library(library, shared, lv.library_access, lv.library_support, authoring_hours, p.school),
        sch.next_vision(vision, lv.vision, lv.leadership, p.school),
        sch.next_trust(trust, grade_change, lv.community_engagement, p.school),
        novelty * (1.0 - p.motivation.novelty_decay),
    )
