"""Making the page: answers are found, told in a language, and put into one file with everything that shows them."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from plsim import __version__
from plsim.explorer.export.answers import answers
from plsim.explorer.export.bundle import bundled, one_page
from plsim.explorer.languages.catalogue import PAGES, Tongue, part
from plsim.explorer.languages.texts import localized, said
from plsim.explorer.teaching.demonstration_files import LoadedDemonstration
from plsim.scenario.schema import Scenario

STATIC = Path(__file__).resolve().parent.parent / "static"
_STYLES = ("base.css", "teach.css", "kit.css", "exported.css")
CAUTION = said("A simulation, not a prediction for your school: it says what follows from stated assumptions.")
HOLDS = said(
    "This page holds what was run when it was made. It needs no network and sends nothing. It cannot run anything new: "
    "for other schools, other practices or your own students, start plsim."
)


def exported(
    demonstrations: dict[str, LoadedDemonstration],
    pins: Sequence[tuple[str, Scenario]] = (),
    *,
    tongue: Tongue | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> str:
    """The explorer as one page, in a language."""
    speaks = tongue or Tongue()
    found = answers(demonstrations, pins, tell=lambda text: tell(localized(text, speaks)))
    films = found.pop("films")  # no texts, and many numbers
    found = {**localized(found, speaks), "films": films}
    title = html.escape(localized(said("plsim: schools that personalize learning, simulated"), speaks))
    made = {"version": __version__, "date": datetime.now(UTC).date().isoformat()}
    return one_page(
        title=title,
        language=speaks.language,
        body=_body(speaks),
        styles="\n".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES),
        script=bundled(STATIC, "exported.js", instead={"api.js": "offline.js"}),
        data={
            "answers": found,
            "language": speaks.language,
            "place": f"{speaks.language}-{speaks.region}" if speaks.region else "",
            "words": {} if speaks.language == "en" else part(speaks.language, PAGES),
            "made": made,
        },
    )


def _body(speaks: Tongue) -> str:
    def told(text: str) -> str:
        found: Any = localized(text, speaks)
        return html.escape(found)

    links = (
        ("#/teach", said("Teach with it")),
        ("#/classroom", said("Watch a classroom")),
        ("#/scenarios", said("Scenarios")),
    )
    nav = "".join(f'<a href="{href}">{told(text)}</a>' for href, text in links)
    main = told(said("Main"))
    return (
        f'<body class="exported">\n<a class="skip" href="#main">{told(said("Skip to content"))}</a>\n'
        f'<header class="site"><a class="brand" href="#/">plsim</a><nav aria-label="{main}">{nav}</nav></header>\n'
        f'<main id="main" tabindex="-1"></main>\n'
        f'<footer class="site"><p><strong>{told(CAUTION)}</strong> {told(HOLDS)}</p></footer>'
    )
