"""What people hear of the alteration: a spoken sentence at the start and when asked for, a short sign in Morse rhythm.

The sign is "AI" in Morse code as GB 45438 has it: short, long, short, short. `scripts/make_notice.py` makes the
sentence.
"""

import io
import wave
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.config.setting_groups import DisclosureSettings

Floats = NDArray[np.float64]

SIGN_EVERY_S: Final = 600.0
"""Seconds from one sign to the next, at most."""
_CLIP_RATE_HZ: Final = 16_000
_UNIT_S: Final = 0.08
_TONE_HZ: Final = 880.0
_SIGN_LEVEL: Final = 0.04
_RAMP_S: Final = 0.008
_VOICE_FADE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class NoticeStyle:
    """How the alteration is told.

    Attributes:
        language: Of the sentence, as in "de".
        sign_every_s: Seconds from one sign to the next, up to SIGN_EVERY_S.

    Raises:
        ValueError: The sign would be heard less often than SIGN_EVERY_S has it.
    """

    language: str = "en"
    sign_every_s: float = SIGN_EVERY_S

    def __post_init__(self) -> None:
        if not 0 < self.sign_every_s <= SIGN_EVERY_S:
            raise ValueError(f"sign_every_s must be above 0 and up to {SIGN_EVERY_S}, got {self.sign_every_s}")


def manner_of(settings: DisclosureSettings) -> NoticeStyle:
    """What the settings choose."""
    return NoticeStyle(settings.language, 60 * settings.sign_every_min)


@cache
def sentence(rate_hz: int, language: str = "en") -> Floats:
    """(n,) "This voice is modified by AI", spoken in a language."""
    data = files("livecam.disclosure.sound").joinpath("notices", f"{language}.wav").read_bytes()
    with wave.open(io.BytesIO(data)) as file:
        clip = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    count = round(len(clip) * rate_hz / _CLIP_RATE_HZ)
    return np.asarray(np.fft.irfft(np.fft.rfft(clip), count) * count / len(clip))


@cache
def sign(rate_hz: int) -> Floats:
    """(n,) the tones short, long, short, short."""
    gap = np.zeros(round(_UNIT_S * rate_hz))
    parts = [part for units in (1, 3, 1, 1) for part in (_tone(units * _UNIT_S, rate_hz), gap)]
    return np.concatenate(parts[:-1])


def _tone(seconds: float, rate_hz: int) -> Floats:
    count, ramp = round(seconds * rate_hz), round(_RAMP_S * rate_hz)
    place = np.arange(count)
    edge = np.clip(np.minimum(place, count - 1 - place) / ramp, 0, 1)
    return np.asarray(_SIGN_LEVEL * edge * np.sin(2 * np.pi * _TONE_HZ * place / rate_hz))


_USUAL: Final = NoticeStyle()


class Notice:
    """Adds the notices to a stream by counting its samples; while the sentence is spoken the voice is silent.

    Attributes:
        spoken: How often the sentence was spoken to its end.
    """

    def __init__(self, rate_hz: int, first_sample: int = 0, manner: NoticeStyle = _USUAL) -> None:
        """`first_sample`: the place in the stream of the first sound it is given."""
        self._every, self._fade = round(manner.sign_every_s * rate_hz), round(_VOICE_FADE_S * rate_hz)
        self._sentence, self._sign = sentence(rate_hz, manner.language), sign(rate_hz)
        self._count = first_sample
        self._begin, self._asked, self.spoken = 0, False, 0

    @property
    def opening_samples(self) -> int:
        """Length of the sentence."""
        return len(self._sentence)

    def say(self) -> None:
        """Speak the sentence soon; if it is being spoken, once more after it. Any thread may ask."""
        self._asked = True

    def add(self, sound: Floats) -> Floats:
        """The next samples (n,) with what is to be heard at their place in the stream."""
        begin, end = self._count, self._count + len(sound)
        if self._asked and begin >= self._end + self._fade:
            self._asked, self._begin = False, begin + self._fade
        self.spoken += begin < self._end <= end
        self._count, at = end, np.arange(begin, end)
        since = np.where(at < self._every, len(self._sign), at % self._every)
        signed = sound + np.where(since < len(self._sign), self._sign[np.minimum(since, len(self._sign) - 1)], 0.0)
        if begin >= self._end + self._fade:
            return signed
        return signed * self._voice(at) + self._said(at)

    @property
    def _end(self) -> int:
        return self._begin + len(self._sentence)

    def _voice(self, at: NDArray[np.intp]) -> Floats:
        """(n,) how much of the voice is heard, 0..1: nothing beside the sentence."""
        return np.asarray(np.clip(np.maximum(self._begin - at, at - self._end + 1) / self._fade, 0, 1))

    def _said(self, at: NDArray[np.intp]) -> Floats:
        """(n,) the sentence, where it is spoken."""
        place = at - self._begin
        inside = (place >= 0) & (place < len(self._sentence))
        return np.where(inside, self._sentence[np.clip(place, 0, len(self._sentence) - 1)], 0.0)
