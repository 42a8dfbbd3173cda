"""
A custom outcome
================

An outcome of your own, from the table of students: the gap between the highest and the lowest tenth of a grade. The
table holds the central world; an outcome that every result, every world and every study shall have is
:doc:`declared in one file <../adding-an-outcome>`.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

import plsim

# %%
# One row for each student, year and subject, with both arms side by side
# -----------------------------------------------------------------------

plan = plsim.load("self_paced_without_support", overrides=("population.students_per_school=150",))
result = plsim.run(plan, worlds=0, other_designs=False)
students = result.students
print(students.filter(regex="^(year|subject|grade|achievement_week32)").head(3).to_string(index=False))


# %%


def gap(table: pd.DataFrame, arm: str) -> float:
    """Distance between the 90th and the 10th percentile within grades, mean of grades (RIT)."""
    spring = table.groupby("grade")[f"achievement_week32_{arm}"]
    return float((spring.quantile(0.9) - spring.quantile(0.1)).mean())


gaps = pd.DataFrame(
    [
        {"year": year, "subject": subject, **{arm: gap(rows, arm) for arm in ("scenario", "counterfactual")}}
        for (year, subject), rows in students.groupby(["year", "subject"])
    ]
)
gaps["difference"] = gaps["scenario"] - gaps["counterfactual"]
print(gaps.round(2).to_string(index=False))

# %%
# The scenario and its counterfactual share students and random draws, so the difference between them is the plan's.

figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
for subject, rows in gaps.groupby("subject"):
    axis.plot(rows["year"].astype(str), rows["difference"], marker="o", label=subject)
axis.axhline(0.0, color="black", linewidth=0.8)
axis.set(xlabel="year", ylabel="change of the gap (RIT)", title="Own pace without support: the gap in a grade")
axis.legend()
plt.show()
