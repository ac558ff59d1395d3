"""How often unmarked sound looks marked: the scores of stretches of sixteen seconds, for `tails.py`.

    python benchmarks/marks/false_alarms_sound.py FOLDER... --windows 2000 --keys 60 --to sound.npz

A stretch is speech from anywhere in the folders, louder, softer, slower, faster, noisier or cut to a telephone's band
by chance, or a generated one: tones that beat, and noise that swings. Started again, it goes on where the file ends.
"""

import argparse
from pathlib import Path

import numpy as np
from tails import Trials

from livecam.devices.media.speech import read_first_minutes
from livecam.disclosure.sound.watermark.pattern import PUBLIC_KEY, RATE_HZ, make_pattern
from livecam.disclosure.sound.watermark.reader import WINDOW_S, decode, measure_changes

COUNT = int(WINDOW_S * RATE_HZ)


def generate_sound(rng: np.random.Generator) -> np.ndarray:
    seconds = np.arange(COUNT) / RATE_HZ
    sound = rng.normal(0, 0.02, COUNT) * (1 + 0.9 * np.sin(2 * np.pi * rng.uniform(0.5, 12) * seconds))
    for _ in range(rng.integers(1, 20)):
        swing = 1 + np.sin(2 * np.pi * rng.uniform(0.2, 16) * seconds + rng.uniform(0, 6))
        sound += 0.02 * swing * np.sin(2 * np.pi * rng.uniform(150, 4000) * seconds)
    return sound.astype(np.float32)


def stretch(speech: list[np.ndarray], rng: np.random.Generator) -> tuple[int, np.ndarray]:
    """A stretch, and the number of the file it begins in; generated ones have a number behind the last."""
    if rng.random() < 0.15:
        return len(speech), generate_sound(rng)
    speed = rng.uniform(0.8, 1.25)
    needed = int(COUNT * speed) + 2
    first = file = int(rng.integers(0, len(speech)))
    parts = [speech[file][int(rng.integers(0, len(speech[file]) // 2)) :]]
    while sum(map(len, parts)) < needed:
        file = (file + 1) % len(speech)
        parts.append(speech[file])
    sound = np.interp(np.arange(COUNT) * speed, np.arange(needed), np.concatenate(parts)[:needed])
    if rng.random() < 0.3:
        spectrum = np.fft.rfft(sound)
        spectrum[np.fft.rfftfreq(COUNT, 1 / RATE_HZ) > rng.uniform(3000, 8000)] = 0
        sound = np.fft.irfft(spectrum, COUNT)
    noise = rng.normal(0, sound.std() * 10 ** (-rng.uniform(10, 60) / 20), COUNT)
    return first, (sound * rng.uniform(0.1, 2) + noise).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--windows", type=int, default=2000)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    paths = [p for folder in given.folders for p in sorted(folder.rglob("*")) if p.suffix in (".wav", ".flac", ".ogg")]
    speech = [read_first_minutes(path, 600.0)[0] for path in paths]
    trials = Trials(given.to)
    for window in range(trials.next_window, given.windows):
        file, sound = stretch(speech, np.random.default_rng((given.seed, window)))
        fallen = measure_changes(sound)
        first_key = PUBLIC_KEY + 977 * (1 + (given.seed * given.windows + window) * given.keys)
        plans = (make_pattern(first_key + 977 * key) for key in range(given.keys))
        trials.add("in-sound", window, file, np.array([decode(fallen, plan).score for plan in plans]))
        if window % 10 == 9:
            trials.keep()
    trials.keep()


if __name__ == "__main__":
    main()
