"""The starters in ``start-here``: they say what is missing, make the environment once, and show how far it is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "start-here"

spec = importlib.util.spec_from_file_location("launch", FOLDER / "launch.py")
assert spec is not None
assert spec.loader is not None
launch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launch)


class Pip:
    """Stands in for pip: what it says, and how it ends."""

    def __init__(self, lines: list[str], code: int = 0) -> None:
        self.stdout, self.code, self.asked = lines, code, []

    def __call__(self, command: list[str], **_: object) -> Pip:
        self.asked.append(command)
        return self

    def wait(self) -> int:
        return self.code


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_pythons_that_plsim_runs_on_are_taken(version):
    launch.check_python(version)


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_is_refused_with_where_to_get_one(version):
    with pytest.raises(launch.MissingError, match=r"(?s)plsim needs Python 3\.11 to 3\.13.*python\.org"):
        launch.check_python(version)


def test_versions_are_those_of_the_package():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest, newest = launch.OLDEST, launch.NEWEST
    assert f'requires-python = ">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"' in text


def test_half_a_copy_is_refused(tmp_path):
    with pytest.raises(launch.MissingError, match="Unpack the whole archive"):
        launch.check_copy(tmp_path)
    launch.check_copy(ROOT)


def test_a_full_disk_is_said_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "NEEDED_BYTES", 10**18)
    with pytest.raises(launch.MissingError, match="GB of disk space"):
        launch.check_space(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may write everywhere cannot be refused")
def test_a_copy_that_cannot_be_written_to_uses_the_persons_own_folder(tmp_path):
    copy, home = tmp_path / "copy", tmp_path / "home"
    copy.mkdir(mode=0o500)
    home.mkdir()
    assert launch.environment_folder(copy, home).parent == home


def test_progress_counts_packages(capsys):
    pip = Pip(
        [
            "Collecting numpy>=2.0\n",
            "  Downloading numpy\n",
            "Collecting pandas\n",
            "Installing collected packages: x\n",
        ]
    )
    launch.install(Path("python"), ROOT, pip)
    said = capsys.readouterr().out
    assert "1 of about" in said
    assert "2 of about" in said
    assert "pandas" in said
    assert "unpacking" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("WARNING: NewConnectionError(...)\n", "no network"),
        ("ERROR: No matching distribution found for numba\n", "does not exist for this computer"),
        ("ERROR: [Errno 28] No space left on device\n", "The disk is full"),
        ("ERROR: something else\n", "something else"),
    ],
)
def test_why_installing_failed_is_said_in_words_for_anybody(line, message):
    with pytest.raises(launch.MissingError, match=message):
        launch.install(Path("python"), ROOT, Pip([line], code=1))


def test_the_environment_is_made_once_and_again_for_another_version(tmp_path, monkeypatch):
    class Builder:
        """Makes a folder that looks like an environment: a real one takes half a minute."""

        def __init__(self, **_: object) -> None:
            pass

        def create(self, folder: Path) -> None:
            launch.python_of(folder).parent.mkdir(parents=True, exist_ok=True)
            launch.python_of(folder).touch()

    monkeypatch.setattr(venv, "EnvBuilder", Builder)
    copy, folder = tmp_path / "copy", tmp_path / "env"
    copy.mkdir()
    folder.mkdir()
    (copy / "pyproject.toml").write_text("one", encoding="utf-8")
    pip = Pip([])
    launch.make_environment(folder, copy, run=pip)
    launch.make_environment(folder, copy, run=pip)
    assert len(pip.asked) == 1
    (copy / "pyproject.toml").write_text("two", encoding="utf-8")
    launch.make_environment(folder, copy, run=pip)
    assert len(pip.asked) == 2


def started(script: Path, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell starter that finds nothing but what lies in a folder."""
    command = [str(shutil.which("sh")), str(script), *more]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
@pytest.mark.parametrize("name", ["start-linux.sh", "start-mac.command"])
def test_without_a_python_the_shell_starters_say_so(name, tmp_path):
    here = tmp_path / "start-here"
    shutil.copytree(FOLDER, here)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    shell = shutil.which("sh")
    found = subprocess.run(
        [shell, here / name], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert "plsim needs Python 3.11, 3.12 or 3.13" in found.stdout


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
def test_the_shell_starters_can_be_double_clicked_and_start_the_launcher(tmp_path):
    for name in ("start-linux.sh", "start-mac.command"):
        assert os.access(FOLDER / name, os.X_OK)
        here = tmp_path / name / "start-here"
        here.mkdir(parents=True)
        shutil.copy(FOLDER / name, here)
        (here / "launch.py").write_text("import sys; print('launched', sys.argv[1:])", encoding="utf-8")
        (tmp_path / name / "bin").mkdir()
        (tmp_path / name / "bin" / "python3.12").symlink_to(sys.executable)
        (tmp_path / name / "bin" / "dirname").symlink_to(shutil.which("dirname"))
        env = {"PATH": str(tmp_path / name / "bin")}
        found = subprocess.run(
            [shutil.which("sh"), here / name, "--x"], env=env, capture_output=True, text=True, check=False
        )
        assert found.stdout.strip() == "launched ['--x']", found.stderr


def test_the_windows_starter_has_windows_line_ends_and_waits_when_something_is_missing():
    raw = (FOLDER / "start-windows.bat").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 10
    text = raw.decode("ascii")
    assert "pause" in text
    assert "launch.py" in text
    for version in ("3.11", "3.12", "3.13"):
        assert version in text


def test_the_container_listens_with_its_token_on_and_not_as_root():
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert "USER plsim" in text
    assert '"--host", "0.0.0.0"' in text
    for line in text.splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
