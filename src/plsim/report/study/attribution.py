"""Which practices make the gain: pictures and tables of a full factorial, from the tables of the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plsim.attribution.sentences import main_outcome
from plsim.measures.vocabulary import joined
from plsim.report.material import DataTable, Picture
from plsim.report.study.figures import Bar, bars_figure, heat_figure, ranks_figure, waterfall_figure
from plsim.report.study.folder import StudyFolder, rows_of
from plsim.report.study.words import Scale, factor_name, outcome_name, percent, scale_of
from plsim.runs.evaluate import Outcome

if TYPE_CHECKING:
    import pandas as pd

MOST_GROUPS = 8
_MEASURES = {
    "shapley": "Contribution (Shapley value)",
    "average": "On average over what else is on",
    "add_one_in": "Alone, added to nothing",
    "leave_one_out": "Lost when it leaves all",
}
_NEEDS_SHOWN = 12


def outcomes_of(folder: StudyFolder) -> list[dict[str, Any]]:
    """The outcomes of a study, the main one first."""
    given = [dict(outcome) for outcome in folder.summary["outcomes"]]
    main = main_outcome([Outcome(**outcome) for outcome in given])._asdict()
    return sorted(given, key=lambda outcome: outcome != main)


def attribution_pictures(folder: StudyFolder) -> tuple[Picture, ...]:
    """Who brings what, who comes first, and who works with whom, for the main outcome."""
    if "attribution" not in folder.names:
        return ()
    outcome = outcomes_of(folder)[0]
    if folder.rows("attribution", outcome) is None:
        return ()
    found = [_shares(folder, outcome), _ranks(folder, outcome), _pairs(folder, outcome)]
    return tuple(picture for picture in found if picture is not None)


def waterfalls(folder: StudyFolder) -> tuple[Picture, ...]:
    """From the rest of the scenario to the whole, a practice at a time, for each outcome of the main outcome's kind."""
    if not {"attribution", "attribution_joint"} <= set(folder.names):
        return ()
    outcomes = outcomes_of(folder)
    alike = [one for one in outcomes if one["outcome"] == outcomes[0]["outcome"]]
    alike = [one for one in alike if _has(folder, one)][:MOST_GROUPS]
    if not alike:
        return ()
    steps = {index: _steps(folder, one) for index, one in enumerate(alike)}
    scale, order = scale_of(alike[0]), [name for name, _ in steps[0][1]]
    ends = [0.0]
    for start, parts in steps.values():
        at = start
        ends.append(at)
        for name in order:
            at += dict(parts)[name]
            ends.append(at)
    room = 0.16 * (max(ends) - min(ends)) or 1.0
    limits = ((min(ends) - room) * scale.factor, (max(ends) + room) * scale.factor)
    return tuple(
        _waterfall(one, index, steps[index][0], [(name, dict(steps[index][1])[name]) for name in order], scale, limits)
        for index, one in enumerate(alike)
    )


def needs_table(folder: StudyFolder) -> DataTable | None:
    """Which practice does more with which other: the pairs that were found."""
    rows = folder.rows("needs", outcomes_of(folder)[0]) if "needs" in folder.names else None
    if rows is None:
        return None
    rows = rows[rows["found"] != 0].head(_NEEDS_SHOWN)
    scale = scale_of(outcomes_of(folder)[0])
    header = ("Practice", "and", "Without it", "With it", "More with it, in worlds")
    cells = tuple(
        (
            factor_name(row.practice).capitalize(),
            factor_name(row.needs),
            scale.signed(row.without),
            scale.signed(row.with_it),
            percent(row.more_with_it),
        )
        for row in rows_of(rows.rename(columns={"with": "with_it"}))
    )
    return (
        DataTable(f"What a practice brings without and with another, in {scale.unit}", header, cells) if cells else None
    )


