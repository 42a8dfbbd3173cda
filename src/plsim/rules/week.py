"""One school week, in order: the only place that puts the rules together.

 1. **Plan**: hours asked of each teacher against hours there are (:func:`section_demand`, :func:`teacher_plan`).
 2. **Profile**: what the school knows of each student (:func:`profile`).
 3. **Group**: sections regroup when due (``group.regroup``).
 4. **Target**: what the section's week looks like (:func:`section_week`), then each student's (:func:`experience`).
 5. **Learn**: hours x attention x match x quality (:func:`learn`).
 6. **Pace**: units by mastery, calendar or deadline (:func:`pace`).
 7. **Develop students** (:func:`develop`).
 8. **Develop teachers** (:func:`develop_practice`, :func:`develop_teacher`).
 9. **Develop schools** (:func:`develop_school`).
10. **Measure**: the engines record; no rule reads a measurement.

Phases are ordered; agents inside a phase are not. A function here reads its own row as earlier phases left it, and
others only through section, school and network summaries.
"""

from __future__ import annotations

from typing import NamedTuple

from plsim.core.jit import compiled

from . import attention as att
from . import learning as lrn
from . import match as mat
from . import motivation as mot
from . import pace as pac
from . import plan as pln
from . import proficiency as pro
from . import profile as prf
from . import quality as qua
from . import school as sch
from . import time as tim
from .levers import Levers
from .shapes import at_least, at_most, clamp, mix


class Params(NamedTuple):
    """Every uncertain or fixed number of the weekly rules, by topic: one world."""

    time: tim.TimeParams
    plan: pln.PlanParams
    profile: prf.ProfileParams
    match: mat.MatchParams
    attention: att.AttentionParams
    quality: qua.QualityParams
    learning: lrn.LearningParams
    pace: pac.PaceParams
    motivation: mot.MotivationParams
    proficiency: pro.ProficiencyParams
    school: sch.SchoolParams


class Delivered(NamedTuple):
    """Delivered quality (0 to 1) of each practice by one teacher this week, and the teacher's own quality."""

    profiles: float
    paths: float
    competency: float
    environment: float
    grouping: float
    advising: float
    technology: float
    belonging: float
    teacher: float


class Context(NamedTuple):
    """What a section is and knows when the week starts.

    ``subject`` 0 mathematics, 1 reading; ``grade`` 0 (K) to 12; ``class_mean`` and ``spread`` are mean and SD of
    estimated levels (RIT); ``guide`` is the pacing guide's level this week (RIT); ``habits_mean`` the mean estimate
    of self-regulation.
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


class Section(NamedTuple):
    """One section's week, the same for all its students: hours by mode, targets, qualities, support, pacing.

    ``tutor_displaced`` is the share of contact time lost per hour of tutoring; ``independent_share`` and
    ``peer_share`` are of contact time.
    """

    whole: float
    group: float
    one_on_one: float
    supervised: float
    unsupervised: float
    peer: float
    home: float
    contact: float
    path_share: float
    home_path_share: float
    target: float
    grouping: float
    freedom: float
    quality_whole: float
    quality_group: float
    quality_one_on_one: float
    quality_independent: float
    quality_peer: float
    quality_tutor: float
    quality_home: float
    structure: float
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
    typical_hours: float
    independent_share: float
    peer_share: float


class Experience(NamedTuple):
    """One student's week in one subject: hours, targets (RIT), on-task shares and quality of each mode.

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
    path_share: float
    home_path_share: float
    target_whole: float
    target_group: float
    target_path: float
    target_one_on_one: float
    on_task_led: float
    on_task_supervised: float
    on_task_unsupervised: float
    on_task_peer: float
    on_task_home: float
    quality_whole: float
    quality_group: float
    quality_one_on_one: float
    quality_independent: float
    quality_peer: float
    quality_tutor: float
    quality_home: float


TIME_FIELDS = Experience._fields[:10]
TARGET_FIELDS = Experience._fields[10:14]
ATTENTION_FIELDS = Experience._fields[14:19]
QUALITY_FIELDS = Experience._fields[19:]


