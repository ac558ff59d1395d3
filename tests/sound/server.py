"""A sound server of one's own, PulseAudio or PipeWire: no sound card, no session, nothing of the machine's is touched.

It has a microphone, the source "testmic", which hears what is played into the sink "mic_feed".
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock

NEEDED = {
    "pulse": ("pulseaudio", "pactl", "pacat"),
    "pipewire": ("pipewire", "wireplumber", "pipewire-pulse", "dbus-daemon", "pactl", "pacat"),
}
PATIENCE_S = 240.0
# By its priority PipeWire keeps it the default when livecam adds outputs of its own: a sound card's is about as high.
_DEVICES = (
    "module-null-sink sink_name=mic_feed rate=48000 channels=1 sink_properties=priority.session=1000",
    "module-remap-source source_name=testmic master=mic_feed.monitor channels=1 "
    "source_properties=device.description=Test-microphone",
)


def missing(kind: str) -> list[str]:
    """Programs that are not installed."""
    return [program for program in NEEDED[kind] if shutil.which(program) is None]


def need(kind: str) -> None:
    """Skip by name where its programs are not; a failure where they were installed for the tests."""
    if absent := missing(kind):
        leave = pytest.fail if os.environ.get("LIVECAM_SOUND_REQUIRED") else pytest.skip
        leave(f"not installed: {', '.join(absent)}: scripts/test-sound")


def until(done: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for something that is sure to come, however busy the machine is."""
    clock = SystemClock()
    deadline_ns = clock.now_ns() + int(patience_s * NS_PER_S)
    while not done():
        assert clock.now_ns() < deadline_ns, f"it never came: {what}"
        clock.sleep_until_ns(clock.now_ns() + 30 * NS_PER_MS)


class SoundServer:
    """Runs while the block is open."""

    def __init__(self, kind: str, devices: Sequence[str] = _DEVICES, real_time: bool = False) -> None:
        """`real_time`: whether PulseAudio may take the rank it has on a desktop; PipeWire takes it where it can."""
        self.kind, self._devices, self._real_time = kind, devices, real_time
        # A socket's path may have a hundred characters; a test's own folder has more.
        self._folder = Path(tempfile.mkdtemp(prefix="lcs"))
        run = self._folder / "run"
        self.environment: Mapping[str, str] = {
            "XDG_RUNTIME_DIR": str(run),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "XDG_STATE_HOME": str(self._folder / "state"),
            "PULSE_SERVER": f"unix:{run}/pulse/native",
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "PIPEWIRE_RUNTIME_DIR": str(run),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={run}/bus",
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._start_all()
        return self

    def _start_all(self) -> None:
        run = Path(self.environment["XDG_RUNTIME_DIR"])
        (run / "pulse").mkdir(parents=True, mode=0o700)
        run.chmod(0o700)
        if self.kind == "pulse":
            protocol = f"module-native-protocol-unix socket={run}/pulse/native auth-anonymous=1"
            self._start(
                "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
                f"--realtime={'yes' if self._real_time else 'no'}",
                "--log-target=stderr", "-L", protocol, "-L", "module-always-sink",
            )  # fmt: skip
        else:
            bus = self.environment["DBUS_SESSION_BUS_ADDRESS"]
            self._start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog", f"--address={bus}")
            until((run / "bus").exists, "the bus")
            self._start("pipewire")
            until((run / "pipewire-0").exists, "PipeWire")
            self._start("wireplumber")
            self._start("pipewire-pulse")
        self._plug_in()

    def restart(self) -> None:
        """End the server that programs speak to, and start it again."""
        ended = self._running.pop()
        ended.terminate()
        ended.wait()
        self._start(*ended.args)  # type: ignore[arg-type, misc]
        self._plug_in()

    def _plug_in(self) -> None:
        until(lambda: self.call("pactl", "info").returncode == 0, "the sound server")
        for module in self._devices:
            assert self.call("pactl", "load-module", *module.split()).returncode == 0
        if self._devices:
            self.await_source("testmic")

    def start_again(self) -> None:
        """End all programs of the server, and start them as for the first time."""
        self._stop()
        shutil.rmtree(self.environment["XDG_RUNTIME_DIR"])
        self._start_all()

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self) -> None:
        for process in reversed(self._running):
            process.terminate()
        for process in self._running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def await_source(self, name: str) -> None:
        """Wait until a microphone is there."""
        until(lambda: name in self.call("pactl", "list", "short", "sources").stdout.split(), name)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program on this server."""
        return subprocess.run(words, env={**os.environ, **self.environment}, capture_output=True, text=True)

    def popen(self, *words: str, **options: object) -> subprocess.Popen[bytes]:
        """Start a program on this server, in a session of its own: systems share processors out by session."""
        options.setdefault("start_new_session", True)
        return subprocess.Popen(words, env={**os.environ, **self.environment}, **options)  # type: ignore[call-overload, no-any-return]

    def last_words(self) -> str | None:
        """Return what a program of the server said before it ended by itself; None while all are running."""
        for process in self._running:
            if process.poll() is not None:
                name = str(process.args[0])  # type: ignore[index]
                said = self._log(name).read_text(errors="replace")
                return f"{name} ended with {process.returncode}:\n{said[-2000:]}"
        return None

    def _start(self, *words: str) -> None:
        with self._log(words[0]).open("ab") as log:
            self._running.append(self.popen(*words, stdout=log, stderr=log))

    def _log(self, program: str) -> Path:
        return self._folder / f"{program}.log"
