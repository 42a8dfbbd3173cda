import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import plsim

CHECKOUT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))

HEAVY = ("llvmlite", "matplotlib", "mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "SALib", "scipy")

# Written so that this file does not match itself.
MACHINE_PATHS = r"(?:^|[^\w./-])/(?:wor[k]|roo[t]|hom[e]/\w+|op[t]/wheels|tm[p]/(?:venv|spec|bash_jobs))\b"
REGISTRIES = r"pypi[.](?:org|python[.]org)|pythonhosted[.]org|registry[.]npmjs|[-]-(?:extra-)?index-[u]rl"


def fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def requirement_name(requirement: str) -> str:
    matched = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert matched is not None
    return matched[0]


def committed_files() -> list[Path]:
    """What is committed, or would be by the next commit of everything."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    command = [git, "-c", f"safe.directory={CHECKOUT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    paths = (CHECKOUT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_import_plsim_loads_no_library() -> None:
    loaded = json.loads(fresh_python("import plsim, sys, json; print(json.dumps(sorted(sys.modules)))"))
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)


def test_import_plsim_takes_a_tenth_of_a_second_at_most() -> None:
    code = "import time; start = time.perf_counter(); import plsim; print(time.perf_counter() - start)"
    assert min(float(fresh_python(code)) for _ in range(3)) < 0.1


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        plsim.runn  # noqa: B018  # the access is the test


def test_every_statement_of_the_version_agrees() -> None:
    citation = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["version"] == plsim.__version__
    assert f"version: {plsim.__version__}\n" in citation
    assert f"\n## {plsim.__version__}" in changelog


def test_every_dependency_is_explained_and_every_explained_one_is_required() -> None:
    page = (CHECKOUT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = PYPROJECT["project"]
    needed = {requirement_name(one) for one in project["dependencies"]}
    extra = {requirement_name(one) for many in project["optional-dependencies"].values() for one in many}
    tables = re.findall(r"^\| `([\w-]+)` \|", page, flags=re.MULTILINE)
    assert set(tables) == needed | set(project["optional-dependencies"])
    assert {name for name in extra if f"`{name}`" not in page} == set()


def test_the_package_says_that_it_is_typed() -> None:
    assert (CHECKOUT / "src" / "plsim" / "py.typed").is_file()


@pytest.mark.parametrize(
    ("pattern", "guilty", "innocent"),
    [
        (MACHINE_PATHS, "see /{}/main".format("work"), "see framework/main and https://example.org/work/x"),
        (REGISTRIES, "https://{}.org/simple".format("pypi"), "a package index"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: str, guilty: str, innocent: str) -> None:
    assert re.search(pattern, guilty)
    assert not re.search(pattern, innocent)


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES], ids=["machine path", "registry address"])
def test_nothing_committed_names_this_machine_or_a_registry(pattern: str) -> None:
    found = []
    for path in committed_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}")
    assert found == []
