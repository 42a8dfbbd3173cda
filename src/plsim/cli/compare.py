"""``plsim compare``: several scenarios side by side, differences first, and why they differ."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plsim.cli.effects import estimate, level
from plsim.cli.interrupt import interruptible
from plsim.cli.out_folder import OutFolder, named_folder
from plsim.cli.progress import phases, progress_bar
from plsim.cli.reading_options import reading_options
from plsim.cli.run import announce, people_settings, student_files
from plsim.cli.worlds import WORLDS_HELP, WorldsChoice
from plsim.core.errors import InputError, printable
from plsim.core.phases import phase
from plsim.core.table import table_lines
from plsim.measures.vocabulary import ONE_ARM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plsim.population.options import ReadOptions
    from plsim.runs.compare import Comparison
    from plsim.runs.result import EffectRow

_SUBJECTS = ("math", "reading", "both")
_TOOK = (
    ("teacher_hours", "teacher hours/week"),
    ("strain", "strain"),
    ("one_on_one_minutes", "one-on-one min/week"),
    ("aligned_test", "mastered of the taught"),
    ("on_grade", "mastered of the grade"),
    ("self_regulation", "self-regulation"),
    ("unpaid_teacher_hours", "unpaid hours/week"),
    ("budget_cost_per_student", "budget USD/student"),
    ("unpaid_hours_value", "unpaid USD/student"),
    ("reverted", "schools gone back (share)"),
)


@click.command("compare", context_settings={"show_default": True})
@click.argument("scenarios", nargs=-1, metavar="SCENARIO SCENARIO ...")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Result folder.  [default: results/compare-FIRST-seedSEED-...]"
)
@click.option("--force", is_flag=True, help="Overwrite another result in that folder.")
@click.option("--seed", type=int, help="Random seed.  [default: the first scenario's]")
@click.option("--years", type=int, help="Years to simulate, 1 to 8.  [default: the fewest of any scenario]")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a value in all scenarios; repeatable."
)
@click.option("--population", type=click.Path(path_type=Path), help="Students of a district: a folder or roster file.")
@reading_options
@click.option("--own-populations", is_flag=True, help="Give each scenario its own schools instead of the first's.")
@click.option("--worlds", type=WorldsChoice(), metavar="N|prior|FILE", help=WORLDS_HELP)
@click.option("--workers", type=click.IntRange(1, 1024), help="Parallel threads.  [default: one per processor]")
@click.option("--no-why", is_flag=True, help="Skip the decomposition of differences (saves fourteen runs each).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--quiet", is_flag=True, help="Print only the path of the results.")
def command(
    *,
    scenarios: tuple[str, ...],
    out: Path | None,
    force: bool,
    seed: int | None,
    years: int | None,
    overrides: tuple[str, ...],
    population: Path | None,
    reading: ReadOptions,
    own_populations: bool,
    worlds: int | str | None,
    workers: int | None,
    no_why: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare scenarios on the same students, schools, random numbers and worlds; the first is the baseline.

    Prints how the effects of the others differ from the first's, and through which mechanisms.
    """
    from plsim.runs.manifest import refuse_other_settings
    from plsim.scenario import load

    loaded = [load(each, overrides=overrides, years=years, seed=seed) for each in scenarios]
    if len({each.name for each in loaded}) < max(len(loaded), 2):
        given = ", ".join(each.name for each in loaded) or "nothing"
        raise InputError("compare", "", f"got {given}", allowed="two or more scenarios with different names")
    people = student_files(population, reading)
    common = loaded[0].seed if seed is None else seed
    settings: dict[str, object] = {
        "scenarios": [each.digest() for each in loaded],
        "seed": common,
        "years": years,
        "worlds": worlds,
        "own_populations": own_populations,
        "why": not no_why,
        **people_settings([] if people is None else [people]),
    }
    folder = out or named_folder(f"compare-{loaded[0].name}-seed{common}", settings)

    def compared() -> Comparison:
        from plsim.runs.compare import compare

        with phases(wanted=not quiet), progress_bar("compare", wanted=not quiet) as progress:
            found = compare(
                loaded,
                seed=common,
                years=years,
                worlds=worlds,
                population=people,
                own_populations=own_populations,
                why=not no_why,
                workers=workers or os.cpu_count() or 1,
                progress=progress,
            )
        with phases(wanted=not quiet), phase("Writing tables"):
            found.save(folder, settings=settings)
        return found

    with OutFolder(folder) as out_folder:
        if not force:
            refuse_other_settings(folder, "comparison.json", settings)
        announce("batch", quiet=quiet)
        found = interruptible(compared, message="plsim: interrupted; no comparison was written.", tidy=out_folder.tidy)
    if as_json:
        click.echo(json.dumps(found.summary(), indent=1, ensure_ascii=False, allow_nan=False))
    elif quiet:
        click.echo(str(folder))
    else:
        click.echo(comparison_text(found))
        click.echo(f"\nResults are in {printable(folder)}")


