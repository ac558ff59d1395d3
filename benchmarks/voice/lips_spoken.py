"""How well the mouth follows synthetic speech: python benchmarks/voice/lips_spoken.py [--json PATH]

eSpeak NG says when each phoneme begins, and the table of `training/voice/lips.py` how open a mouth is in it. Texts and
speakers here were not learned from. So what is late is the estimator's own, where a clip has lags of its own too. Needs
the extra `training`, and eSpeak NG as a library.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.voice.text_to_speech.samples import resample
from livecam.audio.lips.estimator import MouthEstimator
from livecam.host.machine import describe_machine
from training.voice.lips import Speech, curve

Floats = NDArray[np.float64]
TEXTS = {
    "en-us": ("Please call me before the weekend, my phone is open all day.", "We bought apples and a blue umbrella."),
    "de": ("Am Montag kommen wir mit dem Boot über die Elbe.", "Bitte öffne das Fenster, es ist warm hier."),
    "fr-fr": ("Nous partons demain matin avec le bateau bleu.", "Il faut ouvrir la porte du jardin."),
    "es": ("Mañana vamos a comprar manzanas y pan.",),
    "it": ("Abbiamo mangiato una buona pizza al mare.",),
}
VARIANTS = ("+f5", "+m1")
LAGS_MS = range(-60, 61, 10)
PAUSE_S, LEVEL, RATE_HZ = 0.5, 0.3, 48_000


def follow(speech: Speech, voice: str, text: str) -> tuple[Floats, Floats, Floats]:
    """Seconds and openings that are heard, every 10 ms, and the openings of the phonemes, from the beginning on."""
    spoken, phonemes = speech.speak(voice, text)
    pause = np.zeros(round(PAUSE_S * RATE_HZ), np.float32)
    sound = np.concatenate([pause, LEVEL * resample(spoken, speech.rate_hz), pause])
    shapes = MouthEstimator().hear(sound, 0)
    true = curve([(begin + PAUSE_S, name) for begin, name in phonemes], len(sound) * 100 // RATE_HZ + 20)
    return np.array([shape.at_ns / 1e9 for shape in shapes]), np.array([shape.opening for shape in shapes]), true[:, 0]


def compare(speech: Speech, language: str, variant: str) -> dict[str, object]:
    followed = [follow(speech, language + variant, text) for text in TEXTS[language]]

    def likeness(lag_ms: int) -> float:
        heard = [np.interp(at_s - lag_ms / 1000, at_s, opening) for at_s, opening, _ in followed]
        true = [np.interp(at_s, np.arange(len(opened)) / 100, opened) for at_s, _, opened in followed]
        return float(np.corrcoef(np.concatenate(heard), np.concatenate(true))[0, 1])

    best_ms = max(LAGS_MS, key=likeness)
    return {
        "speech": language + variant,
        "correlation": likeness(0),
        "correlation_at_best_lag": likeness(best_ms),
        "best_lag_ms": best_ms,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    speech = Speech()
    rows = [compare(speech, language, variant) for language in TEXTS for variant in VARIANTS]
    for row in rows:
        print(json.dumps(row))
    if given.json:
        result = {"schema": 1, "machine": describe_machine(), "rows": rows}
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
