"""Pictures of studies: indices, interactions, waterfalls, ranks, convergence, tornadoes, responses.

Drawn through :mod:`plsim.report.figures`, in the same style: narrow, colour-blind safe, nothing told by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from plsim.report.figures import GREY, INK, LOSS, PALE, SCENARIO, Plot, Sheet, drawing, signed_ticks, wrapped
from plsim.report.words import number, signed

RANK_COLOURS = ("#00496f", "#0072b2", "#8ccbf2", "#e6e6e6")
"""First, second, third, later."""
RANK_NAMES = ("first", "second", "third", "later")
_DARK = 2
_DASHES: tuple[object, ...] = ("solid", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))
_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#1a1a1a")
_MARKS = "osD^v"
_ROW = 0.36


class Bar(NamedTuple):
    """A value with its interval; NaN bounds draw none."""

    label: str
    value: float
    low: float
    high: float


class Curve(NamedTuple):
    """A named curve, with a band when ``low`` and ``high`` are there."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def bars_figure(
    bars: Sequence[Bar],
    *,
    name: str,
    says: str,
    axis: str,
    digits: int,
    inner: Sequence[Bar] = (),
    legend: tuple[str, str] = ("", ""),
) -> str:
    """Bars with intervals, the first on top; below zero they are hatched.

    With ``inner``, every bar is hollow and holds a second, filled one: what is in it and what it is in.
    """

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        axes.axvline(0.0, color=GREY, linewidth=1.2)
        for place, bar in enumerate(bars):
            row = len(bars) - 1 - place
            if inner:
                axes.barh(row, bar.value, height=0.74, facecolor="white", edgecolor=INK, linewidth=1.1)
                _bar(axes, row - 0.1, inner[place], height=0.36)
                _interval(axes, row - 0.1, inner[place])
                _interval(axes, row + 0.25, bar)
            else:
                _bar(axes, row, bar, height=0.56)
                _interval(axes, row, bar)
            ends = [end for one in (bar, *inner[place : place + 1]) for end in one[1:] if math.isfinite(end)]
            right = bar.value >= 0.0
            text = (signed if any(one.value < 0.0 for one in bars) else number)(bar.value, digits)
            axes.annotate(
                text, (max([0.0, *ends]) if right else min([0.0, *ends]), row), (5 if right else -5, 0), fontsize=9.0,
                textcoords="offset points", va="center", ha="left" if right else "right",
            )  # fmt: skip
        _rows(axes, [bar.label for bar in bars])
        axes.margins(x=0.16)
        axes.set_xlabel(axis)
        if any(one.value < 0.0 for one in bars):
            # Room for the numbers of losses, which stand left of their bars.
            least, most = axes.get_xlim()
            axes.set_xlim(least - 0.08 * (most - least), most)
            signed_ticks(axes)
        if inner:
            axes.plot([], [], "s", color=INK, markerfacecolor="white", label=legend[0])
            axes.plot([], [], "s", color=SCENARIO, label=legend[1])
            figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=9.0, handlelength=1.4)

    return drawing(draw, name=name, says=says, height=0.75 + _ROW * len(bars) + (0.25 if inner else 0.0))


def _bar(axes: Plot, row: float, bar: Bar, *, height: float) -> None:
    below = bar.value < 0.0
    axes.barh(row, bar.value, height=height, color=LOSS if below else SCENARIO, hatch="////" if below else None,
              edgecolor="white", linewidth=0.0)  # fmt: skip


def _interval(axes: Plot, row: float, bar: Bar) -> None:
    if math.isfinite(bar.low) and math.isfinite(bar.high):
        axes.plot([bar.low, bar.high], [row, row], color=INK, linewidth=1.3)


def heat_figure(
    labels: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    clear: Collection[tuple[int, int]],
    name: str,
    says: str,
    digits: int,
) -> str:
    """Every pair as a cell with its number: blue above zero, orange below, paler near zero; NaN cells stay empty.

    ``clear`` are the cells (row, column) that are clearly different from zero; others have no colour.
    """

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        top = max((abs(value) for row in values for value in row if math.isfinite(value)), default=0.0) or 1.0
        for row in range(1, len(labels)):
            for column in range(row):
                value = values[row][column]
                if not math.isfinite(value):
                    continue
                strength = min(1.0, abs(value) / top) if (row, column) in clear else 0.0
                colour = _tint(SCENARIO if value >= 0.0 else LOSS, 0.8 * strength)
                axes.barh(row, 1.0, left=column - 0.5, height=1.0, color=colour, edgecolor=PALE, linewidth=0.8)
                axes.text(column, row, signed(value, digits), ha="center", va="center", fontsize=8.5,
                          color=INK if (row, column) in clear else GREY)  # fmt: skip
        last = len(labels) - 1
        axes.set_xticks(range(last), [str(place + 1) for place in range(last)])
        axes.set_yticks(
            range(len(labels)), [wrapped(f"{place} {label}") for place, label in enumerate(labels, start=1)]
        )
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, last - 0.5)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)

    return drawing(draw, name=name, says=says, height=0.7 + 0.38 * len(labels))


