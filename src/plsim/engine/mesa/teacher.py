"""What a teacher does in a week, each step through the rules, interpreted."""

from __future__ import annotations

from typing import Any

from plsim.core.jit import interpreted
from plsim.engine.mesa.school import SchoolRules
from plsim.engine.mesa.week_context import WeekContext, own
from plsim.rules.levers import PRACTICE_COUNT

teacher_week: Any = interpreted("plsim.rules.week.teacher")
planning: Any = interpreted("plsim.rules.plan")
skill: Any = interpreted("plsim.rules.proficiency")
schooling: Any = interpreted("plsim.rules.school")
sessions: Any = interpreted("plsim.rules.sessions")


class TeacherRules:
    """A teacher: the present holder of a seat.

    Attributes
    ----------
    index
        The seat: row in the seats' arrays.
    sections
        Sections taught this year, ascending.
    school
        The school's agent.
    """

    index: int
    context: WeekContext
    school: SchoolRules
    sections: tuple[int, ...]

    def take_place(self, context: WeekContext, school: SchoolRules, sections: tuple[int, ...]) -> None:
        """Takes over the sections of a new year."""
        self.context = context
        self.school = school
        self.sections = sections

    def plan(self) -> None:
        """Hours asked against hours there are; what is left of the plan, and how well it is delivered."""
        context, school, t = self.context, self.school, self.index
        seats, schools, p = context.seats, context.schools, context.p
        in_math, in_reading = school.levers
        good = schools.library[school.index] * schools.library_quality[school.index]
        skills = [seats.proficiency[t, k] for k in range(PRACTICE_COUNT)]  # of the eight, which the rules name
        hours = 0.0
        for k in self.sections:
            lv = school.lever_of(k)
            hours += teacher_week.section_demand(
                lv,
                context.size[k],
                context.sections.spread[k],
                context.sections.parallel[k],
                schooling.covered(good, lv.library_bought),
                skills[0],
                skills[1],
                skills[3],
                p,
            )
            for _, given, served in context.sessions_of_section[k]:
                hours += sessions.unpaid_hours(given, float(len(served)))
        advising = 0.5 * (
            teacher_week.advising_demand(in_math, school.section_size, skills[5], p)
            + teacher_week.advising_demand(in_reading, school.section_size, skills[5], p)
        )
        tools = teacher_week.of_seat(
            teacher_week.tool_demand(in_math, p), teacher_week.tool_demand(in_reading, p), seats.math_share[t]
        )
        demand = planning.hours_demanded(hours + advising, tools, p.plan)
        supply = planning.hours_supplied(in_math.planning_hours, p.plan)
        fidelity = planning.fidelity(demand, supply)
        strain = seats.strain[t]
        seats.practice_hours[t] = hours
        seats.demand[t] = demand
        seats.supply[t] = supply
        seats.fidelity[t] = fidelity
        seats.demand_sum[t] += demand
        seats.strain_sum[t] += strain
        deviation = seats.persistent[t] + seats.yearly[t]
        context.delivered[t] = teacher_week.deliver(
            *skills, fidelity, strain, deviation, seats.experience[t], seats.skill[t], p
        )

    def develop(self) -> None:
        """Proficiency in every practice, general skill, strain and buy-in."""
        context, school, t = self.context, self.school, self.index
        seats, schools, p = context.seats, context.schools, context.p
        s, lv = school.index, school.levers[0]
        change, buy_in = schools.change[s], seats.buy_in[t]
        in_math, in_reading = school.intensities
        for k in range(len(context.intensity)):
            use = teacher_week.of_seat(in_math[k], in_reading[k], seats.math_share[t])
            seats.proficiency[t, k] = teacher_week.develop_practice(
                seats.proficiency[t, k], use, context.relational[k], school.helped[k], buy_in, change, p
            )
        strain = seats.strain[t]
        excess = planning.overload(seats.demand[t], seats.supply[t])
        seats.skill[t] = skill.next_skill(
            seats.skill[t], lv.instruction_coaching_hours, lv.coaching_quality, p.proficiency
        )
        seats.strain[t] = skill.next_strain(strain, excess, p.proficiency)
        seats.buy_in[t] = skill.next_buy_in(buy_in, schools.vision[s], schools.engaged[s], strain, p.proficiency)

    strain = own("seats", "strain", "Strain, 0 or more")
    general_skill = own("seats", "skill", "General skill of instruction, 0 to 1")
    buy_in = own("seats", "buy_in", "Belief in the change, 0 to 1")
    experience = own("seats", "experience", "Years as a teacher")
    fidelity = own("seats", "fidelity", "Share of the plan carried out this week")
    demand = own("seats", "demand", "Hours a week asked outside lessons")

    @property
    def proficiency(self) -> tuple[float, ...]:
        """Proficiency in each practice, 0 to 1."""
        return tuple(self.context.arm.seats.proficiency[self.index].tolist())

    @property
    def school_id(self) -> str:
        """Name of the school, for tables."""
        return self.school.name
