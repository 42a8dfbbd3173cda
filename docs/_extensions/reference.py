"""Sphinx extension: the generated pages of the site, written into ``generated/`` before Sphinx looks for sources.

The API reference is read from ``plsim.__all__``, the command reference from click, the project's own pages
(changelog, contributing, experiments) from where they lie. Links of a Markdown page that leave ``docs/`` are led to
those pages.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import benchmark_history

import plsim
from plsim.core.errors import PlsimError

HERE = Path(__file__).resolve().parents[1]
CHECKOUT = HERE.parent
GENERATED = HERE / "generated"

LEADING_OUT = {
    "../README.md": "index.md",
    "../CHANGELOG.md": "generated/changelog.md",
    "../CONTRIBUTING.md": "generated/contributing.md",
    "../benchmarks/history.csv": "generated/benchmarks.rst",
    "../examples/": "gallery/index.rst",
    "README.md": "index.md",
}
"""Where a link that leaves ``docs/``, or goes to a page that the site replaces, leads on the site."""

AUTOSUMMARY = """
.. currentmodule:: {module}

.. autosummary::
   :toctree: api

   {names}
"""


def public() -> dict[str, list[str]]:
    """Names of ``plsim.__all__`` by kind: functions, classes, errors, in the order in which they are listed."""
    kinds: dict[str, list[str]] = {"Functions": [], "Classes": [], "Errors": []}
    for name in plsim.__all__:
        value = getattr(plsim, name)
        if not inspect.isclass(value):
            kinds["Functions"].append(name)
        elif issubclass(value, PlsimError):
            kinds["Errors"].append(name)
        else:
            kinds["Classes"].append(name)
    return kinds


def returned() -> list[type]:
    """Classes of plsim that a public function or property gives back and that ``plsim.__all__`` does not list."""
    listed = {getattr(plsim, name) for name in plsim.__all__}
    found: dict[type, None] = {}
    todo: list[Any] = [getattr(plsim, name) for name in plsim.__all__]
    while todo:
        for kind in _given_back(todo.pop(0)):
            if kind not in listed and kind not in found and kind.__module__.startswith("plsim."):
                found[kind] = None
    return list(found)


def _given_back(value: object) -> Iterator[type]:
    """Classes of plsim that are named where a function says what it returns, also those only type checkers import."""
    module = inspect.getmodule(value)
    if inspect.isclass(value) or not callable(value) or module is None:
        return
    homes = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    for name in re.findall(r"\w+", str(getattr(value, "__annotations__", {}).get("return", ""))):
        home, there = homes.get(name, ("", ""))
        found = getattr(importlib.import_module(home), there) if home.startswith("plsim.") else None
        if inspect.isclass(found):
            yield found


def api_page() -> str:
    """The index of the API reference; autosummary writes a page for each name."""
    text = [
        _title("API reference"),
        "What is listed here is importable from ``plsim``, is checked by the same rules as the command line, and keeps",
        "its name when files move. Everything else is internal and may change without notice.",
        "",
    ]
    for kind, names in public().items():
        if names:
            text += [_title(kind, "-"), AUTOSUMMARY.format(module="plsim", names="\n   ".join(names))]
    kinds = returned()
    if kinds:
        text += [
            _title("Returned objects", "-"),
            "What the functions above return; there is no need to import them.",
            "",
        ]
        for kind in kinds:
            text.append(AUTOSUMMARY.format(module=kind.__module__, names=kind.__qualname__))
    return "\n".join(text)


def commands_page() -> str:
    """The command reference: every command with its arguments and options, read from click."""
    return "\n".join(
        [
            _title("Command reference"),
            "Exit status: 0 done; 2 the input is wrong, and one message says where, what was given and what is",
            "allowed; 1 the run failed; 130 interrupted, and whatever was finished is kept.",
            "",
            ".. click:: plsim.cli.main:main",
            "   :prog: plsim",
            "   :nested: full",
            "",
        ]
    )


def _title(text: str, line: str = "=") -> str:
    return f"{text}\n{line * len(text)}\n"


def project_pages() -> dict[str, str]:
    """Pages of the project that lie outside ``docs/``, by the path they get in ``generated/``."""
    pages = {"changelog.md": (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")}
    contributing = CHECKOUT / "CONTRIBUTING.md"
    pages["contributing.md"] = _moved(contributing.read_text(encoding="utf-8"), {"docs/": "../"})
    folders = sorted(path.parent for path in CHECKOUT.glob("experiments/*/README.md"))
    for folder in folders:
        text = (folder / "README.md").read_text(encoding="utf-8")
        text = re.sub(r"\]\(\.\./(\w+)/README\.md\)", r"](\1.md)", text)
        here = f"../../../experiments/{folder.name}/results/"
        pages[f"experiments/{folder.name}.md"] = _moved(text, {"../../docs/": "../../", "results/": here})
    index = _moved((CHECKOUT / "experiments" / "README.md").read_text(encoding="utf-8"), {"../docs/": "../../"})
    for folder in folders:
        index = index.replace(f"]({folder.name}/README.md)", f"]({folder.name}.md)").replace(
            f"]({folder.name}/)", f"]({folder.name}.md)"
        )
    listed = "\n".join(folder.name for folder in folders)
    pages["experiments/index.md"] = f"{index}\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    return pages


def _moved(text: str, moves: dict[str, str]) -> str:
    """A page with the beginnings of its links changed."""
    for old, new in moves.items():
        text = text.replace(f"]({old}", f"]({new}")
    return text


def led_to_the_site(text: str, *, examples: Iterable[str]) -> str:
    """A page of ``docs/`` whose links lead to pages of the site where these stand in for files of the checkout."""
    for old, new in LEADING_OUT.items():
        text = re.sub(rf"\]\({re.escape(old)}(#[^)]*)?\)", f"]({new})", text)
    for name in examples:
        text = text.replace(f"](../examples/{name}.py)", f"](gallery/{name}.rst)")
    text = re.sub(r"\]\(\.\./experiments/(\w+)/(?:README\.md)?\)", r"](generated/experiments/\1.md)", text)
    return re.sub(r"\]\(\.\./experiments/(?:README\.md)?\)", "](generated/experiments/index.md)", text)


def pages_under(heading: str) -> list[str]:
    """Pages that the index for readers of the checkout (``docs/README.md``) lists under a heading, in its order."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    named = re.findall(r"^\| \[[\w-]+\.md\]\(([\w-]+)\.md\)", section, re.MULTILINE)
    return [name for name in named if (HERE / f"{name}.md").exists()]


def with_contents(index: str) -> str:
    """The site's front page, its tables of contents begun with the pages that ``docs/README.md`` lists."""
    for heading in ("Tutorials", "How-to guides", "Explanation"):
        start = f":caption: {heading}\n\n"
        index = index.replace(start, start + "".join(f"{name}\n" for name in pages_under(heading)))
    return index


def _write(app: object, config: object) -> None:  # noqa: ARG001
    shutil.rmtree(GENERATED, ignore_errors=True)
    history = benchmark_history.read_history(CHECKOUT / "benchmarks" / "history.csv")
    pages = {
        "api.rst": api_page(),
        "commands.rst": commands_page(),
        "benchmarks.rst": benchmark_history.page(history),
        **project_pages(),
    }
    for name, text in pages.items():
        path = GENERATED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    benchmark_history.picture(history, GENERATED / "benchmarks.svg")


def _read(app: object, docname: str, source: list[str]) -> None:  # noqa: ARG001
    examples = [path.stem for path in (CHECKOUT / "examples").glob("*.py") if path.stem != "mesa_visualisation"]
    if docname == "index":
        source[0] = with_contents(source[0])
    if "/" not in docname:
        source[0] = led_to_the_site(source[0], examples=examples)


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", _write)
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
