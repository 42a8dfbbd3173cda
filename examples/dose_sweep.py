"""
A sweep: how much coaching?
===========================

One number of a plan is varied in several worlds (sets of assumptions). An evaluator keeps what the variations share:
students, random draws, and typical practice in each world; so a sweep costs little more than its runs.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

import plsim

# %%
# What is varied, and where
# -------------------------

school = plsim.load("one_school_demo", years=1, overrides=("population.students_per_school=120",))
evaluate = plsim.evaluate(school, outcomes=[plsim.Outcome(), plsim.Outcome("teacher_hours", unit="hours/week")])
doses = np.array([0.0, 0.5, 1.0, 2.0, 4.0])
worlds = plsim.worlds(6)

found = np.array([[evaluate({"support.coaching_hours": float(hours)}, world) for hours in doses] for world in worlds])
print("shape (worlds, doses, outcomes):", found.shape)

# %%
# Every line is a world. All of them are consistent with the evidence, so the spread between the lines is what is not
# known; the slope within a line is what the model says about coaching.

figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
titles = ("effect on achievement (SD)", "more hours of work a week")
for axis, outcome, title in zip(axes, np.moveaxis(found, 2, 0), titles, strict=True):
    axis.plot(doses, outcome.T, color="#1f5a8a", alpha=0.35)
    axis.plot(doses, np.median(outcome, axis=0), color="#1f5a8a", linewidth=2.5, label="median of worlds")
    axis.axhline(0.0, color="black", linewidth=0.8)
    axis.set(xlabel="hours of coaching a week and teacher", ylabel=title)
axes[0].legend()
plt.show()
