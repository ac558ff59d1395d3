"""How soon typed text is heard: python benchmarks/voice/typed.py [--texts N] [--voice NAME] [--json PATH]

From handing a text over to the first sound that leaves for the output, with everything between: the synthesizer, the
voice engine, the guard, the reserve and the marks. The output is none, so a device's own delay comes on top. The audio
process's own work runs in this process, on its own threads and with the rank it has there.
"""

import argparse
import gc
import json
import sys
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from livecam.audio.process import main as audio_process
from livecam.audio.process import voice_work
from livecam.audio.process.components import open_voice
from livecam.config.setting_groups import DisclosureSettings, VoiceSettings
from livecam.core.audio import MarkedBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock
from livecam.core.label import Label
from livecam.core.ports import SoundSink
from livecam.core.priority import raise_priority
from livecam.core.supervisor import Supervisor
from livecam.devices.sound.devices import open_sound_sink
from livecam.host.machine import describe_machine

TEXTS = ("Good morning.", "I will be with you in a minute, I am just reading your message.", "Yes.", "Thank you all.")
HEARD = 0.02
"""Above the short sign's start and the mark in silence."""


class Listener:
    """An output that keeps when it began to be loud."""

    xruns = waiting_ns = 0
    name = "listener"

    def __init__(self, inner: SoundSink, clock: SystemClock) -> None:
        self._inner, self._clock = inner, clock
        self.heard_ns: int | None = None

    def send(self, block: MarkedBlock) -> None:
        self._inner.send(block)
        if self.heard_ns is None and float(np.abs(block.samples).max()) > HEARD:
            self.heard_ns = self._clock.now_ns()

    def close(self) -> None:
        self._inner.close()


def wait(clock: SystemClock, until: Any, most_s: float = 30.0) -> None:
    end_ns = clock.now_ns() + round(most_s * NS_PER_S)
    while not until() and clock.now_ns() < end_ns:
        clock.sleep_until_ns(clock.now_ns() + NS_PER_MS)


def start(work: voice_work.VoiceWork, supervisor: Supervisor) -> None:
    """Start the threads as the audio process does; they have the rank of this one."""
    sys.setswitchinterval(audio_process.SWITCH_S)
    gc.freeze()
    gc.disable()
    work.rank = raise_priority()
    assert work.typed is not None
    supervisor.start("play", work.playing.run)
    supervisor.start("typed", partial(audio_process.speak_typed, work.typed))
    supervisor.start("convert", work.converting.run)


def measure(voice: str, count: int, data_folder: Path) -> list[float]:
    """Milliseconds until the first sound, text by text."""
    clock = SystemClock()
    settings = VoiceSettings(voice=voice, microphone="typed", voice_sink="null")
    parts = open_voice(settings, DisclosureSettings(), data_folder)
    assert parts is not None
    listeners: list[Listener] = []

    def opened(place: str, clock: SystemClock, label: Label) -> Listener:
        listeners.append(Listener(open_sound_sink(place, clock, label), clock))
        return listeners[-1]

    voice_work.open_sound_sink = opened
    work, supervisor = voice_work.VoiceWork(parts.make_job(1), clock), Supervisor()
    starting = Thread(target=start, args=(work, supervisor))
    starting.start()
    starting.join()
    wait(clock, lambda: work.playing.sent > 4 * voice_work.RATE_HZ)  # the notice is over
    print(f"threads of sound: {work.rank}")
    late_ms = []
    for number in range(count):
        listeners[0].heard_ns = None
        said_ns = clock.now_ns()
        work.say(TEXTS[number % len(TEXTS)])
        wait(clock, lambda: listeners[0].heard_ns is not None)
        late_ms.append((listeners[0].heard_ns - said_ns) / NS_PER_MS)
        wait(clock, lambda: work.typed.is_silent)
        clock.sleep_until_ns(clock.now_ns() + NS_PER_S // 2)
    supervisor.stopping.set()
    supervisor.join(2.0)
    work.close()
    return late_ms


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=12)
    parser.add_argument("--voice", default="cedar")
    parser.add_argument("--data-folder", type=Path, default=Path("build/typed"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    late_ms = measure(given.voice, given.texts, given.data_folder)
    p50, p95 = np.percentile(late_ms, [50, 95])
    result = {"schema": 1, "machine": describe_machine(), "first_sound_ms": {"p50": p50, "p95": p95, "all": late_ms}}
    print(f"first sound after p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {max(late_ms):.0f} ms, {len(late_ms)} texts")
    if given.json:
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
