"""From the runs of a finished study to its tables and to plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.attribution.sentences import main_outcome
from plsim.core.arrays import Floats
from plsim.evidence import registry
from plsim.measures.findings import variance_parts, variance_sentence
from plsim.measures.vocabulary import better
from plsim.runs.evaluate import Outcome
from plsim.runs.sureness import FEWEST_WORLDS, assumption_sentences, form_sentences, goes_with
from plsim.studies.convergence import MAIN_INDEX, form_verdict, over_all_worlds, stages, verdicts
from plsim.studies.design import Design, column_name
from plsim.studies.factors import Factor
from plsim.studies.indices import is_constant, need_finite
from plsim.studies.loading import LoadedStudy
from plsim.studies.responses import contrast_rows, place, response_rows
from plsim.studies.schema import Factorial, FractionalFactorial, Grid, Method, Regional, Sample, SurrogateMethod
from plsim.studies.sensitivity import indices, regions

if TYPE_CHECKING:
    import pandas as pd

_HEADLINE_ROWS = 12


@dataclass(frozen=True)
class Analysis:
    """What came out of a study.

    Attributes
    ----------
    tables
        By name, tidy.
    statements
        What was found, and what the sample is too small for, in plain sentences.
    headline_table
        Name of the table that answers the question.
    headline
        Its first rows for the first outcome.
    """

    tables: Mapping[str, pd.DataFrame]
    statements: tuple[str, ...]
    headline_table: str
    headline: pd.DataFrame


def analysed(
    loaded: LoadedStudy, design: Design, outcomes: Sequence[Outcome], values: Floats, *, label: str
) -> Analysis:
    """Tables and sentences of a study.

    Parameters
    ----------
    values
        Results in order of run, all there and all finite. Shape (runs, outcomes).
    label
        What the worlds are.
    """
    need_finite(values)
    study, factors = loaded.study, loaded.factors
    by_point = design.by_point(values)
    tables = {"outcomes": _outcome_table(outcomes, values)}
    if isinstance(study.method, (Factorial, Grid)):
        more, says = _crossed(study.method, design, outcomes, by_point, seed=study.seed, label=label)
        says += _assumptions(loaded, design, outcomes, by_point)
    elif isinstance(study.method, SurrogateMethod):
        from plsim.studies.surrogate import surrogate_tables

        snapped = np.column_stack([factor.snapped(design.units[:, at]) for at, factor in enumerate(factors)])
        names = tuple(factor.name for factor in factors)
        more, says = surrogate_tables(names, snapped, tuple(outcomes), by_point, seed=study.seed)
    elif isinstance(study.method, Sample):
        more, says = {}, [f"{values.shape[0]:,} runs, for analyses of your own: tables/runs.parquet."]
    else:
        more, says = _sensitivity(study.method, factors, design.units, outcomes, by_point, seed=study.seed)
    tables |= more
    name = _headline_name(tables)
    return Analysis(tables, (*says, f"Worlds: {label}."), name, _headline(tables[name], study.method, outcomes[0]))


def factor_table(loaded: LoadedStudy) -> pd.DataFrame:
    """What was varied."""
    import pandas as pd

    rows = []
    for factor in loaded.factors:
        known = registry()[factor.name] if factor.kind == "parameter" else None
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "role": factor.role,
                "group": factor.group,
                "low": factor.low,
                "high": factor.high,
                "values": ";".join(factor.labels),
                "unit": known.unit if known else "",
                "meaning": known.meaning if known else "",
            }
        )
    return pd.DataFrame(rows)


def _outcome_table(outcomes: Sequence[Outcome], values: Floats) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for column, outcome in enumerate(outcomes):
        each = values[:, column]
        low, middle, high = np.quantile(each, [0.05, 0.5, 0.95]).tolist()
        rows.append(
            place(outcome)
            | {"column": column_name(outcome), "runs": each.shape[0]}
            | {"mean": float(each.mean()), "sd": float(each.std()), "low": low, "middle": middle, "high": high}
            | {"positive": float((each > 0.0).mean())}
        )
    return pd.DataFrame(rows)


def _crossed(
    method: Method, design: Design, outcomes: Sequence[Outcome], values: Floats, *, seed: int, label: str
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Tables of full designs. ``values`` has shape (seeds, worlds, points, outcomes)."""
    import pandas as pd

    factors, units = design.factors, design.units
    columns = list(enumerate(outcomes))
    responses = [row for at, of in columns for row in response_rows(factors, units, of, values[..., at])]
    contrasts = [row for at, of in columns for row in contrast_rows(factors, units, of, values[..., at])]
    tables = {"response": pd.DataFrame(responses), "variance": pd.DataFrame(_variance(outcomes, values))}
    if contrasts:
        tables["contrasts"] = pd.DataFrame(contrasts)
    if isinstance(method, Factorial):
        from plsim.attribution.tables import attribution_tables

        names = tuple(factor.name.removeprefix("practices.") for factor in factors)
        worlds = tuple(world.name for world in design.worlds) or ("central",)
        switches = [[member.removeprefix("practices.") for member in members] for members in method.as_one]
        more, says = attribution_tables(
            names, worlds, tuple(outcomes), values, seed=seed, world_label=label, as_one=switches
        )
        return tables | more, says
    still = [of.label for at, of in columns if is_constant(values[..., at])]
    moved = [of for at, of in columns if not is_constant(values[..., at])]
    says = [_best_point(tables["response"], factors, of) for of in moved]
    says += [_largest_step(tables["contrasts"], of) for of in moved]
    says += [text for at, of in columns if (text := variance_sentence(variance_parts(values[..., at]), of.label))]
    return tables, says + [
        f"{label}: the same in all runs: nothing varied in this study affects it." for label in still
    ]


