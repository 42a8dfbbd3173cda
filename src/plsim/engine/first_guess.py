"""Where the search for a world's reference D begins: so near that one pass finds it.

What typical practice gives is nearly linear in the uncertain parameters. The guess only spares passes: what it is off
by is found, and where it is off by much (:mod:`plsim.engine.reference`) another pass follows. The numbers are fitted
by ``benchmarks/first_guess.py`` in worlds of the prior and say nothing about schools; other ones would move D by what
one pass leaves, some 0.2%.
"""

from __future__ import annotations

import numpy as np

from plsim.engine.parameters import World
from plsim.engine.records import Reference

LEAST = 0.1
"""However far a world is from those that were fitted."""

# Fitted numbers.
SHAPE = (
    (1.067, 1.070, 1.059, 1.060, 1.046, 1.046, 0.953, 0.942, 0.937, 0.963, 0.960, 0.961, 0.952),
    (1.072, 1.065, 1.046, 1.038, 1.022, 1.031, 0.947, 0.939, 0.937, 0.967, 0.976, 0.979, 0.964),
)
AT_ZERO = (-0.01764, 0.01356, -0.27372)
PER_UNIT = {
    "needs.turnover": (-0.111, 0.0134, -0.011),
    "needs.observation": (0.135, -0.00706, 0.00516),
    "needs.skill_reliability": (0.00502, 0.00693, -0.00195),
    "needs.stake": (-0.649, 0.0565, -0.0309),
    "needs.prerequisite": (-0.0103, 0.03, -0.0122),
    "needs.reteach": (0.046, 0.00374, -0.00172),
    "needs.purity_half": (-2.51e-05, -0.000111, 2.11e-05),
    "needs.own_use": (-0.000253, 0.00156, -9.99e-05),
    "needs.software": (0.0137, -0.0088, 0.00158),
    "needs.tutor_sight": (-0.00271, 0.00273, -0.000871),
    "match.floor": (0.11, -0.0287, 0.194),
    "match.width_below": (0.00137, 0.00278, 0.00197),
    "match.width_above": (0.00164, -0.00378, 0.00182),
    "match.form": (0.014, 0.00651, -0.0106),
    "attention.led": (0.353, 0.0512, -0.00436),
    "attention.led_engagement": (0.0222, 0.0621, -0.0237),
    "attention.led_regulation": (-0.00551, 0.0228, -0.00168),
    "attention.group_gain": (0.0183, -0.00159, 0.00025),
    "attention.low_group_loss": (-0.00987, 0.0114, -0.00318),
    "attention.station_support": (0.001, -0.00105, 0.00123),
    "attention.supervision": (0.062, -0.0238, 0.000353),
    "attention.structure_max": (0.0241, -0.00882, 0.00329),
    "quality.group_expert": (0.0171, -0.00109, -0.000206),
    "quality.one_on_one_expert": (0.00055, 0.000381, -0.000137),
    "quality.materials": (0.133, -0.0202, 0.00494),
    "quality.software_best": (0.0238, -0.00422, 0.000115),
    "quality.class_size_slope": (0.0118, 0.00232, -8.85e-05),
    "quality.skill_gain": (0.0317, 0.00871, -0.00284),
    "quality.transfer": (-0.001, 0.0376, -0.00191),
    "learning.home_share_math": (-0.0135, -0.000759, -0.00381),
    "learning.home_share_reading": (0.00664, 0.00148, -2.28e-05),
    "learning.flatness": (-0.00177, 0.00582, 0.000334),
    "learning.durability": (0.000994, 0.00564, -9.06e-06),
    "learning.form": (3.54e-05, 0.00305, -0.00162),
    "learning.fading": (0.00159, -0.00106, -0.023),
    "pace.mastery_rate": (-0.00819, -0.0275, 0.0117),
    "motivation.regulation_growth": (0.043, -0.0281, 0.00714),
    "motivation.regulation_taught": (-0.0231, -0.0239, -0.102),
    "motivation.engagement_adult": (0.158, -0.0204, -0.0112),
    "motivation.form": (-0.000668, 0.000684, -0.000637),
    "proficiency.start": (0.0882, -0.00762, 0.0128),
    "proficiency.skill_half_hours": (-0.0253, 0.00157, 0.000654),
    "time.hours_saturation": (0.00405, -0.00232, -0.00257),
    "plan.demand_scale": (-0.00162, 0.00265, -0.00128),
}
# End of the fitted numbers.


def first_guess(world: World) -> Reference:
    """About what typical practice gives in a world.

    Level, slope and curve of D are AT_ZERO where all parameters are 0, and PER_UNIT says what a unit of each adds.
    SHAPE is how the level goes with subject and grade.
    """
    level, slope, curve = AT_ZERO
    for key, (to_level, to_slope, to_curve) in PER_UNIT.items():
        value = world.number(key)
        level, slope, curve = level + to_level * value, slope + to_slope * value, curve + to_curve * value
    levels = np.array(SHAPE) * max(level, LEAST)
    return Reference(levels, np.full(levels.shape, slope), np.full(levels.shape, curve))
