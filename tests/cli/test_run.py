"""``plsim run``, with an engine that returns at once: what is parsed, printed and written."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plsim.cli.main import main
from plsim.core.errors import RunError
from plsim.runs.result import EffectRow
from plsim.scenario import Scenario

ROWS = [
    ("achievement", "math", 1, "all", "paired", "difference", 0.0912, 0.031, 0.1499, "SD"),
    ("achievement", "math", 1, "all", "paired", "difference", 1.51, 0.52, 2.4, "RIT"),
    ("percentile_points", "math", 1, "all", "paired", "difference", 3.2, 1.0, 5.0, "points"),
    ("achievement", "math", 1, "quintile:1", "paired", "difference", 0.12, nan, nan, "SD"),
    ("achievement", "math", 1, "governance:charter", "paired", "difference", 0.11, 0.0, 0.2, "SD"),
    ("achievement", "math", 1, "all", "study_other_schools", "difference", 0.08, -0.05, 0.2, "SD"),
    ("on_grade", "both", 1, "all", "paired", "scenario", 0.61, 0.6, 0.62, "share"),
    ("on_grade", "both", 1, "all", "paired", "counterfactual", 0.64, 0.63, 0.65, "share"),
    ("on_grade", "both", 1, "all", "paired", "difference", -0.031, -0.05, -0.01, "share"),
    ("reverted", "both", 1, "all", "paired", "scenario", 0.075, 0.0, 0.1, "share"),
    ("reverted", "both", 1, "all", "paired", "counterfactual", 0.0755, 0.0, 0.1, "share"),
    ("reverted", "both", 1, "all", "paired", "difference", 0.0, 0.0, 0.0, "share"),
    ("teacher_hours", "both", 1, "all", "paired", "scenario", 54.2, 53.0, 55.0, "hours/week"),
    ("teacher_hours", "both", 1, "all", "paired", "counterfactual", 53.0, 52.0, 54.0, "hours/week"),
    ("teacher_hours", "both", 1, "all", "paired", "difference", 1.2, 0.4, 2.0, "hours/week"),
]


@dataclass
class FakeResult:
    scenario: Scenario
    seed: int
    worlds: int
    not_written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ("40 worlds: prior range, not calibrated.",)

    @property
    def effect_rows(self) -> list[EffectRow]:
        return [EffectRow(*row, central=nan, positive=nan, luck=nan, seeds=0) for row in ROWS]

    def write_into(self, folder: Path, *, force: bool, tables: tuple[str, ...]) -> None:
        document = {"schema_version": 1, "scenario": self.scenario.name, "seed": self.seed, "worlds": 40, "effects": []}
        (folder / "summary.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What the engine was asked for; runs happen in an empty folder."""
    asked: list[dict[str, Any]] = []

    def run(scenario: Scenario, **options: Any) -> FakeResult:
        asked.append({"scenario": scenario, **options})
        return FakeResult(scenario, options["seed"], 40)

    engine(monkeypatch, run)
    monkeypatch.chdir(tmp_path)
    return asked


def engine(monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]) -> None:
    module = types.ModuleType("plsim.runs.run")
    module.run = run  # type: ignore[attr-defined]
    module.DEFAULT_WORLDS = 40  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "plsim.runs.run", module)
    page = types.ModuleType("plsim.report.page")
    page.write_report = lambda folder: (folder / "report.html").touch()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "plsim.report.page", page)


def called(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["run", *arguments])


def test_the_headline_is_printed_with_its_interval(calls: list[dict[str, Any]]) -> None:
    output = called("one_school_demo").stdout
    assert "+0.091 [0.031, 0.150]" in output


@pytest.mark.parametrize(
    "said", ["governance", "quintile", "Hours of work asked of a teacher", "not calibrated", "study other schools"]
)
def test_the_table_says(calls: list[dict[str, Any]], said: str) -> None:
    assert said in called("one_school_demo").stdout


def test_tests_of_the_grade_s_content_are_printed(calls: list[dict[str, Any]]) -> None:
    line = next(line for line in called("one_school_demo").output.splitlines() if line.strip().startswith("on grade"))
    assert line.endswith("0.610    0.640  -0.031 [-0.050, -0.010]")


def test_nobody_goes_back_to_typical_practice_from_typical_practice(calls: list[dict[str, Any]]) -> None:
    label = "Schools that went back to typical practice"
    line = next(line for line in called("one_school_demo").output.splitlines() if line.strip().startswith(label))
    assert line.split()[-2:] == ["share", "0.075"]


