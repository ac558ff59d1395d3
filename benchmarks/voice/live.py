"""A live voice next to video at 720p30, through a real sound server: lips, delay and underflows as a call has them.

    python benchmarks/voice/live.py --server pulse --seconds 600 --json pulse.json
    python benchmarks/voice/live.py --server pipewire --seconds 600 --json pipewire.json
    python benchmarks/voice/live.py --server pulse --seconds 60 --engine slow:150ms
    python benchmarks/voice/live.py --server pulse --seconds 3600 --json hour-pulse.json

It starts a sound server of its own (packages: scripts/test-sound). Speech is played into its microphone; one program
listens to the microphone and another to "livecam AI voice", as a call does, and by how much the second hears later is
the sound's delay. How old each picture is when it is sent is the picture's. Their difference is where the lips are.
The first 20 seconds (notice, waits that settle) are left out. The exit code is 1 when a goal is missed.

With --json the figures are written every minute, with those of each minute, so a run that is ended still counts. Its
"complete" is false then.
"""

import argparse
import json
import math
import os
import sys
import tempfile
import wave
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
from livecam.core.voice_stats import VoiceStats
from livecam.devices.sound.pulse_server import SOURCE
from livecam.host.machine import describe_machine
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from tests.sound.server import SoundServer
from tests.sound.tap import Tap
from tests.sound.timeline import RATE_HZ, later_ms
from tests.sounds import talking, write_wav

SETTLED_S, TAPPED_S = 20.0, 30.0
MINUTE_S, SPOKEN_S = 60.0, 120.0
GOALS = {
    "lips_ms": (0.0, 40.0),
    "delay_ms": (0.0, 100.0),
    "way_p50_ms": (0.0, 100.0),
    "underflows": (0, 0),
    "held_share": (0.0, 0.001),
    "block_10_p50_ms": (0.0, 1.2),
    "block_10_p99_ms": (0.0, 3.0),
}


class Settled(NamedTuple):
    """Counters of the session when it had settled."""

    underflows: int = 0
    held: int = 0
    sent: int = 0


class Minute(NamedTuple):
    """What a session had counted and measured at a time of the run.

    The reserve is without the wait for the picture.
    """

    at_s: float
    underflows: int
    held: int
    sent: int
    way_p50_ms: float | None
    way_p95_ms: float | None
    block_10_p50_ms: float | None
    block_10_p99_ms: float | None
    reserve_ms: float
    waits_for_picture_ms: float
    load: float


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
        speech = talking(min(given.seconds + 30, SPOKEN_S), RATE_HZ, 120, seed=3)
        self._recording = _repeat(write_wav(folder / "talk.wav", speech), given.seconds + 30)
        end_s = given.seconds - 2
        windows = [(SETTLED_S, min(SETTLED_S + TAPPED_S, end_s)), (end_s - TAPPED_S, end_s)]
        self._windows_s = windows[: 1 + (end_s > SETTLED_S + 2 * TAPPED_S)]
        self._taps: list[Tap] = []
        self._heard: list[HeardSound] = []
        self._said_ms: list[float] = []
        self._watched: WatchedSink | None = None
        self._settled: Settled | None = None
        self._minutes: list[Minute] = []
        self._path: Path | None = given.json
        self._load = os.getloadavg()[0]

    def run(self) -> dict[str, object]:
        given = self._settings
        parts = replace(
            open_bench_parts(given), voice=open_voice(given.voice_group, given.disclosure_group, given.folder)
        )
        watched = self._watched = WatchedSink(parts.sink, self._clock)
        pictures = preload("sample", PACED.size_wh, 48)
        self._server.await_source(SOURCE)
        self._begun_ns = self._clock.now_ns()
        self._load = os.getloadavg()[0]
        parts = replace(parts, sink=watched)
        player = self._server.popen("paplay", "--device=mic_feed", str(self._recording))
        try:
            end = measure_paced(self._settings, parts, pictures, self._seconds, 1.0, self._look)
        finally:
            player.terminate()
            player.wait()
        return self._save(end, complete=True)

    def _save(self, end: Report, complete: bool) -> dict[str, object]:
        """Return what was found until now, and write it where there is a file for it."""
        found = self._found(end) | {"complete": complete, "minutes": [each._asdict() for each in self._minutes]}
        if self._path is not None:
            # A run that is ended while it writes leaves the file of a minute before.
            partial = self._path.with_suffix(".part")
            partial.write_text(json.dumps(found, indent=1) + "\n")
            partial.replace(self._path)
        return found

    def _found(self, end: Report) -> dict[str, object]:
        delay_ms, picture_ms = self._median("delay_ms"), self._median("picture_ms")
        settled, now = self._settled or Settled(), _minute(end, self._passed_s)
        held, sent = now.held - settled.held, now.sent - settled.sent
        return {
            "server": self._server.kind, "engine": self._settings.engine, "seconds": round(self._passed_s, 1),
            "machine": describe_machine(), "load_before": self._load, "load_after": os.getloadavg()[0],
            "delay_ms": delay_ms, "picture_ms": picture_ms, "lips_said_ms": self._median("lips_said_ms"),
            "lips_ms": None if delay_ms is None or picture_ms is None else round(delay_ms - picture_ms, 1),
            "heard": [each._asdict() for each in self._heard],
            "underflows": now.underflows - settled.underflows,
            "held_share": round(held / max(sent, 1), 5), "held": held, "sent": sent,
            "way_p50_ms": now.way_p50_ms, "way_p95_ms": now.way_p95_ms,
            "block_10_p50_ms": now.block_10_p50_ms, "block_10_p99_ms": now.block_10_p99_ms,
            "audio": None if end.audio is None else end.audio.to_dict(),
            "fps": end.fps, "late": end.frames.late, "replaced": end.frames.replaced,
        }  # fmt: skip

    @property
    def _passed_s(self) -> float:
        return (self._clock.now_ns() - self._begun_ns) / NS_PER_S

    def _look(self, report: Report) -> None:
        """Listen for half a minute once it has settled, and again at the end of a long run."""
        passed_s = self._passed_s
        if passed_s > SETTLED_S and self._settled is None:
            now = _minute(report, passed_s)
            self._settled = Settled(now.underflows, now.held, now.sent)
        if passed_s > MINUTE_S * (len(self._minutes) + 1):
            self._minutes.append(_minute(report, passed_s))
            self._save(report, complete=False)
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


def _repeat(recording: Path, seconds: float) -> Path:
    """Make a recording at least as long, by what is in it."""
    with wave.open(str(recording), "rb") as file:
        params, spoken = file.getparams(), file.readframes(file.getnframes())
    with wave.open(str(recording), "wb") as file:
        file.setparams(params)
        for _ in range(math.ceil(seconds * params.framerate / params.nframes)):
            file.writeframes(spoken)
    return recording


def _minute(report: Report, at_s: float) -> Minute:
    """Return the counters and percentiles of a report, of the whole run until then."""
    stats = VoiceStats() if report.audio is None or report.audio.stats is None else report.audio.stats
    way, block = stats.latency_ms, stats.convert_10_ms
    return Minute(
        round(at_s, 1), stats.underflows, report.frames.held, report.frames.sent, way.get("p50"), way.get("p95"),
        block.get("p50"), block.get("p99"), round(stats.reserve_ms - stats.held_ms, 1), stats.held_ms,
        os.getloadavg()[0],
    )  # fmt: skip


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
    print(json.dumps(found, indent=1))
    missed = [key for key, (least, most) in GOALS.items() if found[key] is None or not least <= found[key] <= most]
    print(f"missed: {', '.join(missed) or 'nothing'}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
