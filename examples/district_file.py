"""
A district's file
=================

plsim simulates students of a file as it does invented ones. The file here is invented, too: two schools, three grades,
four classes each, written as the plain table that any student information system can make.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import plsim

# %%
# A roster: one row for each student
# ----------------------------------
# Only ``student_id``, ``school`` and ``grade`` are needed. What is missing (here, one reading score in ten) is
# drawn from the norms, and the result says how much was.

rng = np.random.default_rng(11)
rows = []
for school in ("Invented School North", "Invented School South"):
    for grade, mean in ((3, 189.0), (4, 199.0), (5, 208.0)):
        for each in range(44):
            level = rng.normal(mean, 14.0)
            rows.append(
                {
                    "student_id": f"{school[16]}{grade}{each:02d}",
                    "school": school,
                    "grade": grade,
                    "section_math": f"{grade}-{each % 2}",
                    "section_reading": f"{grade}-{each % 2}",
                    "math_rit": round(level + rng.normal(0.0, 6.0)),
                    "reading_rit": "" if each % 10 == 0 else round(level + rng.normal(0.0, 6.0)),
                    "program": "newcomers" if each % 4 == 0 else "others",
                }
            )
roster = pd.DataFrame(rows)
print(roster.head(3).to_string(index=False))

# %%
# The plan of a shipped scenario, for these students
# --------------------------------------------------
# Columns that plsim does not know, such as ``program``, become groups of the result.

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "roster.csv"
    roster.to_csv(file, index=False)
    result = plsim.run("gentle_start", population=file, years=1, worlds=6, other_designs=False)
print("\n".join(result.notes[:4]))

# %%

effects = result.effects.query(
    "outcome == 'achievement' and unit == 'SD' and subject == 'both' and arm == 'difference' and estimator == 'paired'"
)
effects = effects[effects["group"].str.match("all|program:|grade:|quintile:")].iloc[::-1]
figure, axis = plt.subplots(figsize=(7.0, 4.2), layout="constrained")
axis.hlines(effects["group"], effects["low"], effects["high"], color="#1f5a8a", linewidth=2.0)
axis.plot(effects["value"], effects["group"], "o", color="#1f5a8a")
axis.axvline(0.0, color="black", linewidth=0.8)
axis.set(xlabel="effect on achievement after a year (SD), 90% of six worlds")
plt.show()
