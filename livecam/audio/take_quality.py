"""Judge a sentence while it is recorded: speech, level, clipping, noise, end."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48_000
_FRAME: Final = RATE_HZ // 50
_FRAME_S: Final = 0.02
_ABOVE_NOISE_DB: Final = 12.0
_LEAST_DB: Final = -55.0
_QUIET_S: Final = 0.8
_FAINT_DB: Final = -42.0
_CLEAN_DB: Final = 20.0
_CLIPPED: Final = 0.99
_CLIPPED_SHARE: Final = 1e-3
_HALF_A_SECOND: Final = 25


class TakeQuality:
    """One recording, block by block.

    Args:
        wanted_s: Speech after which a pause ends the recording.
        longest_s: When it ends in any case.

    Attributes:
        level: The loudest sample of the last block, 0..1.
    """

    def __init__(self, wanted_s: float, longest_s: float) -> None:
        self._wanted_s, self._longest_s = wanted_s, longest_s
        self._blocks: list[NDArray[np.float32]] = []
        self._rest = np.zeros(0, np.float32)
        self._frames_db: list[float] = []
        self._clipped = 0
        self.level = 0.0

    @property
    def sound(self) -> NDArray[np.float32]:
        """The whole sound (n,)."""
        return np.concatenate([np.zeros(0, np.float32), *self._blocks])

    def add(self, sound: NDArray[np.float32]) -> None:
        """Add the next samples (n,)."""
        self._blocks.append(sound)
        self.level = float(np.abs(sound).max(initial=0.0))
        self._clipped += int(np.sum(np.abs(sound) > _CLIPPED))
        line = np.concatenate([self._rest, sound])
        whole = len(line) // _FRAME * _FRAME
        power = (line[:whole].reshape(-1, _FRAME).astype(np.float64) ** 2).mean(1)
        self._frames_db += [float(each) for each in 10 * np.log10(power + 1e-12)]
        self._rest = line[whole:]

    @property
    def noise_db(self) -> float:
        """Level of everything but speech."""
        return float(np.percentile(self._frames_db, 10)) if self._frames_db else -120.0

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return _FRAME_S * int(np.sum(self._speaking()))

    @property
    def is_complete(self) -> bool:
        """Whether there is enough speech and a pause, or time is up."""
        if len(self._frames_db) * _FRAME_S >= self._longest_s:
            return True
        quiet = not np.any(self._speaking()[-round(_QUIET_S / _FRAME_S) :])
        return self.speech_s >= self._wanted_s and quiet

    @property
    def fault(self) -> str | None:
        """Return why the sentence must be repeated; None when it is good."""
        speaking = self._speaking()
        if len(self._frames_db) < _HALF_A_SECOND or self.speech_s < self._wanted_s / 2:
            return f"too little was heard ({self.speech_s:.0f} s): read the whole sentence aloud"
        if self._clipped > _CLIPPED_SHARE * np.sum(speaking) * _FRAME:
            return "too loud, it clips: further away, or a lower level"
        frames = np.asarray(self._frames_db)
        level_db = float(10 * np.log10(np.mean(10 ** (frames[speaking] / 10))))
        if level_db < _FAINT_DB:
            return f"too faint ({level_db:.0f} dB): closer, or a higher level"
        if level_db - self.noise_db < _CLEAN_DB:
            return f"too noisy (speech is {level_db - self.noise_db:.0f} dB above the room): a quieter room"
        return None

    def _speaking(self) -> NDArray[np.bool_]:
        return np.asarray(self._frames_db) > max(self.noise_db + _ABOVE_NOISE_DB, _LEAST_DB)
