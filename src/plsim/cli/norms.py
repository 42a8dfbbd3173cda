"""``plsim norms``: typical practice beside the norms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from plsim.cli.interrupt import interruptible
from plsim.core.table import table_lines

if TYPE_CHECKING:
    from plsim.validation.norms.norm_check import NormCheck, NormFigure

_COLUMNS = (
    ("growth", "mean growth", 2),
    ("SD within", "growth SD within schools", 2),
    ("SD between", "growth SD between schools", 2),
    ("r fall-spring", "r fall, spring (observed)", 3),
    ("r fall-growth", "r fall, growth (within schools)", 3),
    ("r growth-summer", "r growth, summer (within schools)", 3),
    ("next fall's SD", "next fall's SD within schools", 2),
    ("CV", "persistent growth CV", 3),
)


@click.command("norms", context_settings={"show_default": True})
@click.option(
    "--schools", type=click.IntRange(30, 5000), default=120, help="Number of schools, of 504 students each, all grades."
)
@click.option("--seed", type=click.IntRange(0), default=1, help="Random seed.")
@click.option(
    "--worlds", type=click.IntRange(0, 1000), default=0, help="Number of further, evidence-consistent worlds."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(*, schools: int, seed: int, worlds: int, as_json: bool) -> None:
    """Check that typical practice reproduces the norms, by grade and subject.

    Two years of typical practice in schools like the norm group's. Every cell shows the simulated number and, behind a
    slash, the norms'; a star marks a deviation beyond the norms' uncertainty and Monte Carlo error.
    """
    from plsim.engine.engines import engine_named
    from plsim.engine.parameters import CENTRAL
    from plsim.engine.worlds import worlds as worlds_of
    from plsim.validation.norms.norm_check import norm_check, norm_setting

    setting, scenario = norm_setting(schools=schools, seed=seed)
    engine = engine_named("batch")
    checks = interruptible(
        lambda: [norm_check(setting, scenario, engine, world) for world in (CENTRAL, *worlds_of(worlds, seed))],
        message="plsim: interrupted.",
    )
    if as_json:
        click.echo(json.dumps([_document(check) for check in checks], indent=1, allow_nan=False))
        return
    click.echo(_text(checks[0]))
    if worlds:
        click.echo(_worlds_text(checks[1:]))


def _document(check: NormCheck) -> dict[str, object]:
    """A check as plain values."""
    return {
        "world": check.world,
        "schools": check.schools,
        "students": check.students,
        "rejected": check.rejected,
        "figures": [{**vars(figure), "inside": figure.inside} for figure in check.figures],
    }


def _text(check: NormCheck) -> str:
    """Both subjects' tables, and what is off."""
    lines = [
        f"Typical practice compared with the norms: {check.students:,} students in {check.schools} schools, 2 years."
    ]
    for subject in dict.fromkeys(figure.subject for figure in check.figures):
        of = {(figure.statistic, figure.grade): figure for figure in check.figures if figure.subject == subject}
        grades = list(dict.fromkeys(grade for _, grade in of))
        rows = [
            [grade, *(_cell(of.get((name, grade)), digits) for _, name, digits in _COLUMNS), _worst_quintile(of, grade)]
            for grade in grades
        ]
        lines += ["", subject]
        lines += table_lines(["grade", *(short for short, _, _ in _COLUMNS), "quintile furthest off"], rows)
    lines += ["", *_summary(check)]
    return "\n".join(lines)


def _cell(figure: NormFigure | None, digits: int) -> str:
    """Simulated/norm, with a star when it is out; a dash where students have left for another school."""
    if figure is None:
        return "-"
    star = "" if figure.inside else "*"
    norm = f"<{figure.norm:.2f}" if figure.bound else f"{figure.norm:.{digits}f}"
    return f"{figure.simulated:.{digits}f}/{norm}{star}"


def _worst_quintile(of: dict[tuple[str, str], NormFigure], grade: str) -> str:
    """The quintile whose growth is furthest from the norms' conditional mean."""
    figures = [figure for (name, at), figure in of.items() if at == grade and "quintile" in name]
    worst = max(figures, key=lambda figure: abs(figure.simulated - figure.norm) / figure.tolerance)
    return f"{worst.statistic[-1]}: {_cell(worst, 2)}"


def _summary(check: NormCheck) -> list[str]:
    """How much is off, by statistic."""
    rows = []
    for name in check.statistics:
        figures = check.of(name)
        worst = max(figures, key=_distance)
        out = sum(not figure.inside for figure in figures)
        aim = "at most" if worst.bound else "norm"
        where = f"{worst.subject} {worst.grade}: {worst.simulated:.3f}, {aim} {worst.norm:.3f}"
        allowed = f"{'+' if worst.bound else '±'}{worst.tolerance:.3f}"
        rows.append([name, f"{out} of {len(figures)}", where, allowed, f"{worst.error:.3f}"])
    lines = table_lines(["", "out", "furthest off", "allowed", "Monte Carlo error"], rows)
    share = len(check.outside) / len(check.figures)
    lines.append(f"\n{len(check.outside)} of {len(check.figures)} figures are out ({share:.1%}).")
    if check.rejected:
        lines.append(f"In {check.rejected} subjects and grades growth varies more by structure than in the norms.")
    return lines


def _distance(figure: NormFigure) -> float:
    if figure.bound:
        return figure.simulated / figure.norm
    return abs(figure.simulated - figure.norm) / figure.tolerance


def _worlds_text(checks: list[NormCheck]) -> str:
    """How the worlds do, by statistic."""
    rows = []
    for name in checks[0].statistics:
        shares = sorted(sum(not figure.inside for figure in check.of(name)) / len(check.of(name)) for check in checks)
        rows.append([name, f"{shares[len(shares) // 2]:.0%}", f"{shares[-1]:.0%}"])
    against = sum(check.rejected > 0 for check in checks)
    lines = [f"\n{len(checks)} further worlds: share of subjects and grades that are out"]
    lines += table_lines(["", "median world", "worst world"], rows)
    lines.append(f"Growth varies more by structure than in the norms somewhere in {against} of {len(checks)} worlds.")
    return "\n".join(lines)
