"""Judge which picture of a clip makes the best photo.

The best has a calm, straight, sharp, large face.
"""

import math
from typing import Final

from livecam.core.expression import measure_unrest
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import remove_pose
from livecam.personas.photo.measures import Measures, measure_photo
from livecam.personas.photo.quality import Severity, judge_measures

REFUSED: Final = math.inf
"""Cost of a picture that cannot be used as a photo."""
_TURN_DEG: Final = 25.0
_SHARP: Final = 0.2
_SHARP_SHARE: Final = 0.35
_TALL_PX: Final = 300.0
_TALL_SHARE: Final = 0.25
_WARNING: Final = 0.2


def compute_cost(pixels: Pixels, points: Points) -> float:
    """Return how far a picture is from a good photo.

    0 is very good; `REFUSED` cannot be used.

    Args:
        pixels: (h, w, 3) uint8 BGR.
        points: (468, 3) the face's mesh in its pixels.
    """
    measures = measure_photo(pixels, points)
    findings = judge_measures(measures)
    if any(finding.severity is Severity.REFUSED for finding in findings):
        return REFUSED
    turn = (measures.yaw_deg + measures.pitch_deg) / _TURN_DEG
    return measure_unrest(remove_pose(points)) + turn + _softness(measures) + _WARNING * len(findings)


def _softness(measures: Measures) -> float:
    """Return the cost of a blurred or small face.

    Doubling either size or sharpness lowers it by the same step.
    """
    blur = _SHARP_SHARE * math.log2(_SHARP / max(measures.sharpness, 1e-3))
    small = _TALL_SHARE * math.log2(_TALL_PX / max(measures.height_px, 1.0))
    return max(blur, -_SHARP_SHARE) + max(small, -_TALL_SHARE)
