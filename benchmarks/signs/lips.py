"""Lips against sound, on recorded speech and simulated lips: no footage here has people who talk with their sound.

The mouth follows the speech energy with a correlation that is drawn, 40 ms before the sound, and with motion of its
own for the rest. Published correlations of lip opening and speech energy are between 0.4 and 0.8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.signs.statistics import Scores, auc, interval, wilson
from livecam.core import topology
from livecam.devices.media.speech import read_sound
from livecam.verify.signs.lips import measure_speech, read_lips
from livecam.verify.signs.series import SPEECH_HZ, FaceReading, FaceWindow
from livecam.verify.signs.sign import SignValue
from livecam.verify.signs.signals import smooth

SHIFTS_MS = (-250, -120, 120, 250)
CORRELATIONS = (0.5, 0.6, 0.7)
READERS, COUNT, RATE_HZ, LEAD_S, LEAD_SPREAD_S = 60, 8 * SPEECH_HZ, 25, 0.04, 0.02
MARGIN = 30


@dataclass(frozen=True)
class LipsFigures:
    """Scores and the figures that come of them."""

    untouched: Scores
    altered: Scores
    figures: dict[str, Any]


def mouth_of(speech: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """How wide the mouth is open (400,) while speech energy (460,) is heard, in eye distances."""
    lead = MARGIN + (LEAD_S + rng.normal(0, LEAD_SPREAD_S)) * SPEECH_HZ
    loud = np.maximum(speech, np.percentile(speech, 95) - 35)
    driven = np.interp(np.arange(COUNT) + lead, np.arange(len(loud)), loud)
    own = smooth(rng.normal(size=COUNT), 9)
    driven, own = ((part - smooth(part, 60)) / (part - smooth(part, 60)).std() for part in (driven, own))
    return np.asarray(0.1 + 0.03 * (correlation * driven + np.sqrt(1 - correlation**2) * own))


def window_of(mouth: np.ndarray, speech: np.ndarray) -> FaceWindow:
    """A window of a face that opens its mouth so."""
    upper, lower, _, _ = topology.MOUTH_OPENING
    readings = []
    for n in range(0, COUNT, SPEECH_HZ // RATE_HZ):
        points = topology.CANONICAL.copy()
        points[lower] = points[upper] + np.float32([0, mouth[n], 0]) * np.linalg.norm(points[33] - points[263])
        none = np.zeros((1, 1, 3), np.float32)
        readings.append(
            FaceReading(round(n * 1e9 / SPEECH_HZ), points, none, none, (0, 0, 1, 1), (0, 0), (0, 0), 0.0, 0)
        )
    return FaceWindow(readings, (), speech.astype(np.float32))


def simulate(readers: Path) -> Iterator[tuple[str, str, float]]:
    """Reader, kind of sound and score of every window."""
    energies = {path.stem: measure_speech(read_sound(path)) for path in sorted(readers.glob("*.flac"))[:READERS]}
    names, rng = sorted(energies), np.random.default_rng(1)
    for number, name in enumerate(names):
        speech, other = energies[name], energies[names[(number + 7) % len(names)]]
        for begin in range(MARGIN, len(speech) - COUNT - MARGIN, COUNT // 2):
            whole = speech[begin - MARGIN : begin + COUNT + MARGIN]
            mouth = mouth_of(whole, float(rng.choice(CORRELATIONS)), rng)
            sounds = {"own": whole[MARGIN : MARGIN + COUNT]}
            for shift in SHIFTS_MS:
                first = MARGIN - round(shift * SPEECH_HZ / 1000)
                sounds[f"{shift:+d} ms"] = whole[first : first + COUNT]
            if len(other) >= COUNT:
                sounds["exchanged"] = other[:COUNT]
            for kind, sound in sounds.items():
                read = read_lips(window_of(mouth, sound)) if len(sound) == COUNT else ""
                if isinstance(read, SignValue):
                    yield name, kind, read.score


def lips_rows(readers: Path) -> LipsFigures:
    """Measure every kind of sound."""
    kinds: dict[str, list[tuple[str, float]]] = {}
    for name, kind, score in simulate(readers):
        kinds.setdefault(kind, []).append((name, score))
    untouched = _scores(kinds.pop("own"))
    limit = float(np.sort(untouched.values)[int(0.01 * len(untouched))])
    altered = _scores([row for rows in kinds.values() for row in rows])
    figures = {kind: _figures(_scores(rows), untouched, limit) for kind, rows in kinds.items()}
    about = {"readers": len(set(untouched.people.tolist())), "untouched_windows": len(untouched), "simulated": True}
    return LipsFigures(untouched, altered, {**about, **figures})


def _figures(altered: Scores, untouched: Scores, limit: float) -> dict[str, Any]:
    turned = Scores(-altered.values, altered.people), Scores(-untouched.values, untouched.people)
    hits = int((altered.values < limit).sum())
    return {
        "windows": len(altered),
        "auc": round(auc(turned[0].values, turned[1].values), 3),
        "auc_90": [round(value, 3) for value in interval(*turned, auc)],
        "noticed": round(hits / max(len(altered), 1), 3),
        "noticed_90": [round(value, 3) for value in wilson(hits, len(altered))],
    }


def _scores(rows: list[tuple[str, float]]) -> Scores:
    return Scores(np.array([score for _, score in rows], float), np.array([name for name, _ in rows], str))
