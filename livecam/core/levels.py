"""Show a sound level as a bar of text."""

import math
from typing import Final

_BARS: Final = 20
_FLOOR_DB: Final = -60.0
_CLIPPED: Final = 0.99


def level_bar(level: float) -> str:
    """Draw a bar for a peak level of 0 to 1, with its level in dBFS."""
    decibels = 20 * math.log10(max(level, 1e-6))
    full = round(_BARS * min(max(1 - decibels / _FLOOR_DB, 0.0), 1.0))
    clipped = " CLIPPED" if level >= _CLIPPED else ""
    return f"{'█' * full}{'·' * (_BARS - full)} {max(decibels, _FLOOR_DB):4.0f} dB{clipped}"
