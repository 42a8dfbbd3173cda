"""The documentation keeps what it says: links, commands, scenarios, registry keys, files, Python blocks that parse."""

from __future__ import annotations

import ast
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from plsim.cli.main import main
from plsim.engine.mesa.school import SchoolRules
from plsim.engine.mesa.student import StudentRules
from plsim.engine.mesa.teacher import TeacherRules
from plsim.engine.mesa.week_context import WeekContext
from plsim.evidence import registry
from plsim.scenario import Scenario, load

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md")))
PACKAGE = CHECKOUT / "src" / "plsim"

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
ENDINGS = {"py", "toml", "md", "csv", "parquet", "json"}
# What a page stands in for, and files that its own steps make.
PLACEHOLDERS = re.compile(r"[A-Z][A-Z_]+|\.\.\.")
MADE_BY_THE_PAGE = re.compile(r"sample|morning_meeting|reading_clinic|MY_|district|\.zip|\.csv")

EARLIER_CORE = "Made with the earlier learning core"
"""A page that says so holds answers that were not run again since; it may name numbers that are gone."""
RETIRED = {
    "plan.capacity_from_autonomy", "plan.old_duty_hours", "quality.adaptation", "quality.complementarity",
    "quality.data_rate_half", "quality.feedback", "quality.multiplier_max", "quality.targeting",
}  # fmt: skip


def named(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


def commands(text: str) -> Iterator[list[str]]:
    """Every ``plsim ...`` of a page, in blocks for a shell and in running text, without the word ``plsim``."""
    lines = [line for kind, block in BLOCK.findall(text) if kind in {"sh", "console"} for line in block.splitlines()]
    lines += [code for code in INLINE.findall(BLOCK.sub("", text)) if code.startswith("plsim ")]
    for line in lines:
        for part in re.split(r"&&|;|\bdo\b", line.split(" #")[0].removeprefix("$ ")):
            command = part.strip().removeprefix("uv run --no-project ")
            if command.startswith("plsim "):
                yield shlex.split(command)[1:]


def registry_keys(text: str) -> set[str]:
    """What looks like a key of the registry: ``group.name`` with a group that there is."""
    groups = {parameter.group for parameter in registry()}
    found = re.findall(r"(?<![\w./-])([a-z]+)\.([a-z][a-z0-9_]+)(?![\w.(*-])", text)
    return {f"{group}.{name}" for group, name in found if group in groups and name not in ENDINGS}


def is_scenario_key(key: str) -> bool:
    """Whether ``--set`` may name it."""
    table, _, name = key.partition(".")
    values = getattr(load("typical_practice"), table, None)
    return values is not None and name in type(values).model_fields


def is_of_the_code(key: str) -> bool:
    """Whether it is a module, or an attribute of an agent, as in ``teacher.strain``."""
    agent, _, name = key.partition(".")
    if (PACKAGE / agent / f"{name}.py").exists():
        return True
    kinds = {"student": StudentRules, "teacher": TeacherRules, "school": SchoolRules, "context": WeekContext}
    kind = kinds.get(agent, object)
    set_at_birth = getattr(kind.__init__, "__code__", None)
    return (
        hasattr(kind, name)
        or name in getattr(kind, "__annotations__", {})
        or (set_at_birth is not None and name in set_at_birth.co_names)
    )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith(("#", "mailto:")):
            continue
        if page.name == "index.md" and target.startswith(("generated/", "gallery/")):
            continue  # made when the site is built, which finds out by itself
        assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_shown_has_its_options(page: Path) -> None:
    for words in commands(page.read_text(encoding="utf-8")):
        if words[0].startswith("-"):
            assert words[0] in {"--help", "-h", "--version"}
            continue
        command = main.get_command(click.Context(main), words[0])
        assert command is not None, words
        known = {option for parameter in command.params for option in parameter.opts}
        given = {word.partition("=")[0] for word in words[1:] if word.startswith("-")}
        assert given <= known | {"--help"}, (words, given - known)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_scenario_and_override_shown_is_accepted(page: Path) -> None:
    for words in commands(page.read_text(encoding="utf-8")):
        if words[:1] != ["run"] or len(words) < 2 or words[1].startswith("-"):
            continue
        scenario = words[1]
        if PLACEHOLDERS.fullmatch(scenario) or MADE_BY_THE_PAGE.search(scenario):
            continue
        overrides = [words[i + 1] for i, word in enumerate(words[:-1]) if word == "--set"]
        plain = [re.sub(r"\$\w+", "1", override) for override in overrides if not PLACEHOLDERS.search(override)]
        assert isinstance(load(scenario, overrides=plain), Scenario)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_registry_key_shown_exists(page: Path) -> None:
    known = {parameter.key for parameter in registry()}
    # Python blocks have attributes, not keys, and a page on practices makes up keys of its own.
    text = BLOCK.sub(lambda block: block[0] if block[1] in {"", "text"} else "", page.read_text(encoding="utf-8"))
    unknown = {key for key in registry_keys(text) - known if not MADE_BY_THE_PAGE.search(key)}
    if EARLIER_CORE in text:
        unknown -= RETIRED
    assert not {key for key in unknown if not (is_scenario_key(key) or is_of_the_code(key))}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_shown_can_be_read(page: Path) -> None:
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            ast.parse(textwrap.dedent(block))


def test_the_map_shows_every_package_and_no_other() -> None:
    text = (CHECKOUT / "docs" / "code-map.md").read_text(encoding="utf-8").partition("## Where to look")[0]
    shown = re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)
    assert sorted(shown) == sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def test_no_package_holds_more_files_than_one_can_look_over() -> None:
    many = {
        path.parent.relative_to(PACKAGE).as_posix(): len(list(path.parent.glob("*.py"))) - 1
        for path in PACKAGE.rglob("__init__.py")
    }
    # population/ is to be split by kind of file.
    assert not {name: count for name, count in many.items() if count > 21 and name != "population"}


def test_the_index_shows_every_page() -> None:
    index = (CHECKOUT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (CHECKOUT / "docs").glob("*.md")} - {"README.md", "index.md"}
    assert pages <= set(LINK.findall(index))


def test_the_model_page_names_every_number_that_a_rule_of_learning_reads() -> None:
    text = (CHECKOUT / "docs" / "odd.md").read_text(encoding="utf-8")
    groups = ("match", "quality", "plan", "pace", "learning", "school")
    missing = [p.key for p in registry() if p.group in groups and p.key not in text]
    assert not missing
