"""``plsim check`` reads published facts as it reads scenarios: what they are, or what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from plsim.cli.main import main
from plsim.validation.facts.fact_files import FOLDER


def test_a_sound_fact_file_is_described() -> None:
    result = CliRunner().invoke(main, ["check", str(FOLDER / "nickow_tutoring.toml")])
    assert result.exit_code == 0, result.output
    assert "within_school_rct, broad test in week 32 of year 1" in result.output
    assert "ME-18: effect (value, calibration)" in result.output


def test_a_wrong_fact_file_is_refused_with_line_and_fix(tmp_path: Path) -> None:
    text = (FOLDER / "nickow_tutoring.toml").read_text(encoding="utf-8")
    path = tmp_path / "wrong.toml"
    path.write_text(text.replace("ratio = 2.0", "raito = 2.0"), encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(path)])
    line = text.splitlines().index("ratio = 2.0") + 1
    assert result.exit_code == 2
    assert f"wrong.toml:{line}: programs.tutoring.raito: unknown key. Did you mean 'ratio'?" in result.output
