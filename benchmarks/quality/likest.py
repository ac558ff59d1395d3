"""Whether the likest classes of a target bring a voice nearer to it.

python benchmarks/quality/likest.py SPEECH DNSMOS.onnx A-B … [--json PATH]

SPEECH has a folder of .wav files at 16 kHz per speaker. After the map a sound is drawn towards the classes of the
target that are nearest to it, with their spread given back; that takes 10 ms more. Decision 035 says what came of it,
and results/voice-likest.json has the figures. Needs the extra `evaluate`.
"""

import argparse
import json
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pystoi import stoi

from benchmarks.quality.voice import Scorer, person
from benchmarks.quality.voice_judge import FILE_HZ, Judge, pass_through
from engines.voice.grain.envelope import REACH, compute_mel_cepstrum
from engines.voice.grain.fit import fit_mapping
from engines.voice.grain.frames import HOP
from engines.voice.grain.grains import GrainWriter
from engines.voice.grain.learn import COMPARED
from engines.voice.grain.mapping import Mapping
from engines.voice.grain.pitch_marks import PitchMark
from engines.voice.grain.stream import DELAY, SOFTENED, GrainStream
from livecam.core.framing import StatefulVoice
from livecam.core.voice import COEFFICIENTS, VoiceStatistics

Floats = NDArray[np.float64]
LATER = 2
"""Frames of 5 ms: a sound is sought with the one before and the one after it."""
MOST_SPREAD, LEAST_DISTANCE = 1.8, 1e-3


@dataclass(frozen=True, eq=False)
class Classes:
    """Shapes (n, 39) of a target's classes, standardised keys (n, 24), and the spread to give back."""

    keys: Floats
    values: Floats
    scale: Floats
    centre: Floats
    gain: Floats
    nearest: int

    def average(self, wanted: Floats) -> Floats:
        query = wanted[1:COMPARED] * self.scale
        apart = ((self.keys - query) ** 2).sum(1)
        chosen = np.argpartition(apart, self.nearest)[: self.nearest]
        weights = 1 / np.maximum(apart[chosen], LEAST_DISTANCE)
        return np.asarray((weights / weights.sum()) @ self.values[chosen])

    def find(self, wanted: Floats) -> Floats:
        return np.asarray((self.average(wanted) - self.centre) * self.gain + self.centre)


def moments(points: Floats, shares: Floats) -> tuple[Floats, Floats]:
    mean = np.average(points, 0, shares)
    return np.asarray(mean), np.asarray(np.sqrt(np.average((points - mean) ** 2, 0, shares)) + 1e-6)


def find_classes(mapping: Mapping, speaker: VoiceStatistics, target: VoiceStatistics, nearest: int) -> Classes:
    """The target's classes; the spread that an average loses is measured with the speaker's own classes."""
    goal, shares = target.spectra.astype(np.float64)[:, 1:], target.weights.astype(np.float64)
    _, deviation = moments(goal, shares)
    scale, flat = 1 / deviation[: COMPARED - 1], np.ones(COEFFICIENTS - 1)
    plain = Classes(goal[:, : COMPARED - 1] * scale, goal, scale, 0 * flat, flat, nearest)
    mapped = mapping.apply(speaker.spectra.astype(np.float64), speaker.voiced.astype(np.float64))
    found = np.array([plain.average(each) for each in mapped])
    centre, spread = moments(found, speaker.weights.astype(np.float64))
    return Classes(plain.keys, goal, scale, centre, np.clip(deviation / spread, 1.0, MOST_SPREAD), nearest)


