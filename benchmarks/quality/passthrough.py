"""What of a natural voice is heard before the guard mutes it, and what it mutes wrongly.

python benchmarks/quality/passthrough.py SPEECH [--json PATH]

SPEECH has a folder of .wav files at 16 kHz per speaker. Every speaker is converted to every built-in voice by both
engines; then the engine lets the natural voice through from the middle on, altered in each of the ways below.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.engine import GrainMaker
from engines.voice.vocoder.engine import VocoderMaker
from livecam.audio.passthrough import PassthroughDetector
from livecam.core.audio import AudioBlock
from livecam.core.ports import VoiceMaker
from livecam.devices.media.speech import read_sound
from livecam.host.machine import describe_machine
from livecam.personas.built_in_voices import builtin_voice_names, open_builtin_voice

Floats = NDArray[np.float64]
RATE_HZ: Final = 16_000
HOP: Final = 160
LEVEL, AUDIBLE, SECONDS = 0.06, 0.02, 6
LEARNED_S: Final = 20


def delay_sound(sound: Floats, seconds: float) -> Floats:
    """The sound that many seconds later, as long as before."""
    count = round(seconds * RATE_HZ)
    return np.concatenate([np.zeros(count), sound])[: len(sound)]


def add_noise(sound: Floats, below_db: float) -> Floats:
    """White noise added at a level that far below the sound's."""
    level = np.sqrt(np.mean(sound**2)) * 10 ** (-below_db / 20)
    return np.asarray(sound + np.random.default_rng(0).normal(0, level, len(sound)))


def tremolo(sound: Floats) -> Floats:
    """The level moved by 80 %, six times a second."""
    return np.asarray(sound * (1 + 0.8 * np.sin(2 * np.pi * 6 * np.arange(len(sound)) / RATE_HZ)))


LATE_S: Final = {"100 ms late": 0.1, "200 ms late": 0.2, "500 ms late": 0.5}
"""How much later the natural voice is heard in these ways."""
WAYS: Final[Mapping[str, Callable[[Floats], Floats]]] = {
    "unchanged": lambda sound: sound,
    "100 ms late": lambda sound: delay_sound(sound, 0.1),
    "200 ms late": lambda sound: delay_sound(sound, 0.2),
    "500 ms late": lambda sound: delay_sound(sound, 0.5),
    "echo of 2.3 ms": lambda sound: sound + 0.7 * delay_sound(sound, 0.0023),
    "treble raised": lambda sound: 2 * np.diff(sound, prepend=0.0) + 0.1 * sound,
    "tremolo": tremolo,
    "clipped": lambda sound: np.clip(sound, -0.5 * LEVEL, 0.5 * LEVEL),
    "noise 10 dB below": lambda sound: add_noise(sound, 10),
    "noise 6 dB below": lambda sound: add_noise(sound, 6),
}


def speaker(folder: Path) -> Floats:
    """The speech of one folder at one level, at most 30 s, (n,) at 16 kHz."""
    sounds = [read_sound(path)[::3] for path in sorted(folder.glob("*.wav"))[:10]]
    sound = np.concatenate(sounds).astype(np.float64)
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * LEVEL)


def convert_sound(maker: VoiceMaker, own: Floats, target: str, spoken: Floats) -> tuple[Floats, int]:
    """The sound in the voice `target`, and the engine's latency in samples."""
    statistics = GrainMaker().learn(own[: LEARNED_S * RATE_HZ].astype(np.float32), RATE_HZ)
    engine = maker.make_engine(statistics, open_builtin_voice(target))
    engine.prepare(RATE_HZ, HOP)
    blocks = [
        engine.process(AudioBlock(spoken[at : at + HOP, None].astype(np.float32), RATE_HZ, at, 0)).samples[:, 0]
        for at in range(0, len(spoken) - HOP + 1, HOP)
    ]
    return np.concatenate(blocks).astype(np.float64), engine.latency_samples


def measure_let_through(given: Floats, gave: Floats, latency_samples: int) -> NDArray[np.bool_]:
    """For every block, whether the guard lets it be heard."""
    detector, passed = PassthroughDetector(RATE_HZ, latency_samples), []
    for at in range(0, min(len(given), len(gave)) - HOP + 1, HOP):
        detector.hear(given[at : at + HOP], gave[at : at + HOP])
        passed.append(detector.judged and not detector.found)
    return np.array(passed)


def audible(sound: Floats) -> NDArray[np.bool_]:
    """For every block, whether there is anything to hear."""
    return np.asarray(np.abs(sound[: len(sound) // HOP * HOP].reshape(-1, HOP)).max(axis=1) > AUDIBLE)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    heard: dict[str, list[float]] = {way: [] for way in WAYS}
    muted, conversions = 0, 0
    for folder in sorted(path for path in given.speech.iterdir() if path.is_dir()):
        own = speaker(folder)
        spoken = own[-SECONDS * RATE_HZ :]
        for target in builtin_voice_names():
            for maker in (GrainMaker(), VocoderMaker()):
                other, latency = convert_sound(maker, own, target, spoken)
                known = measure_let_through(spoken, other, latency)
                first = int(np.argmax(known)) if known.any() else len(known)
                muted += not known[first:].all() or not known.any()
                conversions += 1
            middle = len(other) // 2 // HOP * HOP
            for way, alter in WAYS.items():
                natural = alter(spoken)[: len(other)]
                gave = np.concatenate([other[:middle], natural[middle:]])
                # Noise that is added stays in pauses; it is not the natural voice.
                speaks = audible(delay_sound(spoken, LATE_S.get(way, 0.0))) & audible(gave)
                passed = measure_let_through(spoken, gave, latency) & speaks[: len(known)]
                heard[way].append(float(passed[middle // HOP :].sum()) * HOP / RATE_HZ)
    print(f"muted wrongly: {muted} of {conversions} conversions")
    for way, seconds in heard.items():
        p50, p95, most = np.percentile(seconds, [50, 95, 100])
        print(f"{way:20} heard p50 {p50:.2f} s, p95 {p95:.2f} s, most {most:.2f} s of {len(seconds)}")
    if given.json is not None:
        figures = {"machine": describe_machine(), "muted": muted, "conversions": conversions, "heard_s": heard}
        given.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
