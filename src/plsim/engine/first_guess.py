"""Where the search for a world's reference D begins: so near that one pass finds it.

What typical practice gives is nearly linear in the uncertain parameters. The guess only spares passes: what it is off
by is found, and where it is off by much (:mod:`plsim.engine.reference`) another pass follows. The numbers are fitted
by ``benchmarks/first_guess.py`` in worlds of the prior; they say nothing about the world, and no result hangs on them.
"""

from __future__ import annotations

import numpy as np

from plsim.engine.parameters import World
from plsim.engine.records import Reference

LEAST = 0.1
"""However far a world is from those that were fitted."""

# Fitted numbers.
SHAPE = (
    (1.066, 1.069, 1.059, 1.059, 1.045, 1.046, 0.953, 0.942, 0.937, 0.963, 0.961, 0.962, 0.953),
    (1.071, 1.064, 1.045, 1.038, 1.022, 1.031, 0.949, 0.941, 0.938, 0.967, 0.976, 0.979, 0.964),
)
AT_ZERO = (0.00029, 0.01199, -0.26639)
PER_UNIT = {
    "nuisance.dose": (-0.00119, -0.000153, 0.000188),
    "needs.turnover": (-0.104, 0.0034, -0.00305),
    "needs.observation": (0.135, -0.0062, 0.00666),
    "needs.skill_reliability": (0.0074, 0.00278, -0.00108),
    "needs.stake": (-0.636, 0.0332, -0.0145),
    "needs.prerequisite": (-0.0106, 0.0294, -0.0128),
    "needs.reteach": (0.0443, 0.00805, -0.00315),
    "needs.purity_half": (5.64e-06, -0.000187, 5.96e-05),
    "needs.own_use": (-0.000211, 0.00314, -0.000846),
    "needs.software": (0.0144, -0.00954, 0.00241),
    "needs.tutor_sight": (-0.00368, 0.00323, -0.00143),
    "match.floor": (0.109, -0.0339, 0.191),
    "match.width_below": (0.00129, 0.00284, 0.00185),
    "match.width_above": (0.00166, -0.00373, 0.00184),
    "match.form": (0.014, 0.00798, -0.0111),
    "attention.led": (0.346, 0.062, -0.0143),
    "attention.led_engagement": (0.0175, 0.0614, -0.0281),
    "attention.led_regulation": (-0.00146, 0.0113, 0.00481),
    "attention.group_gain": (0.0167, 0.00133, -0.00104),
    "attention.low_group_loss": (-0.0126, 0.0125, -0.00466),
    "attention.station_support": (0.0017, -0.00162, 0.000555),
    "attention.supervision": (0.0623, -0.0266, 0.00285),
    "attention.structure_max": (0.0248, -0.0124, 0.00526),
    "quality.group_expert": (0.0168, -0.00064, -0.000449),
    "quality.one_on_one_expert": (0.000539, 0.000727, -0.000363),
    "quality.materials": (0.132, -0.0186, 0.00411),
    "quality.software_best": (0.0236, -0.00412, -0.000286),
    "quality.class_size_slope": (0.011, 0.00412, -0.00145),
    "quality.tutor": (0.000169, -0.000706, 0.000246),
    "quality.strain_loss": (-0.0115, 0.00706, -0.00493),
    "quality.skill_gain": (0.0314, 0.00751, -0.0026),
    "quality.lesson_gain": (2.99e-05, -0.00298, 0.00264),
    "quality.lesson_reach": (-0.00464, 0.000127, 0.000205),
    "quality.transfer": (-0.00204, 0.0406, -0.0055),
    "learning.home_share_math": (-0.0131, -0.00235, -0.00317),
    "learning.home_share_reading": (0.00856, -0.000367, -9.88e-05),
    "learning.flatness": (-0.00127, 0.00618, 0.0013),
    "learning.durability": (0.00166, 0.0054, 0.000874),
    "learning.form": (-0.000138, 0.00306, -0.00203),
    "learning.fading": (0.00813, -0.00679, -0.0207),
    "pace.mastery_rate": (-0.00842, -0.027, 0.0115),
    "motivation.regulation_growth": (0.0426, -0.0243, -0.00189),
    "motivation.regulation_taught": (0.000172, -0.0654, -0.073),
    "motivation.engagement_adult": (0.156, -0.0157, -0.0117),
    "motivation.form": (-0.000559, 0.00065, -0.000708),
    "proficiency.start": (0.0872, -0.00707, 0.0121),
    "proficiency.rate_tools": (-0.0125, -0.00468, -0.00454),
    "proficiency.rate_relational": (-0.0373, 0.025, 0.0129),
    "proficiency.skill_half_hours": (-0.0254, 0.00379, -0.000197),
    "proficiency.skill_rate": (-0.0283, -0.00194, -0.00586),
    "proficiency.strain_rise": (0.0107, 0.0062, 0.00716),
    "school.library_distinct": (0.00177, 0.00129, 0.000545),
    "school.overlay_cap": (-0.00143, -0.000213, 0.00161),
    "time.hours_saturation": (0.00351, -0.00129, -0.00265),
    "plan.demand_scale": (-0.00143, 0.00301, -0.00141),
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