class Learned(NamedTuple):
    """What a week did: new achievement (RIT), effort relative to typical, mean match, mean on-task share."""

    achievement: float
    effort: float
    match: float
    on_task: float


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
    library: float,
    proficiency_profiles: float,
    proficiency_paths: float,
    proficiency_environment: float,
    p: Params,
) -> float:
    """Hours a week that one section's practices ask of its teacher outside lessons."""
    groups = tim.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = pln.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return pln.section_hours(
        students,
        levels,
        library,
        lv.data_rate,
        lv.own_pace_share,
        lv.regroup_rate,
        lv.grouping_on_data,
        lv.adult_hours,
        lv.advising_minutes,
        lv.belonging,
        lv.srl_instruction,
        relief(proficiency_profiles, p),
        relief(proficiency_paths, p),
        relief(proficiency_environment, p),
        p.plan,
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
def teacher_demand(lv: Levers, section_hours: float, change: float, p: Params) -> float:
    """Hours a week asked of a teacher outside lessons; ``section_hours`` is the sum over the sections taught."""
    tools = pln.tool_hours(tools_in_use(lv), lv.curriculum_fragmentation, p.plan)
    return pln.hours_demanded(section_hours, tools, lv.old_duties, change, p.plan)


@compiled
def teacher_supply(lv: Levers, autonomy: float, change: float, p: Params) -> float:
    """Hours a week a teacher has outside lessons."""
    return pln.hours_supplied(lv.planning_hours, autonomy, change, p.plan)


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
    coherence: float,
    vision: float,
    fidelity: float,
    strain: float,
    teacher: float,
    p: Params,
) -> Delivered:
    """Delivered quality of each practice, from proficiency, the week's fidelity and strain, and the shared vision.

    ``coherence`` is the mean over practices of intensity x proficiency; ``teacher`` the teacher's own quality.
    """
    together = qua.synergy(vision, coherence, p.quality)
    return Delivered(
        qua.delivered(profiles, fidelity, strain, together, p.quality),
        qua.delivered(paths, fidelity, strain, together, p.quality),
        qua.delivered(competency, fidelity, strain, together, p.quality),
        qua.delivered(environment, fidelity, strain, together, p.quality),
        qua.delivered(grouping, fidelity, strain, together, p.quality),
        qua.delivered(advising, fidelity, strain, together, p.quality),
        qua.delivered(technology, fidelity, strain, together, p.quality),
        qua.delivered(belonging, fidelity, strain, together, p.quality),
        teacher,
    )


@compiled
def authoring_hours(lv: Levers, students: float, spread: float, p: Params) -> float:
    """Hours a week that one section asks for lessons at levels beyond the common one."""
    groups = tim.group_count(students, lv.groups, lv.flexible_space, p.time)
    levels = pln.lesson_levels(students, groups, spread, lv.path_share, lv.grouping_on_data, p.plan)
    return levels * p.plan.lesson_level_hours


@compiled
def private_hours(lv: Levers, students: float, subject: float) -> float:
    """One-on-one hours a week that fall on each student of a section."""
    return lv.one_on_one_share * mix(lv.contact_hours_math, lv.contact_hours_reading, subject) / students


@compiled
def profile(
    estimate: float,
    achievement: float,
    class_mean: float,
    normal_gain: float,
    error: float,
    weight: float,
    one_on_one_hours: float,
    p: Params,
) -> float:
    """What the school believes of a student's level after this week (RIT).

    The belief ages; data move it by ``weight`` (0 when none are due); talking one-on-one tells a little every week.
    """
    aged = prf.aged_estimate(estimate, class_mean, normal_gain, p.profile)
    told = at_most(p.profile.one_on_one_information * one_on_one_hours, 0.5)
    talked = aged + told * (achievement - aged)
    return prf.updated_estimate(talked, achievement, error, weight)


