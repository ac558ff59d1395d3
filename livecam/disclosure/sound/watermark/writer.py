"""Add the mark to streaming sound."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.framing import Floats, StatefulVoice
from livecam.disclosure.sound.watermark.pattern import (
    BAND_HZ,
    BANDS,
    HALF_SAMPLES,
    LOWEST_HZ,
    RATE_HZ,
    SLOTS,
    make_pattern,
)

STEP_DB: Final = 2.0
HOP_SAMPLES: Final = 384
_WINDOW_SAMPLES: Final = 2 * HOP_SAMPLES
_HOPS_PER_HALF: Final = HALF_SAMPLES // HOP_SAMPLES


class MarkCore:
    """Frames of 8 ms, each 8 ms late, with spectra weighted by their slot."""

    frame_samples = HOP_SAMPLES
    delay_samples = HOP_SAMPLES

    def __init__(self, session: int, step_db: float = STEP_DB) -> None:
        plan = make_pattern()
        signs = plan.sign * plan.turns(session)[:, None]
        self._gains = np.stack([_gains(half * signs * step_db) for half in (1, -1)], axis=1).reshape(2 * SLOTS, -1)
        self._shape = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW_SAMPLES) / _WINDOW_SAMPLES))
        self._before = np.zeros(HOP_SAMPLES)
        self._tail = np.zeros(HOP_SAMPLES)
        self._hop = 0

    def process_frame(self, sound: Floats) -> Floats:
        """Return the hop before this one, marked: (HOP_SAMPLES,) in and out."""
        spectrum = np.fft.rfft(np.concatenate([self._before, sound]) * self._shape)
        spectrum *= self._gains[self._hop // _HOPS_PER_HALF % (2 * SLOTS)]
        whole = np.fft.irfft(spectrum, _WINDOW_SAMPLES) * self._shape
        marked: Floats = self._tail + whole[:HOP_SAMPLES]
        self._before, self._tail = sound, whole[HOP_SAMPLES:]
        self._hop += 1
        return marked


class SoundMark:
    """Marks mono sound at 48 kHz with a session's number.

    The size of blocks does not change the samples.

    Attributes:
        latency_samples: Samples by which the output lags the input, 16 ms less a sample.
    """

    def __init__(self, session: int) -> None:
        """Set the session, 0..65535, as in the picture's mark.

        Raises:
            ValueError: Another number.
        """
        if not 0 <= session < 1 << 16:
            raise ValueError(f"session must be 0..65535, got {session}")
        self._stream = StatefulVoice(lambda _: MarkCore(session))
        self._stream.prepare(RATE_HZ, HOP_SAMPLES)
        self.latency_samples = self._stream.latency_samples

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the next samples, as many as went in, limited to -1..1.

        Raises:
            ValueError: Another rate than 48 kHz, or more than one channel.
        """
        marked = self._stream.process(block)
        limited = np.clip(marked.samples, -1.0, 1.0)
        return AudioBlock(limited, marked.rate_hz, marked.first_sample, marked.captured_ns)

    def reset(self) -> None:
        """Forget past sound, as before a new stream."""
        self._stream.reset()


def _gains(steps_db: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return (slots, bands) decibels as (slots, bins) factors; 1 outside the bands."""
    hertz = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / RATE_HZ)
    band = np.floor((hertz - LOWEST_HZ) / BAND_HZ).astype(int)
    inside = (band >= 0) & (band < BANDS)
    factors = np.ones((len(steps_db), len(hertz)))
    factors[:, inside] = 10 ** (steps_db[:, band[inside]] / 20)
    return factors