def test_the_output_says_where_the_results_are(calls: list[dict[str, Any]]) -> None:
    output = called("one_school_demo", "--seed", "3").stdout
    assert output.rstrip().endswith(f"Results are in {Path('results') / 'one_school_demo-seed3'}")


def test_json_is_the_summary_and_nothing_else(calls: list[dict[str, Any]]) -> None:
    result = called("one_school_demo", "--json", "--out", "here")
    assert json.loads(result.stdout) == json.loads(Path("here/summary.json").read_text(encoding="utf-8"))


def test_quiet_prints_only_the_folder(calls: list[dict[str, Any]]) -> None:
    assert called("one_school_demo", "--quiet", "--out", "here").output == "here\n"


@pytest.mark.parametrize(("flags", "written"), [((), True), (("--no-report",), False), (("--quick",), False)])
def test_the_report_is_written_unless_it_is_not_wanted(
    calls: list[dict[str, Any]], flags: tuple[str, ...], written: bool
) -> None:
    output = called("one_school_demo", "--out", "here", *flags).stdout
    assert Path("here/report.html").exists() == ("report.html" in output) == written


def test_a_quick_run_leaves_other_designs_out(calls: list[dict[str, Any]]) -> None:
    called("one_school_demo", "--quick", "--out", "here")
    assert calls[0]["other_designs"] is False


def test_options_reach_the_engine(calls: list[dict[str, Any]]) -> None:
    called("one_school_demo", "--seed", "0", "--years", "3", "--worlds", "0", "--engine", "mesa", "--workers", "2",
           "--set", "practices.technology.intensity=0.9")  # fmt: skip
    asked = calls[0]
    scenario = asked.pop("scenario")
    assert asked == {
        "seed": 0, "worlds": 0, "years": 3, "population": None, "engine": "mesa", "workers": 2, "progress": None,
        "other_designs": True, "first": None,
    }  # fmt: skip
    assert scenario.practices["technology"].intensity == 0.9


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("one_school_demo", "--years", "0"),
        ("one_school_demo", "--seed", "-1"),
        ("one_school_demo", "--worlds", "-1"),
        ("one_school_demo", "--engine", "steam"),
        ("one_school_demo", "--population", "nowhere"),
        ("one_school_demo", "--set", "practices.technolgy.intensity=1"),
    ],
)
def test_wrong_input_exits_with_status_two_and_runs_nothing(
    calls: list[dict[str, Any]], arguments: tuple[str, ...]
) -> None:
    result = called(*arguments)
    assert (result.exit_code, result.stdout, calls) == (2, "", [])
    assert "Traceback" not in result.stderr


def test_a_result_folder_that_is_a_file_is_refused_before_the_run(calls: list[dict[str, Any]]) -> None:
    Path("taken").write_text("", encoding="utf-8")
    assert called("one_school_demo", "--out", "taken").exit_code == 2
    assert calls == []


@pytest.mark.parametrize(("raised", "status"), [(RunError("it broke"), 1), (KeyboardInterrupt(), 130)])
def test_a_run_that_ends_early_has_its_own_exit_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raised: BaseException, status: int
) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise raised

    engine(monkeypatch, run)
    monkeypatch.chdir(tmp_path)
    result = called("one_school_demo")
    assert result.exit_code == status
    assert "Traceback" not in result.output


def test_a_run_without_report_waits_for_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    heavy = ("pandas", "matplotlib", "statsmodels", "scipy.stats", "scipy.optimize", "mesa", "SALib", "jinja2")
    heavy += ("plsim.population.read", "plsim.population.roster.reading")
    code = (
        "import atexit, gc, sys; from plsim.cli.main import main;"
        " atexit.register(lambda: print(gc.get_freeze_count() > 0));"
        f"main(['run', 'one_school_demo', '--worlds', '0', '--years', '1', '--no-report', '--out', {str(tmp_path)!r}],"
        f" standalone_mode=False); print([name for name in {heavy!r} if name in sys.modules]);"
        " print(sum(each['collections'] for each in gc.get_stats()) < 100)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    # Neither libraries, nor hundreds of searches for garbage, nor one through everything at the end.
    assert done.stdout.splitlines()[-3:] == ["[]", "True", "True"]
    assert (tmp_path / "effects.parquet").is_file()
