"""How the outcome answers: tornadoes and response curves, from the runs of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plsim.core.arrays import Bools, Floats
from plsim.report.material import DataTable, Picture
from plsim.report.study.figures import Curve, lines_figure, tornado_figure
from plsim.report.study.folder import StudyFolder
from plsim.report.study.words import factor_name, outcome_name, scale_of
from plsim.report.words import number
from plsim.studies.analysis import value_text

if TYPE_CHECKING:
    import pandas as pd

MOST_FACTORS = 12
_CURVES = 5
_PANELS = 3
_BINS = 8
_FIFTH = 0.2
_FEWEST = 5
"""Runs in an end of a tornado's bar, or in a point of a curve, below which it is not drawn."""


def tornado_picture(folder: StudyFolder, outcome: dict[str, Any], *, at: int) -> Picture | None:
    """Mean outcome where each factor is low and where it is high, everything else as it came."""
    found = _ends(folder, outcome)
    if not found:
        return None
    values, ends = found
    scale = scale_of(outcome)
    ends = sorted(ends, key=lambda row: -abs(row[2] - row[1]))[:MOST_FACTORS]
    rows = [(factor_name(name), low * scale.factor, high * scale.factor) for name, low, high in ends]
    if max(abs(high - low) for _, low, high in rows) < 10.0**-scale.digits:
        return None
    said = "; ".join(
        f"{name} {number(low, scale.digits)} to {number(high, scale.digits)}" for name, low, high in rows[:6]
    )
    says = f"{outcome_name(outcome)}, mean where a factor is low and where it is high, in {scale.unit}: {said}."
    svg = tornado_figure(
        rows, middle=float(values.mean()) * scale.factor, name=f"tornado-{at}", says=says, axis=scale.unit
    )
    cells = tuple((name, number(low, scale.digits), number(high, scale.digits)) for name, low, high in rows)
    table = DataTable(
        f"Mean outcome in {scale.unit}: off or lowest fifth, on or highest fifth", ("Factor", "Low", "High"), cells
    )
    return Picture(svg, f"From low to high: {outcome_name(outcome)}", table)


def response_pictures(folder: StudyFolder, outcome: dict[str, Any], *, at: int) -> tuple[Picture, ...]:
    """The outcome over the factors that the study crossed, or over the two that move it most."""
    factors = folder.table("factors")
    response = folder.rows("response", outcome) if "response" in folder.names else None
    if factors is None:
        return ()
    names = [str(name) for name in factors["factor"]]
    if response is not None:
        # Switches are told better by their attribution.
        return () if "attribution" in folder.names else _surfaces(outcome, response, names, at)
    found = _ends(folder, outcome)
    if not found:
        return ()
    top = sorted(found[1], key=lambda row: -abs(row[2] - row[1]))[:2]
    each = [_curve(folder, outcome, name, f"{at}-{place}") for place, (name, _, _) in enumerate(top)]
    return tuple(picture for picture in each if picture is not None)


def _surfaces(outcome: dict[str, Any], response: pd.DataFrame, names: Sequence[str], at: int) -> tuple[Picture, ...]:
    """A picture over the two factors with most values; where there are more factors, one at each of some values."""
    ordered = sorted(names, key=lambda name: -response[name].nunique())
    over, others = ordered[:2], ordered[2:]
    if not others:
        return (_surface(outcome, response, over, f"{at}"),)
    places = [(key, mine) for key, mine in response.groupby(others, sort=False)]
    shown = [places[round(step)] for step in np.linspace(0, len(places) - 1, min(_PANELS, len(places)))]
    return tuple(
        _surface(
            outcome,
            mine,
            over,
            f"{at}-{place}",
            where=", ".join(
                f"{factor_name(name)} {value_text(value)}" for name, value in zip(others, key, strict=True)
            ),
        )
        for place, (key, mine) in enumerate(shown)
    )


def _surface(
    outcome: dict[str, Any], response: pd.DataFrame, ordered: Sequence[str], at: str, *, where: str = ""
) -> Picture:
    """Curves over the factor with more values, one for each value of the other."""
    x_name, scale = ordered[0], scale_of(outcome)
    title = f"{outcome_name(outcome)}, {where}" if where else outcome_name(outcome)
    places = list(dict.fromkeys(response[x_name]))
    numbers = _numbers(response[x_name])
    numeric = numbers is not None
    others = list(dict.fromkeys(response[ordered[1]])) if len(ordered) > 1 else [None]
    shown = [others[round(step)] for step in np.linspace(0, len(others) - 1, min(_CURVES, len(others)))]
    lines = []
    for value in shown:
        mine = response if value is None else response[response[ordered[1]] == value]
        x = [float(each) if numeric else float(places.index(each)) for each in mine[x_name].tolist()]
        y, low, high = ([scale.factor * float(each) for each in mine[column]] for column in ("value", "low", "high"))
        label = "" if value is None else f"{factor_name(ordered[1])} {value_text(value)}"
        lines.append(Curve(label, x, y, low, high))
    tops = [f"{line.label or 'highest'} at {value_text(places[int(np.argmax(line.y))])}" for line in lines]
    says = f"{title}, over {factor_name(x_name)}, in {scale.unit}; highest: {'; '.join(tops)}."
    svg = lines_figure(lines, name=f"response-{at}", says=says, x_axis=factor_name(x_name), y_axis=scale.unit,
                       ticks=() if numeric else [value_text(place) for place in places])  # fmt: skip
    cells = tuple(
        (*(value_text(row[name]) for name in ordered), scale.signed(row["value"]), scale.span(row["low"], row["high"]))
        for _, row in response.iterrows()
    )
    header = (*(factor_name(name).capitalize() for name in ordered), "Outcome", "90% of worlds")
    return Picture(svg, title, DataTable(f"{title}, in {scale.unit}", header, cells))


