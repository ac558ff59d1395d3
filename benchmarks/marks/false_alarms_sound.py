"""How often unmarked sound looks marked: as false_alarms.py does for pictures, for stretches of sixteen seconds.

    python benchmarks/marks/false_alarms_sound.py FOLDER... --windows 2000 --keys 5 --json scores.json

A stretch is speech from anywhere in the folders, louder, softer, slower, faster, noisier or cut to a telephone's band
by chance, or a generated one: tones that beat, and noise that swings.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from false_alarms import tail

from livecam.audio.mark.pattern import PUBLIC_KEY, RATE_HZ, pattern
from livecam.audio.mark.reader import WINDOW_S, read_sound
from livecam.devices.sound_track import sound_of

COUNT = int(WINDOW_S * RATE_HZ)


def generated(rng: np.random.Generator) -> np.ndarray:
    seconds = np.arange(COUNT) / RATE_HZ
    sound = rng.normal(0, 0.02, COUNT) * (1 + 0.9 * np.sin(2 * np.pi * rng.uniform(0.5, 12) * seconds))
    for _ in range(rng.integers(1, 20)):
        swing = 1 + np.sin(2 * np.pi * rng.uniform(0.2, 16) * seconds + rng.uniform(0, 6))
        sound += 0.02 * swing * np.sin(2 * np.pi * rng.uniform(150, 4000) * seconds)
    return sound.astype(np.float32)


def stretch(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.15:
        return generated(rng)
    speed = rng.uniform(0.8, 1.25)
    begin = int(rng.integers(0, len(speech) - int(COUNT * speed) - 2))
    sound = np.interp(begin + np.arange(COUNT) * speed, np.arange(len(speech)), speech)
    if rng.random() < 0.3:
        spectrum = np.fft.rfft(sound)
        spectrum[np.fft.rfftfreq(COUNT, 1 / RATE_HZ) > rng.uniform(3000, 8000)] = 0
        sound = np.fft.irfft(spectrum, COUNT)
    noise = rng.normal(0, sound.std() * 10 ** (-rng.uniform(10, 60) / 20), COUNT)
    return (sound * rng.uniform(0.1, 2) + noise).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--windows", type=int, default=2000)
    parser.add_argument("--keys", type=int, default=5)
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    paths = [p for folder in given.folders for p in sorted(folder.rglob("*")) if p.suffix in (".wav", ".flac", ".ogg")]
    speech = np.concatenate([sound_of(path) for path in paths])
    rng, scores = np.random.default_rng(0), []
    for window in range(given.windows):
        sound = stretch(speech, rng)
        for key in range(given.keys):
            reading = read_sound(sound, plan=pattern(PUBLIC_KEY + 977 * (window * given.keys + key)))
            assert reading is not None
            scores.append(reading.score)
        if window % 20 == 19:
            report = {"files": len(paths), "speech_s": len(speech) / RATE_HZ, **tail(np.array(scores))}
            given.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
