"""A calibration in a person's words."""

from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from calibration.avsync import measure
from calibration.machine import MachineMeasurement
from livecam.config.av_profile import COMMAND, write_offset
from livecam.config.settings import Settings
from livecam.console.columns import columns
from livecam.core.clock import SystemClock
from livecam.core.errors import OutputError, remedy
from livecam.core.files.errors import name_it, translate_write_errors
from livecam.core.files.own_files import check_output
from livecam.core.files.writing import write_whole
from livecam.devices.sound.devices import find_microphone, open_sound_source
from livecam.devices.source import open_source


def format_result(measured: MachineMeasurement) -> str:
    """Return what was found, a line each."""
    found = measured.calibrated
    rows = [
        (size, f"{cost.render_ms:.1f} ms a frame", f"{cost.carry_ms:.1f} ms with the mesh guessed")
        for size, cost in found.sizes.items()
    ]
    rows += [
        (name, f"{cost.texture_ms:.1f} ms a texture", f"{cost.network_ms:.1f} ms the network, on {cost.provider}")
        for name, cost in found.engines.items()
    ]
    rows += [(name, "left out", why) for name, why in measured.left_out.items()]
    return f"{columns(rows)}\n--engine auto is {found.auto}"


def write_flashes(path: Path) -> str:
    """Write the clip; what to do with it.

    Raises:
        OutputError: It cannot be written.
    """
    if path.suffix.lower() != ".mp4":
        raise OutputError(f"{path} is no mp4", **remedy(name_it(path, ".mp4")))
    data = files("calibration").joinpath("flash.mp4").read_bytes()
    with translate_write_errors(path):
        there = path.is_file() and path.read_bytes() == data
    if not there:
        check_output(path, "--write")
        write_whole(path, data)
    return f"{path}: play it on a phone in front of camera and microphone, over and over, and run: {COMMAND}"


def measure_avsync(settings: Settings, seconds: float) -> str:
    """Measure, keep it for these devices, and say it.

    Raises:
        LivecamError: What a device raises, and what measuring does.
    """
    clock = SystemClock()
    place = find_microphone(settings.microphone)
    with ExitStack() as opened:
        camera = open_source(settings.camera, size_wh=settings.size_wh, rate_hz=settings.fps, clock=clock)
        opened.callback(camera.close)
        microphone = open_sound_source(place, clock)
        opened.callback(microphone.close)
        status = opened.enter_context(Console(stderr=True).status("play the clip of flashes and beeps now"))
        found = measure(camera, microphone, seconds, clock, lambda pairs: status.update(f"{pairs} flashes with beeps"))
    path = write_offset(settings.folder, camera.name, place, found.offset_ms)
    return (
        f"pictures of {camera.name} are {found.offset_ms:.0f} ms older than they say ({found.pairs} flashes, "
        f"a single one {found.spread_ms:.0f} ms off)\nwritten: {path}; runs with this camera and microphone use it"
    )
