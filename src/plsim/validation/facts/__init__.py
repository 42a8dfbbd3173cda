"""Published experiments, run again in the model."""

from plsim.validation.facts import statistics as statistics
