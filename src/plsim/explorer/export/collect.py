"""All texts that a catalogue must have, found in the sources: what JavaScript and Python say, and what stands in files.

``python -m plsim.explorer.export.collect es`` prints what a language lacks, as JSON to fill in.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from plsim.explorer.languages.catalogue import PAGES, PATTERNS, SENTENCES, part, parts

EXPLORER = Path(__file__).resolve().parent.parent
_STRING = r'"((?:[^"\\]|\\.)*)"'
_CALL = re.compile(r"\b(?:t|parts)\(\s*" + _STRING)
_COUNTED = re.compile(r"\bcounted\([^\"]*?" + _STRING + r",\s*" + _STRING)
_TAGGED = re.compile(r"<(\w+)[^>]*\bdata-t(?:=\"\")?>(.*?)</\1>", re.DOTALL)
_LABELLED = re.compile(r'aria-label="([^"]*)" data-t-label')


def page_texts() -> set[str]:
    """What the page says: calls of ``t``, ``parts`` and ``counted``, and marked elements of its file."""
    found: set[str] = set()
    for path in sorted((EXPLORER / "static").glob("*.js")):
        text = path.read_text(encoding="utf-8")
        found |= {json.loads(f'"{each}"') for each in _CALL.findall(text)}
        found |= {json.loads(f'"{each}"') for pair in _COUNTED.findall(text) for each in pair}
    page = (EXPLORER / "static" / "index.html").read_text(encoding="utf-8")
    found |= {" ".join(each[1].split()) for each in _TAGGED.findall(page)}
    return found | set(_LABELLED.findall(page))


def sentences() -> set[str]:
    """What the server says: calls of ``said`` and ``counted``."""
    return {text for path in sorted(EXPLORER.rglob("*.py")) for text in _said_in(path)}


def _said_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        wanted = {"said": node.args[:1], "counted": node.args[1:3]}.get(node.func.id, [])
        for each in wanted:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def labels() -> dict[str, set[str]]:
    """Texts of their own in answers, by the part of the catalogue that holds them."""
    from plsim.engine.parameters import PRIOR_LABEL
    from plsim.engine.worlds import CALIBRATED_LABEL
    from plsim.evidence import GRADES_OF_EVIDENCE
    from plsim.explorer.decisions.controls import groups
    from plsim.explorer.decisions.labels import STARTS, start_about
    from plsim.explorer.teaching.classroom_changes import TITLES
    from plsim.explorer.teaching.classroom_pairs import PAIRS
    from plsim.explorer.teaching.demonstration_files import SHIPPED, read_demonstration
    from plsim.explorer.teaching.demonstrations import OUTCOMES
    from plsim.explorer.teaching.game import CONTROLS
    from plsim.explorer.teaching.teach_api import class_scenarios
    from plsim.measures.vocabulary import OUTCOMES as ALL_OUTCOMES
    from plsim.measures.vocabulary import PRACTICE_LABELS, outcome_label
    from plsim.report.setting import SUPPORT_NAMES, VALUE_NAMES
    from plsim.report.words import group_name, subject_name, unit_of
    from plsim.scenario.shipped import shipped_scenarios

    demonstrations: set[str] = set()
    for path in sorted(SHIPPED.glob("*.toml")):
        says = read_demonstration(path).says
        demonstrations |= {says.title, says.about, says.closing, *(each.label for each in says.settings.values())}
        for step in says.steps:
            demonstrations |= {step.title, step.say, step.ask, *step.discuss, *step.reveal.values()}
            demonstrations |= {text for option in step.options for text in (option.text, option.because)}
    words = set(TITLES.values()) | {control["title"] for control in CONTROLS}
    words |= {each["title"] for each in class_scenarios()}
    for pair in PAIRS:
        words |= {pair["title"], pair["look"], *pair["labels"]}
    words |= {PRIOR_LABEL, CALIBRATED_LABEL} | {subject_name(each) for each in ("math", "reading", "both")}
    words |= {*SUPPORT_NAMES.values(), *VALUE_NAMES.values()}
    words |= {group_name(f"quintile:{n}") for n in range(1, 6)} | {"All students", "Cost per student and year"}
    units = {unit_of(unit) for unit in OUTCOMES.values()}
    words |= {outcome_label(each.name) for each in ALL_OUTCOMES} | {word for each in units for word in each[2:]}
    offered = {*PRACTICE_LABELS.values(), *(group["meaning"] for group in groups()), *STARTS}
    offered |= {start_about(path) for path in shipped_scenarios().values()}
    decisions = offered | set(_in_module(EXPLORER / "decisions" / "labels.py"))
    decisions = decisions - demonstrations - words
    return {
        "demonstrations": demonstrations - {""},
        "labels": words - {"", "%", "SD"},
        "decisions": {text for text in decisions if _is_text(text)} | set(GRADES_OF_EVIDENCE.values()),
        "evidence": _evidence(),
    }


def _evidence() -> set[str]:
    """What a control stands on and worlds differ in; its sources stay in the words in which they can be found."""
    from plsim.evidence import registry
    from plsim.explorer.decisions.controls import controls

    behind = {registry()[key].meaning for control in controls() for key in control.evidence}
    return behind | {one.meaning for one in registry().uncertain()}


def _in_module(path: Path) -> Iterator[str]:
    """Strings of a module's constants."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            yield from _strings(node.value)


def _strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for value in node.elts:
            yield from _strings(value)


def _is_text(text: str) -> bool:
    """Words for people: more than one, or with a capital; keys and units are neither."""
    return text != "SD" and (" " in text or text[:1].isupper()) and re.search(r"[A-Za-z]{2}", text) is not None


def wanted() -> dict[str, set[str]]:
    """Every text by the part of the catalogue that is to hold it."""
    return {PAGES: page_texts(), SENTENCES: sentences(), **labels()}


def missing(language: str) -> dict[str, list[str]]:
    """What a language lacks, by part."""
    lacks = {name: sorted(texts - set(part(language, name))) for name, texts in wanted().items()}
    return {name: texts for name, texts in lacks.items() if texts}


def unused(language: str) -> dict[str, list[str]]:
    """What a language has for texts that nobody says any more, by part."""
    all_wanted = wanted()
    known = (name for name in parts(language) if name != PATTERNS)
    left = {name: sorted(set(part(language, name)) - all_wanted.get(name, set())) for name in known}
    return {name: texts for name, texts in left.items() if texts}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(missing(sys.argv[1]), indent=1, ensure_ascii=False) + "\n")
