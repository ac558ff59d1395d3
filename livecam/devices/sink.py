"""Open whatever `--sink` names: a virtual camera, a file or nothing."""

from pathlib import Path

from livecam.core.errors import OutputError
from livecam.core.ports import FrameSink

_TO_FILE = "--sink file:livecam.mp4"


def open_sink(spec: str, size_wh: tuple[int, int], rate_hz: float) -> FrameSink:
    """Open a sink.

    Args:
        spec: "auto", "virtualcam", "virtualcam:DEVICE", "file:PATH" or "null".
        size_wh: Width and height of every picture.
        rate_hz: Pictures per second that will come.

    Raises:
        OutputError: It does not open. The hint of "auto" names both ways out: write a file, or set up a camera.
    """
    kind, _, place = spec.partition(":")
    if kind == "null":
        from livecam.devices.null_sink import NullSink

        return NullSink(size_wh)
    if kind == "file" and place:
        from livecam.devices.file_sink import FileSink

        return FileSink(Path(place).expanduser(), size_wh, rate_hz)
    if kind in ("auto", "virtualcam"):
        from livecam.devices.virtual_camera import VirtualCameraSink

        try:
            return VirtualCameraSink(size_wh, rate_hz, device=place or None)
        except OutputError as error:
            if kind == "virtualcam":
                raise
            raise OutputError(str(error), hint=f"{_TO_FILE}, or get a camera by: {error.hint}") from error
    raise OutputError(f"unknown sink {spec}", hint="--sink auto, virtualcam, file:PATH or null")
