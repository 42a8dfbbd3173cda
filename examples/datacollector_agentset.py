"""
Watching the agents: Mesa's DataCollector
=========================================

Every number that a student, teacher or school carries can be read as an attribute, so Mesa's own tools work as on any
other model.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import mesa
import numpy as np
import pandas as pd

import plsim
from plsim import SchoolModel, Student, Teacher


def collect(students: int = 120, weeks: int = 12) -> tuple[SchoolModel, mesa.DataCollector]:
    """Some weeks of the demonstration school, with a record of every week."""
    scenario = plsim.load("one_school_demo", overrides=(f"population.students_per_school={students}",))
    model = plsim.SchoolModel(scenario, seed=3)
    collector = mesa.DataCollector(
        model_reporters={
            "achievement": lambda model: model.students.agg("achievement", np.mean),
            "strain": lambda model: model.teachers.agg("strain", np.mean),
            "regroupings": lambda model: model.schools.agg("regroupings", np.sum),
        },
        agenttype_reporters={
            Student: {"on_task": "on_task", "grade": "grade", "school": "school_id"},
            Teacher: {"fidelity": "fidelity"},
        },
    )
    for _ in range(weeks):
        model.step()
        collector.collect(model)
    return model, collector


def main(students: int = 120, weeks: int = 12) -> pd.DataFrame:
    """Prints what was collected, and some questions asked of the agents themselves; returns the weekly table."""
    model, collector = collect(students, weeks)

    weekly = collector.get_model_vars_dataframe()
    print(weekly.tail(3).round(3), end="\n\n")

    tasks = collector.get_agenttype_vars_dataframe(Student)
    print("On-task share by grade:", tasks.groupby("grade")["on_task"].mean().round(3).to_dict(), end="\n\n")

    # Who struggles to work alone, and how far along are they?
    low = model.students.select(lambda student: student.self_regulation < 0.4)
    print(f"{len(low)} of {len(model.students)} students have self-regulation below 0.4.")
    theirs, everybody = (float(group.agg("on_task", np.mean)) for group in (low, model.students))
    print(f"They are on task {theirs:.0%} of the time; everybody, {everybody:.0%}.", end="\n\n")

    by_grade = model.students.groupby("grade_label").agg("achievement", np.mean)
    print("Achievement by grade (RIT):", {grade: round(float(rit), 1) for grade, rit in by_grade.items()})
    return weekly


# %%
# Twelve weeks of the school, as the collector saw them.

if __name__ == "__main__":
    collected = main()
    figure, axes = plt.subplots(1, 3, figsize=(9.0, 2.8), layout="constrained")
    for axis, name in zip(axes, collected.columns, strict=True):
        axis.plot(range(1, len(collected) + 1), collected[name], color="#1f5a8a")
        axis.set(xlabel="week", title=name)
    plt.show()
