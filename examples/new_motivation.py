"""
A new theory of motivation
==========================

It stands beside the original, with the same students and the same random draws.

The model says that engagement follows *match*: work that is too hard or too easy turns students away. Another theory
says that it follows *success*: students who got much done lately want more, whatever the work was. This file states
that theory as one overridden method, and asks whether it would change what a school's plan does.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import plsim
from plsim import SchoolModel, Student

motivation = plsim.rule("motivation")

MEMORY = 0.2
"""How far one week moves what a student remembers of success: five weeks or so count."""
TYPICAL_SUCCESS = 1.0
"""Effective time of a typical student in a typical week."""


class SuccessDriven(Student):
    """A student whose engagement follows recent success in place of match.

    Success is effective time relative to typical: 1 in a typical week, less when absent, distracted or badly taught.
    """

    success = TYPICAL_SUCCESS

    def develop(self) -> None:
        """Phase 7: self-regulation and collaboration as the rules have it, engagement as this theory has it."""
        before = self.engagement
        super().develop()
        self.success += MEMORY * (self.effort - self.success)

        context = self.context
        p = context.p.motivation
        # The rule stays the same; success, on the scale of match, takes the place of match as its cause.
        felt = p.engagement_match_typical + self.success - TYPICAL_SUCCESS
        appeal = np.mean([context.section_weeks[section].engagement for section in self.section])
        level = context.students.engagement_level[self.index]
        context.students.engagement[self.index] = motivation.next_engagement(before, level, felt, float(appeal), p)


def year_of(student_class: type[Student], scenario: plsim.Scenario, *, counterfactual: bool) -> dict[str, float]:
    """Mean growth (RIT) and engagement after a year in which students are of this class."""
    model = SchoolModel(scenario, seed=1, years=1, student_class=student_class, counterfactual=counterfactual)
    start = model.students.agg("achievement", np.mean)
    model.run_model()
    return {
        "growth": float(model.students.agg("achievement", np.mean) - start),
        "engagement": float(model.students.agg("engagement", np.mean)),
        "spread of engagement": float(model.students.agg("engagement", np.std)),
    }


def main(students: int = 120) -> dict[str, dict[str, float]]:
    """What the plan of the demonstration school does under each theory: scenario minus typical practice."""
    scenario = plsim.load("one_school_demo", overrides=(f"population.students_per_school={students}",))
    effects = {}
    for theory, student_class in (("match", Student), ("success", SuccessDriven)):
        planned = year_of(student_class, scenario, counterfactual=False)
        typical = year_of(student_class, scenario, counterfactual=True)
        effects[theory] = {name: planned[name] - typical[name] for name in planned}
    print(f"{'effect of the plan on':24}{'match':>10}{'success':>10}")
    for name in effects["match"]:
        print(f"{name:24}{effects['match'][name]:10.3f}{effects['success'][name]:10.3f}")
    return effects


# %%
# The plan's effects under the two theories. They differ, so how students are motivated is one of the assumptions on
# which an answer depends.

if __name__ == "__main__":
    found = main()
    figure, axes = plt.subplots(1, 3, figsize=(9.0, 3.0), layout="constrained")
    for axis, name in zip(axes, found["match"], strict=True):
        axis.bar(["match", "success"], [found[theory][name] for theory in found], color=["#1f5a8a", "#8a4b1f"])
        axis.axhline(0.0, color="black", linewidth=0.8)
        axis.set(title=f"effect on {name}")
    plt.show()
