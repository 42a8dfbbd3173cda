"""What a teacher does in a week, each step through the rules, interpreted."""

from __future__ import annotations

from typing import Any

from plsim.core.jit import interpreted
from plsim.engine.mesa.school import SchoolRules
from plsim.engine.mesa.week_context import Noticeboard, own
from plsim.rules.levers import PRACTICE_COUNT

week: Any = interpreted("plsim.rules.week")
planning: Any = interpreted("plsim.rules.plan")
skill: Any = interpreted("plsim.rules.proficiency")
quality: Any = interpreted("plsim.rules.quality")
shapes: Any = interpreted("plsim.rules.shapes")


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
    board: Noticeboard
    school: SchoolRules
    sections: tuple[int, ...]

    def take_place(self, board: Noticeboard, school: SchoolRules, sections: tuple[int, ...]) -> None:
        """Takes over the sections of a new year."""
        self.board = board
        self.school = school
        self.sections = sections

    def plan(self) -> None:
        """Phase 1: hours asked against hours there are; what is left of the plan, and how well it is delivered."""
        board, school, t = self.board, self.school, self.index
        seats, p, lv = board.seats, board.p, school.levers
        skills = [seats.proficiency[t, k] for k in range(PRACTICE_COUNT)]
        hours = 0.0
        for k in self.sections:
            hours += week.section_demand(
                lv, board.size[k], board.sections.spread[k], school.covered, skills[0], skills[1], skills[3], p
            )
        change = shapes.at_most(board.schools.change[school.index], 1.0)
        demand = week.teacher_demand(lv, hours, change, p)
        supply = week.teacher_supply(lv, board.schools.autonomy[school.index], change, p)
        fidelity = planning.fidelity(demand, supply)
        strain = seats.strain[t]
        seats.practice_hours[t] = hours
        seats.demand[t] = demand
        seats.supply[t] = supply
        seats.fidelity[t] = fidelity
        seats.demand_sum[t] += demand
        seats.strain_sum[t] += strain
        coherence = 0.0
        for intensity, skilled in zip(school.intensities, skills, strict=True):
            coherence += intensity * skilled
        own = quality.teacher_quality(seats.persistent[t], seats.yearly[t], seats.experience[t], strain, p.quality)
        board.delivered[t] = week.deliver(
            *skills, coherence / float(PRACTICE_COUNT), board.schools.vision[school.index], fidelity, strain, own, p
        )

    def develop(self) -> None:
        """Phase 8: proficiency in every practice, strain and buy-in."""
        board, school, t = self.board, self.school, self.index
        seats, schools, p = board.seats, board.schools, board.p
        s = school.index
        change, buy_in = schools.change[s], seats.buy_in[t]
        for k in range(PRACTICE_COUNT):
            seats.proficiency[t, k] = week.develop_practice(
                seats.proficiency[t, k], school.intensities[k], board.relational[k], school.helped[k], buy_in, change, p
            )
        strain = seats.strain[t]
        excess = planning.overload(seats.demand[t], seats.supply[t])
        seats.strain[t] = skill.next_strain(strain, excess, p.proficiency)
        seats.buy_in[t] = skill.next_buy_in(buy_in, schools.vision[s], schools.engaged[s], strain, p.proficiency)

    strain = own("seats", "strain", "Strain, 0 or more")
    buy_in = own("seats", "buy_in", "Belief in the change, 0 to 1")
    experience = own("seats", "experience", "Years as a teacher")
    fidelity = own("seats", "fidelity", "Share of the plan carried out this week")
    demand = own("seats", "demand", "Hours a week asked outside lessons")

    @property
    def proficiency(self) -> tuple[float, ...]:
        """Proficiency in each practice, 0 to 1."""
        return tuple(self.board.arm.seats.proficiency[self.index].tolist())

    @property
    def school_id(self) -> str:
        """Name of the school, for tables."""
        return self.school.name
