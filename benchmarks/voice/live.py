"""A live voice next to video at 720p30, through a real sound server: lips, delay and underflows as a call has them.

    python benchmarks/voice/live.py --server pulse --seconds 600 --json pulse.json
    python benchmarks/voice/live.py --server pipewire --seconds 600 --json pipewire.json
    python benchmarks/voice/live.py --server pulse --seconds 60 --engine slow:150ms

It starts a sound server of its own (packages: scripts/test-sound). Speech is played into its microphone; one program
listens to the microphone and another to "livecam AI voice", as a call does, and by how much the second hears later is
the sound's delay. How old each picture is when it is sent is the picture's. Their difference is where the lips are.
The first 20 seconds (notice, waits that settle) are left out. The exit code is 1 when a goal is missed.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from livecam.audio.process.components import open_voice
from livecam.bench.paced import WatchedSink, measure_paced
from livecam.bench.pictures import preload
from livecam.bench.run import PACED, open_bench_parts
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_S, SystemClock
from livecam.core.persona import PersonaKind
from livecam.core.report import Report
from livecam.devices.sound.pulse_server import SOURCE
from livecam.host.machine import describe_machine
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from tests.sound.server import SoundServer
from tests.sound.tap import Tap
from tests.sound.timeline import RATE_HZ, later_ms
from tests.sounds import talking, write_wav

SETTLED_S, TAPPED_S = 20.0, 30.0
GOALS = {"lips_ms": (0.0, 40.0), "delay_ms": (0.0, 100.0), "underflows": (0, 0)}


class HeardSound(NamedTuple):
    """What was found while a program listened: the sound's delay, the pictures' age, the lips by livecam's account."""

    delay_ms: float | None
    picture_ms: float
    lips_said_ms: float


class Bench:
    """One run on a server that is up and named in the environment."""

    def __init__(self, server: SoundServer, given: argparse.Namespace, folder: Path) -> None:
        self._server, self._clock = server, SystemClock()
        VoiceStore(folder).save("me", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
        self._settings = Settings(
            persona="robin", camera="sample", sink="null", engine=given.engine, voice="willow", own_voice="me",
            microphone="testmic", data_folder=folder,
        )  # fmt: skip
        self._seconds, self._begun_ns = given.seconds, 0
        speech = talking(given.seconds + 30, RATE_HZ, 120, seed=3)
        self._recording = write_wav(folder / "talk.wav", speech)
        end_s = given.seconds - 2
        windows = [(SETTLED_S, min(SETTLED_S + TAPPED_S, end_s)), (end_s - TAPPED_S, end_s)]
        self._windows_s = windows[: 1 + (end_s > SETTLED_S + 2 * TAPPED_S)]
        self._taps: list[Tap] = []
        self._heard: list[HeardSound] = []
        self._said_ms: list[float] = []
        self._watched: WatchedSink | None = None
        self._settled_underflows: int | None = None

    def run(self) -> dict[str, object]:
        given = self._settings
        parts = replace(
            open_bench_parts(given), voice=open_voice(given.voice_group, given.disclosure_group, given.folder)
        )
        watched = self._watched = WatchedSink(parts.sink, self._clock)
        pictures = preload("sample", PACED.size_wh, 48)
        self._server.await_source(SOURCE)
        self._begun_ns = self._clock.now_ns()
        load = os.getloadavg()[0]
        parts = replace(parts, sink=watched)
        player = self._server.popen("paplay", "--device=mic_feed", str(self._recording))
        try:
            end = measure_paced(self._settings, parts, pictures, self._seconds, 1.0, self._look)
        finally:
            player.terminate()
            player.wait()
        delay_ms = self._median("delay_ms")
        picture_ms, said_ms = self._median("picture_ms"), self._median("lips_said_ms")
        return {
            "server": self._server.kind, "engine": self._settings.engine, "seconds": self._seconds,
            "machine": describe_machine(), "load_before": load, "load_after": os.getloadavg()[0],
            "delay_ms": delay_ms, "picture_ms": picture_ms, "lips_said_ms": said_ms,
            "lips_ms": None if delay_ms is None or picture_ms is None else round(delay_ms - picture_ms, 1),
            "heard": [each._asdict() for each in self._heard],
            "underflows": _underflows(end) - (self._settled_underflows or 0),
            "audio": None if end.audio is None else end.audio.to_dict(),
            "fps": end.fps, "late": end.frames.late, "held": end.frames.held,
        }  # fmt: skip

    def _look(self, report: Report) -> None:
        """Listen for half a minute once it has settled, and again at the end of a long run."""
        passed_s = (self._clock.now_ns() - self._begun_ns) / NS_PER_S
        if passed_s > SETTLED_S and self._settled_underflows is None:
            self._settled_underflows = _underflows(report)
        begin_s, end_s = self._windows_s[0] if self._windows_s else (float("inf"), float("inf"))
        if passed_s > begin_s:
            self._taps = self._taps or [Tap(self._server, "testmic"), Tap(self._server, SOURCE)]
            self._said_ms.append(_said_ms(report))
        if passed_s > end_s:
            self._end(begin_s)
            del self._windows_s[0]

    def _end(self, begin_s: float) -> None:
        """Take in what was heard and shown since."""
        for tap in self._taps:
            tap.close()
        delay_ms = later_ms(*(tap.timeline for tap in self._taps))
        ages_ms = [age for at_s, age, new in self._watched.timeline if new and at_s > begin_s] if self._watched else []
        self._heard.append(HeardSound(delay_ms, float(np.median(ages_ms)), float(np.median(self._said_ms))))
        self._taps, self._said_ms = [], []

    def _median(self, name: str) -> float | None:
        found = [value for each in self._heard if (value := getattr(each, name)) is not None]
        return round(float(np.median(found)), 1) if found else None


def _said_ms(report: Report) -> float:
    """Where livecam itself says the sound is, after the picture."""
    after_ms = None if report.audio is None else report.audio.sound_after_picture_ms
    return float("nan") if after_ms is None else after_ms


def _underflows(report: Report) -> int:
    """Return how often the output has run out of sound."""
    stats = None if report.audio is None else report.audio.stats
    return 0 if stats is None else stats.underflows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=("pulse", "pipewire"), default="pulse")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--engine", default="photo", help="of the face, for example slow:150ms")
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, SoundServer(given.server, real_time=True) as server:
        os.environ.update(server.environment)
        found = Bench(server, given, Path(name)).run()
    text = json.dumps(found, indent=1)
    print(text)
    if given.json is not None:
        given.json.write_text(text + "\n")
    missed = [key for key, (least, most) in GOALS.items() if found[key] is None or not least <= found[key] <= most]
    print(f"missed: {', '.join(missed) or 'nothing'}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
