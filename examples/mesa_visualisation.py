"""Mesa's own page of the model: sliders for the plan, a start button, and curves that grow week by week.

It needs the extra ``mesa-viz``: ``pip install "plsim[mesa-viz]"``, then ``solara run examples/mesa_visualisation.py``.
Without it the file can be imported and :class:`WatchedSchool` used; only the page is missing.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

import plsim
from plsim import SchoolModel

try:
    from mesa.visualization import SolaraViz, make_plot_component
except ImportError as missing:  # one of Mesa's visualisation libraries
    MISSING: str | None = str(missing)
else:
    MISSING = None


class WatchedSchool(SchoolModel):
    """The demonstration school, made anew from three numbers and recorded every week.

    Parameters
    ----------
    environment, paths
        Intensity of the flexible environment and of own learning paths, 0 to 1.
    coaching_hours
        Hours of coaching a teacher gets each week.
    students
        Size of the school.
    """

    def __init__(
        self,
        *,
        environment: float = 0.6,
        paths: float = 0.5,
        coaching_hours: float = 0.5,
        students: int = 150,
        seed: int = 0,
    ) -> None:
        scenario = plsim.load(
            "one_school_demo",
            overrides=(
                f"practices.flexible_environment.intensity={environment}",
                f"practices.learning_paths.intensity={paths}",
                f"support.coaching_hours={float(coaching_hours)}",
                f"population.students_per_school={students}",
            ),
        )
        super().__init__(scenario, seed=seed)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "achievement": lambda model: model.students.agg("achievement", np.mean),
                "engagement": lambda model: model.students.agg("engagement", np.mean),
                "self_regulation": lambda model: model.students.agg("self_regulation", np.mean),
                "strain": lambda model: model.teachers.agg("strain", np.mean),
            }
        )
        self.datacollector.collect(self)  # the start; every step collects by itself


def build_page() -> Any:
    """The page, as ``solara run`` looks for it."""
    if MISSING is not None:
        raise SystemExit(f'This page needs the extra "mesa-viz" ({MISSING}): pip install "plsim[mesa-viz]"')
    return SolaraViz(
        WatchedSchool(),
        components=[
            make_plot_component("achievement"),
            make_plot_component({"engagement": "tab:blue", "self_regulation": "tab:green", "strain": "tab:red"}),
        ],
        model_params={
            "environment": _slider("Flexible environment", 0.6, 0.0, 1.0, 0.1),
            "paths": _slider("Own learning paths", 0.5, 0.0, 1.0, 0.1),
            "coaching_hours": _slider("Coaching hours a week", 0.5, 0.0, 4.0, 0.5),
            "seed": {"type": "SliderInt", "value": 0, "label": "Seed", "min": 0, "max": 100, "step": 1},
        },
        name="A school, week by week",
    )


def _slider(label: str, value: float, low: float, high: float, step: float) -> dict[str, Any]:
    return {"type": "SliderFloat", "value": value, "label": label, "min": low, "max": high, "step": step}


if MISSING is None:
    page = build_page()
elif __name__ == "__main__":
    build_page()
