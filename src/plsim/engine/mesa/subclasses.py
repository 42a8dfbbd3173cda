"""Engines with agents of one's own: ``mesa:MODULE:CLASS`` names a subclass of Student, Teacher or School.

The name says where the class is found, so that another process, or another day, finds it again: as a module that can be
imported, or as a Python file. Several are separated by commas.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from plsim.core.errors import InputError
from plsim.engine.mesa.model import School, Student, Teacher

BASES = {"student_class": Student, "teacher_class": Teacher, "school_class": School}


def classes_named(text: str) -> dict[str, Any]:
    """The classes that a text such as ``my_theory:SuccessDriven`` names, by what they take the place of.

    Raises
    ------
    InputError
        When there is no such class, or it is none of agents.
    """
    found: dict[str, Any] = {}
    for each in text.split(","):
        cls = _class(each.strip())
        kind = next((name for name, base in BASES.items() if isinstance(cls, type) and issubclass(cls, base)), None)
        if kind is None:
            raise InputError(
                "engine", each, "is no class of agents", allowed="a subclass of Student, Teacher or School"
            )
        found[kind] = cls
    return found


def name_of(*classes: type) -> str:
    """The engine's name for classes; the other way round than :func:`classes_named`."""
    named = []
    for cls in classes:
        if not issubclass(cls, tuple(BASES.values())) or "<locals>" in cls.__qualname__:
            allowed = "a subclass of Student, Teacher or School at the top of a module"
            raise InputError("engine", cls.__qualname__, "cannot be used", allowed=allowed)
        named.append(f"{cls.__module__}:{cls.__qualname__}")
    return f"mesa:{','.join(named)}"


def sources_digest(text: str) -> str:
    """Digest of the files that hold the named classes: another form of a rule is another engine."""
    digest = hashlib.blake2b(text.encode(), digest_size=12)
    for cls in classes_named(text).values():
        file = inspect.getsourcefile(cls)
        if file is not None and Path(file).is_file():
            digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def _class(text: str) -> Any:
    where, _, name = text.rpartition(":")
    if not where or not name:
        raise InputError("engine", "", f"got 'mesa:{text}'", allowed="mesa:MODULE:CLASS or mesa:FILE.py:CLASS")
    try:
        module = _module(where)
    except ImportError as error:
        fix = "Give a module that can be imported, or the path of its file."
        raise InputError("engine", where, f"cannot be imported: {error}", fix=fix) from None
    found = getattr(module, name, None)
    if found is None:
        raise InputError("engine", where, f"has no '{name}'")
    return found


def _module(where: str) -> ModuleType:
    """A module by name, or from a file; once in a process, so that classes stay themselves."""
    if not where.endswith(".py"):
        return importlib.import_module(where)
    path = Path(where).resolve()
    known = f"plsim_agents_{hashlib.blake2b(os.fsencode(path), digest_size=6).hexdigest()}"
    if known in sys.modules:
        return sys.modules[known]
    spec = importlib.util.spec_from_file_location(known, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError("no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[known] = module
    spec.loader.exec_module(module)
    return module
