"""
An attribution: which practice made the gain?
=============================================

Schools take up practices together. In the model each can be taken away while everything else stays the same, so all
combinations can be run, and each practice gets its Shapley value (Shapley 1953): what it adds on the average of all
orders in which the practices could have been added.
"""

from __future__ import annotations

import tempfile

import matplotlib.pyplot as plt

import plsim

# %%
# A study is a file
# -----------------

STUDY = """
schema_version = 1
name = "three_practices"
question = "Which of three practices makes the gain in a small school?"
scenario = "one_school_demo"
years = 1

[population]
students_per_school = 120

[levers]
"practices.learning_paths" = "on_off"
"practices.flexible_environment" = "on_off"
"practices.advising" = "on_off"

[uncertainties]
worlds = 8

[method]
kind = "factorial"
"""

with tempfile.TemporaryDirectory() as folder:
    study = plsim.study(STUDY, folder)
    tables = {name: table.copy() for name, table in study.tables.items()}
    statements = list(study.statements)

print("\n".join(statements[:4]))

# %%
# Eight combinations in eight worlds. The bars are medians, the lines hold 90% of the worlds.

values = tables["attribution"]
values = values[values["measure"] == "shapley"]
figure, axis = plt.subplots(figsize=(7.0, 2.8), layout="constrained")
axis.barh(values["practice"], values["value"], color="#1f5a8a")
axis.hlines(values["practice"], values["low"], values["high"], color="black")
axis.axvline(0.0, color="black", linewidth=0.8)
axis.set(xlabel="Shapley value (SD of achievement, after one year)")
plt.show()
