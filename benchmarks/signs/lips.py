"""Lips against sound: simulated lips on recorded speech, and the few clips of people who talk with their sound.

The simulated mouth follows the speech energy of 100 ms with a correlation that is drawn, within some 20 ms of the
sound, and moves on its own for the rest, no faster. Published correlations of lip opening and speech energy are
between 0.4 and 0.8. The limit comes from two of every five readers, the table from the others.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.signs.codecs import decode
from benchmarks.signs.limits import budget_of, find_limit
from benchmarks.signs.sources import SECONDS
from benchmarks.signs.statistics import Scores, auc, interval, wilson
from livecam.core import topology
from livecam.plugins import open_face_finder
from livecam.verify.signs.lips import measure_speech, read_lips
from livecam.verify.signs.observer import FaceObserver
from livecam.verify.signs.series import SPEECH_HZ, FaceReading, FaceWindow
from livecam.verify.signs.sign import SignValue
from livecam.verify.signs.signals import smooth
from livecam.verify.signs.sound_of_clip import read_speech

SHIFTS_MS = (-250, -120, 120, 250)
CORRELATIONS = (0.5, 0.6, 0.7)
COUNT, RATE_HZ, LEAD_S, LEAD_SPREAD_S = 8 * SPEECH_HZ, 25, 0.0, 0.02
MARGIN, SLOWEST, SOUND_HZ = 30, 5, 48_000


@dataclass(frozen=True)
class LipsFigures:
    """Scores and the figures that come of them."""

    untouched: Scores
    altered: Scores
    figures: dict[str, Any]


def read_voice(path: Path) -> np.ndarray:
    """Sound (n,) of a recording at 48 kHz."""
    resampler, parts = av.AudioResampler(format="fltp", layout="mono", rate=SOUND_HZ), []
    with av.open(str(path)) as recording:
        for frame in recording.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts)


def mouth_of(speech: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """How wide the mouth is open (400,) while speech energy (460,) is heard, in eye distances."""
    lead = MARGIN + (LEAD_S + rng.normal(0, LEAD_SPREAD_S)) * SPEECH_HZ
    loud = np.maximum(speech, np.percentile(speech, 95) - 35)
    driven = np.interp(np.arange(COUNT) + lead, np.arange(len(loud)), smooth(loud, SLOWEST))
    own = smooth(smooth(rng.normal(size=COUNT), SLOWEST), SLOWEST - 1)
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
    energies = {path.stem: measure_speech(read_voice(path), SOUND_HZ) for path in sorted(readers.glob("*.flac"))}
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


def talking(clip: Path) -> Iterator[tuple[str, float]]:
    """Kind of sound and score of every window of a clip with sound."""
    with closing(open_face_finder()) as finder:
        observer = FaceObserver(finder)
        for pixels, at_ns in decode(clip):
            observer.add(pixels, at_ns)
    seen, speech = observer.finish(), read_speech(clip)
    if speech is None:
        return
    for begin_s in np.arange(0.5, seen.readings[-1].at_ns / 1e9 - SECONDS - 0.5, 1.0):
        readings = [r for r in seen.readings if begin_s <= r.at_ns / 1e9 < begin_s + SECONDS]
        for shift in (0, *SHIFTS_MS):
            first = round(begin_s * SPEECH_HZ - shift * SPEECH_HZ / 1000)
            read = read_lips(FaceWindow(readings, (), speech[first : first + COUNT]))
            if isinstance(read, SignValue):
                yield f"{shift:+d} ms" if shift else "own", read.score


def lips_rows(readers: Path, clips: Sequence[Path] = ()) -> LipsFigures:
    """Measure every kind of sound."""
    kinds: dict[str, list[tuple[str, float]]] = {}
    for name, kind, score in simulate(readers):
        kinds.setdefault(kind, []).append((name, score))
    names = sorted({name for rows in kinds.values() for name, _ in rows})
    chosen = {name for number, name in enumerate(names) if number % 5 in (1, 3)}
    of_limit, asked = (
        {kind: [row for row in rows if (row[0] in chosen) == inside] for kind, rows in kinds.items()}
        for inside in (True, False)
    )
    untouched = _scores(of_limit["own"])
    limit = -find_limit(-untouched.values, budget_of("lips"))
    plain = _scores(asked["own"])
    figures: dict[str, Any] = {
        "readers": len(set(plain.people.tolist())),
        "untouched_windows": len(plain),
        "windows_of_the_limit": len(untouched),
        "simulated": True,
        "kinds": {kind: _figures(_scores(rows), plain, limit) for kind, rows in asked.items()},
    }
    if clips:
        figures["talking"] = _talking_rows(clips, limit)
    altered = _scores([row for kind, rows in of_limit.items() if kind != "own" for row in rows])
    return LipsFigures(untouched, altered, figures)


def _talking_rows(clips: Sequence[Path], limit: float) -> dict[str, Any]:
    """Windows of people who talk, by the limit of the simulated lips."""
    kinds: dict[str, list[float]] = {}
    for clip in clips:
        for kind, score in talking(clip):
            kinds.setdefault(kind, []).append(score)
    rows = {kind: {"windows": len(found), "noticed": sum(s < limit for s in found)} for kind, found in kinds.items()}
    return {"clips": len(clips), "kinds": rows}


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


def _scores(rows: Sequence[tuple[str, float]]) -> Scores:
    return Scores(np.array([score for _, score in rows], float), np.array([name for name, _ in rows], str))
