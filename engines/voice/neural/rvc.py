"""RVC.

A stretch of sound becomes features of what is said, and these and the pitch another voice's sound.

The network remembers nothing, so each stretch is converted with what came before it and joined to the last
(`livecam.core.overlap_add`). Frames and pitch as in RVC's own live code: features of 50 a second are given twice, the
last once more.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Protocol

import numpy as np

from engines.voice.grain.frames import Floats
from engines.voice.neural.companions import Encoder
from engines.voice.neural.contracts import FRAMES_PER_S, NOISE_WIDTH, Rvc
from engines.voice.neural.net import Array, Net
from engines.voice.neural.pitch import FRAME, PitchFinder, PitchShift, quantise_pitch
from livecam.core.errors import EngineError
from livecam.core.overlap_add import Overlap, OverlapCore

RATE_HZ: Final = 16_000
BLOCK_FRAMES: Final = 16
_FADE_FRAMES: Final = 4
_SEARCH_FRAMES: Final = 1
_BEFORE_FRAMES: Final = 100
_TOO_SHORT = "{} takes {} frames of 10 ms at a time, at least {} are needed"


def choose_lengths(contract: Rvc) -> Overlap:
    """Return how much sound it is given at a time, in samples at 16 kHz.

    Raises:
        EngineError: It takes too little.
    """
    block = round(contract.said.block_ms / 10) or BLOCK_FRAMES
    after = block + _FADE_FRAMES + _SEARCH_FRAMES
    before = round(contract.said.before_ms / 10) or _BEFORE_FRAMES
    if contract.frames:
        before = contract.frames - after
    if before < 0 or block < _FADE_FRAMES:
        raise EngineError(
            _TOO_SHORT.format("the RVC model", contract.frames or block, after),
            advice="export it with any number of frames",
        )
    return Overlap(before * FRAME, block * FRAME, _FADE_FRAMES * FRAME, _SEARCH_FRAMES * FRAME)


class Content(Protocol):
    """A content encoder, loaded."""

    def __call__(self, given: Mapping[str, Array]) -> Mapping[str, Array]:
        """Return features by the output's name, of sound by the input's."""
        ...


class RvcCore:
    """Frames of 16 kHz in, as long ones of the network's rate out.

    Attributes:
        frame_samples, delay_samples: At 16 kHz.
        given_hz, rate_hz: Of what goes in and of what comes out.
    """

    def __init__(
        self, contract: Rvc, voice: Net, encoder: Encoder, content: Content, pitch: PitchFinder, shift: PitchShift
    ) -> None:
        self._contract, self._voice, self._encoder, self._content = contract, voice, encoder, content
        self._pitch, self._shift = pitch, shift
        self._lengths = choose_lengths(contract)
        self._overlap = OverlapCore(self._convert, self._lengths, Fraction(contract.rate_hz, RATE_HZ))
        self._rng = np.random.default_rng(0)
        self.given_hz, self.rate_hz = RATE_HZ, contract.rate_hz
        self.frame_samples, self.delay_samples = self._overlap.frame_samples, self._overlap.delay_samples

    def process_frame(self, sound: Floats) -> Floats:
        """Return the next frame.

        Raises:
            EngineError: A network fails, or gives another shape or no numbers.
        """
        return self._overlap.process_frame(sound)

    def _convert(self, line: Floats) -> Floats:
        frames = len(line) // FRAME
        given: dict[str, Array] = {
            self._contract.content: self._features(line, frames)[None],
            self._contract.length: np.array([frames]),
        }
        if self._contract.pitched:
            block = self._lengths.block
            hz = self._shift(self._pitch(line[len(line) - block :], line), block // FRAME)
            given |= {"pitch": quantise_pitch(hz)[None], "pitchf": hz[None]}
        if self._contract.speaker:
            given[self._contract.speaker] = np.array([self._contract.said.speaker])
        if self._contract.noise:
            given[self._contract.noise] = self._rng.standard_normal((1, NOISE_WIDTH, frames))
        if self._contract.tail:
            skipped = self._lengths.context // FRAME
            kept = frames - skipped
            given |= {"skip_head": np.array(skipped), "return_length": np.array(kept), "formant_length": np.array(kept)}
        return self._whole(next(iter(self._voice(given).values())), frames)

    def _features(self, line: Floats, frames: int) -> Array:
        """Return (frames, width) of what is said."""
        sound = line.reshape((1,) * (self._encoder.axes - 1) + (-1,))
        units = self._content({self._encoder.sound: sound})[self._encoder.features]
        if units.ndim != 3 or units.shape[2] != self._contract.width or not 2 * units.shape[1] + 4 >= frames:
            raise EngineError(
                f"{self._encoder.graph.path.name} gave features {units.shape} for {frames} frames",
                advice="use another encoder",
            )
        units = np.repeat(units[0], 2, axis=0)[:frames]
        return np.concatenate([units, np.repeat(units[-1:], frames - len(units), axis=0)])

    def _whole(self, made: Array, frames: int) -> Floats:
        """Return the sound (n,) as long as the line.

        Where the end alone was rendered, silence stands before it.
        """
        sound = made.reshape(-1).astype(np.float64)
        skipped = self._lengths.context // FRAME if self._contract.tail else 0
        per_frame = self.rate_hz // FRAMES_PER_S
        wanted = (frames - skipped) * per_frame
        if len(sound) != wanted:
            raise EngineError(
                f"{self._voice.path.name} gave {len(sound)} samples, expected {wanted}",
                advice=f"is its rate {self.rate_hz} Hz? Else say so in {self._voice.path.name}.toml: rate_hz = …",
            )
        return np.concatenate([np.zeros(skipped * per_frame), check_finite(sound, self._voice)])


def check_finite(sound: Floats, net: Net) -> Floats:
    """Return the sound, if it is one.

    Raises:
        EngineError: It has numbers that are none.
    """
    if not np.isfinite(sound).all():
        raise EngineError(f"{net.path.name} gave numbers that are none", advice="use its float32 file")
    return sound
