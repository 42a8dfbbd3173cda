"""One word for one thing: a class's name says which class is meant."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from plsim.core.identity import ROOT

WITH_THE_NEXT_CALIBRATION = {"Context"}
"""Names in files of the model. Its worlds are calibrated to every statement of these, so both change together."""


def names_used_twice(root: Path) -> dict[str, list[str]]:
    """Names of classes, private ones included, that more than one statement defines; and where."""
    places = defaultdict(list)
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(root).as_posix()}:{node.lineno}")
    return {name: where for name, where in places.items() if len(where) > 1}


def test_no_two_classes_share_a_name() -> None:
    assert names_used_twice(ROOT).keys() == WITH_THE_NEXT_CALIBRATION


def test_a_name_that_is_used_twice_is_seen(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / f"{name}.py").write_text("class Plan:\n    pass\n", encoding="utf-8")
    assert names_used_twice(tmp_path) == {"Plan": ["one.py:1", "other.py:1"]}
