"""Which worlds a result is taken over: a number, priors, a file; and what leaves the calibrated ones valid."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from plsim.core.errors import InputError
from plsim.core.identity import MODEL, ROOT, program_parts
from plsim.engine.parameters import PRIOR_LABEL, prior_worlds
from plsim.engine.worlds import chosen, model_parts, read_worlds, still_holds

KEY, OTHER = "match.floor", "learning.durability"


def copied(folder: Path) -> Path:
    """A copy of the packages that decide whether worlds are valid."""
    for name in MODEL:
        place = ROOT.joinpath(*name.split("."))
        to = folder.joinpath(*name.split("."))
        to.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.copytree(place, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(place.with_suffix(".py"), to.with_suffix(".py"))
    return folder


def holds(before: list[str], after: list[str], **numbers: str) -> bool:
    said = {"statements": before, "numbers": {"match.floor": "0.4"}}
    return still_holds(said, {"statements": after, "numbers": {"match.floor": "0.4", **numbers}})


def test_a_practice_that_is_added_leaves_the_worlds_valid(tmp_path: Path) -> None:
    root = copied(tmp_path)
    before = program_parts(MODEL, root=root)
    template = (root / "practices" / "_template.py").read_text(encoding="utf-8")
    (root / "practices" / "morning_meeting.py").write_text(template, encoding="utf-8")
    package = root / "practices" / "__init__.py"
    text = package.read_text(encoding="utf-8")
    text = text.replace("    learning_paths,\n", "    learning_paths,\n    morning_meeting,\n", 1)
    text = text.replace('    "learning_paths",\n', '    "learning_paths",\n    "morning_meeting",\n', 1)
    package.write_text(text, encoding="utf-8")
    after = program_parts(MODEL, root=root)
    assert len(after) > len(before)
    assert holds(before, after, practices_morning_meeting_intensity="0.0")


@pytest.mark.parametrize("package", ["rules", "practices"])
def test_a_statement_that_is_changed_makes_them_worlds_of_other_rules(tmp_path: Path, package: str) -> None:
    root = copied(tmp_path)
    before = program_parts(MODEL, root=root)
    file = next(
        path for path in sorted((root / package).rglob("*.py")) if "return " in path.read_text(encoding="utf-8")
    )
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("return ", "return 0 or ", 1), encoding="utf-8")
    assert not holds(before, program_parts(MODEL, root=root))
    file.write_text(text.replace('"""', '"""Told otherwise. ', 1), encoding="utf-8")
    assert holds(before, program_parts(MODEL, root=root))


def test_a_number_that_is_changed_makes_them_worlds_of_other_rules() -> None:
    said = model_parts()
    assert still_holds(said, model_parts())
    assert not still_holds(said, {**said, "numbers": {**said["numbers"], KEY: "(0.0, 1.0, 'flat')"}})


def test_priors_can_be_asked_for_by_name_and_number() -> None:
    assert chosen("prior:3", 5) == (prior_worlds(3, 5), PRIOR_LABEL)
    assert len(chosen("prior", 5).worlds) == 40
    assert chosen("2", 0).worlds == chosen(2, 0).worlds


def test_worlds_come_from_a_file_with_their_names(tmp_path: Path) -> None:
    table = pd.DataFrame({"world": ["low", "high"], KEY: [0.3, 0.5], OTHER: [0.2, 0.9]})
    table.to_csv(tmp_path / "mine.csv", index=False)
    table.to_parquet(tmp_path / "mine.parquet", index=False)
    found = chosen(str(tmp_path / "mine.csv"), 0)
    assert found.label == "from mine.csv"
    assert [(world.name, dict(world.values)) for world in found.worlds] == [
        ("low", {KEY: 0.3, OTHER: 0.2}),
        ("high", {KEY: 0.5, OTHER: 0.9}),
    ]
    assert read_worlds(tmp_path / "mine.parquet") == found.worlds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("match.flor\n0.3\n", "match.flor: is no parameter.*match.floor"),
        ("match.floor\nmany\n", "row 1: got 'many'"),
        ("match.floor\nnan\n", "row 1: got 'nan'"),
        ("match.floor,learning.durability\n0.3\n", "as many cells in every row"),
        ("match.floor\n", "holds no worlds"),
        ("world,match.floor\na,0.3\na,0.4\n", "a name stands twice"),
    ],
)
def test_a_file_that_holds_no_worlds_is_refused_and_says_why(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_worlds(tmp_path / "mine.csv")
    with pytest.raises(InputError, match="a number, prior, shipped, or a file"):
        chosen("shiped", 0)