def _variance(outcomes: Sequence[Outcome], values: Floats) -> list[dict[str, Any]]:
    """How the variance between all runs splits into choices, worlds and chance."""
    return [
        place(of) | {"part": part, "share": share}
        for at, of in enumerate(outcomes)
        for part, share in variance_parts(values[..., at]).items()
    ]


def _assumptions(loaded: LoadedStudy, design: Design, outcomes: Sequence[Outcome], values: Floats) -> list[str]:
    """What the answer depends on: of all practices together, or of an effect over all choices of a grid.

    ``values`` has shape (seeds, worlds, points, outcomes).
    """
    if not design.worlds:
        return []
    main = main_outcome(outcomes)
    each = values[..., list(outcomes).index(main)].mean(axis=0)
    if isinstance(loaded.study.method, Factorial):
        effects, about = each[:, -1] - each[:, 0], f"All together, {main.label}"
    else:
        effects, about = each.mean(axis=1), f"{main.label}, choices averaged"
    if len(design.worlds) < FEWEST_WORLDS:
        return [f"Which assumptions the answer depends on most takes {FEWEST_WORLDS} worlds to tell."]
    found = goes_with(design.worlds, effects, doses=loaded.scenario.dose_unpublished)
    return [*assumption_sentences(found, about=about), *form_sentences(design.worlds, effects, about=about)]


def _best_point(table: pd.DataFrame, factors: Sequence[Factor], outcome: Outcome) -> str:
    """Where an outcome is highest, or lowest where less is better, in words."""
    mine = table
    for key, value in place(outcome).items():
        mine = mine[mine[key] == value]
    orientation, values = better(outcome.outcome), mine["value"].to_numpy()
    best = mine.iloc[int(values.argmin() if orientation < 0 else values.argmax())]
    at = ", ".join(f"{factor.name} {value_text(best[factor.name])}" for factor in factors)
    which = "lowest" if orientation < 0 else "highest"
    return f"{outcome.label}: {which} at {at}, where it is {best['value']:.3g}{_spread(best)}."