@compiled
def section_week(lv: Levers, c: Context, d: Delivered, p: Params) -> Section:
    """The week of one section: hours by mode, targets, the quality of each mode, support and pacing."""
    in_math = 1.0 - c.subject
    planned_contact = mix(lv.contact_hours_math, lv.contact_hours_reading, c.subject)
    displaced = 0.5 * (lv.belonging * p.time.belonging_hours + lv.college_career_minutes / 60.0)
    contact = at_least(planned_contact - displaced, 0.0)
    per_hour = 1.0 / at_least(contact, 0.01)
    software_class = lv.software_in_class * lv.software_minutes / 60.0
    software_home = (1.0 - lv.software_in_class) * lv.software_minutes
    tech_share = at_most(lv.tech_share, c.device_share) + software_class * per_hour
    space = 1.0 - (1.0 - lv.flexible_space) * (1.0 - c.flexible_space)
    split = tim.time_split(
        c.students,
        lv.groups,
        lv.rotation_share,
        lv.one_on_one_share,
        lv.path_share,
        tech_share,
        lv.peer_share,
        lv.adult_hours * per_hour,
        space,
        p.time,
    )
    minutes_home = lv.homework_minutes if lv.homework_minutes > software_home else software_home
    home_software_share = software_home / at_least(minutes_home, 0.01)

    target = mat.class_target(c.class_mean, c.guide, c.accountability, p.match)
    freedom = mat.path_freedom(c.library, c.library_quality, c.accountability, d.paths, p.match)

    content = lv.content_quality_math * in_math + lv.content_quality_reading * c.subject
    fragmentation = lv.curriculum_fragmentation
    material = qua.material_quality(content, split.tech_share, fragmentation, c.tool_overload, d.technology, p.quality)
    homework = qua.material_quality(
        content, home_software_share, fragmentation, c.tool_overload, d.technology, p.quality
    )

    informed = qua.informed(lv.data_rate, d.profiles, p.quality)
    grouping = lv.grouping_on_data * d.grouping
    tech_of_contact = split.tech_share * (split.supervised + split.unsupervised)
    appeal = att.choice_appeal(lv.choice_options, lv.relevance, p.attention) * att.device_appeal(
        tech_of_contact, c.grade, p.attention
    )
    adult_minutes = 60.0 * contact * (split.one_on_one + split.group) + lv.advising_minutes * d.advising
    typical_contact = mix(p.time.typical_contact_hours_math, p.time.typical_contact_hours_reading, c.subject)
    return Section(
        contact * split.whole,
        contact * split.group,
        contact * split.one_on_one,
        contact * split.supervised,
        contact * split.unsupervised,
        contact * split.peer,
        minutes_home / 60.0,
        contact,
        split.path_share,
        home_software_share,
        target,
        grouping,
        freedom,
        d.teacher * qua.class_size_quality(c.students, p.quality),
        qua.group_quality(d.teacher, d.environment, grouping, informed, p.quality),
        qua.one_on_one_quality(d.teacher, d.environment, informed, p.quality),
        qua.adapted_quality(material, split.path_share, d.paths, informed, p.quality),
        qua.peer_quality(c.spread, p.quality),
        qua.tutor_quality(lv.tutoring_quality, lv.tutoring_ratio, p.quality),
        homework,
        att.structure(lv.advising_minutes, lv.own_data, d.advising, p.attention),
        appeal,
        c.habits_mean,
        lv.own_pace_share,
        lv.mastery_threshold,
        lv.assessment_wait_weeks * (2.0 - d.competency),
        lv.deadline_weeks,
        mot.school_appeal(
            adult_minutes,
            lv.belonging * d.belonging,
            lv.choice_options,
            lv.relevance,
            p.attention.choice_best,
            p.attention.choice_width,
            c.novelty,
            tech_of_contact,
            p.motivation,
        ),
        lv.srl_instruction * d.advising,
        lv.tutoring_minutes / 60.0,
        lv.tutoring_share,
        lv.tutoring_displaced * per_hour,
        typical_contact + p.time.typical_homework_minutes / 60.0 * p.time.home_access_mean,
        split.supervised + split.unsupervised,
        split.peer,
    )


@compiled
def structure_received(s: Section, habits: float, p: Params) -> float:
    """Structure (0 to 1) that advising gives this student: those with low estimated habits come first."""
    return clamp(s.structure * att.focus_on(habits, s.habits_mean, p.attention), 0.0, 1.0)


