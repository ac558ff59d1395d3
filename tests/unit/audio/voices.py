"""Something like speech: voiced stretches with moving resonances, hisses and pauses."""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000


def voice(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """(n,) float32 at 48 kHz."""
    rng = np.random.default_rng(seed)
    parts, left = [], int(seconds * RATE_HZ)
    while left > 0:
        count = int(rng.uniform(0.08, 0.35) * RATE_HZ)
        kind = rng.random()
        t = np.arange(count) / RATE_HZ
        if kind < 0.7:
            pitch = rng.uniform(90, 220) * (1 + 0.1 * np.sin(2 * np.pi * 3 * t))
            phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
            resonances = rng.uniform(300, 3600, 3)
            sound = np.zeros(count)
            for n in range(1, 40):
                at = n * pitch.mean()
                weight = sum(1 / (1 + ((at - r) / 150) ** 2) for r in resonances) / n**0.5
                sound += weight * np.sin(n * phase)
        elif kind < 0.85:
            sound = rng.normal(0, 1, count)
        else:
            sound = rng.normal(0, 0.01, count)
        rise = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 960)
        parts.append(0.15 * rise * sound / max(np.abs(sound).max(), 1))
        left -= count
    return np.concatenate(parts)[: int(seconds * RATE_HZ)].astype(np.float32)
