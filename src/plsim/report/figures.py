"""Pictures of the report, as SVG text to put into the page. The only door to matplotlib.

Figures are narrow, so that they can be read on a phone and stand side by side on a screen. Colours are those of Okabe
and Ito, which colour-blind readers tell apart; nothing is told by colour alone. The same numbers give the same bytes.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from plsim.report.tables import Curves, SchoolEffect
from plsim.report.words import number, signed

WIDTH_INCHES = 4.4
INK = "#1a1a1a"
GREY = "#595959"
PALE = "#d0d0d0"
SCENARIO = "#0072b2"
LOSS = "#d55e00"
MODE_COLOURS = ("#00496f", "#0072b2", "#8ccbf2", "#f0e442", "#009e73", "#d55e00", "#bdbdbd")
"""Of the modes in ``tables.MODES``: with the teacher in blues, then with others near, then alone, then at home."""
_DARK = frozenset({"#00496f", "#0072b2", "#009e73", "#d55e00"})
_BARS_AT_MOST = 100
_DPI = 72
"""Of every SVG file."""
_ROUND = (1, 2, 5, 10)
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}

# Any: the stubs of newer versions of matplotlib list every key, those of older ones none.
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "plsim",
    # Text stays text: it can be selected and searched, and the page's font draws it.
    "svg.fonttype": "none",
    # Labels may come from a roster's columns: a dollar sign in one begins no formula.
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.unicode_minus": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}

if TYPE_CHECKING:  # it takes a second to load, and most pages are made without it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Plot = Axes
    Sheet = Figure
else:
    Plot = Sheet = Any
"""What one draws on: for modules that draw for other pages, through this door."""


class Point(NamedTuple):
    """One line of a picture of effects; NaN bounds draw no interval, ``hollow`` is not clearly different from zero."""

    label: str
    value: float
    low: float
    high: float
    hollow: bool = False


def effect_figure(points: Sequence[Point], *, name: str, says: str, axis: str, limits: tuple[float, float]) -> str:
    """Effects with their intervals beside a line at no difference."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(0.0, color=GREY, linewidth=1.2)
        for row, point in enumerate(reversed(points)):
            if math.isfinite(point.low) and math.isfinite(point.high):
                axes.plot([point.low, point.high], [row, row], color=SCENARIO, linewidth=3.0, alpha=0.45)
            face = "white" if point.hollow else SCENARIO
            axes.plot([point.value], [row], "o", color=SCENARIO, markerfacecolor=face, markersize=7.0)
            axes.annotate(signed(point.value, 1), (point.value, row), (0, 7), textcoords="offset points", ha="center",
                          fontsize=9.5, color=INK, bbox=_PAPER)  # fmt: skip
        axes.set_yticks(range(len(points)), [wrapped(point.label) for point in reversed(points)])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, len(points) - 0.25)
        axes.set_xlim(*limits)
        axes.spines["left"].set_visible(False)
        signed_ticks(axes)
        axes.set_xlabel(axis)
        axes.annotate("← lower", (0.0, 1.0), (-5, 3), xycoords=("data", "axes fraction"), textcoords="offset points",
                      ha="right", color=GREY, fontsize=9.5)  # fmt: skip
        axes.annotate("higher →", (0.0, 1.0), (5, 3), xycoords=("data", "axes fraction"), textcoords="offset points",
                      ha="left", color=GREY, fontsize=9.5)  # fmt: skip

    return drawing(draw, name=name, says=says, height=0.9 + 0.42 * len(points))


