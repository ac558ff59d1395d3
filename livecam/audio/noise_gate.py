"""Gate a voice: convert speech only, and remove noise before it if asked."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.vad import VoiceActivityDetector
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.framing import Floats, to_block, to_mono
from livecam.core.ports import VoiceEngine

_OPENS_HOPS, _SHUTS_HOPS = 2, 10
_AHEAD_HOPS: Final = 12


def extract_speech(
    sound: NDArray[np.float32], rate_hz: int, denoiser: VoiceEngine | None = None
) -> NDArray[np.float32]:
    """Return the speech in a sound (n,), its pieces concatenated.

    Room noise would distort the statistics of a voice.

    Raises:
        EngineError: The denoiser failed.
    """
    if denoiser is not None:
        sound = _process_all(denoiser, sound, rate_hz)
    gate = VoiceActivityDetector(rate_hz)
    parts = sound[: len(sound) - len(sound) % gate.hop].reshape(-1, gate.hop)
    is_open = np.array([gate.open(part) for part in parts.astype(np.float64)], bool)
    early = np.concatenate([is_open, np.zeros(_AHEAD_HOPS, bool)])
    kept = np.lib.stride_tricks.sliding_window_view(early, _AHEAD_HOPS + 1).any(1)
    return np.asarray(parts[kept].ravel())


def _process_all(denoiser: VoiceEngine, sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    hop = rate_hz // 10
    denoiser.prepare(rate_hz, hop)
    late = denoiser.latency_samples
    line = np.concatenate([sound, np.zeros(late, np.float32)])[:, None]
    blocks = [AudioBlock(line[at : at + hop], rate_hz, at, 0) for at in range(0, len(line), hop)]
    return np.concatenate([denoiser.process(block).samples[:, 0] for block in blocks])[late:]


class NoiseGatedEngine:
    """A `VoiceEngine` that is silent where there is no speech.

    It detects speech in its input and gates its output. The engine's own delay serves as look-ahead. So the gate adds
    no delay, and it is open before the first consonant comes.

    Args:
        engine: Converts the voice.
        denoiser: Removes noise before the engine and the gate, with a latency of its own.
    """

    def __init__(self, engine: VoiceEngine, denoiser: VoiceEngine | None = None) -> None:
        self._engine, self._denoiser = engine, denoiser
        self._rate_hz = 0
        self._gate: VoiceActivityDetector | None = None
        self._waiting, self._gains = np.zeros(0), np.zeros(0)
        self._gain = 0.0

    @property
    def latency_samples(self) -> int:
        """Latency of the denoiser and the engine together."""
        before = 0 if self._denoiser is None else self._denoiser.latency_samples
        return before + self._engine.latency_samples

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Prepare both.

        Raises:
            EngineError: A rate that one of them does not take.
        """
        for part in self._parts:
            part.prepare(rate_hz, hop)
        self._rate_hz = rate_hz
        self._begin()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the converted block where there is speech; silence elsewhere.

        Raises:
            EngineError: One of them failed.
        """
        clean = block if self._denoiser is None else self._denoiser.process(block)
        said = self._engine.process(clean)
        self._decide(to_mono(clean, self._rate_hz))
        gains, self._gains = np.split(self._gains, [len(block.samples)])
        if len(said.samples) != len(gains):
            raise EngineError(f"{len(said.samples)} samples came for {len(gains)}", command="livecam doctor")
        return to_block(said.samples[:, 0] * gains, said)

    def reset(self) -> None:
        """Forget the past."""
        for part in self._parts:
            part.reset()
        self._begin()

    @property
    def _parts(self) -> tuple[VoiceEngine, ...]:
        return (self._engine,) if self._denoiser is None else (self._denoiser, self._engine)

    def _begin(self) -> None:
        """Prepare gains for the engine's delay.

        Subtract the look-ahead, and a hop less one sample.
        """
        self._gate = VoiceActivityDetector(self._rate_hz)
        late, hop = self._engine.latency_samples, self._gate.hop
        ahead = max(-1, min(_AHEAD_HOPS, (late - hop + 1) // hop))
        self._waiting, self._gain = np.zeros(0), 0.0
        self._gains = np.zeros(late - ahead * hop)

    def _decide(self, sound: Floats) -> None:
        """Add the gains of every hop that is complete."""
        assert self._gate is not None
        line, hop = np.concatenate([self._waiting, sound]), self._gate.hop
        whole = len(line) - len(line) % hop
        gains = [self._gains, *(self._ramp(self._gate.open(part)) for part in line[:whole].reshape(-1, hop))]
        self._waiting, self._gains = line[whole:], np.concatenate(gains)

    def _ramp(self, is_open: bool) -> Floats:
        """Return (hop,) gains from the present one towards open or shut."""
        assert self._gate is not None
        step = 1 / _OPENS_HOPS if is_open else -1 / _SHUTS_HOPS
        before, self._gain = self._gain, min(1.0, max(0.0, self._gain + step))
        places = np.arange(1, self._gate.hop + 1) / self._gate.hop
        return np.asarray(before + (self._gain - before) * places)
