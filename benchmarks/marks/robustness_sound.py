"""What the in-sound mark survives: twenty seconds of each folder's speech, marked, changed, and read.

    python benchmarks/marks/robustness_sound.py FOLDER... > table.md

Prints one row per case and one column per folder: bits right of 16 after sixteen seconds, and the score.
"""

import argparse
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from livecam.audio.mark import SOUND_THRESHOLD, WINDOW_S, SoundMark, read_sound
from livecam.core.audio import AudioBlock
from livecam.devices.sound_track import sound_of

RATE_HZ, SESSION = 48_000, 0xBEEF
VOIP = {"application": "voip"}
Change = Callable[[np.ndarray], np.ndarray]


def speech_of(folder: Path) -> np.ndarray:
    sound: list[np.ndarray] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".wav", ".flac")):
        sound.append(sound_of(path))
        if sum(map(len, sound)) > 20 * RATE_HZ:
            break
    return np.concatenate(sound)[: 20 * RATE_HZ]


def marked(sound: np.ndarray) -> np.ndarray:
    block = AudioBlock(sound[:, None], RATE_HZ, 0, 0)
    return SoundMark(SESSION).process(block).samples[7_333:, 0]


def coded(codec: str, kbps: int, rate_hz: int = RATE_HZ, container: str = "matroska", **options: str) -> Change:
    def through(samples: np.ndarray) -> np.ndarray:
        data = io.BytesIO()
        with av.open(data, "w", format=container) as out:
            stream = out.add_stream(codec, rate=rate_hz, layout="mono")
            stream.bit_rate, stream.codec_context.options = kbps * 1000, options
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
            resampler, fifo = av.AudioResampler(stream.format.name, "mono", rate_hz), av.AudioFifo()
            for ready in resampler.resample(frame):
                fifo.write(ready)
            while (ready := fifo.read(stream.codec_context.frame_size or 960)) is not None:
                out.mux(stream.encode(ready))
            out.mux(stream.encode(None))
        back = av.AudioResampler("flt", "mono", RATE_HZ)
        with av.open(io.BytesIO(data.getvalue())) as source:
            return np.concatenate([r.to_ndarray()[0] for f in source.decode(audio=0) for r in back.resample(f)])

    return through


def at_speed(speed: float) -> Change:
    def through(samples: np.ndarray) -> np.ndarray:
        count = int(len(samples) / speed)
        return np.interp(np.arange(count) * speed, np.arange(len(samples)), samples).astype(np.float32)

    return through


def below(hertz: float) -> Change:
    def through(samples: np.ndarray) -> np.ndarray:
        spectrum = np.fft.rfft(samples)
        spectrum[np.fft.rfftfreq(len(samples), 1 / RATE_HZ) > hertz] = 0
        return np.fft.irfft(spectrum, len(samples)).astype(np.float32)

    return through


def noisy(decibels: float) -> Change:
    def through(samples: np.ndarray) -> np.ndarray:
        noise = np.random.default_rng(0).normal(0, samples.std() * 10 ** (-decibels / 20), len(samples))
        return (samples + noise).astype(np.float32)

    return through


CASES: dict[str, Change] = {
    "as it leaves livecam": lambda samples: samples,
    **{f"Opus {kbps} kbit/s voip": coded("libopus", kbps, **VOIP) for kbps in (32, 24, 16, 12)},
    "AAC 32 kbit/s": coded("aac", 32),
    "MP3 32 kbit/s, 24 kHz": coded("libmp3lame", 32, 24_000, "mp3"),
    "cut at 4 kHz": below(4_000),
    "1 % faster": at_speed(1.01),
    "1 % slower": at_speed(0.99),
    "white noise at 25 dB": noisy(25),
    "white noise at 15 dB": noisy(15),
}


def read(sound: np.ndarray) -> str:
    reading = read_sound(sound[: int(WINDOW_S * RATE_HZ)])
    assert reading is not None
    right = 16 - (reading.session ^ SESSION).bit_count()
    return f"{right}, {reading.score:.1f}" + ("" if reading.score >= SOUND_THRESHOLD else " (not found)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    folders = parser.parse_args().folders
    sounds = [marked(speech_of(folder)) for folder in folders]
    print(f"| case | {' | '.join(folder.name for folder in folders)} |\n|---{'|---' * len(folders)}|")
    for name, change in CASES.items():
        print(f"| {name} | {' | '.join(read(change(sound)) for sound in sounds)} |")


if __name__ == "__main__":
    main()
