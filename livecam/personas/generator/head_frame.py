"""The frame that all built-in heads share.

It is a square portrait with level eyes in the same place.
"""

from typing import Final

FRAME_PX: Final = 640
EYE_DISTANCE_PX: Final = 170.0
EYES_XY: Final = (319.5, 262.0)
