"""The mark's sign over time: plus for 0.4 s, minus for 0.4 s.

There is a short gap at each change.
"""

from typing import Final

from livecam.core.clock import NS_PER_MS

HALF_NS: Final = 400 * NS_PER_MS
CARRIER_HZ: Final = 1.25
READABLE_HZ: Final = 15
"""Pictures per second from which readers reliably find the mark.

docs/mark-format.md has the measurements.
"""
_BREATH_NS: Final = HALF_NS // 12


def sign_at(captured_ns: int) -> int:
    """Return +1, 0 or -1 for a picture of this time.

    It follows the clock, so lost and repeated pictures change nothing.
    """
    half, within_ns = divmod(captured_ns, HALF_NS)
    if within_ns < _BREATH_NS:
        return 0
    return 1 if half % 2 == 0 else -1
