"""Is it the enrolled voice that says the phrase.

By spectra and pitch, which tells most people apart.
"""

from typing import Final

import numpy as np

from livecam.core.voice import VoiceStatistics

SAME_VOICE: Final = 0.5
"""Largest distance taken for one voice. Nine speakers, phrases of seven seconds against half a minute, one microphone
each: all 23 pairs of one speaker are nearer, 6 % of 184 pairs of two are nearer too. Another microphone adds to it."""
_CEPSTRA: Final = slice(1, 20)
_VOICED: Final = 1
_PITCH_STEP: Final = 0.1
_PITCH_WEIGHT: Final = 0.3


def measure_voice_distance(one: VoiceStatistics, other: VoiceStatistics) -> float:
    """Return how far two voices are apart.

    Their mean voiced spectra, in spreads of the first, and their pitch.
    """
    spread = np.maximum(one.spread[_VOICED, _CEPSTRA], 1e-3)
    apart = (one.mean[_VOICED, _CEPSTRA] - other.mean[_VOICED, _CEPSTRA]) / spread
    higher = (one.pitch - other.pitch) / _PITCH_STEP
    return float(np.sqrt((apart @ apart + _PITCH_WEIGHT * higher**2) / len(apart)))
