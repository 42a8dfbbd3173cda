"""The page: everything of a result folder that a board should know, in one HTML file that needs nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from plsim.core.errors import RunError, turned_off
from plsim.engine.worlds import meaning_of
from plsim.measures.groups import SMALLEST_GROUP
from plsim.report import grounds, headlines, learning, price
from plsim.report.folder import read_folder
from plsim.report.material import Material
from plsim.report.words import counted

FILE_NAME = "report.html"
_TEMPLATES = Path(__file__).resolve().parent / "templates"


def write_report(folder: str | Path) -> Path:
    """Write ``report.html`` into a result folder; the same folder gives the same bytes.

    Raises
    ------
    InputError
        When the folder is none or not whole.
    """
    path = Path(folder)
    return write_page(path, report_html(path))


def write_page(path: Path, page: str, *, name: str = FILE_NAME) -> Path:
    """Write the page of a folder, whole or not at all."""
    target = path / name
    try:
        handle, partial = tempfile.mkstemp(dir=path, prefix=f".{name}.")
        # Paths may hold bytes that are no text.
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.write(page)
        Path(partial).chmod(0o644)
        Path(partial).replace(target)
    except OSError as error:
        raise RunError(f"{target}: could not be written: {error.strerror or error}.") from None
    return target


def report_html(folder: Path) -> str:
    """The page of a result folder, as text."""
    return filled("report.html.j2", _contents(Material(read_folder(folder))))


def filled(template: str, contents: dict[str, Any]) -> str:
    """A page from its template, with the style of all pages."""
    # Everything is escaped but our own drawings and style, which the template marks as safe.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    # Texts of people (names, purposes, groups) may hold what turns the writing of a page around.
    return turned_off(environment.get_template(template).render(style=style, **contents))


def _contents(material: Material) -> dict[str, Any]:
    """What the template is filled with."""
    growth, growth_lines = learning.growth_pictures(material)
    time, time_lines = price.time_picture(material)
    manifest = material.folder.manifest
    return {
        "name": material.name.replace("_", " "),
        "purpose": material.scenario.purpose if material.scenario is not None else "",
        "worlds": material.worlds,
        "world_label": str(manifest["world_label"]),
        "world_meaning": meaning_of(str(manifest["world_label"])),
        "sureness": [str(line) for line in manifest.get("sureness", [])],
        "year": material.year,
        "years": counted(material.year, "year"),
        "untold": material.untold,
        "real": "schools.parquet" not in manifest.get("files", {"schools.parquet": ""}),
        "smallest_group": SMALLEST_GROUP,
        "headlines": headlines.headlines(material),
        "verdict": headlines.verdict(material),
        "setting": material.setting,
        "scenario_known": material.scenario is not None,
        "effect": learning.effect_pictures(material),
        "effect_lines": learning.effect_sentences(material),
        "study": learning.study_table(material),
        "study_line": learning.study_sentence(material),
        "who": learning.who_pictures(material),
        "fifths_line": learning.fifths_sentence(material),
        "schools": material.schools,
        "schools_picture": learning.schools_picture(material),
        "growth": growth,
        "growth_lines": growth_lines,
        "teachers": price.teacher_pictures(material),
        "teacher_lines": price.teacher_sentences(material),
        "time": time,
        "time_lines": time_lines,
        "time_line": price.time_sentence(material.hours, tutored=material.tutored),
        "cost_lines": price.cost_sentences(material),
        "cost": price.cost_table(material),
        "grounds": grounds.grounds(material),
        "everything": price.everything_table(material),
        "again": grounds.again(material),
        "version": str(manifest.get("plsim") or "unknown"),
        "source_digest": str(manifest.get("source_digest") or "unknown"),
        "evidence_digest": str(manifest.get("evidence_digest") or "unknown"),
        "engine": str(manifest.get("engine") or "batch"),
        "seed": int(manifest["seed"]),
    }