def waterfall_figure(
    steps: Sequence[tuple[str, float]], *, start: float, name: str, says: str, axis: str, digits: int,
    limits: tuple[float, float], first: str, last: str,
) -> str:  # fmt: skip
    """From ``start`` by one step after another to the whole; losses hatched."""

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        rows = len(steps) + 1
        axes.axvline(0.0, color=GREY, linewidth=1.2)
        axes.barh(rows, start, height=0.6, color=GREY)
        _beside(axes, rows, start, 0.0, signed(start, digits))
        at = start
        for place, (_, step) in enumerate(steps):
            row = rows - 1 - place
            axes.barh(row, step, left=at, height=0.6, color=LOSS if step < 0.0 else SCENARIO,
                      hatch="////" if step < 0.0 else None, edgecolor="white", linewidth=0.0)  # fmt: skip
            axes.plot([at, at], [row + 0.3, row + 0.7], color=GREY, linewidth=0.8)
            _beside(axes, row, at + step, at, signed(step, digits))
            at += step
        axes.plot([at, at], [0.3, 0.7], color=GREY, linewidth=0.8)
        axes.barh(0, at, height=0.6, color=INK)
        _beside(axes, 0, at, 0.0, signed(at, digits))
        _rows(axes, [first, *(label for label, _ in steps), last])
        axes.set_xlim(*limits)
        axes.set_xlabel(axis)
        signed_ticks(axes, bins=5)

    return drawing(draw, name=name, says=says, height=0.7 + 0.3 * (len(steps) + 2))


def ranks_figure(labels: Sequence[str], shares: Sequence[Sequence[float]], *, name: str, says: str) -> str:
    """How often each is first, second, third, later: one full bar each, with the shares written in."""

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        for row, parts in enumerate(reversed(shares)):
            left = 0.0
            told = [*parts[:3], sum(parts[3:])]
            for place, part in enumerate(told):
                axes.barh(row, part, left=left, height=0.7, color=RANK_COLOURS[place], edgecolor="white", linewidth=0.8)
                if part >= 0.08:
                    axes.text(left + part / 2.0, row, f"{100.0 * part:.0f}", ha="center", va="center", fontsize=9.0,
                              color="white" if place < _DARK else INK)  # fmt: skip
                left += part
        _rows(axes, labels)
        axes.set_xlim(0.0, 1.0)
        axes.set_xticks([0.0, 0.5, 1.0], ["0%", "50%", "100%"])
        axes.set_xlabel("share of worlds")
        for place, (colour, label) in enumerate(zip(RANK_COLOURS, RANK_NAMES, strict=True)):
            if place < max(len(parts) for parts in shares):
                axes.barh(0, 0.0, color=colour, label=label)
        figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=9.0, handlelength=1.2)

    return drawing(draw, name=name, says=says, height=1.05 + _ROW * len(labels))


def lines_figure(lines: Sequence[Curve], *, name: str, says: str, x_axis: str, y_axis: str, log: bool = False,
                 ticks: Sequence[str] = ()) -> str:  # fmt: skip
    """Up to five curves told apart by colour, dash and mark; ``ticks`` names the places when x is no number."""

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        axes.axhline(0.0, color=PALE, linewidth=1.0, zorder=0)
        for place, line in enumerate(lines[: len(_LINES)]):
            if line.low:
                axes.fill_between(line.x, line.low, line.high, color=_LINES[place], alpha=0.15, linewidth=0.0)
            axes.plot(line.x, line.y, color=_LINES[place], linestyle=_DASHES[place], marker=_MARKS[place],
                      markersize=4.5, linewidth=1.7, label=line.label)  # fmt: skip
        if log:
            axes.set_xscale("log")
            shown = sorted({at for line in lines for at in line.x})
            axes.set_xticks(shown, [f"{at:,.0f}" for at in shown])
            axes.minorticks_off()
        if ticks:
            axes.set_xticks(range(len(ticks)), [wrapped(tick, 12) for tick in ticks])
        axes.set_xlabel(x_axis)
        axes.set_ylabel(y_axis)
        axes.margins(y=0.12)
        if len(lines) > 1:
            figure.legend(loc="outside upper left", ncols=1, frameon=False, fontsize=9.0, handlelength=3.2)

    return drawing(draw, name=name, says=says, height=2.7 + 0.19 * (len(lines) if len(lines) > 1 else 0))


def tornado_figure(rows: Sequence[tuple[str, float, float]], *, middle: float, name: str, says: str, axis: str) -> str:
    """Mean outcome where a factor is low (hollow end) and where it is high (full end), widest on top."""

    def draw(figure: Sheet) -> None:
        axes = figure.subplots()
        axes.axvline(middle, color=GREY, linewidth=1.2)
        for row, (_, low, high) in enumerate(reversed(rows)):
            axes.plot([low, high], [row, row], color=SCENARIO, linewidth=5.0, alpha=0.45, solid_capstyle="butt")
            axes.plot([low], [row], "o", color=SCENARIO, markerfacecolor="white", markersize=7.0)
            axes.plot([high], [row], "o", color=SCENARIO, markersize=7.0)
        _rows(axes, [label for label, _, _ in rows])
        axes.plot([], [], "o", color=SCENARIO, markerfacecolor="white", label="low, or off")
        axes.plot([], [], "o", color=SCENARIO, label="high, or on")
        figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=9.0)
        axes.margins(x=0.1)
        axes.set_xlabel(axis)
        signed_ticks(axes)

    return drawing(draw, name=name, says=says, height=0.95 + _ROW * len(rows))


def _rows(axes: Plot, labels: Sequence[str]) -> None:
    """Names of rows, the first on top."""
    axes.set_yticks(range(len(labels)), [wrapped(label, 24) for label in reversed(labels)])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.spines["left"].set_visible(False)


def _tint(colour: str, strength: float) -> str:
    """A colour mixed with white; so pale that dark text can be read on it."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255.0 + strength * (part - 255.0)):02x}" for part in parts)


def _beside(axes: Plot, row: float, end: float, start: float, text: str) -> None:
    """A number outside of the end of a bar."""
    right = end >= start
    axes.annotate(text, (end, row), (4 if right else -4, 0), textcoords="offset points", va="center",
                  ha="left" if right else "right", fontsize=8.5)  # fmt: skip
