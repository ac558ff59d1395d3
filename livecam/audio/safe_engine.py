"""Silence where an engine fails, never the voice it was given."""

import numpy as np

from livecam.audio.passthrough import PassthroughDetector
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.framing import Floats, to_block
from livecam.core.ports import VoiceEngine

_LOUDEST = 4.0
_FADE_S = 0.01


class SafeVoiceEngine:
    """A `VoiceEngine` whose faults are heard as a pause: faded out, reset, faded in when its delay has passed.

    A fault is an `EngineError`, another number of samples than went in, one that is not finite or far too loud; and the
    natural voice, let through: then there is silence until the engine changes it. At the start there is silence too,
    until enough was heard to know that the engine changes it.

    Attributes:
        faults: How many there were.
    """

    def __init__(self, engine: VoiceEngine) -> None:
        self._engine = engine
        self._rate_hz = 0
        self._last = 0.0
        self._heard = 0
        self._passthrough: PassthroughDetector | None = None
        self.faults = 0

    @property
    def is_passthrough(self) -> bool:
        """Whether the engine gives back the voice it is given, and is not heard for that."""
        return self._passthrough is not None and self._passthrough.found

    @property
    def latency_samples(self) -> int:
        """The engine's."""
        return self._engine.latency_samples

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Prepare the engine."""
        self._engine.prepare(rate_hz, hop)
        self._rate_hz = rate_hz
        self._passthrough = PassthroughDetector(rate_hz, self.latency_samples)
        self._heard, self._last = self.latency_samples + self._fade, 0.0

    def process(self, block: AudioBlock) -> AudioBlock:
        """The engine's block, limited to -1..1; a faded pause when it fails."""
        try:
            sound = self._engine.process(block).samples[:, 0].astype(np.float64)
        except EngineError:
            return self._handle_fault(block)
        sane = len(sound) == len(block.samples) and bool(np.isfinite(sound).all())
        if not sane or np.abs(sound).max(initial=0.0) > _LOUDEST:
            return self._handle_fault(block)
        return to_block(self._gate(block.samples[:, 0].astype(np.float64), np.clip(sound, -1, 1)), block)

    def reset(self) -> None:
        """Forget the past, the judgement of the engine too."""
        self._engine.reset()
        if self._passthrough is not None:
            self._passthrough = PassthroughDetector(self._rate_hz, self.latency_samples)
        self._heard, self._last = self.latency_samples + self._fade, 0.0

    def pause(self, block: AudioBlock) -> AudioBlock:
        """What the engine said last, faded out in the place of a block; what comes after it begins anew."""
        self._engine.reset()
        self._heard = 0
        return to_block(self._fade_out(len(block.samples)), block)

    @property
    def _fade(self) -> int:
        return max(1, round(_FADE_S * self._rate_hz))

    def _fade_in(self, sound: Floats) -> Floats:
        since = np.arange(self._heard, self._heard + len(sound)) - self.latency_samples
        self._heard = min(self._heard + len(sound), self.latency_samples + self._fade)
        faded = sound * np.clip(since / self._fade, 0, 1)
        self._last = float(faded[-1]) if len(faded) else self._last
        return np.asarray(faded)

    def _fade_out(self, count: int) -> Floats:
        places = np.arange(1, count + 1)
        gone = self._last * np.clip(1 - places / self._fade, 0, 1)
        self._last = float(gone[-1]) if count else self._last
        return np.asarray(gone)

    def _gate(self, given: Floats, gave: Floats) -> Floats:
        """What is heard of a block, judged frame by frame: blocks of any size give the same."""
        if self._passthrough is None:
            raise RuntimeError("prepare comes first")
        parts, done = [np.zeros(0)], 0
        while done < len(gave):
            end = min(done + self._passthrough.samples_to_frame, len(gave))
            # The last sample of a frame is heard by what the frame says.
            for begin, stop in ((done, end - 1), (end - 1, end)):
                withheld = self._is_muted(given[begin:stop], gave[begin:stop])
                parts.append(self._mute(stop - begin) if withheld else self._fade_in(gave[begin:stop]))
            done = end
        return np.concatenate(parts)

    def _is_muted(self, given: Floats, gave: Floats) -> bool:
        if self._passthrough is None:
            raise RuntimeError("prepare comes first")
        before = self._passthrough.found
        self._passthrough.hear(given, gave)
        self.faults += self._passthrough.found and not before
        return self._passthrough.found or not self._passthrough.judged

    def _mute(self, count: int) -> Floats:
        """In the place of sound that is not let through, while the engine goes on; what comes next is faded in."""
        self._heard = min(self._heard, self.latency_samples)
        return self._fade_out(count)

    def _handle_fault(self, block: AudioBlock) -> AudioBlock:
        self.faults += 1
        return self.pause(block)
