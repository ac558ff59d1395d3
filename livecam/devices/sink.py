"""Open what `--sink` names: a virtual camera, a file or nothing."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from livecam.config.paths import expanded
from livecam.core.clock import Clock, SystemClock
from livecam.core.errors import NoVirtualCamera, OutputError
from livecam.core.label import Label
from livecam.core.ports import AudioWriter, FrameSink

PREVIEW = Path("livecam-preview.mp4")
"""File that `auto` writes in the current folder without a virtual camera."""
_ONLY_PIPEWIRE = "the picture goes to PipeWire: browsers and OBS 30 find it there, Zoom and Teams do not"


@dataclass(frozen=True, slots=True)
class ChosenSink:
    """An open sink.

    Attributes:
        remarks: A line for each one that "auto" would have taken before it.
        file: The video it writes, when it writes one.
        sound: Where that video's sound goes in, when it has one.
    """

    sink: FrameSink
    remarks: tuple[str, ...] = ()
    file: Path | None = None
    sound: AudioWriter | None = None


def open_sink(spec: str, size_wh: tuple[int, int], rate_hz: float, *, clock: Clock | None = None) -> FrameSink:
    """Open the sink of `choose_sink`."""
    return choose_sink(spec, size_wh, rate_hz, clock=clock).sink


def choose_sink(
    spec: str,
    size_wh: tuple[int, int],
    rate_hz: float,
    *,
    clock: Clock | None = None,
    sound: bool = False,
    label: Label = Label.MODIFIED,
) -> ChosenSink:
    """Open a sink.

    Args:
        spec: "auto", "virtualcam", "virtualcam:DEVICE", "pipewire", "file:PATH" or "null".
        size_wh: Width and height of every picture.
        rate_hz: Pictures per second that will come.
        clock: Paces the search for a virtual camera that was taken away.
        sound: Whether a file has sound too.
        label: What a file's metadata say of the pictures.

    Raises:
        OutputError: It does not open. With "auto": there are virtual cameras, but none is free.
    """
    kind, _, place = spec.partition(":")
    clock = clock or SystemClock()
    if kind == "null":
        from livecam.devices.virtual_camera.null_sink import NullSink

        return ChosenSink(NullSink(size_wh))
    if kind == "file" and place:
        return _file(expanded(place), size_wh, rate_hz, (), sound, label)
    if kind == "virtualcam":
        return ChosenSink(_virtual_camera(place or None, size_wh, rate_hz, clock))
    if spec == "pipewire":
        return ChosenSink(_pipewire_camera(size_wh, rate_hz, clock))
    if kind == "auto":
        return _first_free(size_wh, rate_hz, clock, sound, label)
    raise OutputError(f"unknown sink {spec}", advice="add --sink auto, virtualcam, pipewire, file:PATH or null")


def _virtual_camera(device: str | None, size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> FrameSink:
    from livecam.devices.virtual_camera.native import VirtualCameraSink
    from livecam.devices.virtual_camera.reconnecting import ReconnectingSink

    return ReconnectingSink(partial(VirtualCameraSink, size_wh, rate_hz, device=device), clock)


def _pipewire_camera(size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> FrameSink:
    from livecam.devices.pixel_formats.yuy2 import Yuy2Buffer
    from livecam.devices.virtual_camera.native import VirtualCameraSink
    from livecam.devices.virtual_camera.pipewire import open_pipewire
    from livecam.devices.virtual_camera.reconnecting import ReconnectingSink

    return ReconnectingSink(
        lambda: VirtualCameraSink(
            size_wh,
            rate_hz,
            open_output=lambda _, even_wh, rate_hz: open_pipewire(even_wh, rate_hz, clock),
            buffer=Yuy2Buffer,
        ),
        clock,
    )


def _file(
    path: Path, size_wh: tuple[int, int], rate_hz: float, remarks: tuple[str, ...], sound: bool, label: Label
) -> ChosenSink:
    from livecam.devices.recording.video_file import FileSink

    sink = FileSink(path, size_wh, rate_hz, sound=sound, label=label)
    return ChosenSink(sink, remarks, path, sink.sound)


def _first_free(size_wh: tuple[int, int], rate_hz: float, clock: Clock, sound: bool, label: Label) -> ChosenSink:
    """Return the first virtual camera that opens.

    PipeWire, then a preview file, follow only where there is none at all.
    """
    failed: list[OutputError] = []
    for device in _candidates():
        try:
            return ChosenSink(_virtual_camera(device, size_wh, rate_hz, clock), tuple(map(_remark, failed)))
        except OutputError as error:
            failed.append(error)
    present = [error for error in failed if not isinstance(error, NoVirtualCamera)]
    if present:
        raise present[0]
    if sys.platform == "linux":
        try:
            sink = _pipewire_camera(size_wh, rate_hz, clock)
            return ChosenSink(sink, (*map(_remark, failed), _ONLY_PIPEWIRE))
        except OutputError as error:
            failed.append(error)
    remarks = [*map(_remark, failed), f"the picture goes to {PREVIEW}"]
    return _file(PREVIEW, size_wh, rate_hz, tuple(remarks), sound, label)


def _candidates() -> Iterator[str | None]:
    """Yield devices of v4l2loopback, those called livecam first.

    On other systems they are the back-ends in pyvirtualcam's order.
    """
    if sys.platform != "linux":
        yield None
        return
    from livecam.devices.camera.listing import list_loopbacks

    found = list_loopbacks()
    yield from (str(device.path) for device in found)
    if not found:
        yield None


def _remark(error: OutputError) -> str:
    return f"{error}: {error.help_text}"
