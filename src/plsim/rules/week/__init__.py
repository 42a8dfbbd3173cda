"""One school week: the only place that puts the rules together.

:mod:`~plsim.rules.week.phases` is its order; both engines walk it. Phases are ordered; agents inside a phase are not. A
function here reads its own row as earlier phases left it, and others only through section, school and network
summaries.
"""
