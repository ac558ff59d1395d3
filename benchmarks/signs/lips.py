"""Lips against sound: own sound, shifted sound, and the sound of other people."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.signs.statistics import Scores, auc, interval, wilson
from livecam.core.audio import AudioBlock
from livecam.core.errors import LivecamError
from livecam.devices.media.pictures import read_pictures
from livecam.devices.media.speech import read_sound
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.plugins import open_face_finder, open_voice_maker
from livecam.verify.signs.lips import measure_speech, read_lips
from livecam.verify.signs.observer import FaceObserver
from livecam.verify.signs.series import LEAST_S, SPEECH_HZ, FaceWindow
from livecam.verify.signs.sign import SignValue
from livecam.verify.signs.sound_of_clip import read_speech

SHIFTS_MS = (-500, -250, -120, 120, 250, 500)
STEP_S = 1.0


@dataclass(frozen=True)
class LipsFigures:
    """Scores and the figures that come of them."""

    untouched: Scores
    altered: Scores
    figures: dict[str, Any]


def windows_of(path: Path) -> list[tuple[FaceWindow, np.ndarray, float]]:
    """Overlapping windows of a clip with sound, with its whole speech energy and their first second."""
    speech = read_speech(path)
    if speech is None:
        return []
    finder = open_face_finder()
    observer = FaceObserver(finder)
    for pixels, at_ns in read_pictures(path):
        observer.add(pixels, at_ns)
    finder.close()
    readings = observer.finish(speech).readings
    found = []
    last_s = readings[-1].at_ns / 1e9 if readings else 0.0
    for begin_s in np.arange(0.0, max(last_s - 7.1, 0.01), STEP_S):
        part = [reading for reading in readings if begin_s <= reading.at_ns / 1e9 < begin_s + 8]
        if part and part[-1].at_ns / 1e9 - begin_s >= LEAST_S:
            found.append((FaceWindow(part, ()), speech, float(begin_s)))
    return found


def heard(window: FaceWindow, speech: np.ndarray, begin_s: float) -> float | None:
    """The score of a window with speech energy that begins at that second of a sound."""
    begin = round(begin_s * SPEECH_HZ)
    count = round(window.length_s * SPEECH_HZ)
    if begin < 0 or begin + count > len(speech):
        return None
    read = read_lips(replace(window, speech=speech[begin : begin + count]))
    return read.score if isinstance(read, SignValue) else None


def convert(path: Path) -> np.ndarray | None:
    """Speech energy of a clip in a built-in voice, without the notice and the marks; None where none is learned."""
    maker = open_voice_maker()
    try:
        sound = read_sound(path)
        speaker = maker.learn(sound, 48_000)
    except LivecamError:
        return None
    engine = maker.make_engine(speaker, open_builtin_voice("cedar"))
    engine.prepare(48_000, 480)
    padded = np.concatenate([sound, np.zeros(engine.latency_samples + 480, np.float32)])
    blocks = [
        engine.process(AudioBlock(padded[begin : begin + 480, None], 48_000, begin, 0)).samples[:, 0]
        for begin in range(0, len(padded) - 479, 480)
    ]
    return measure_speech(np.concatenate(blocks)[engine.latency_samples :])


def lips_rows(work: Path, footage: Path) -> LipsFigures | None:
    """Measure every clip with sound below a folder, and readers next to it."""
    clips = {path.stem: windows_of(path) for path in sorted(footage.rglob("*.mp4"))}
    clips = {name: windows for name, windows in clips.items() if windows}
    others: dict[str, np.ndarray] = {name: windows[0][1] for name, windows in clips.items()}
    for path in sorted((footage.parent / "speech/librispeech_readers_ccby4").glob("*.flac"))[:12]:
        try:
            others[path.stem] = measure_speech(read_sound(path))
        except LivecamError:
            continue
    voices = {path.stem: convert(path) for path in sorted(footage.rglob("*.mp4")) if path.stem in clips}
    own: list[tuple[str, float]] = []
    converted: list[tuple[str, float]] = []
    shifted: dict[str, list[tuple[str, float]]] = {f"{shift:+d} ms": [] for shift in SHIFTS_MS}
    exchanged: list[tuple[str, float]] = []
    for name, windows in clips.items():
        for window, speech, begin_s in windows:
            if (score := heard(window, speech, begin_s)) is not None:
                own.append((name, score))
            voice = voices.get(name)
            if voice is not None and (score := heard(window, voice, begin_s)) is not None:
                converted.append((name, score))
            for shift in SHIFTS_MS:
                if (score := heard(window, speech, begin_s + shift / 1000)) is not None:
                    shifted[f"{shift:+d} ms"].append((name, score))
            for other, sound in others.items():
                if other != name and (score := heard(window, sound, 1.0)) is not None:
                    exchanged.append((name, score))
    if not own:
        return None
    untouched = _scores(own)
    limit = float(np.quantile(untouched.values, 0.01))
    groups = {**shifted, "exchanged": exchanged, "converted voice": converted}
    far = [row for shift in ("-500 ms", "-250 ms", "+250 ms", "+500 ms") for row in shifted[shift]]
    altered = _scores([*exchanged, *far])
    return LipsFigures(
        untouched,
        altered,
        {
            "people": len(clips),
            "untouched_windows": len(own),
            "untouched_scores": {name: [round(s, 2) for n, s in own if n == name] for name in clips},
            "limit": round(limit, 3),
            **{name: _figures(_scores(rows), untouched, limit) for name, rows in groups.items() if rows},
        },
    )


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
