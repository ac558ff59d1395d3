"""Make `calibration/flash.mp4`: flashes with beeps, at uneven distances. Usage: python scripts/make_flash.py"""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE_HZ, FPS, SECONDS, FLASH_S = 48_000, 60, 20, 0.1
TARGET = Path(__file__).parents[1] / "calibration" / "flash.mp4"
PRIMING = 1024


def onsets() -> list[int]:
    """Numbers of the pictures with which a flash begins."""
    rng, at, found = np.random.default_rng(7), 60, []
    while at < (SECONDS - 1) * FPS:
        found.append(at)
        at += int(rng.integers(50, 80))
    return found


def main() -> None:
    flash = {n for begin in onsets() for n in range(begin, begin + round(FLASH_S * FPS))}
    sound, at = np.zeros(SECONDS * RATE_HZ), np.arange(round(FLASH_S * RATE_HZ))
    beep = 0.7 * np.sin(2 * np.pi * 1500 * at / RATE_HZ)
    for begin in onsets():
        sound[begin * RATE_HZ // FPS :][: len(beep)] = beep
    with av.open(str(TARGET), "w", options={"movflags": "+faststart"}) as file:
        pictures, tone = file.add_stream("libx264", rate=FPS), file.add_stream("aac", rate=RATE_HZ)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 180, "yuv420p"
        pictures.options = {"preset": "veryslow", "crf": "30", "bf": "0"}
        tone.codec_context.layout, tone.bit_rate = "mono", 48_000
        for number in range(SECONDS * FPS):
            pixels = np.full((180, 320, 3), 255 if number in flash else 0, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            file.mux(pictures.encode(frame))
        frame = av.AudioFrame.from_ndarray(sound[None, PRIMING:].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, PRIMING, Fraction(1, RATE_HZ)
        file.mux(tone.encode(frame))
        file.mux(tone.encode(None))
        file.mux(pictures.encode(None))


if __name__ == "__main__":
    main()
