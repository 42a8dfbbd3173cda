"""The scenario file: its schema, how it is read, and the arrays that a run makes of it."""

from __future__ import annotations

from plsim.scenario.build import Plan, counterfactual, plan, population_spec
from plsim.scenario.loading import load, loads
from plsim.scenario.schema import Scenario
from plsim.scenario.shipped import shipped_scenarios

__all__ = ["Plan", "Scenario", "counterfactual", "load", "loads", "plan", "population_spec", "shipped_scenarios"]
