"""The page of all facts beside the simulation, written from a validation: ``docs/facts.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plsim.validation.facts.validate import SHOWN_ONLY, FactRow

TITLE = "# Published facts beside the simulation"
ROLES = {
    "calibration": "Calibration facts: worlds are chosen by them, so that they agree is no success",
    "development": "Development facts: kept aside until a change of mechanism looked at them; they choose worlds since",
    "validation": "Validation facts: never read by calibration",
}
WORDS = ("agrees", "near", "off")
_INTRODUCTION = """\
What each column means, and what a verdict takes, is in [validation.md](validation.md). A sign is shown as the
statistic gives it; of several with one sign, the worst. "Holds in" is the share of worlds in which the finding holds;
for a value, in which it is as near as its error and the model's stated discrepancy allow.

This page is written by one command: `{command}`"""


def page(lines: Sequence[FactRow], not_run: Mapping[str, str], *, worlds_are: str, command: str) -> str:
    """The page as Markdown: a table for each role, then what is not run."""
    worlds = len(lines[0].values)
    text = [TITLE, "", _INTRODUCTION.format(command=command), "", f"{worlds} worlds: {worlds_are}.", "", *counts(lines)]
    for role, title in ROLES.items():
        chosen = [line for line in lines if line.fact.role == role]
        if chosen:
            text += ["", f"## {title}", ""]
            text.append(
                "| fact | study | statistic | estimand, test | published | simulated (90%) | holds in | verdict |"
            )
            text.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
            text += [_row(line) for line in chosen]
    text += ["", "## Not run", "", *(f"- {name}: {reason}" for name, reason in not_run.items())]
    return "\n".join(text) + "\n"


def counts(lines: Sequence[FactRow]) -> list[str]:
    """How many facts of each role agree, are near, are off: a sentence each."""
    text = []
    for role in ROLES:
        verdicts = [line.verdict for line in lines if line.fact.role == role and line.verdict != SHOWN_ONLY]
        if verdicts:
            told = ", ".join(f"{verdicts.count(word)} {word}" for word in WORDS)
            text.append(f"{role.capitalize()}: {told} (of {len(verdicts)}).")
    return text


def _row(line: FactRow) -> str:
    fact, design = line.fact, line.experiment.design
    what = ", ".join(
        part for part in (fact.table.subject, fact.table.group, f"year {fact.table.year}") if part != "all"
    )
    cells = (
        fact.key,
        line.experiment.study,
        f"{fact.table.statistic} ({what})",
        f"{design.estimand}, {design.test}",
        line.published,
        "{:.3g} ({:.3g} to {:.3g})".format(line.median, *line.interval),
        f"{line.share:.0%}",
        line.verdict,
    )
    return "| " + " | ".join(cells) + " |"
