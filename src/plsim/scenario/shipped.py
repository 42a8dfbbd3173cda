"""The scenarios that come with plsim: in the installed package, else in the checkout's ``scenarios/`` folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped_folder(name: str) -> Path:
    """A folder that ships with plsim: in the installed package, else in the checkout."""
    package = Path(str(files("plsim")))
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent.parent / name


def scenarios_folder() -> Path:
    """Folder of the shipped scenarios."""
    return shipped_folder("scenarios")


def shipped_scenarios() -> dict[str, Path]:
    """Paths of the shipped scenarios by name, in alphabetical order."""
    return {path.stem: path for path in sorted(scenarios_folder().glob("*.toml"))}


def first_line(path: Path) -> str:
    """What a scenario file says it is for: its first line, without the comment sign."""
    with path.open(encoding="utf-8") as lines:
        return lines.readline().lstrip("# ").strip()