def best_table(folder: StudyFolder) -> DataTable | None:
    """The best combination of each size."""
    if "best_combinations" not in folder.names:
        return None
    outcome = outcomes_of(folder)[0]
    rows, scale = folder.rows("best_combinations", outcome), scale_of(outcome)
    if rows is None:
        return None
    cells, before = [], set[str]()
    for _, row in rows.iterrows():
        names = [name for name in str(row["practices"] or "").split(";") if name]
        more = [factor_name(name) for name in names if name not in before]
        follows = bool(before) and before <= set(names)
        told = (
            f"the same, and {joined(more)}" if follows else joined(more if not before else [*map(factor_name, names)])
        )
        cells.append(
            (
                str(int(row["size"])),
                told or "none",
                scale.signed(row["value"]),
                scale.span(row["low"], row["high"]),
                percent(row["first"]),
            )
        )
        before = set(names)
    header = ("Practices on", "Best combination", "Outcome", "90% of worlds", "Best of its size, in worlds")
    return DataTable(
        f"The best combination of each size, in {scale.unit} beside typical practice", header, tuple(cells)
    )


def every_outcome_table(folder: StudyFolder) -> DataTable | None:
    """Shapley values of all practices in every outcome, marked where found."""
    if "attribution" not in folder.names:
        return None
    outcomes = [one for one in outcomes_of(folder) if folder.rows("attribution", one) is not None]
    if not outcomes:
        return None
    practices = list(dict.fromkeys(_single(folder, outcomes[0], "shapley")["practice"]))
    rows = []
    for outcome in outcomes:
        each, scale = _single(folder, outcome, "shapley").set_index("practice"), scale_of(outcome)
        cells = [
            scale.signed(float(each.loc[name, "value"])) + ("*" if each.loc[name, "found"] else "")
            for name in practices
        ]
        rows.append((f"{outcome_name(outcome)} ({scale.unit})", *cells))
    header = ("Outcome", *(factor_name(name).capitalize() for name in practices))
    return DataTable(
        "Contributions to every outcome, middle of the worlds; * clearly different from zero", header, tuple(rows)
    )


def _has(folder: StudyFolder, outcome: dict[str, Any]) -> bool:
    """Whether a folder, perhaps a trimmed one, holds the attribution of an outcome and what all bring together."""
    return all(folder.rows(name, outcome) is not None for name in ("attribution", "attribution_joint"))


def _single(folder: StudyFolder, outcome: dict[str, Any], measure: str) -> pd.DataFrame:
    rows = folder.rows("attribution", outcome)
    assert rows is not None, "every outcome of a factorial has an attribution"
    return rows[rows["measure"] == measure]


def _shares(folder: StudyFolder, outcome: dict[str, Any]) -> Picture:
    scale = scale_of(outcome)
    rows = _single(folder, outcome, "shapley").sort_values("value", ascending=False, kind="stable")
    bars = [
        Bar(factor_name(row.practice), *(scale.factor * end for end in (row.value, row.low, row.high)))
        for row in rows_of(rows)
    ]
    says = f"Contribution of each practice, {outcome_name(outcome)}, in {scale.unit}: " + "; ".join(
        f"{bar.label} {scale.signed(bar.value / scale.factor)}" for bar in bars
    )
    svg = bars_figure(bars, name="shapley", says=f"{says}.", axis=scale.unit, digits=scale.digits)
    order = list(rows["practice"])
    cells = []
    for name in order:
        line = [factor_name(name).capitalize()]
        for measure in _MEASURES:
            each = _single(folder, outcome, measure).set_index("practice").loc[name]
            line.append(f"{scale.signed(float(each['value']))} ({scale.span(float(each['low']), float(each['high']))})")
        cells.append(tuple(line))
    caption = f"What each practice contributes, in {scale.unit}: middle and 90% of worlds"
    return Picture(
        svg, "What each practice contributes", DataTable(caption, ("Practice", *_MEASURES.values()), tuple(cells))
    )


def _ranks(folder: StudyFolder, outcome: dict[str, Any]) -> Picture | None:
    rows = folder.rows("ranks", outcome)
    if rows is None:
        return None
    wide = rows.pivot_table(index="practice", columns="position", values="share", sort=False)
    wide = wide.sort_values(list(wide.columns), ascending=False, kind="stable")
    labels = [factor_name(str(name)) for name in wide.index]
    shares = [[float(part) for part in row] for row in wide.to_numpy()]
    says = "How often each practice has each rank: " + "; ".join(
        f"{label} first in {percent(parts[0])}" for label, parts in zip(labels, shares, strict=True)
    )
    svg = ranks_figure(labels, shares, name="ranks", says=f"{says} of worlds.")
    header = ("Practice", *(f"Rank {int(position)}" for position in wide.columns))
    cells = tuple(
        (label.capitalize(), *(percent(part) for part in parts)) for label, parts in zip(labels, shares, strict=True)
    )
    return Picture(svg, "How the practices rank, over the worlds", DataTable("Share of worlds", header, cells))


