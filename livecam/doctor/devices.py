"""What the doctor says about cameras, virtual cameras, video files and sound."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType

from livecam.core.errors import CameraError, LivecamError
from livecam.core.finding import Finding, Health
from livecam.devices.camera.capture import CameraRequest
from livecam.devices.camera.listing import Camera, list_cameras, list_loopbacks
from livecam.devices.camera.open_errors import GROUP_COMMAND
from livecam.devices.camera.probe import measure_delivery
from livecam.devices.camera.v4l2 import PictureFormat, VideoDevice
from livecam.devices.packages import find_install_command
from livecam.devices.virtual_camera.setup import RELOAD_MODULE, setup_hint

_FLUENT_HZ = 24
_TRY_SAMPLE = "livecam demo   # needs no camera"


def check_cameras(
    listed: Callable[[], Sequence[Camera]] = list_cameras,
    look: Callable[[Camera, CameraRequest], str] = measure_delivery,
) -> Iterator[Finding]:
    """Yield every camera with its formats, and what it delivers at its best."""
    found = listed()
    if not found:
        yield Finding("camera", Health.NOTE, "none", _TRY_SAMPLE)
    for camera in found:
        topic = f"camera {camera.index}"
        if camera.path is not None and not camera.formats:
            yield Finding(topic, Health.FAIL, f"{camera.name} may not be opened by this user", GROUP_COMMAND)
            continue
        best = _best_format(camera)
        wish = CameraRequest() if best is None else CameraRequest(best.size_wh, best.rate_hz or _FLUENT_HZ, best.fourcc)
        says = "" if best is None else f" says {best.size_wh[0]}x{best.size_wh[1]} {best.fourcc} at {best.rate_hz:.0f},"
        try:
            yield Finding(topic, Health.OK, f"{camera.name}{says} delivers {look(camera, wish)}")
        except CameraError as error:
            yield Finding(topic, Health.NOTE, str(error), error.help_text)


def _best_format(camera: Camera) -> PictureFormat | None:
    """Return the largest fluent one, compressed if possible."""
    return max(
        camera.formats,
        key=lambda f: (f.rate_hz >= _FLUENT_HZ, f.fourcc == "MJPG", f.size_wh[0] * f.size_wh[1], f.rate_hz),
        default=None,
    )


def check_virtual_cameras(
    load: Callable[[str], ModuleType] = import_module,
    devices: Callable[[], Sequence[VideoDevice]] = list_loopbacks,
    root: Path = Path("/"),
) -> Iterator[Finding]:
    """Yield the devices of v4l2loopback; elsewhere pyvirtualcam's back-ends."""
    return _loopbacks(devices(), root) if sys.platform == "linux" else _backends(load, root)


def _backends(load: Callable[[str], ModuleType], root: Path) -> Iterator[Finding]:
    try:
        backends = sorted(load("pyvirtualcam.camera").BACKENDS)
    except (ImportError, OSError) as error:
        yield Finding("virtual camera", Health.FAIL, _one_line(error), "pip install --force-reinstall pyvirtualcam")
    else:
        yield Finding("virtual camera", Health.NOTE, f"by {', '.join(backends)}, if installed", setup_hint(root))


def _loopbacks(found: Sequence[VideoDevice], root: Path) -> Iterator[Finding]:
    if not found:
        yield Finding("virtual camera", Health.FAIL, "no v4l2loopback device", setup_hint(root))
    module = root / "sys/module/v4l2loopback"
    version = _text(module / "version") or "0.12 or older"
    for device in found:
        yield Finding("virtual camera", Health.OK, f"{device.card} at {device.path} (v4l2loopback {version})")
    if found and "Y" not in _text(module / "parameters/exclusive_caps"):
        yield Finding("virtual camera", Health.NOTE, "without exclusive_caps=1, browsers do not list it", RELOAD_MODULE)


def check_video_files(
    load: Callable[[str], ModuleType] = import_module, look: Callable[[], None] | None = None
) -> Iterator[Finding]:
    """Check that clips can be read and written; `look` reads one."""
    look = look or read_sample
    fix = f"{sys.executable} -m pip install --force-reinstall av"
    try:
        codecs = load("av.codec").codecs_available
    except (ImportError, OSError) as error:
        yield Finding("video files", Health.FAIL, _one_line(error), fix)
        return
    if "libx264" not in codecs:
        yield Finding("video files", Health.FAIL, "PyAV has no H.264 encoder (libx264)", fix)
        return
    try:
        look()
    except (LivecamError, ImportError, OSError) as error:
        yield Finding("video files", Health.FAIL, f"the sample clip cannot be read: {_one_line(error)}", fix)
    else:
        yield Finding("video files", Health.OK, "read, and written as H.264")


def read_sample() -> None:
    """Read a picture of the sample clip by the very reader of a run.

    Raises:
        CameraError: It cannot be read.
    """
    from livecam.devices.media.door import Clip
    from livecam.devices.media.sample import SAMPLE_CLIP

    with closing(Clip(SAMPLE_CLIP, size_wh=(320, 180))) as clip:
        clip.grab()
        clip.retrieve()


def check_audio(load: Callable[[str], ModuleType] = import_module, root: Path = Path("/")) -> Iterator[Finding]:
    """PortAudio, which sounddevice loads when it is imported."""
    try:
        sounddevice = load("sounddevice")
    except (ImportError, OSError) as error:
        fix = find_install_command("portaudio", root)
        yield Finding("sound", Health.NOTE, f"{_one_line(error)}; video works without it", fix)
        return
    found = sounddevice.get_portaudio_version()[1]
    devices = len(sounddevice.query_devices())
    yield Finding("sound", Health.OK, f"{found.split(',')[0]}, {devices} devices")


def _text(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
