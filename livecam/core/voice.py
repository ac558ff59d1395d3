"""Statistics of a voice, kept instead of a recording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

COEFFICIENTS = 40
FAR_SEMITONES = 9
"""Pitch shift beyond which a raised or lowered voice sounds rough."""
MOST_REAL_TIME_FACTOR: Final = 0.8
"""Computing time per time of sound that a live network may take: a fifth is left for everything else."""
# Of 27 pairs of recordings by one of nine speakers 25 are nearer than this in both; of 469 pairs of different voices
# all but a few are further apart in one or the other.
_ALIKE_SEMITONES, _ALIKE_COLOUR = 2.5, 0.32
_COMPARED = slice(1, 25)


@dataclass(frozen=True, slots=True, eq=False)
class VoiceStatistics:
    """The spectra of a voice, their frequency, and its pitch.

    Spectra are mel-cepstra of the natural log amplitude up to 8 kHz, bilinear warp 0.42, of speech at an RMS of 0.06.
    Their order in time is kept only for sentences that every user reads, without the pitch.

    Attributes:
        spectra: (n, 40) float32, centres of classes.
        weights: (n,) float32, the share of frames in each class; they add up to 1.
        voiced: (n,) bool, whether the class is voiced.
        mean, spread: (2, 40) float32, mean and standard deviation of unvoiced (0) and voiced (1) frames.
        pitch: Median of the natural log of the pitch in Hz.
        pitch_spread: Between its 20th and 80th percentile.
        speech_s: Seconds of speech it was learned from.
        read: For each known sentence that was read its classes, (n,) uint16, every 10 ms of speech.
    """

    spectra: NDArray[np.float32]
    weights: NDArray[np.float32]
    voiced: NDArray[np.bool_]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    pitch: float
    pitch_spread: float
    speech_s: float
    read: Mapping[str, NDArray[np.uint16]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.weights)
        shapes = self.spectra.shape, self.voiced.shape, self.mean.shape, self.spread.shape
        wanted = (count, COEFFICIENTS), (count,), (2, COEFFICIENTS), (2, COEFFICIENTS)
        if shapes != wanted:
            raise ValueError(f"spectra, voiced, mean, spread must be shaped {wanted}, got {shapes}")
        if not self.voiced.any() or self.voiced.all():
            raise ValueError("there must be voiced and unvoiced classes")
        numbers = (self.spectra, self.weights, self.mean, self.spread, self.pitch, self.pitch_spread, self.speech_s)
        if not all(np.isfinite(number).all() for number in numbers):
            raise ValueError("every number must be finite")
        if any(classes.ndim != 1 or np.max(classes, initial=0) >= count for classes in self.read.values()):
            raise ValueError(f"what was read must be rows of classes under {count}")

    @property
    def pitch_hz(self) -> float:
        """Median pitch in Hz."""
        return float(np.exp(self.pitch))


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """The span of a known sentence in a recording, from `begin` up to `end`."""

    sentence: str
    begin: int
    end: int


def warn_of_distance(speaker: VoiceStatistics, target: VoiceStatistics, name: str) -> str | None:
    """Return a warning when a voice is far from the speaker's own, else None.

    `name` is the voice's.
    """
    semitones = 12 * (target.pitch - speaker.pitch) / log(2)
    if abs(semitones) <= FAR_SEMITONES:
        return None
    return (
        f"{name} speaks {abs(semitones):.0f} semitones {'higher' if semitones > 0 else 'lower'} than you; "
        f"beyond {FAR_SEMITONES} it sounds rough, a nearer voice sounds better: livecam voice list"
    )


def is_similar(one: VoiceStatistics, other: VoiceStatistics) -> bool:
    """Whether two voices may be one person's.

    They are similar in pitch, and in timbre where voiced.
    """
    semitones = 12 * abs(one.pitch - other.pitch) / np.log(2)
    spread = np.sqrt((one.spread[1] ** 2 + other.spread[1] ** 2) / 2)
    apart = ((one.mean[1] - other.mean[1]) / np.maximum(spread, 1e-6))[_COMPARED]
    return bool(semitones < _ALIKE_SEMITONES and np.sqrt(np.mean(apart**2)) < _ALIKE_COLOUR)


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """A network that speaks with one voice, in a file of the user's.

    Attributes:
        path: The file.
        sha256: Its hash when consent for its voice was given.
        pitch_hz: Pitch of the voice; 0 where that is not known, or the network takes no pitch.
    """

    path: Path
    sha256: str
    pitch_hz: float = 0.0

    def __post_init__(self) -> None:
        if not self.pitch_hz == 0 and not 50 <= self.pitch_hz <= 600:
            raise ValueError(f"pitch_hz must be 0, or 50 to 600, got {self.pitch_hz}")


@dataclass(frozen=True, slots=True)
class NetworkTrial:
    """Measurements of a network on this machine.

    Attributes:
        facts: Description in words.
        latency_ms: Delay of the output, including the computing time.
        frame_ms, takes_ms: Length of a frame, and the time to compute it.
    """

    facts: Mapping[str, object]
    latency_ms: float
    frame_ms: float
    takes_ms: float

    @property
    def real_time_factor(self) -> float:
        """Computing time per time of sound."""
        return self.takes_ms / self.frame_ms

    @property
    def is_live_capable(self) -> bool:
        """Whether it can run live."""
        return self.real_time_factor <= MOST_REAL_TIME_FACTOR


Voice = VoiceStatistics | VoiceModel
"""What livecam can speak with."""
