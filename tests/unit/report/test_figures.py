from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plsim.report import figures
from plsim.report.figures import MODE_COLOURS, Point, effect_figure, schools_figure
from plsim.report.tables import MODES, SchoolEffect

CSS = (Path(figures.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")


def colour(name: str) -> str:
    found = re.search(rf"--{name}: (#\w+);", CSS)
    assert found is not None
    return found[1]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours."""

    def luminance(hexadecimal: str) -> float:
        parts = [int(hexadecimal[start : start + 2], 16) / 255.0 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ink", ["ink", "soft", "blue"])
@pytest.mark.parametrize("paper", ["paper", "tint", "warn"])
def test_text_of_the_page_has_contrast(ink: str, paper: str) -> None:
    assert contrast(colour(ink), colour(paper)) >= 4.5


@pytest.mark.parametrize("ink", [figures.INK, figures.GREY, figures.SCENARIO])
def test_text_in_pictures_has_contrast(ink: str) -> None:
    assert contrast(ink, "#ffffff") >= 4.5


def test_every_mode_has_a_colour_of_its_own() -> None:
    assert len(set(MODE_COLOURS)) == len(MODES)


def effects(label: str = "Mathematics") -> str:
    points = [Point(label, 0.5, -0.5, 1.5), Point("Reading", 0.1, math.nan, math.nan, hollow=True)]
    return effect_figure(points, name="x", says='Say "this" & <that>', axis="points", limits=(-1.0, 2.0))


def schools() -> str:
    many = [SchoolEffect(f"s{n}", charter=False, students=20, effect=n - 100.0) for n in range(300)]
    return schools_figure(many, name="y", says="Many schools.", axis="points")


@pytest.mark.parametrize("draw", [effects, schools])
def test_a_picture_is_drawn_the_same_every_time(draw: Callable[[], str]) -> None:
    assert draw() == draw()


def test_the_text_alternative_is_escaped() -> None:
    assert 'aria-label="Say &quot;this&quot; &amp; &lt;that>"' in effects()


@pytest.mark.parametrize("label", ["a $5 or $6 lunch", "家庭で日本語", "<script>alert(1)</script>"])
def test_labels_from_files_are_drawn_as_they_are(label: str) -> None:
    drawn = effects(label)
    assert "<script" not in drawn
    assert label[:8].replace("<", "&lt;").replace(">", "&gt;") in drawn


def test_many_schools_do_not_make_a_large_picture() -> None:
    assert len(schools()) < 60_000


def test_a_drawing_is_laid_out_as_matplotlib_would_but_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw_axes = Axes.draw
    monkeypatch.setattr(Axes, "draw", lambda axes, renderer: drawn.append("axes") or draw_axes(axes, renderer))

    def curve(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True)
        above.plot([0.0, 31.5], [0.0, 1_234.5])
        above.set_title("A title")
        below.set_ylabel("points")

    ours = figures.drawing(curve, name="one", says="A curve.", height=3.0)
    assert drawn == ["axes", "axes"]

    stream = io.StringIO()
    with mpl.rc_context(figures._STYLE):
        figure = Figure(figsize=(figures.WIDTH_INCHES, 3.0), layout="constrained")
        curve(figure)
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    assert ours == figures._inline(stream.getvalue(), "one", "A curve.")