def comparison_text(found: Comparison) -> str:
    """A comparison as lines for a terminal: differences first."""
    base = found.base
    worlds = f"{base.worlds} worlds" if base.worlds else "the central world only"
    of_years = "1 year" if base.years == 1 else f"{base.years} years"
    lines = [f"{len(found.results)} scenarios: {of_years}, seed {base.seed}, {worlds}; common random numbers"]
    lines += ["", f"Difference in effect from {base.scenario.name}, SD, year {base.years}", *_differences(found)]
    lines += ["", f"Effect relative to typical practice, SD, year {base.years}", *_effects(found)]
    lines += ["", f"Costs and conditions relative to typical practice, year {base.years}", *_took(found)]
    if found.why:
        lines += ["", f"Decomposition of the effect, SD, both subjects, year {base.years}, central world", *_why(found)]
    return "\n".join([*lines, "", *found.sureness, *found.notes])


def _differences(found: Comparison) -> list[str]:
    rows = _last(list(found.differences.itertuples()), found.base.years)
    cells = []
    for result in found.results[1:]:
        one = {row.subject: row for row in rows if row.scenario == result.scenario.name}
        share = f"{100.0 * float(one['both'].positive):.0f}%" if found.base.worlds else ""
        cells.append([result.scenario.name, *_by_subject(one.values()), share])
    return table_lines(["", *_SUBJECTS, "better in" if found.base.worlds else ""], cells)


def _effects(found: Comparison) -> list[str]:
    cells = [
        [result.scenario.name, *_by_subject(_last(result.effect_rows, found.base.years))] for result in found.results
    ]
    return table_lines(["", *_SUBJECTS], cells)


def _by_subject(rows: Iterable[Any]) -> list[str]:
    return [estimate([row for row in rows if row.subject == subject]) for subject in _SUBJECTS]


def _took(found: Comparison) -> list[str]:
    """What each scenario takes, differences to typical practice."""
    header = ["", *(result.scenario.name for result in found.results)]
    cells = [
        [label, *(_shown(_last(result.effect_rows, found.base.years, name)) for result in found.results)]
        for name, label in _TOOK
    ]
    return table_lines(header, cells)


def _why(found: Comparison) -> list[str]:
    cells = []
    channels = list(found.why[found.base.scenario.name].parts)
    for name, each in found.why.items():
        values = [float(part[-1, 2]) for part in (*each.parts.values(), each.total)]
        cells.append([name, *(f"{value:+.3f}" for value in values)])
    base = found.why[found.base.scenario.name]
    for name, each in list(found.why.items())[1:]:
        pairs = zip((*each.parts.values(), each.total), (*base.parts.values(), base.total), strict=True)
        cells.append([f"{name} - {found.base.scenario.name}", *(f"{float((a - b)[-1, 2]):+.3f}" for a, b in pairs)])
    return table_lines(["", *channels, "total"], cells)


def _shown(rows: Sequence[EffectRow]) -> str:
    """A difference, or the share itself of what has no difference."""
    return estimate(rows) if all(row.arm == "difference" for row in rows) else level(rows)


def _last(rows: Iterable[Any], year: int, outcome: str = "achievement") -> list[Any]:
    """The last year's paired difference for everybody: achievement in SD, other outcomes for both subjects.

    Of outcomes that mean nothing under typical practice, the scenario's.
    """
    arm = "scenario" if outcome in ONE_ARM else "difference"
    of = (outcome, year, "all", "paired", arm)
    found = [row for row in rows if (row.outcome, row.year, row.group, row.estimator, row.arm) == of]
    return [row for row in found if (row.unit == "SD" if outcome == "achievement" else row.subject == "both")]
