"""The pitch input of a network.

Found, moved to the voice's own, and in RVC's coarse steps.
"""

from collections import deque
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.frames import HOP, LOW_PASS, RATE_HZ, Filter, Floats, HighPass
from engines.voice.grain.pitch import LOOK_AHEAD_FRAMES, STEP, PitchTracker
from engines.voice.neural.companions import MEL_BANDS, PitchNet
from engines.voice.neural.net import Net
from livecam.core.errors import EngineError

FRAME: Final = STEP
"""Samples at 16 kHz of a frame of the networks: 10 ms."""
_BEHIND: Final = LOOK_AHEAD_FRAMES * HOP // FRAME
_THRESHOLDS: Final = {False: 0.3, True: 0.006}
"""Under which rmvpe, and fcpe (of a mel spectrum), call a frame unvoiced: what their users give them."""
_LOWEST_HZ, _HIGHEST_HZ, _STEPS = 50.0, 1100.0, 254
_HEARD_FRAMES: Final = 6000
_ENOUGH_FRAMES: Final = 30
_MEL_FFT: Final = 1024


class PitchFinder(Protocol):
    """Finds the pitch of the newest sound."""

    def __call__(self, new: Floats, line: Floats) -> Floats:
        """Pitch in Hz of every frame of `line`, 0 where unvoiced.

        `new` are those of its samples that are new.
        """
        ...


class OwnPitch:
    """livecam's own, 20 ms behind.

    The newest frames are taken to be as the last one that is known.

    Args:
        frames: Frames in a line.
    """

    def __init__(self, frames: int) -> None:
        self._tracker, self._high_pass, self._low_pass = PitchTracker(), HighPass(RATE_HZ, FRAME), Filter(LOW_PASS)
        self._hz: deque[float] = deque(np.zeros(frames), frames)

    def __call__(self, new: Floats, line: Floats) -> Floats:
        """Return the pitch of a sound, as `PitchFinder` says."""
        for part in new.reshape(-1, FRAME):
            steady = self._high_pass(part)
            self._hz.append(self._tracker.step(steady, self._low_pass(steady)))
        known = np.array(self._hz)[_BEHIND - 1 :]
        return np.append(known, np.full(_BEHIND - 1, known[-1]))


class NetPitch:
    """A network's, computed again for every line."""

    def __init__(self, form: PitchNet, net: Net) -> None:
        self._form, self._net = form, net

    def __call__(self, new: Floats, line: Floats) -> Floats:
        """Return the pitch of a sound, as `PitchFinder` says.

        Raises:
            EngineError: It fails, or gives no pitch for each frame.
        """
        form = self._form
        sound = _log_mel(line) if form.mel else line
        given = {form.given: sound.reshape((1,) * (form.axes - sound.ndim) + sound.shape)}
        if form.threshold:
            given[form.threshold] = np.array([_THRESHOLDS[form.mel]]).reshape(self._axes_of_threshold())
        hz = self._net(given)[form.pitch].reshape(-1).astype(np.float64)
        frames = len(line) // FRAME
        if len(hz) < frames or not np.isfinite(hz).all() or np.min(hz) < 0:
            raise EngineError(
                f"{form.graph.path.name} gave no pitch for every frame", advice="use another pitch network"
            )
        return np.asarray(hz[:frames])

    def _axes_of_threshold(self) -> tuple[int, ...]:
        value = next(value for value in self._form.graph.inputs if value.name == self._form.threshold)
        return (1,) * len(value.shape)


class PitchShift:
    """Moves the speaker's pitch to the voice's.

    By a ratio that is known, or that of what was heard so far.

    Args:
        voice_hz: The voice's usual pitch; 0 leaves the pitch as it is.
        speaker_hz: The speaker's; 0 where it is not known.
    """

    def __init__(self, voice_hz: float, speaker_hz: float) -> None:
        self._voice_hz, self._speaker_hz = voice_hz, speaker_hz
        self._heard: deque[float] = deque(maxlen=_HEARD_FRAMES)

    def __call__(self, hz: Floats, new: int) -> Floats:
        """Return moved pitches (n,), of which the last `new` were not seen before."""
        if not self._voice_hz:
            return hz
        voiced = hz[len(hz) - new :]
        self._heard.extend(voiced[voiced > 0])
        return hz * self._ratio()

    def _ratio(self) -> float:
        if self._speaker_hz:
            return self._voice_hz / self._speaker_hz
        if len(self._heard) < _ENOUGH_FRAMES:
            return 1.0
        return self._voice_hz / float(np.median(np.array(self._heard)))


def quantise_pitch(hz: Floats) -> NDArray[np.int64]:
    """RVC's steps 1 to 255 of a pitch: even in mel from 50 to 1100 Hz.

    1 where unvoiced.
    """
    lowest, highest = _mel(np.array([_LOWEST_HZ, _HIGHEST_HZ]))
    steps = (_mel(hz) - lowest) * _STEPS / (highest - lowest) + 1
    return np.asarray(np.rint(np.clip(steps, 1, _STEPS + 1)).astype(np.int64))


def _mel(hz: Floats) -> Floats:
    return np.asarray(1127 * np.log1p(hz / 700))


def _log_mel(line: Floats) -> Floats:
    """Return (frames + 1, 128).

    What fcpe is given of a sound at 16 kHz: 64 ms every 10 ms, in Slaney's mel bands.
    """
    padded = np.pad(line, (_MEL_FFT // 2, _MEL_FFT // 2), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _MEL_FFT)[::FRAME]
    turning = np.hanning(_MEL_FFT + 1)[:-1]
    spectra = np.abs(np.fft.rfft(windows * turning, axis=1))
    return np.asarray(np.log(np.maximum(spectra @ _mel_bands().T, 1e-5)))


def _mel_bands() -> Floats:
    """Return (128, 513) triangles of equal area, 0 to 8 kHz.

    Slaney's scale is linear up to 1 kHz, then logarithmic.
    """
    linear, step = 1000 * 3 / 200, np.log(6.4) / 27
    top = linear + np.log(8) / step
    mels = np.linspace(0, top, MEL_BANDS + 2)
    edges = np.where(mels < linear, mels * 200 / 3, 1000 * np.exp(step * (mels - linear)))
    hz = np.fft.rfftfreq(_MEL_FFT, 1 / RATE_HZ)
    rise = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None])