class LikestStream(GrainStream):
    """The engine with colours drawn to the target's classes, 10 ms later."""

    def __init__(self, rate_hz: int, mapping: Mapping, classes: Classes, share: float) -> None:
        super().__init__(rate_hz, mapping)
        self._classes, self._share = classes, share
        self._late = DELAY + LATER * HOP
        self.delay_samples += LATER * HOP * self._factor
        self._writer = GrainWriter(self._factor, self._late)
        self._sound = np.zeros(len(self._sound) + LATER * HOP * self._factor)
        self._seen, self._wanted = np.zeros((3, COEFFICIENTS)), np.zeros((3, COEFFICIENTS))
        self._held: deque[tuple[list[PitchMark], float]] = deque()

    def _follow(self, frame: int, pitch_hz: float, end: int) -> None:
        assert self._mapping is not None and self._mapper is not None
        self._held.append((self._waiting, self._target_hz))
        if len(self._held) > LATER:
            self._writer.add(*self._held.popleft())
        self._waiting = self._marks.step(frame, pitch_hz, self._low, end - len(self._low))
        self._target_hz = self._mapping.pitch.apply(pitch_hz) if pitch_hz else pitch_hz
        self._mapper.hear(pitch_hz > 0)
        if frame % 2 == 0:
            spectrum = compute_mel_cepstrum(self._wide[-2 * REACH :], pitch_hz)
            self._look(spectrum, spectrum + self._mapper.compute_change(spectrum), first=frame == 0)
        looked_at = self._seen[1] if frame % 2 else 0.5 * (self._seen[1] + self._seen[2])
        self._writer.set_colour(frame - LATER - 1, SOFTENED[frame % 2] @ self._changes, looked_at)

    def _look(self, spectrum: Floats, wanted: Floats, first: bool) -> None:
        for line, newest in ((self._seen, spectrum), (self._wanted, wanted)):
            line[1:] = newest if first else line[:-1].copy()
            line[0] = newest
        change = self._wanted[1] - self._seen[1]
        change[1:] += self._share * (self._classes.find(self._wanted.mean(0)) - self._wanted[1][1:])
        self._changes[1:] = change if first else self._changes[:-1].copy()
        self._changes[0] = change


def score(scorer: Scorer, own: str, target: str, engine: StatefulVoice) -> dict[str, float]:
    judge, tests = scorer.judge, list(scorer.people[own].tests.values())
    heard, spent_ms = zip(*(pass_through(engine, sound) for sound in tests), strict=True)
    likes = [scorer.like(name) for name in (own, target)]
    near = np.array([[judge.speaker(sound) @ like for like in likes] for sound in heard])
    whole = judge.speaker(np.concatenate(heard))
    change = judge.quality(np.concatenate(heard)) - judge.quality(np.concatenate(tests))
    estoi = [stoi(a, b[: len(a)], FILE_HZ, extended=True) for a, b in zip(tests, heard, strict=True)]
    return {
        "cosine_to_target": float(whole @ likes[1]),
        "cosine_to_speaker": float(whole @ likes[0]),
        "nearer_to_target": float(np.mean(near[:, 1] > near[:, 0])),
        "dnsmos_change": float(change[2]),
        "estoi": float(np.mean(estoi)),
        "latency_ms": engine.latency_samples / 48,
        "cpu_ms_per_10_ms": float(np.mean(spent_ms)),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("dnsmos", type=Path)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--share", type=float, default=0.4)
    parser.add_argument("--nearest", type=int, default=8)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    people = {folder.name: person(folder) for folder in sorted(given.speech.iterdir()) if folder.is_dir()}
    scorer, rows = Scorer(Judge(given.dnsmos), people), []
    for pair in given.pairs:
        own, target = pair.split("-")
        voices = [scorer.learn_voice(name, np.inf, False) for name in (own, target)]
        mapping = fit_mapping(*voices)
        classes = find_classes(mapping, *voices, given.nearest)
        engines = {
            "today": StatefulVoice(lambda rate_hz, m=mapping: GrainStream(rate_hz, m)),
            "classes": StatefulVoice(lambda rate_hz, m=mapping, c=classes: LikestStream(rate_hz, m, c, given.share)),
        }
        rows.append({"pair": pair, **{name: score(scorer, own, target, each) for name, each in engines.items()}})
        print(json.dumps(rows[-1]), flush=True)
    if given.json:
        about = f"share {given.share}, {given.nearest} nearest"
        given.json.write_text(
            json.dumps({"schema": 1, "made_by": "livecam", "about": about, "rows": rows}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
