"""
One class under two practices
=============================

The same 24 fourth graders, with the same random draws, live a year under typical practice, on learning paths of their
own, and with advising. Who gains from which? Every number is read from the agents of the Mesa model.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import plsim

# %%
# A school of one class, and two plans for it
# -------------------------------------------

classroom = plsim.change(
    "typical_practice",
    {
        "years": 1,
        "population.schools": 1,
        "population.charter_schools": 0,
        "population.students_per_school": 24,
        "population.level_shares": [1.0, 0.0, 0.0],
        "population.grades": [4],
    },
)
plans = {
    "typical practice": classroom,
    "learning paths": plsim.change(classroom, {"practices.learning_paths.intensity": 0.8}),
    "advising": plsim.change(classroom, {"practices.advising.intensity": 0.8}),
}

# %%
# Thirty-six weeks, side by side
# ------------------------------


def year_of(scenario: plsim.Scenario) -> np.ndarray:
    """Growth of every student since the first week, in RIT, mean of both subjects. Shape (weeks, students)."""
    model = plsim.SchoolModel(scenario, seed=4)
    start = np.array([student.achievement for student in model.students])
    weeks = []
    for _ in range(36):
        model.step()
        weeks.append([student.achievement for student in model.students])
    return np.array(weeks) - start


growth = {name: year_of(scenario) for name, scenario in plans.items()}
for name, weeks in growth.items():
    print(f"{name:18} {weeks[-1].mean():5.2f} RIT on average, {weeks[-1].min():5.2f} to {weeks[-1].max():5.2f}")

# %%
# The mean hides whom a practice serves: each point on the right is a student.

figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
for name, weeks in growth.items():
    left.plot(range(1, 37), weeks.mean(axis=1), label=name)
left.set(xlabel="week", ylabel="mean growth (RIT)", title="The class")
left.legend()
typical = growth["typical practice"][-1]
for name in ("learning paths", "advising"):
    right.scatter(typical, growth[name][-1] - typical, label=name, alpha=0.7)
right.axhline(0.0, color="black", linewidth=0.8)
right.set(xlabel="growth under typical practice (RIT)", ylabel="difference to it (RIT)", title="Its students")
right.legend()
plt.show()
