"""A PipeWire server of our own, next to whatever this machine runs, and GStreamer as a program that watches."""

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from tests.hardware.client import CLOCK, until

_PROGRAMS = {
    "dbus-daemon": "dbus-daemon",
    "gst-inspect-1.0": "gstreamer1.0-tools",
    "gst-launch-1.0": "gstreamer1.0-tools",
    "pipewire": "pipewire",
    "pw-dump": "pipewire-bin",
    "wireplumber": "wireplumber",
}
_PLUGINS = {"pipewiresrc": "gstreamer1.0-pipewire"}
_UP_WITHIN_S = 60
_PICTURE_WITHIN_S = 10


class NoServer(Exception):
    """It did not come up; nothing is known of livecam."""


def missing_packages() -> list[str]:
    """Debian packages without which no server can be started here."""
    missing = {package for name, package in _PROGRAMS.items() if shutil.which(name) is None}
    missing |= {package for plugin, package in _PLUGINS.items() if not _has_plugin(plugin)}
    return sorted(missing)


def _has_plugin(name: str) -> bool:
    inspect = shutil.which("gst-inspect-1.0")
    return inspect is not None and subprocess.run([inspect, name], capture_output=True, check=False).returncode == 0


class PipewireServer:
    """PipeWire with WirePlumber on a bus of their own, in a folder; ends with the block.

    Attributes:
        environment: In which programs find it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._run = folder, folder / "run"
        self._run.mkdir(mode=0o700, parents=True)
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(self._run),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "PIPEWIRE_RUNTIME_DIR": str(self._run),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._run}/bus",
            "GST_REGISTRY": str(folder / "gstreamer.bin"),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bus, server, session manager, one after the other.

        Raises:
            NoServer: One of them did not come up; with its last words.
        """
        bus = self._run / "bus"
        self._begin("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={bus}")
        self._await("dbus-daemon", bus.exists)
        self._begin("pipewire")
        self._await("pipewire", (self._run / "pipewire-0").exists)
        self._begin("wireplumber")
        self._await("wireplumber", lambda: "wireplumber" in self._dump().lower())

    def stop(self) -> None:
        """End them, the last first."""
        while self._running:
            end(self._running.pop())
        for name in ("bus", "pipewire-0"):
            (self._run / name).unlink(missing_ok=True)

    def nodes(self) -> list[dict[str, str]]:
        """Properties of every node."""
        objects = json.loads(self._dump() or "[]")
        return [found["info"]["props"] for found in objects if found["type"].endswith("Node") and found.get("info")]

    def _begin(self, *command: str) -> None:
        with (self._folder / f"{command[0]}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )

    def _await(self, name: str, up) -> None:
        if not until(up, _UP_WITHIN_S):
            said = (self._folder / f"{name}.log").read_text(errors="replace")
            self.stop()
            raise NoServer(f"{name} did not come up: {' | '.join(said.splitlines()[-3:])}")

    def _dump(self) -> str:
        return subprocess.run(["pw-dump"], env=self.environment, capture_output=True, text=True, check=False).stdout


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Watcher:
    """GStreamer as a program that watches the camera, in a process of its own, from entering the block to its end."""

    def __init__(self, server: PipewireServer, node: str, size_wh: tuple[int, int]) -> None:
        self._bytes = size_wh[0] * size_wh[1] * 2
        wanted = f"video/x-raw,format=YUY2,width={size_wh[0]},height={size_wh[1]}"
        pipeline = ["pipewiresrc", f"target-object={node}", "!", wanted, "!", "fdsink", "fd=1", "sync=false"]
        self._process = subprocess.Popen(
            ["gst-launch-1.0", "-q", *pipeline],
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Killed, as a program that crashes."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def read(self) -> Pixels | None:
        """The next picture: (h * w * 2,) uint8; None where the program ended, or none came for long."""
        assert self._process.stdout is not None
        pipe, got = self._process.stdout.fileno(), bytearray()
        limit_ns = CLOCK.now_ns() + _PICTURE_WITHIN_S * NS_PER_S
        while len(got) < self._bytes:
            left_s = (limit_ns - CLOCK.now_ns()) / NS_PER_S
            if left_s < 0 or not select.select([pipe], [], [], left_s)[0]:
                return None
            said = os.read(pipe, self._bytes - len(got))
            if not said:
                return None
            got += said
        return np.frombuffer(bytes(got), np.uint8)
