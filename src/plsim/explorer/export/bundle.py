"""Modules, styles and answers as one page: nothing is fetched, and the page may run nothing but what is in it.

Our modules use a small part of what modules can do, so that putting them together takes no tool: imports by name from
a file beside, exports of constants, functions and classes, and ``import()`` of a screen. Anything else is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plsim.core.errors import PlsimError

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.-]+)";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("\./([\w.-]+)"\)')
_EXPORT = re.compile(r"^export (const|function|async function|class) (\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(import\b|export\b)|\bimport\.meta\b", re.MULTILINE)


class BundleError(PlsimError):
    """A module uses what cannot be put into one file."""


def bundled(folder: Path, entry: str, *, instead: Mapping[str, str]) -> str:
    """A script of the modules that ``entry`` needs, each in a function of its own, called when it is first needed.

    Parameters
    ----------
    instead
        Modules to take in place of others.
    """
    order: list[str] = []
    parts: dict[str, str] = {}

    def take(name: str) -> None:
        name = instead.get(name, name)
        if name in parts:
            return
        text = (folder / name).read_text(encoding="utf-8")
        parts[name] = _as_function(text, name, instead)
        for needed in (*(found[1] for found in _IMPORT.findall(text)), *_LATER.findall(text)):
            take(needed)
        order.append(name)

    take(entry)
    modules = ",\n".join(f"{json.dumps(name)}: function (need, give) {{\n{parts[name]}\n}}" for name in order)
    return (
        '"use strict";\n(() => {\n'
        f"const modules = {{\n{modules}\n}};\n"
        "const made = {};\n"
        "const need = (name) => {\n"
        "  if (!made[name]) { made[name] = {}; modules[name](need, made[name]); }\n"
        "  return made[name];\n"
        "};\n"
        f"need({json.dumps(entry)});\n"
        "})();\n"
    )


def _as_function(text: str, name: str, instead: Mapping[str, str]) -> str:
    def needed(found: re.Match[str]) -> str:
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(found[1].split()))
        return f"const {{ {names} }} = need({json.dumps(instead.get(found[2], found[2]))});"

    exported = [found[1] for found in _EXPORT.findall(text)]
    text = _IMPORT.sub(needed, text)
    text = _EXPORT.sub(r"\1 \2", text)
    text = _LATER.sub(lambda found: f"Promise.resolve(need({json.dumps(instead.get(found[1], found[1]))}))", text)
    if left := _LEFT.search(text):
        raise BundleError(f"{name} cannot be put into one file: '{left[0]}' is not understood there.")
    return f"{text}\nObject.assign(give, {{ {', '.join(exported)} }});"


def one_page(*, title: str, language: str, body: str, styles: str, script: str, data: Mapping[str, Any]) -> str:
    """The page. It carries its own rule that nothing may be loaded from anywhere."""
    # A tag inside the data would end them; JSON may write its bracket in another way.
    held = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    rule = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(styles)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{rule}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{styles}</style>\n</head>\n"
        f"{body}\n"
        f'<script type="application/json" id="plsim-data">{held}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _digest(text: str) -> str:
    found = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{found}'"
