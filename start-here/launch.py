"""Starts plsim from an unpacked copy, for people who use no terminal.

Makes an environment beside the copy the first time, shows how far it is, and opens the page. Says plainly what is
missing. Needs nothing but Python, and can be read by older ones, so that it can say that they are too old.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_BYTES = 1_500_000_000
COPY = Path(__file__).resolve().parent.parent
PACKAGES = 30
"""About so many packages are fetched; the count is only there so that people see it move."""


class MissingError(Exception):
    """What is missing, and what to do about it, in words for anybody."""


def say(text: str) -> None:
    """A line on the window."""
    print(text, flush=True)


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python that plsim does not run on."""
    if not OLDEST <= version <= NEWEST:
        wanted = "{}.{} to {}.{}".format(*OLDEST, *NEWEST)
        raise MissingError(
            "plsim needs Python {}; this one is {}.{}.\n"
            "Install Python {}.{} from https://www.python.org/downloads/ and double-click again.".format(
                wanted, *version, *NEWEST
            )
        )


def check_copy(copy: Path) -> None:
    """Refuse to start from inside an archive, or from half a copy."""
    if not (copy / "pyproject.toml").is_file() or not (copy / "src" / "plsim").is_dir():
        raise MissingError(
            "This folder holds only a part of plsim. Unpack the whole archive first ('Extract all'), "
            "then double-click the starter in the unpacked folder."
        )


def environment_folder(copy: Path, home: Path) -> Path:
    """Beside the copy when it may be written to, else in the person's own folder."""
    for folder in (copy / ".plsim-environment", home / ".plsim-environment"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".may-write"
            probe.write_text("", encoding="utf-8")
            probe.unlink()
        except OSError:
            continue
        return folder
    raise MissingError(f"No folder can be written to, neither {copy} nor {home}.")


def check_space(folder: Path) -> None:
    """Refuse where there is no room for the environment."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise MissingError(
            f"plsim needs {NEEDED_BYTES / 1e9:.1f} GB of disk space; {free / 1e9:.1f} GB are free. "
            "Free some and double-click again."
        )


def state_of(copy: Path) -> str:
    """Changes when another version of plsim is unpacked over this one, or Python changes."""
    found = hashlib.sha256((copy / "pyproject.toml").read_bytes())
    found.update(f"{copy} {sys.version}".encode())
    return found.hexdigest()


def python_of(folder: Path) -> Path:
    """The environment's own Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment(folder: Path, copy: Path, run=subprocess.Popen) -> None:
    """The environment with plsim in it; nothing is done when it is there already."""
    done = folder / "made-for"
    if done.is_file() and done.read_text(encoding="utf-8") == state_of(copy) and python_of(folder).exists():
        return
    say("Making plsim ready. This happens once and takes some minutes.")
    say("[1/3] An environment of its own ...")
    import venv

    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(folder)
    except (OSError, subprocess.CalledProcessError, SystemExit) as error:
        raise MissingError(
            f"Python cannot make an environment ({error}).\nOn Debian and Ubuntu install the package python3-venv: "
            "sudo apt install python3-venv"
        ) from None
    say("[2/3] What plsim is built on (about 350 MB; needs a network this once) ...")
    install(python_of(folder), copy, run)
    done.write_text(state_of(copy), encoding="utf-8")
    say("[3/3] Ready.")


def install(python: Path, copy: Path, run) -> None:
    """Put plsim into the environment, and show how far it is."""
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        str(copy),
    ]
    found = run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said, count = [], 0
    for line in found.stdout:
        said.append(line)
        step = progress(line, count)
        if step is not None:
            count, text = step
            say("      " + text)
    if found.wait() != 0:
        raise MissingError(why_not(said))


def progress(line: str, count: int) -> tuple[int, str] | None:
    """What a line of pip means for somebody who waits."""
    name = re.match(r"\s*(?:Collecting|Using cached|Downloading) ([\w.-]+)", line)
    if line.lstrip().startswith("Collecting") and name:
        return count + 1, f"{count + 1:3d} of about {PACKAGES}: {name[1]}"
    if line.startswith("Installing collected packages"):
        return count, "unpacking ..."
    return None


def why_not(said: list[str]) -> str:
    """Why pip failed, in words for anybody."""
    text = "".join(said)
    if re.search(r"ConnectTimeout|NewConnectionError|NameResolution|Max retries|ProxyError|Could not fetch URL", text):
        return (
            "The packages that plsim is built on could not be fetched: there is no network, or a filter stops it.\n"
            "Connect and double-click again; or ask whoever keeps your network to allow Python's package index and "
            "its file server."
        )
    if "No matching distribution" in text:
        return "A package that plsim is built on does not exist for this computer.\n" + "".join(said[-3:])
    if re.search(r"No space left|not enough space", text):
        return "The disk is full. Free some space and double-click again."
    return "Installing failed. The last lines were:\n" + "".join(said[-6:])


def main() -> int:
    """Check, make ready, start; keep the window open when something is wrong."""
    try:
        check_python(sys.version_info[:2])
        check_copy(COPY)
        folder = environment_folder(COPY, Path.home())
        if not (folder / "made-for").is_file():
            check_space(folder)
        make_environment(folder, COPY)
        if "--only-make" in sys.argv:
            return 0
        say("Starting. Your browser opens in a moment; close this window to end plsim.")
        begun = time.monotonic()
        code = subprocess.call([str(python_of(folder)), "-m", "plsim", "explore", *sys.argv[1:]])
        if code and time.monotonic() - begun < 20:
            raise MissingError("plsim ended with an error; the lines above say why.")
    except MissingError as missing:
        say("")
        say(str(missing))
        if sys.stdin is not None and sys.stdin.isatty():
            input("\nPress Enter to close this window.")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
