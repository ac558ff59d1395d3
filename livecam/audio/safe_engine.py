"""Replace a failing engine's sound by silence, never by its input."""

import numpy as np

from livecam.audio.hindsight import Hearing, HeldSound
from livecam.audio.passthrough import PassthroughDetector
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.framing import Floats, to_block
from livecam.core.ports import VoiceEngine

_LOUDEST = 4.0
_FADE_S = 0.01


class SafeVoiceEngine:
    """A `VoiceEngine` that turns an engine's faults into a pause.

    The sound fades out, the engine is reset, and the sound fades in after the engine's delay.

    A fault is an `EngineError`, a wrong number of samples, or samples that are not finite or far too loud. Passing
    the natural voice through is a fault too: it is silent until the engine changes the voice. It is also silent at
    the start, until it is known that the engine changes the voice.

    Args:
        engine: Changes the voice.
        hindsight_s: Additional delay of the sound, within which a judgement can still act. The first syllable of an
            engine that changes the voice is then heard. Nothing of a natural voice that is noticed in time is heard.

    Attributes:
        faults: Number of faults.
    """

    def __init__(self, engine: VoiceEngine, hindsight_s: float = 0.0) -> None:
        self._engine, self._hindsight_s = engine, hindsight_s
        self._held, self._unsuspected = HeldSound(0), 0
        self._rate_hz = 0
        self._last, self._heard, self._faded = 0.0, 0, 0
        self._passthrough: PassthroughDetector | None = None
        self.faults = 0

    @property
    def is_passthrough(self) -> bool:
        """Whether the engine returns its input, and is muted for that."""
        return self._passthrough is not None and self._passthrough.found

    @property
    def latency_samples(self) -> int:
        """The engine's latency, and the hindsight."""
        return self._engine.latency_samples + round(self._hindsight_s * self._rate_hz)

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Prepare the engine."""
        self._engine.prepare(rate_hz, hop)
        self._rate_hz = rate_hz
        self._begin()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the engine's block, limited to -1..1; a faded pause when it fails."""
        try:
            sound = self._engine.process(block).samples[:, 0].astype(np.float64)
        except EngineError:
            return self._handle_fault(block)
        # What is not a number passes no comparison.
        least, most = float(np.min(sound, initial=0.0)), float(np.max(sound, initial=0.0))
        if len(sound) != len(block.samples) or not (least >= -_LOUDEST and most <= _LOUDEST):
            return self._handle_fault(block)
        limited = np.minimum(np.maximum(sound, -1), 1)
        return to_block(self._gate(block.samples[:, 0].astype(np.float64), limited), block)

    def reset(self) -> None:
        """Forget past sound, and the judgement of the engine."""
        self._engine.reset()
        if self._passthrough is not None:
            self._begin()

    def pause(self, block: AudioBlock) -> AudioBlock:
        """Return the engine's last sound, faded out, in place of a block.

        The next sound starts from a reset engine.
        """
        self._engine.reset()
        return to_block(self._out(np.zeros(len(block.samples)), Hearing.PAUSE), block)

    def _begin(self) -> None:
        self._passthrough = PassthroughDetector(self._rate_hz, self._engine.latency_samples)
        self._held, self._unsuspected = HeldSound(round(self._hindsight_s * self._rate_hz)), 0
        self._heard = self._engine.latency_samples + self._fade
        self._last, self._faded = 0.0, 0

    @property
    def _fade(self) -> int:
        return max(1, round(_FADE_S * self._rate_hz))

    def _fade_in(self, sound: Floats) -> Floats:
        latency, fade = self._engine.latency_samples, self._fade
        faded = sound
        if self._heard < latency + fade:
            since = np.arange(self._heard, self._heard + len(sound)) - latency
            faded = sound * np.clip(since / fade, 0, 1)
        self._heard = min(self._heard + len(sound), latency + fade)
        if len(faded):
            self._last, self._faded = float(faded[-1]), 0
        return np.asarray(faded)

    def _fade_out(self, count: int) -> Floats:
        places = np.arange(self._faded + 1, self._faded + count + 1)
        self._faded = min(self._faded + count, self._fade)
        return np.asarray(self._last * np.clip(1 - places / self._fade, 0, 1))

    def _gate(self, given: Floats, gave: Floats) -> Floats:
        """Return what is heard of a block, judged frame by frame.

        The size of blocks does not change the result.
        """
        if self._passthrough is None:
            raise RuntimeError("prepare comes first")
        parts, done = [], 0
        while done < len(gave):
            missing = self._passthrough.samples_to_frame
            # The last sample of a frame is heard by what the frame says.
            stop = min(done + max(1, missing - 1), len(gave))
            hearing = self._judge(given[done:stop], gave[done:stop])
            parts.append(self._out(gave[done:stop], hearing))
            done = stop
        return _join(parts)

    def _judge(self, given: Floats, gave: Floats) -> Hearing:
        """Return what happens to the next samples, and update those held before."""
        detector = self._passthrough
        if detector is None:
            raise RuntimeError("prepare comes first")
        found_before, judged_before = detector.found, detector.judged
        detector.hear(given, gave)
        self._unsuspected = 0 if detector.suspected else self._unsuspected + len(gave)
        if detector.found and not found_before:
            self.faults += 1
            self._held.silence()
        elif detector.judged and not judged_before:
            self._held.let_hear(self._unsuspected - len(gave))
        return Hearing.HEARD if detector.judged and not detector.found else Hearing.SILENT

    def _out(self, sound: Floats, hearing: Hearing) -> Floats:
        """Return what is heard now, after taking these samples."""
        return _join([self._as_heard(*run) for run in self._held.push(sound, hearing)])

    def _as_heard(self, sound: Floats, hearing: Hearing) -> Floats:
        if hearing is Hearing.HEARD:
            return self._fade_in(sound)
        # After silence the engine's next sample is faded in; after a pause, what follows its delay.
        self._heard = 0 if hearing is Hearing.PAUSE else min(self._heard, self._engine.latency_samples)
        return self._fade_out(len(sound))

    def _handle_fault(self, block: AudioBlock) -> AudioBlock:
        self.faults += 1
        return self.pause(block)


def _join(parts: list[Floats]) -> Floats:
    """Return the parts as one line, without a copy of a single one."""
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0), *parts])
