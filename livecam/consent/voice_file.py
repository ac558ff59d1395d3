"""The statistics of a voice as bytes on disk and back."""

import io
from dataclasses import fields

import numpy as np

from livecam.core.voice import VoiceStatistics

_NAMES = tuple(field.name for field in fields(VoiceStatistics))


def voice_to_bytes(voice: VoiceStatistics) -> bytes:
    """A compressed NumPy archive."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: getattr(voice, name) for name in _NAMES})
    return buffer.getvalue()


def voice_from_bytes(data: bytes) -> VoiceStatistics:
    """The statistics again; `data` is what `voice_to_bytes` made, its hash checked by the caller."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return VoiceStatistics(
            spectra=arrays["spectra"],
            weights=arrays["weights"],
            voiced=arrays["voiced"],
            mean=arrays["mean"],
            spread=arrays["spread"],
            pitch=float(arrays["pitch"]),
            pitch_spread=float(arrays["pitch_spread"]),
            speech_s=float(arrays["speech_s"]),
        )
