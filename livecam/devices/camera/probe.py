"""Measure what a camera really delivers, whatever it states."""

from livecam.core.clock import NS_PER_S, SystemClock
from livecam.devices.camera.capture import CameraRequest, CameraSource
from livecam.devices.camera.listing import Camera

_PICTURES = 9
_SETTLING = 2


def measure_delivery(camera: Camera, wish: CameraRequest) -> str:
    """Return size, format and measured rate, as in "1280x720 MJPG at 29.9".

    The rate is measured on a few pictures.

    Raises:
        CameraError: It is in use, closed to this user, or delivers nothing; the hint says what helps.
    """
    source = CameraSource(camera, wish, SystemClock())
    try:
        stamps_ns = [source.read().captured_ns for _ in range(_PICTURES)][_SETTLING:]
    finally:
        source.close()
    width, height = source.format.size_wh
    rate_hz = (len(stamps_ns) - 1) * NS_PER_S / max(stamps_ns[-1] - stamps_ns[0], 1)
    return f"{width}x{height} {source.format.fourcc} at {rate_hz:.1f}"
