"""Outcomes of students that are declared where they are read, one file each; every file of this folder is taken up.

To add one, write a file: docs/adding-an-outcome.md. Outcomes of teachers, schools and money, and those that need the
norms or a survey, are made in ``plsim.runs.outcomes``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from plsim.measures.outcomes.declaration import DeclaredOutcome, OutcomeWords, StudentYear, declared

__all__ = ["DeclaredOutcome", "OutcomeWords", "StudentYear", "student_outcomes"]


@cache
def student_outcomes() -> tuple[DeclaredOutcome, ...]:
    """The declared outcomes, by name, from every file of this folder."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return declared()
