"""One world: every uncertain or fixed number that the rules of a week read."""

from __future__ import annotations

from typing import NamedTuple

from ..attention import AttentionParams
from ..learning import LearningParams
from ..match import MatchParams
from ..motivation import MotivationParams
from ..needs import NeedsParams
from ..pace import PaceParams
from ..plan import PlanParams
from ..proficiency import ProficiencyParams
from ..profile import ProfileParams
from ..quality import QualityParams
from ..school import SchoolParams
from ..time import TimeParams


class Params(NamedTuple):
    """Every uncertain or fixed number of the weekly rules, by topic: one world."""

    time: TimeParams
    plan: PlanParams
    profile: ProfileParams
    needs: NeedsParams
    match: MatchParams
    attention: AttentionParams
    quality: QualityParams
    learning: LearningParams
    pace: PaceParams
    motivation: MotivationParams
    proficiency: ProficiencyParams
    school: SchoolParams
