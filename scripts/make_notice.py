"""Speak the notice that opens every stream of converted sound, in every language of the plate.

Needs espeak-ng 1.51; writes livecam/disclosure/sound/notices/LANGUAGE.wav for those named, or for all.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import av
import numpy as np

TEXTS = {
    "de": ("de", "Diese Stimme ist durch künstliche Intelligenz verändert."),
    "en": ("en-us", "This voice is modified by A I."),
    "es": ("es", "Esta voz está modificada por inteligencia artificial."),
    "fr": ("fr-fr", "Cette voix est modifiée par une intelligence artificielle."),
    "it": ("it", "Questa voce è modificata dall'intelligenza artificiale."),
    "nl": ("nl", "Deze stem is bewerkt door kunstmatige intelligentie."),
    "pl": ("pl", "Ten głos jest zmieniony przez sztuczną inteligencję."),
    "pt": ("pt", "Esta voz é modificada por inteligência artificial."),
}
RATE_HZ = 16_000
PEAK = 0.5
QUIET = 0.01


def spoken(voice: str, text: str) -> np.ndarray:
    """(n,) float32 at 16 kHz, without the silence around it."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", "160" if voice == "en-us" else "190", "-w", file.name, text], check=True
        )
        with av.open(file.name) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    loud = np.flatnonzero(np.abs(sound) > QUIET * np.abs(sound).max())
    return sound[loud[0] : loud[-1]] * (PEAK / np.abs(sound).max())


def main() -> None:
    folder = Path(__file__).parents[1] / "livecam" / "disclosure" / "sound" / "notices"
    folder.mkdir(exist_ok=True)
    for language in sys.argv[1:] or TEXTS:
        path = folder / f"{language}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            file.writeframes((spoken(*TEXTS[language]) * 32767).astype("<i2").tobytes())
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
