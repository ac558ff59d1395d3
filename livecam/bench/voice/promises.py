"""Measure what an engine states about itself.

That is its latency, and that block sizes do not matter.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, process_cpu_ns
from livecam.core.ports import VoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ

HOPS: Final = (1, 7, 240, 480, 4096)
_BURST_S: Final = 2.0
_SAMPLES_PER_MS: Final = RATE_HZ // 1000

Sound = NDArray[np.float32]


def convert_sound(engine: VoiceEngine, sound: Sound, hop: int) -> Sound:
    """Convert sound (n,) at 48 kHz in blocks of `hop`, from a fresh start."""
    engine.prepare(RATE_HZ, hop)
    blocks = [AudioBlock(sound[at : at + hop, None], RATE_HZ, at, 0) for at in range(0, len(sound), hop)]
    return np.concatenate([engine.process(block).samples[:, 0] for block in blocks])


def compare_block_sizes(engine: VoiceEngine, sound: Sound) -> Mapping[int, bool]:
    """Return whether each block size gives the same samples as one block of all."""
    whole = convert_sound(engine, sound, len(sound))
    return {hop: bool(np.array_equal(convert_sound(engine, sound, hop), whole)) for hop in HOPS}


def measure_latency_ms(engine: VoiceEngine) -> Mapping[str, float]:
    """Return the stated latency, and the measured one of noise bursts.

    The resolution is a millisecond.
    """
    rng = np.random.default_rng(0)
    loudness = np.repeat(rng.random(int(_BURST_S * 50)), RATE_HZ // 50)
    sound = (0.1 * loudness * rng.standard_normal(len(loudness))).astype(np.float32)
    before, after = _loudness(sound), _loudness(convert_sound(engine, sound, 480))
    lags = range(len(before) // 4)
    measured = max(lags, key=lambda lag: float(before[: len(before) - lag] @ after[lag:]))
    return {"stated": round(engine.latency_samples / _SAMPLES_PER_MS, 2), "measured": float(measured)}


def _loudness(sound: Sound) -> NDArray[np.float64]:
    """Return the RMS of every millisecond, minus its mean."""
    rms = np.sqrt((sound.reshape(-1, _SAMPLES_PER_MS).astype(np.float64) ** 2).mean(1))
    return np.asarray(rms - rms.mean())


def measure_real_time_factor(engine: VoiceEngine, sound: Sound) -> float:
    """Return processor time per second of sound, unpaced."""
    begin_ns = process_cpu_ns()
    convert_sound(engine, sound, 480)
    return (process_cpu_ns() - begin_ns) * RATE_HZ / (NS_PER_S * len(sound))