def _pairs(folder: StudyFolder, outcome: dict[str, Any]) -> Picture | None:
    rows = folder.rows("interactions", outcome) if "interactions" in folder.names else None
    if rows is None:
        return None
    rows = rows[rows["measure"] == "shapley"]
    scale = scale_of(outcome)
    names = list(dict.fromkeys([*rows["practice"], *rows["practice2"]]))
    values, clear = [[float("nan")] * len(names) for _ in names], set()
    for row in rows_of(rows):
        one, other = sorted((names.index(row.practice), names.index(row.practice2)))
        values[other][one] = scale.factor * float(row.value)
        if row.found:
            clear.add((other, one))
    ranked = rows.reindex(rows["value"].abs().sort_values(ascending=False, kind="stable").index)
    said = [
        f"{factor_name(row.practice)} with {factor_name(row.practice2)} {scale.signed(row.value)}"
        for row in rows_of(ranked.head(3))
    ]
    largest = scale.factor * float(rows["value"].abs().max())
    digits = scale.digits if largest >= 3.0 else scale.digits + 1
    says = f"What every pair brings beyond its two, in {scale.unit}; the largest: {'; '.join(said)}."
    svg = heat_figure(
        [factor_name(name) for name in names], values, clear=clear, name="pairs", says=says, digits=digits
    )
    cells = tuple(
        (
            f"{factor_name(row.practice)} with {factor_name(row.practice2)}",
            f"{scale.signed(row.value)} ({scale.span(row.low, row.high)})",
            percent(row.positive),
            {1: "help each other", -1: "get in each other’s way", 0: "not clearly different from zero"}[int(row.found)],
        )
        for row in rows_of(ranked)
    )
    header = ("Pair", "Interaction (90% of worlds)", "Above zero, in worlds", "Found")
    table = DataTable(f"Shapley interactions in {scale.unit}", header, cells)
    return Picture(svg, f"Which pairs help each other: what two bring beyond each alone, in {scale.unit}", table)


def _steps(folder: StudyFolder, outcome: dict[str, Any]) -> tuple[float, list[tuple[str, float]]]:
    """Means over worlds, which add up: the rest, then the practices, largest first."""
    joint = folder.rows("attribution_joint", outcome)
    assert joint is not None, "every outcome of a factorial has a joint effect"
    start = float(joint[joint["measure"] == "rest"]["mean"].iloc[0])
    rows = _single(folder, outcome, "shapley").sort_values("mean", ascending=False, kind="stable")
    return start, [(str(row.practice), float(row.mean)) for row in rows_of(rows)]


def _waterfall(
    outcome: dict[str, Any], index: int, start: float, steps: Sequence[tuple[str, float]], scale: Scale,
    limits: tuple[float, float],
) -> Picture:  # fmt: skip
    title = outcome_name(outcome, short=True)
    whole = start + sum(step for _, step in steps)
    lines = [("the rest of the scenario", start), *((factor_name(name), step) for name, step in steps)]
    said = "; ".join(f"{label} {scale.signed(step)}" for label, step in lines)
    says = f"{title}, in {scale.unit}, mean of the worlds: {said}; all together {scale.signed(whole)}."
    svg = waterfall_figure(
        [(factor_name(name), step * scale.factor) for name, step in steps],
        start=start * scale.factor, name=f"waterfall-{index}", says=says, axis=scale.unit, digits=scale.digits,
        limits=limits, first="the rest", last="all together",
    )  # fmt: skip
    cells = tuple((label, scale.signed(step)) for label, step in [*lines, ("all together", whole)])
    return Picture(svg, title, DataTable(f"{title}: mean of the worlds, in {scale.unit}", ("Part", "Effect"), cells))
