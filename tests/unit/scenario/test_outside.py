"""A practice of another package is found, used, named in manifests, and missed when it is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLASS = """from pydantic import Field
from plsim.practices.options import Practice
from plsim.practices.registration import register

@register("evening_reading")
class EveningReading(Practice):
    \"\"\"Families read together in the evening.\"\"\"
    intensity: float = Field(default=0.0, ge=0.0, le=1.0)
    spread: float = Field(default=0.0, ge=0.0, le=1.0)

    def apply(self, table, intensity):
        table["belonging"][...] = table["belonging"] + 0.1 * intensity[:, None]
"""
USE = """
import json, sys
import plsim
from plsim.scenario.outside import outside_practices
scenario = plsim.change("one_school_demo", {"practices.evening_reading.intensity": 0.5})
again = plsim.scenario.loading.loads(scenario.to_toml(), where="again")
assert again == scenario
said = {name: list(source) for name, source in outside_practices().items()}
print(json.dumps([scenario.to_toml(), scenario.digest(), said]))
"""
READ = """
import sys
import plsim
from pathlib import Path

import pytest
from plsim.runs.manifest import read_manifest
try:
    print(read_manifest(Path(sys.argv[1])).changed)
except plsim.InputError as error:
    print("refused:", error)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with an installed package that offers a practice."""
    folder = tmp_path / "site"
    info = folder / "my_schools-1.2.dist-info"
    info.mkdir(parents=True)
    (folder / "my_schools.py").write_text(CLASS, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-schools\nVersion: 1.2\n", encoding="utf-8")
    points = "[plsim.practices]\nevening_reading = my_schools:EveningReading\n"
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    return folder


def told(code: str, folder: Path | None, *arguments: str) -> str:
    """What Python prints with a folder on its path."""
    paths = [str(folder)] if folder is not None else []
    search = os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": search}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_practice_of_another_package_is_used_named_and_missed(package: Path, tmp_path: Path) -> None:
    scenario, digest, said = json.loads(told(USE, package))
    assert said["evening_reading"][:2] == ["my-schools", "1.2"]
    document = {
        "schema_version": 1,
        "scenario": scenario, "scenario_digest": digest, "practices_from": said, "seed": 0, "years": 1, "worlds": 0,
        "engine": "batch", "population": "", "population_term": "", "population_digest": "", "other_designs": False,
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    here = told(READ, package, str(tmp_path))
    assert "evening_reading" not in here
    assert "refused" not in here
    assert "comes from my-schools 1.2, which is not installed" in told(READ, None, str(tmp_path))
    (package / "my_schools.py").write_text(CLASS.replace("0.1 *", "0.2 *"), encoding="utf-8")
    assert "practice 'evening_reading' of another package" in told(READ, package, str(tmp_path))


def test_a_package_whose_practice_cannot_be_loaded_is_named(package: Path) -> None:
    (package / "my_schools.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    code = "from plsim.core.errors import InputError\ntry:\n    import plsim.scenario\nexcept InputError as e: print(e)"
    assert "practice 'evening_reading' of package 'my-schools': cannot be loaded" in told(code, package)


LOST = """
import json, sys
import plsim

def said(**changes):
    try:
        plsim.change("one_school_demo", changes)
        return "fine"
    except plsim.InputError as error:
        return str(error)

for lever in sys.argv[1:]:
    practice = {f"practices.with_{lever}.intensity": 0.5}
    print(json.dumps([lever, said(**practice), said(**practice, **{"programs.tutoring.minutes": 60.0})]))
"""
OVERWRITTEN = {
    "belonging": ("fine", "fine"),
    "coaching_hours": ("turns the lever coaching_hours, which is overwritten", "which is overwritten"),
    "intensity_paths": ("turns the lever intensity_paths, which is overwritten", "which is overwritten"),
    "tutoring_minutes": ("fine", "turns the lever tutoring_minutes, which is overwritten"),
}
"""What is said of a practice that turns a lever: alone, and beside tutoring."""


def test_a_lever_that_would_be_overwritten_is_an_error(package: Path) -> None:
    points = ["[plsim.practices]"]
    for lever in OVERWRITTEN:
        text = CLASS.replace('"belonging"', f'"{lever}"').replace('"evening_reading"', f'"with_{lever}"')
        (package / f"turns_{lever}.py").write_text(text, encoding="utf-8")
        points.append(f"with_{lever} = turns_{lever}:EveningReading")
    (package / "my_schools-1.2.dist-info" / "entry_points.txt").write_text("\n".join(points), encoding="utf-8")
    lines = [json.loads(line) for line in told(LOST, package, *OVERWRITTEN).splitlines()]
    assert [lever for lever, *_ in lines] == list(OVERWRITTEN)
    for lever, *said in lines:
        for expected, found in zip(OVERWRITTEN[lever], said, strict=True):
            assert expected in found, lever
