"""The streaming engine.

Samples in, the persona's voice out, late by a fixed number of samples.
"""

from typing import Final

import numpy as np

from engines.voice.grain.envelope import REACH, compute_mel_cepstrum
from engines.voice.grain.frames import HOP, LOW_PASS, RATE_HZ, Decimator, Filter, Floats, HighPass
from engines.voice.grain.grains import LONGEST, GrainWriter
from engines.voice.grain.mapping import Mapper, Mapping
from engines.voice.grain.pitch import LOOK_AHEAD_FRAMES, STEP, PitchTracker
from engines.voice.grain.pitch_marks import NEEDED, MarkFinder, PitchMark
from livecam.core.errors import EngineError
from livecam.core.voice import COEFFICIENTS

SOFTENED: Final = np.array([[0.2, 0.475, 0.325], [0.425, 0.475, 0.1]])
"""Weights by which the newest three colours are averaged: for the frame before a newest one, for a newest one itself.

Every second frame's colour is looked at; the weights are those of five neighbours, 0.1, 0.2, 0.25, 0.25 and 0.2 from
the next one backwards, with the colours between taken as halfway.
"""
DELAY: Final = LONGEST + LOOK_AHEAD_FRAMES * HOP
"""Samples of the analysis rate by which the output is behind the input, within frames of `HOP`."""
_KEPT: Final = DELAY + 2 * LONGEST + 2 * HOP


def rate_factor(rate_hz: int) -> int:
    """Return how many times the analysis rate a rate is.

    Raises:
        EngineError: It is not 16, 32 or 48 kHz.
    """
    factor, rest = divmod(rate_hz, RATE_HZ)
    if rest or factor not in (1, 2, 3):
        raise EngineError(
            f"the voice engine takes 16000, 32000 or 48000 Hz, got {rate_hz}", command="livecam voice list"
        )
    return factor


class GrainStream:
    """Frames of 5 ms through pitch, colour, mapping and grains.

    `mapping` None leaves the voice as it is.
    """

    def __init__(self, rate_hz: int, mapping: Mapping | None) -> None:
        self._factor = rate_factor(rate_hz)
        self.frame_samples = HOP * self._factor
        self._high_pass = HighPass(rate_hz, self.frame_samples)
        self._decimator = Decimator(self._factor)
        self.delay_samples = DELAY * self._factor + self._decimator.delay_samples
        self._low_pass, self._tracker, self._marks = Filter(LOW_PASS), PitchTracker(), MarkFinder()
        self._mapping, self._mapper = mapping, None if mapping is None else Mapper(mapping)
        self._writer = GrainWriter(self._factor, DELAY)
        self._wide, self._low = np.zeros(NEEDED), np.zeros(NEEDED)
        self._sound = np.zeros(_KEPT * self._factor + self._decimator.delay_samples)
        self._changes = np.zeros((SOFTENED.shape[1], COEFFICIENTS))
        self._spectra = np.zeros((2, COEFFICIENTS))
        self._waiting: list[PitchMark] = []
        self._target_hz = self._pitch_hz = 0.0
        self._step = 0

    def process_frame(self, sound: Floats) -> Floats:
        """Return one frame in, one frame out, (frame_samples,) each."""
        sound = self._high_pass(sound)
        wide = self._decimator(sound)
        low = self._low_pass(wide)
        self._sound = np.concatenate([self._sound[len(sound) :], sound])
        self._wide = np.concatenate([self._wide[HOP:], wide])
        self._low = np.concatenate([self._low[HOP:], low])
        self._step += 1
        if self._step % 2 == 0:
            self._pitch_hz = self._tracker.step(self._wide[-STEP:], self._low[-STEP:])
        end = self._step * HOP
        frame = self._step - LOOK_AHEAD_FRAMES
        if frame >= 0:
            self._follow(frame, self._pitch_hz, end)
        line = self._sound[: len(self._sound) - self._decimator.delay_samples]
        return self._writer.step(end - HOP - DELAY, line, end * self._factor - len(line))

    def _follow(self, frame: int, pitch_hz: float, end: int) -> None:
        """Add a frame with a known pitch.

        The one before it is complete now and goes to the writer.
        """
        self._writer.add(self._waiting, self._target_hz)
        self._waiting = self._marks.step(frame, pitch_hz, self._low, end - len(self._low))
        self._target_hz = pitch_hz
        if self._mapping is None or self._mapper is None:
            self._writer.set_colour(frame, np.zeros(COEFFICIENTS))
            return
        if pitch_hz:
            self._target_hz = self._mapping.pitch.apply(pitch_hz)
        self._mapper.hear(pitch_hz > 0)
        if frame % 2 == 0:
            spectrum = compute_mel_cepstrum(self._wide[-2 * REACH :], pitch_hz)
            newest = self._mapper.compute_change(spectrum)
            self._spectra[1] = self._spectra[0] if frame else spectrum
            self._spectra[0] = spectrum
            self._changes[1:] = self._changes[:-1] if frame else newest
            self._changes[0] = newest
        looked_at = self._spectra[0] if frame % 2 else 0.5 * (self._spectra[0] + self._spectra[1])
        self._writer.set_colour(frame - 1, SOFTENED[frame % 2] @ self._changes, looked_at)