def schools_figure(schools: Sequence[SchoolEffect], *, name: str, says: str, axis: str) -> str:
    """One bar per school, lowest first (of very many, a sample); those below zero are hatched too."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        values = [school.effect for school in schools]
        colours = [LOSS if value < 0.0 else SCENARIO for value in values]
        step = max(1.0, len(values) / _BARS_AT_MOST)
        # Of more schools than there is room for, one in so many.
        shown = [int(place * step) for place in range(min(len(values), _BARS_AT_MOST))]
        bars = axes.bar(
            range(len(shown)), [values[one] for one in shown], color=[colours[one] for one in shown], width=0.85
        )
        for bar, one in zip(bars, shown, strict=True):
            if values[one] < 0.0:
                bar.set_hatch("////")
                bar.set_edgecolor("white")
                bar.set_linewidth(0.0)
        axes.axhline(0.0, color=GREY, linewidth=1.2)
        lower = sum(value < 0.0 for value in values)
        if lower:
            axes.text(0.02, 0.04, f"{lower:,} lower", transform=axes.transAxes, color=LOSS, fontweight="bold")
        axes.text(0.98, 0.93, f"{len(values) - lower:,} not lower", transform=axes.transAxes, color=SCENARIO,
                  fontweight="bold", ha="right")  # fmt: skip
        axes.margins(y=0.15)
        axes.set_xticks([])
        axes.set_xlabel(f"{len(values):,} schools, from lowest to highest" if len(values) > 1 else "the school")
        axes.set_ylabel(axis)
        signed_ticks(axes, along="y")

    return drawing(draw, name=name, says=says, height=2.7)


def growth_figure(curves: Curves, *, name: str, says: str, limits: tuple[float, float]) -> str:
    """Points gained by week in both arms, and below, between ``limits``, how far the scenario is ahead."""

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _two_curves(above, curves)
        above.set_title("Points gained since the year began")
        below.axhline(0.0, color=GREY, linewidth=1.2)
        lead = curves.lead()
        for week, ahead in zip(curves.week, lead, strict=True):
            below.plot(week, ahead, color=SCENARIO, linewidth=2.0)
            below.fill_between(week, ahead, color=SCENARIO, alpha=0.2, linewidth=0.0)
        below.annotate(signed(lead[-1][-1], 2), (curves.week[-1][-1], lead[-1][-1]), (3, -2), color=SCENARIO,
                       textcoords="offset points", fontsize=9.5, fontweight="bold", annotation_clip=False)  # fmt: skip
        below.set_title("How far the scenario is ahead")
        below.set_ylim(*limits)
        signed_ticks(below, along="y", bins=4)
        _weeks(below, curves)

    return drawing(draw, name=name, says=says, height=3.6)


def load_figure(curves: Curves, *, name: str, says: str, title: str, from_zero: bool, digits: int, span: float) -> str:
    """Teachers' load by week in both arms, on an axis that spans at least ``span``."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _two_curves(axes, curves)
        axes.set_title(title)
        values = [value for arm in (curves.scenario, curves.counterfactual) for year in arm for value in year]
        low, high = 0.0 if from_zero else min(values), max(values)
        missing = max(0.0, span - (high - low))
        low, high = (low, high + missing) if from_zero else (low - missing / 2.0, high + missing / 2.0)
        room = 0.3 * (high - low)
        axes.set_ylim(low if from_zero else low - room, high + room)
        axes.yaxis.set_major_locator(_places(5))
        axes.yaxis.set_major_formatter(lambda value, _: number(value, digits))
        _weeks(axes, curves)

    return drawing(draw, name=name, says=says, height=2.6)


