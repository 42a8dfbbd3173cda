"""
A policymaker's comparison
==========================

Three ways to begin, on the same schools and with the same random draws: a gentle start, everything at once, and
tutoring. What does each bring, and what does it ask of teachers?
"""

from __future__ import annotations

import matplotlib.pyplot as plt

import plsim

# %%
# The first scenario is what the others are compared with. Give them one size of school, so that they share students.

size = ["population.schools=2", "population.charter_schools=0", "population.students_per_school=120"]
plans = [plsim.load(name, overrides=size, years=1) for name in ("gentle_start", "big_bang", "tutoring_program")]
found = plsim.compare(plans, worlds=6)

wanted = "outcome == 'achievement' and unit == 'SD' and subject == 'both' and group == 'all' and estimator == 'paired'"
print(found.differences.query(wanted)[["scenario", "against", "value", "low", "high", "positive"]])

# %%
# ``positive`` is the share of worlds in which a plan brings more than the first. A gain is not the whole decision:


def of(result: plsim.Result, query: str) -> tuple[float, float, float]:
    """Median and 90% interval of one effect."""
    row = result.effects.query(f"{query} and group == 'all' and arm == 'difference' and estimator == 'paired'").iloc[0]
    return row["value"], row["low"], row["high"]


figure, axis = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
for result in found.results:
    gain, low, high = of(result, "outcome == 'achievement' and unit == 'SD' and subject == 'both'")
    hours, least, most = of(result, "outcome == 'teacher_hours'")
    axis.errorbar(
        hours, gain, xerr=[[hours - least], [most - hours]], yerr=[[gain - low], [high - gain]], fmt="o", capsize=3.0
    )
    axis.annotate(result.scenario.name.replace("_", " "), (hours, gain), xytext=(6, 6), textcoords="offset points")
axis.axhline(0.0, color="black", linewidth=0.8)
axis.set(xlabel="more hours asked of a teacher each week", ylabel="effect on achievement (SD)")
plt.show()

# %%
# Why do they differ? The parts of an effect that come through time, match, attention and quality add up to it.

parts = found.why["big_bang"].table().query("subject == 'both'")
print(parts.to_string(index=False))
