"""Distortions of sound in a call.

Codecs through PyAV, a telephone's band, another speed, noise.
"""

import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from livecam.bench.marks.sound_distortions import cleaned, in_a_room, rebuilt, stretched, upside_down

RATE_HZ: Final = 48_000
_VOIP: Final = {"application": "voip"}
_FRAME: Final = 960

Sound = NDArray[np.float32]
Change = Callable[[Sound], Sound]


def encode_decode(
    codec: str, kbps: int, rate_hz: int = RATE_HZ, container: str = "matroska", options: Mapping[str, str] | None = None
) -> Change:
    """Encode and decode (n,) float32 at 48 kHz."""

    def through(samples: Sound) -> Sound:
        data = io.BytesIO()
        with av.open(data, "w", format=container) as out:
            stream: Any = out.add_stream(codec, rate=rate_hz, layout="mono")
            stream.bit_rate, stream.codec_context.options = kbps * 1000, dict(options or {})
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
            resampler, waiting = av.AudioResampler(stream.format.name, "mono", rate_hz), av.AudioFifo()
            for ready in resampler.resample(frame):
                waiting.write(ready)
            while (part := waiting.read(stream.codec_context.frame_size or _FRAME)) is not None:
                out.mux(stream.encode(part))
            out.mux(stream.encode(None))
        back = av.AudioResampler("flt", "mono", RATE_HZ)
        with av.open(io.BytesIO(data.getvalue()), "r") as source:
            parts = [ready.to_ndarray()[0] for f in source.decode(audio=0) for ready in back.resample(f)]
        return np.concatenate(parts).astype(np.float32)

    return through


def change_speed(speed: float) -> Change:
    """Return a change of speed and pitch together."""

    def through(samples: Sound) -> Sound:
        count = int(len(samples) / speed)
        places = np.arange(count) * speed
        return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)

    return through


def cut_above(hertz: float) -> Change:
    """Return a change that removes everything above a frequency."""

    def through(samples: Sound) -> Sound:
        spectrum = np.fft.rfft(samples)
        spectrum[np.fft.rfftfreq(len(samples), 1 / RATE_HZ) > hertz] = 0
        return np.fft.irfft(spectrum, len(samples)).astype(np.float32)

    return through


def add_noise(decibels: float) -> Change:
    """Return a change that adds white noise at a level below the sound."""

    def through(samples: Sound) -> Sound:
        noise = np.random.default_rng(0).normal(0, samples.std() * 10 ** (-decibels / 20), len(samples))
        return (samples + noise).astype(np.float32)

    return through


CASES: Final[Mapping[str, Change]] = {
    "as it leaves livecam": lambda samples: samples,
    **{f"Opus {kbps} kbit/s voip": encode_decode("libopus", kbps, options=_VOIP) for kbps in (32, 24, 16, 12)},
    "AAC 32 kbit/s": encode_decode("aac", 32),
    "MP3 32 kbit/s, 24 kHz": encode_decode("libmp3lame", 32, 24_000, "mp3"),
    "cut at 4 kHz": cut_above(4_000),
    "1 % faster": change_speed(1.01),
    "1 % slower": change_speed(0.99),
    "white noise at 25 dB": add_noise(25),
    "white noise at 15 dB": add_noise(15),
    "Opus 6 kbit/s voip": encode_decode("libopus", 6, options=_VOIP),
    "10 % shorter, same pitch": lambda samples: stretched(samples, 1.1),
    "10 % longer, same pitch": lambda samples: stretched(samples, 0.9),
    "polarity turned": upside_down,
    "a room of 0.5 s": in_a_room,
    "noise suppressed": cleaned,
    "rebuilt as by a neural codec": rebuilt,
}
"""Changes of marked sound, by name."""

QUICK: Final = ("as it leaves livecam", "Opus 16 kbit/s voip")
_CODECS: Final = {"Opu": "libopus", "AAC": "aac", "MP3": "libmp3lame"}


def list_available() -> list[str]:
    """Return the cases with an installed encoder."""
    return [name for name in CASES if _CODECS.get(name[:3], "aac") in av.codecs_available]