def _spread(row: pd.Series[Any]) -> str:
    """What worlds leave open and what other draws would move, in brackets."""
    parts = []
    if row["worlds"] > 1:
        parts.append(f"{row['low']:.3g} to {row['high']:.3g} in 90% of worlds")
    if row["seeds"] > 1:
        parts.append(f"other students, teachers and years: about ±{1.645 * row['luck']:.2g}")
    return f" ({'; '.join(parts)})" if parts else ""


def _largest_step(table: pd.DataFrame, outcome: Outcome) -> str:
    """Which choice moves an outcome most on the average of the others, in words."""
    mine = table[table["factor2"] == ""]
    for key, value in place(outcome).items():
        mine = mine[mine[key] == value]
    most = mine.iloc[int(mine["value"].abs().to_numpy().argmax())]
    says = f"{outcome.label}: {most['factor']} moves it most: {most['value']:+.3g}"
    says += _spread(most)
    signs = []
    if most["worlds"] > 1:
        same = most["positive"] if most["value"] > 0.0 else 1.0 - most["positive"]
        signs.append(f"{same:.0%} of worlds")
    if most["seeds"] > 1:
        same = most["positive_draws"] if most["value"] > 0.0 else 1.0 - most["positive_draws"]
        signs.append(f"{round(same * most['seeds'])} of {most['seeds']} draws of students")
    if signs:
        says += f", of this sign in {' and '.join(signs)},"
    return f"{says} from {most['from_value']} to {most['to_value']}, others averaged."


def _sensitivity(
    method: Method, factors: Sequence[Factor], units: Floats, outcomes: Sequence[Outcome], values: Floats, *, seed: int
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Indices, their convergence and what they say, outcome by outcome."""
    import pandas as pd

    found: list[dict[str, Any]] = []
    growing: list[dict[str, Any]] = []
    where: list[dict[str, Any]] = []
    says: list[str] = []
    for column, outcome in enumerate(outcomes):
        each = values[..., column]
        at = place(outcome)
        final = indices(method, factors, units, each, seed=seed)
        found += [at | {"method": method.kind} | asdict(row) for row in final]
        steps = stages(method, factors, units, each, seed=seed, final=final)
        growing += [
            at
            | {"method": method.kind, "factor": row.factor, "index": row.index}
            | {"value": row.value, "low": row.low, "high": row.high, "runs": runs}
            for runs, row in steps
        ]
        says += over_all_worlds(outcome, steps) if isinstance(method, FractionalFactorial) else verdicts(outcome, steps)
        says += form_verdict(outcome, final)
        if isinstance(method, Regional):
            where += [at | region._asdict() for region in regions(method, factors, units, each)]
    tables = {"sensitivity": pd.DataFrame(found), "convergence": pd.DataFrame(growing), "regions": pd.DataFrame(where)}
    return {name: table for name, table in tables.items() if len(table)}, says


def _headline_name(tables: Mapping[str, pd.DataFrame]) -> str:
    for name in ("attribution", "sensitivity", "surrogate", "contrasts", "response"):
        if name in tables:
            return name
    return "outcomes"


def _headline(table: pd.DataFrame, method: Method, outcome: Outcome) -> pd.DataFrame:
    """The rows that answer first: of the first outcome, by the method's main index, the largest first."""
    for key, value in place(outcome).items():
        if key in table.columns:
            table = table[table[key] == value]
    main = MAIN_INDEX.get(method.kind, "ST")
    chosen = {"index": main, "measure": "shapley"}
    for key in [name for name in chosen if name in table.columns]:
        table = table[table[key] == chosen[key]]
        order = table["value"].abs().sort_values(ascending=False, kind="stable").index
        table = table.loc[order]
    return table.head(_HEADLINE_ROWS).reset_index(drop=True)


def value_text(value: object) -> str:
    """A value as tables show it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