def _curve(folder: StudyFolder, outcome: dict[str, Any], name: str, at: str) -> Picture | None:
    """Mean and 90% of the runs in each part of a factor's range."""
    runs = _runs(folder, outcome, [name])
    if runs is None:
        return None
    values, scale = runs.iloc[:, -1].to_numpy(float), scale_of(outcome)
    numbers = _numbers(runs[name])
    numeric = numbers is not None
    parts = _by_value(runs[name], _listed(folder, name)) if numbers is None else _by_size(numbers)
    groups = [(label, values[chosen]) for label, chosen in parts if chosen.sum() >= _FEWEST]
    if len(groups) < 2:
        return None
    x = [float(label) if numeric else float(place) for place, (label, _) in enumerate(groups)]
    y, low, high = (
        [scale.factor * float(measure(each)) for _, each in groups]
        for measure in (np.mean, lambda each: np.quantile(each, 0.05), lambda each: np.quantile(each, 0.95))
    )
    ends = f"mean from {number(y[0], scale.digits)} to {number(y[-1], scale.digits)}"
    says = f"{outcome_name(outcome)} over {factor_name(name)}, in {scale.unit}: {ends}."
    svg = lines_figure([Curve("", x, y, low, high)], name=f"response-{at}", says=says, x_axis=factor_name(name),
                       y_axis=scale.unit, ticks=() if numeric else [label for label, _ in groups])  # fmt: skip
    cells = tuple(
        (label, number(mean, scale.digits), f"{number(a, scale.digits)} to {number(b, scale.digits)}")
        for (label, _), mean, a, b in zip(groups, y, low, high, strict=True)
    )
    header = (factor_name(name).capitalize(), "Mean", "90% of runs")
    table = DataTable(f"{outcome_name(outcome)}, in {scale.unit}", header, cells)
    return Picture(svg, f"{outcome_name(outcome)}, over {factor_name(name)}", table)


def _ends(folder: StudyFolder, outcome: dict[str, Any]) -> tuple[Any, list[tuple[str, float, float]]] | None:
    """All outcomes, and for each factor the mean outcome at its low and at its high end."""
    factors = folder.table("factors")
    if factors is None:
        return None
    names = [
        str(name)
        for name, kind in zip(factors["factor"], factors["kind"], strict=True)
        if kind not in ("world", "luck")
    ]
    runs = _runs(folder, outcome, names)
    if runs is None:
        return None
    values = runs.iloc[:, -1].to_numpy(float)
    rows = []
    for name in names:
        low, high = _low_and_high(runs[name], _listed(folder, name))
        if min(low.sum(), high.sum()) >= _FEWEST:
            rows.append((name, float(values[low].mean()), float(values[high].mean())))
    return (values, rows) if rows else None


def _runs(folder: StudyFolder, outcome: dict[str, Any], factors: Sequence[str]) -> pd.DataFrame | None:
    """Values of factors, and last the outcome, in every run; None when the study keeps no table of runs."""
    found = folder.rows("outcomes", outcome)
    if found is None or "runs" not in folder.names:
        return None
    return folder.table("runs", only=(*factors, str(found["column"].iloc[0])))


def _listed(folder: StudyFolder, name: str) -> list[str]:
    """The values of a factor as texts; one empty text for a range."""
    factors = folder.table("factors")
    assert factors is not None, "whoever asks has read it"
    return str(factors.set_index("factor").loc[name, "values"] or "").split(";")


def _low_and_high(column: pd.Series[Any], listed: Sequence[str]) -> tuple[Bools, Bools]:
    """The runs in which a factor has the first and the last of its values, or lies in the lowest and highest fifth."""
    if len(listed) > 1:
        text = _texts(column)
        return np.asarray(text == listed[0]), np.asarray(text == listed[-1])
    numbers = column.to_numpy(float)
    low, high = np.quantile(numbers, [_FIFTH, 1.0 - _FIFTH])
    return np.asarray(numbers <= low), np.asarray(numbers >= high)


def _texts(column: pd.Series[Any]) -> Any:
    """Values as the study lists them: numbers without needless zeros, switches in lower case."""
    return np.array([str(each).lower() if isinstance(each, bool | np.bool_) else value_text(each) for each in column])


def _numbers(column: pd.Series[Any]) -> Floats | None:
    """A column as numbers; None when its values are names."""
    try:
        return np.asarray(column.to_numpy(), dtype=np.float64)
    except ValueError:
        return None


def _by_value(column: pd.Series[Any], listed: Sequence[str]) -> Iterable[tuple[str, Bools]]:
    """The runs with each value, in the order in which the study lists them."""
    text = _texts(column)
    return [(value, np.asarray(text == value)) for value in listed]


def _by_size(numbers: Floats) -> Iterable[tuple[str, Bools]]:
    """The runs with each of few values, or in each of some equally full parts of the range."""
    few = np.unique(numbers)
    if few.size <= _BINS:
        return [(f"{value:g}", numbers == value) for value in few]
    edges = np.quantile(numbers, np.linspace(0.0, 1.0, _BINS + 1))
    part = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, _BINS - 1)
    return [(f"{numbers[part == place].mean():.4g}", part == place) for place in range(_BINS) if (part == place).any()]