@compiled
def experience(
    s: Section,
    estimate: float,
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

    ``own_pace`` is 1 for a student who progresses by mastery; ``u_served`` is the student's fixed uniform for being
    served by a program.
    """
    tutor = s.tutor if u_served < s.tutor_share else 0.0
    kept = 1.0 - at_most(s.tutor_displaced * tutor, 1.0)
    support = structure_received(s, habits, p)
    watched = support + p.attention.supervision * att.focus_on(habits, s.habits_mean, p.attention)
    target_path = mat.path_target(s.target, estimate, position, own_pace, s.freedom, p.match)
    return Experience(
        s.whole * kept,
        s.group * kept,
        s.one_on_one * kept,
        s.supervised * kept,
        s.unsupervised * kept,
        s.peer * kept,
        tutor,
        s.home * home_access,
        s.path_share,
        s.home_path_share,
        s.target,
        mat.group_target(s.target, group_mean, s.grouping, p.match),
        target_path,
        estimate + p.match.stretch,
        att.led_attention(engagement, p.attention),
        att.alone_attention(self_regulation, engagement, watched, s.appeal, p.attention),
        att.alone_attention(self_regulation, engagement, support, s.appeal, p.attention),
        att.peer_attention(collaboration, engagement, p.attention),
        att.alone_attention(self_regulation, engagement, support, 1.0, p.attention),
        s.quality_whole,
        s.quality_group,
        s.quality_one_on_one,
        s.quality_independent * qua.unit_value(unit_mastery, p.quality),
        s.quality_peer,
        s.quality_tutor,
        s.quality_home,
    )


@compiled
def learn(
    e: Experience,
    achievement: float,
    learning_rate: float,
    attended: float,
    normal_rate: float,
    seasonal: float,
    home_share: float,
    reference: float,
    typical_hours: float,
    p: Params,
) -> Learned:
    """One week of learning in one subject.

    Parameters
    ----------
    normal_rate, seasonal
        Normal growth this week (RIT), floored, and the practice-independent drift that makes up the difference to the
        norms.
    home_share
        Share of normal growth from outside the subject's lessons.
    reference
        D: what Q is under typical practice.
    """
    m_whole = mat.match(e.target_whole, achievement, p.match)
    m_group = mat.match(e.target_group, achievement, p.match)
    m_path = mat.match(e.target_path, achievement, p.match)
    m_one = mat.match(e.target_one_on_one, achievement, p.match)
    m_alone = mix(m_whole, m_path, e.path_share)
    m_home = mix(m_whole, m_path, e.home_path_share)

    led_whole = e.whole * e.on_task_led
    led_group = e.group * e.on_task_led
    private = e.one_on_one * p.attention.one_on_one
    alone = e.supervised * e.on_task_supervised + e.unsupervised * e.on_task_unsupervised
    peers = e.peer * e.on_task_peer
    tutored = e.tutor * p.attention.one_on_one
    at_home = e.home * e.on_task_home

    on_task_hours = led_whole + led_group + private + alone + peers + tutored + at_home
    matched_hours = (
        led_whole * m_whole
        + led_group * m_group
        + (private + tutored) * m_one
        + alone * m_alone
        + peers * m_whole
        + at_home * m_home
    )
    effective_hours = (
        led_whole * m_whole * e.quality_whole
        + led_group * m_group * e.quality_group
        + private * m_one * e.quality_one_on_one
        + alone * m_alone * e.quality_independent
        + peers * m_whole * e.quality_peer
        + tutored * m_one * e.quality_tutor
        + at_home * m_home * e.quality_home
    )
    hours = e.whole + e.group + e.one_on_one + e.supervised + e.unsupervised + e.peer + e.tutor + e.home
    effective = lrn.effective_share(attended, effective_hours, hours, typical_hours, p.time.hours_saturation)
    relative = effective / reference
    return Learned(
        achievement + lrn.weekly_gain(normal_rate, learning_rate, home_share, relative) + seasonal,
        learning_rate * relative,
        matched_hours / at_least(on_task_hours, 0.001),
        on_task_hours / at_least(hours, 0.001),
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
    z_assess: float,
    own_pace: float,
    unit_rit: float,
    p: Params,
) -> pac.UnitWeek:
    """One week of a student's unit in one subject; ``unit_rit`` is the RIT that one unit advances."""
    gain = pac.mastery_gain(unit_mastery, effort, achievement, position, review, p.pace)
    return pac.unit_week(
        position,
        unit_mastery,
        unit_weeks,
        ready_weeks,
        review,
        gain,
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
    match: float,
    appeal: float,
    p: Params,
) -> Developed:
    """How a student's motives move this week; the inputs are means over the student's two subjects."""
    return Developed(
        mot.next_self_regulation(self_regulation, regulation_level, independent, advised, p.motivation),
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
