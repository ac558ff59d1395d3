"""Speak the notice that opens every stream of converted sound: needs espeak-ng; writes livecam/audio/notice.wav."""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import av
import numpy as np

TEXT = "This voice is modified by A I."
RATE_HZ = 16_000
PEAK = 0.5
QUIET = 0.01


def spoken() -> np.ndarray:
    """(n,) float32 at 16 kHz, without the silence around it."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "160", "-w", file.name, TEXT], check=True)
        with av.open(file.name) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    loud = np.flatnonzero(np.abs(sound) > QUIET * np.abs(sound).max())
    return sound[loud[0] : loud[-1]] * (PEAK / np.abs(sound).max())


def main() -> None:
    path = Path(__file__).parents[1] / "livecam" / "audio" / "notice.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((spoken() * 32767).astype("<i2").tobytes())
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