def time_figure(bars: Sequence[tuple[str, Sequence[float]]], *, name: str, says: str, axis: str) -> str:
    """One stacked bar per arm; each part is one mode, in the colours of :data:`MODE_COLOURS`."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        longest = max(sum(hours) for _, hours in bars)
        for row, (_, hours) in enumerate(reversed(bars)):
            left = 0.0
            for colour, part in zip(MODE_COLOURS, hours, strict=True):
                axes.barh(row, part, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8)
                if part > 0.06 * longest:
                    axes.text(left + part / 2.0, row, number(part, 1), ha="center", va="center", fontsize=9.5,
                              color="white" if colour in _DARK else INK)  # fmt: skip
                left += part
        axes.set_yticks(range(len(bars)), [wrapped(label) for label, _ in reversed(bars)])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(axis)
        axes.xaxis.set_major_locator(_places(6, integer=True))

    return drawing(draw, name=name, says=says, height=1.75)


def _two_curves(axes: Axes, curves: Curves) -> None:
    """Scenario as a line, typical practice dashed, both named."""
    for week, typical, scenario in zip(curves.week, curves.counterfactual, curves.scenario, strict=True):
        axes.plot(week, scenario, color=SCENARIO, linewidth=2.2)
        axes.plot(week, typical, color=INK, linewidth=1.4, linestyle=(0, (4, 2)))
    axes.plot([], [], color=SCENARIO, linewidth=2.2, label="this scenario")
    axes.plot([], [], color=INK, linewidth=1.4, linestyle=(0, (4, 2)), label="typical practice")
    axes.margins(y=0.12)
    axes.legend(
        loc="upper left",
        frameon=True,
        facecolor="white",
        edgecolor="none",
        framealpha=1.0,
        fontsize=9.5,
        ncols=2,
        borderaxespad=0.1,
        handlelength=2.4,
    )
    axes.yaxis.set_major_locator(_places(5))
    axes.set_ylim(top=axes.get_ylim()[1] + 0.18 * (axes.get_ylim()[1] - axes.get_ylim()[0]))


def _weeks(axes: Axes, curves: Curves) -> None:
    """Name the years under the axis."""
    years = len(curves.week)
    axes.set_xticks([week[0] for week in curves.week] + [curves.week[-1][-1]])
    axes.set_xticklabels([""] * (years + 1))
    step = 1 if years <= 4 else 2
    for index, week in enumerate(curves.week):
        if index % step == 0:
            axes.annotate(f"Year {index + 1}", ((week[0] + week[-1]) / 2.0, 0.0), (0, -5), va="top", ha="center",
                          xycoords=("data", "axes fraction"), textcoords="offset points", color=INK)  # fmt: skip
    for one, other in pairwise(curves.week):
        axes.axvline((one[-1] + other[0]) / 2.0, color=PALE, linewidth=1.0, zorder=0)
    axes.set_xlabel("weeks of school", labelpad=9.0)


def signed_ticks(axes: Axes, *, along: str = "x", bins: int = 6) -> None:
    """Ticks with a sign and as many decimals as they need."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    axis.set_major_locator(_places(bins))
    ticks = axis.get_majorticklocs()
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=1.0)
    digits = max(0, min(3, math.ceil(-math.log10(step) - 1e-9))) if step > 0.0 else 0
    axis.set_major_formatter(lambda value, _: signed(value, digits))


def wrapped(label: str, width: int = 22) -> str:
    """A long label on two lines."""
    if len(label) <= width:
        return label
    cut = label.rfind(" ", 0, max(width, math.ceil(len(label) / 2) + 4))
    return f"{label[:cut]}\n{label[cut + 1 :]}" if cut > 0 else label


def _places(most: int, *, integer: bool = False) -> Any:
    """Round places for the marks of an axis, at most so many."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, steps=_ROUND, integer=integer)


def drawing(draw: Callable[[Figure], None], *, name: str, says: str, height: float) -> str:
    """What ``draw`` draws, as an SVG element with a text alternative and ids of its own."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # A label in another script is measured without its glyphs, and drawn with the page's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = Figure(figsize=(WIDTH_INCHES, height), dpi=_DPI, layout="constrained")
        FigureCanvasSVG(figure)  # whose text is measured
        draw(figure)
        layout = figure.get_layout_engine()
        assert layout is not None
        layout.execute(figure)
        figure.set_layout_engine(None)  # else everything would be drawn once more to lay it out
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _inline(stream.getvalue(), name, says)


def _inline(text: str, name: str, says: str) -> str:
    """The drawing without what only files need (and what a page would have to fetch), and with its text alternative."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*|<style.*?</style>\s*", "", text, flags=re.DOTALL)
    view = re.search(r'viewBox="[^"]+"', text)
    assert view is not None
    label = says.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    text = re.sub(r"<svg[^>]*>", f'<svg {view[0]} role="img" aria-label="{label}">', text, count=1)
    # Ids are unique in a drawing, not in a page.
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    return text.replace("'DejaVu Sans'", "system-ui, 'DejaVu Sans'").strip()
