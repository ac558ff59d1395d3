"""Open what `--camera` names.

It is an index, a camera's name, a device, a clip, a folder or the sample.
"""

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from livecam.core.clock import Clock, SystemClock
from livecam.core.digits import read_count
from livecam.core.errors import CameraError, remedy
from livecam.core.ports import FrameSource
from livecam.devices.media.recorded_source import RecordedSource, UnpacedSource

if TYPE_CHECKING:
    from livecam.devices.camera.listing import Camera

SAMPLE = "sample"
SAMPLE_AGAIN = "sample:again"
"""The sample, repeated: a camera where there is none."""
BROWSER = "browser"
NONE = "none"
"""No camera: the voice moves the persona."""
_HIGHEST_INDEX = 255
_GOOD_WH = (1280, 720)
_FAST_ENOUGH = 0.8


def open_source(
    spec: str,
    *,
    size_wh: tuple[int, int] | None = None,
    rate_hz: float = 30.0,
    clock: Clock | None = None,
    paced: bool = True,
    loop: bool = False,
) -> FrameSource:
    """Open a source of frames.

    Args:
        spec: Camera index, name or device file; clip; folder of pictures; "sample", "browser" or "none".
        size_wh: Size wished for: a camera is asked for it, a clip is scaled to it.
        rate_hz: Rate wished for; a clip keeps its own.
        clock: Stamps and waits; the machine's by default.
        paced: Whether a clip plays as a live camera would deliver it, and a single picture stays; otherwise every
            picture is read, at once.
        loop: Whether a paced clip starts again at its end.

    Raises:
        CameraError: Nothing there by that name, or it does not open.
    """
    clock = clock or SystemClock()
    if spec == NONE:
        from livecam.devices.camera.blank import USUAL_WH, BlankSource

        return BlankSource(size_wh or USUAL_WH, rate_hz, clock)
    if spec == BROWSER or spec.startswith(f"{BROWSER}:"):
        return _browser(spec.partition(":")[2], rate_hz, clock)
    if not spec.strip():
        raise CameraError("no camera is named", command="livecam devices")
    if spec == SAMPLE_AGAIN:
        spec, loop = SAMPLE, True
    reel = _reel(spec, size_wh, rate_hz, once=not paced)
    if reel is None:
        return _camera(spec, size_wh, rate_hz, clock)
    if not paced:
        return UnpacedSource(reel)
    from livecam.devices.media.playback_source import PlaybackSource
    from livecam.devices.media.still_source import StillSource

    return PlaybackSource(StillSource(reel, rate_hz), clock, loop=loop)


def _browser(place: str, rate_hz: float, clock: Clock) -> FrameSource:
    """Open the page that sends its camera to this user's studio."""
    if not hasattr(socket, "AF_UNIX"):
        raise CameraError("a browser cannot be the camera on this system", command="livecam devices")
    from livecam.config.paths import camera_socket, data_folder
    from livecam.devices.camera.browser import BrowserSource

    return BrowserSource(Path(place) if place else camera_socket(data_folder()), rate_hz, clock)


def _reel(spec: str, size_wh: tuple[int, int] | None, rate_hz: float, once: bool) -> RecordedSource | None:
    """Return the clip or folder of that name; its library is imported only then.

    None where the name is a camera's.
    """
    if spec == SAMPLE:
        from livecam.devices.media.sample import open_sample

        return open_sample(size_wh)
    path = Path(spec).expanduser()
    if path.is_dir() or path.is_file():
        from livecam.devices.media.pictures import open_reel

        return open_reel(path, rate_hz=rate_hz, size_wh=size_wh, once=once)
    return None


def choose_size(camera: "Camera", rate_hz: float) -> tuple[int, int]:
    """Return the size to request from a camera when the user names none.

    It is the largest up to 1280x720 that is fast enough.
    """
    fast = [form.size_wh for form in camera.formats if form.rate_hz >= _FAST_ENOUGH * rate_hz]
    fitting = [(width, height) for width, height in fast if width <= _GOOD_WH[0] and height <= _GOOD_WH[1]]
    return max(fitting, key=lambda size_wh: size_wh[0] * size_wh[1], default=_GOOD_WH)


def _camera(spec: str, size_wh: tuple[int, int] | None, rate_hz: float, clock: Clock) -> FrameSource:
    from livecam.devices.camera.capture import CameraRequest, CameraSource
    from livecam.devices.camera.listing import Camera, list_cameras
    from livecam.devices.camera.open_errors import NONE as NO_CAMERAS
    from livecam.devices.camera.open_errors import SOME

    path = Path(spec)
    resolved = path.resolve() if path.is_char_device() else path
    number = resolved.name.removeprefix("video") if path.is_char_device() else spec
    index = read_count(number)
    if number.isdecimal() and (index is None or index > _HIGHEST_INDEX):
        raise CameraError(f"there is no camera {number[:20]}", command="livecam devices")
    cameras = list_cameras()
    if index is not None:
        device = Path(f"/dev/video{index}") if sys.platform == "linux" else None
        unlisted = Camera(index, f"camera {index}", device)
        camera = next((camera for camera in cameras if camera.index == index), unlisted)
    else:
        named = [camera for camera in cameras if spec.lower() in camera.name.lower()]
        if not named:
            if path.exists():
                raise CameraError(f"{spec} is not a plain file", advice=f"name a clip, or a camera: {SOME}")
            if "/" in spec or path.suffix:
                raise CameraError(f"there is no file {spec}", advice=f"name a file that is there, or a camera: {SOME}")
            raise CameraError(f"there is no camera called {spec}", **remedy(SOME if cameras else NO_CAMERAS))
        same = [camera for camera in named if camera.name == spec] or named
        if len(same) > 1:
            which = ", ".join(f"{camera.index} ({camera.name})" for camera in same)
            raise CameraError(f"{len(same)} cameras are called {spec}: {which}", advice=f"add --camera {same[0].index}")
        camera = same[0]
    return CameraSource(camera, CameraRequest(size_wh or choose_size(camera, rate_hz), rate_hz), clock)
