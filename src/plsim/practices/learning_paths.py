"""Personal learning paths: time on one's own path, with choices."""

from __future__ import annotations

from plsim.practices.levers import FloatArray, LeverTable
from plsim.practices.options import Practice, option
from plsim.practices.registration import register


@register("learning_paths")
class LearningPaths(Practice):
    """Each student follows a path of tasks at their own level, with choices inside limits set by the teacher."""

    intensity: float = option("practices.learning_paths_intensity", 0.0, 1.0)
    spread: float = option("practices.learning_paths_spread", 0.0, 1.0)
    path_share: float = option("practices.learning_paths_path_share", 0.0, 1.0)
    """Share of contact time on the own path, at intensity 1."""
    options: float = option("practices.learning_paths_options", 1.0, 50.0)
    """Options offered for one objective, at intensity 1; 1 is no choice."""
    relevance: float = option("practices.learning_paths_relevance", 0.0, 1.0)
    """How far tasks connect to the world outside school, at intensity 1."""

    def apply(self, table: LeverTable, intensity: FloatArray) -> None:
        """More intensity moves more time to the own path and offers more options."""
        table.put("path_share", intensity * self.path_share)
        table.put("choice_options", 1.0 + intensity * (self.options - 1.0))
        table.put("relevance", intensity * self.relevance)
