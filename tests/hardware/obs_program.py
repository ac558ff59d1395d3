"""OBS on a screen of its own, drawn by the processor and steered by its websocket, as a program that watches."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from livecam.core.errors import OutputError
from livecam.core.frame import Pixels
from livecam.devices.virtual_camera.obs import Obs

PROGRAMS = {"obs": "obs-studio", "Xvfb": "xvfb"}
_RATE_HZ = 10
_GLOBAL = """[General]
FirstRun=true
EnableAutoUpdates=false
LastVersion=486539266
InfoIncrement=100
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AuthRequired=false
AlertsEnabled=false
[BasicWindow]
PreviewEnabled=false
"""
_PROFILE = """[General]
Name=livecam
[Video]
BaseCX={width}
BaseCY={height}
OutputCX={width}
OutputCY={height}
FPSType=0
FPSCommon={rate_hz}
"""
_SCENE = {"name": "Scene", "id": "scene", "settings": {}}
_SCENES = {
    "name": "livecam",
    "current_scene": "Scene",
    "current_program_scene": "Scene",
    "scene_order": [{"name": "Scene"}],
    "sources": [_SCENE],
}


def missing_programs() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


class ObsProgram:
    """A running OBS.

    Attributes:
        port: Of its websocket.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.port, self._process, self._log = port, process, log

    @property
    def said(self) -> str:
        """The end of what it has logged."""
        return self._log.read_text(errors="replace")[-3000:]

    def answers(self) -> bool:
        """Whether it has loaded its scene; a look at a program that is on its way up."""
        assert self._process.poll() is None, f"OBS ended: {self.said}"
        try:
            obs = Obs("127.0.0.1", self.port)
        except OutputError:
            return False
        try:
            obs.request("GetCurrentProgramScene")
        except OutputError:
            return False
        finally:
            obs.close()
        return True

    def picture(self, source: str) -> Pixels | None:
        """What a source shows; None where it shows nothing yet."""
        obs = Obs("127.0.0.1", self.port)
        try:
            found = obs.request("GetSourceScreenshot", sourceName=source, imageFormat="png")
        except OutputError:
            return None
        finally:
            obs.close()
        png = base64.b64decode(found["imageData"].partition(",")[2])
        pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        return None if pixels is None else pixels.astype(np.uint8, copy=False)


@contextmanager
def running(folder: Path, size_wh: tuple[int, int]) -> Iterator[ObsProgram]:
    """OBS with one empty scene of that size, and its settings in a folder; ends with the block."""
    port = _free_port()
    _configure(folder / "config/obs-studio", size_wh, port)
    with screen() as display, (folder / "obs.log").open("wb") as log:
        environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        own = ("--multi", "--collection", "livecam", "--profile", "livecam", "--disable-updater")
        command = ["obs", *own, "--websocket_ipv4_only"]  # the guest has no other protocol
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            yield ObsProgram(process, port, folder / "obs.log")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _configure(folder: Path, size_wh: tuple[int, int], port: int) -> None:
    profile = folder / "basic/profiles/livecam"
    profile.mkdir(parents=True)
    (folder / "basic/scenes").mkdir()
    (folder / "global.ini").write_text(_GLOBAL.format(port=port))
    width, height = size_wh
    (profile / "basic.ini").write_text(_PROFILE.format(width=width, height=height, rate_hz=_RATE_HZ))
    (folder / "basic/scenes/livecam.json").write_text(json.dumps(_SCENES))


@contextmanager
def screen(size_wh: tuple[int, int] = (1024, 768)) -> Iterator[str]:
    """An X server in memory; its display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size_wh[0]}x{size_wh[1]}x24", "-nolisten", "tcp"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, pass_fds=[writing], **quiet) as server:
        os.close(writing)
        try:
            yield f":{os.read(reading, 16).decode().strip()}"
        finally:
            os.close(reading)
            server.terminate()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port
