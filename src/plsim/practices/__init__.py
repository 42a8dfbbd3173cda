"""What a school can do: practices, support, programs and context, each a small file that turns options into levers.

Every file of this folder is taken up, so a practice is added by writing one (docs/adding-a-practice.md): copy
``_template.py``, add evidence, a scenario and a test. Files whose names begin with ``_`` are left alone.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from plsim.practices.context import Context
from plsim.practices.levers import LEVER_INDEX, LEVERS, OWNERS, PRACTICES, Lever, LeverTable
from plsim.practices.options import Options, Practice
from plsim.practices.own import Own, OwnLever
from plsim.practices.programs import Programs
from plsim.practices.registration import known_practices, register
from plsim.practices.support import Support

__all__ = [
    "LEVERS",
    "LEVER_INDEX",
    "OWNERS",
    "PRACTICES",
    "Context",
    "Lever",
    "LeverTable",
    "Options",
    "Own",
    "OwnLever",
    "Practice",
    "Programs",
    "Support",
    "known_practices",
    "register",
]

for _module in iter_modules(__path__):
    if not _module.name.startswith("_"):
        import_module(f"{__name__}.{_module.name}")
