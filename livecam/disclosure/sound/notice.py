"""The audible notice: a spoken sentence, and a short sign in Morse rhythm.

The sentence is spoken at the start, on request, every ten minutes, and after a pause of a minute.

The sign is "AI" in Morse code as in GB 45438: short, long, short, short. `scripts/make_notice.py` makes the sentence.
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
from livecam.core.label import Label, Speech, label_of_speech

Floats = NDArray[np.float64]

SENTENCE_EVERY_S: Final = 600.0
"""Seconds from one sentence to the next, at most."""
SIGN_EVERY_S: Final = 300.0
"""Seconds from one sign to the next, at most."""
BREAK_S: Final = 60.0
"""Seconds of silence after which the sentence precedes the next sound."""
_EARLY_S: Final = 30.0
_PAUSE_S: Final = 0.4
# The sentence is due half a minute early and waits that long for a pause of the speaker.
_QUIET: Final = 0.003
_CLIP_RATE_HZ: Final = 16_000
_UNIT_S: Final = 0.08
_TONE_HZ: Final = 880.0
_SIGN_LEVEL: Final = 0.04
_RAMP_S: Final = 0.008
_VOICE_FADE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class NoticeStyle:
    """How the alteration is announced.

    Attributes:
        language: Of the sentence, as in "de".
        sign_every_s: Seconds from one sign to the next, up to SIGN_EVERY_S.
        sentence_every_s: Seconds from one sentence to the next, up to SENTENCE_EVERY_S.
        label: Whether the sentence says that the voice is modified, or that it is generated.

    Raises:
        ValueError: Sign or sentence would be heard less often than that.
    """

    language: str = "en"
    sign_every_s: float = SIGN_EVERY_S
    sentence_every_s: float = SENTENCE_EVERY_S
    label: Label = Label.MODIFIED

    def __post_init__(self) -> None:
        if not 0 < self.sign_every_s <= SIGN_EVERY_S:
            raise ValueError(f"sign_every_s must be above 0 and up to {SIGN_EVERY_S}, got {self.sign_every_s}")
        if not BREAK_S <= self.sentence_every_s <= SENTENCE_EVERY_S:
            limits = f"{BREAK_S} to {SENTENCE_EVERY_S}"
            raise ValueError(f"sentence_every_s must be {limits}, got {self.sentence_every_s}")


def notice_style(settings: DisclosureSettings, speech: Speech = "converted") -> NoticeStyle:
    """Return the style of the settings, for the way a voice is made."""
    # Version 0.1 took up to ten minutes: profiles of that time still work, with the sign more often.
    sign_every_s = min(60 * settings.sign_every_min, SIGN_EVERY_S)
    return NoticeStyle(settings.language, sign_every_s, 60 * settings.sentence_every_min, label_of_speech(speech))


@cache
def load_sentence(rate_hz: int, language: str = "en", label: Label = Label.MODIFIED) -> Floats:
    """Return (n,) "This voice is modified by AI", or generated, in a language."""
    name = f"{language}.wav" if label is Label.MODIFIED else f"{language}-generated.wav"
    data = files("livecam.disclosure.sound").joinpath("notices", name).read_bytes()
    with wave.open(io.BytesIO(data)) as file:
        clip = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    count = round(len(clip) * rate_hz / _CLIP_RATE_HZ)
    return np.asarray(np.fft.irfft(np.fft.rfft(clip), count) * count / len(clip))


@cache
def make_tones(rate_hz: int) -> Floats:
    """Return (n,) the tones short, long, short, short."""
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
    """Adds the notices to a stream by counting its samples.

    While the sentence is spoken the voice is silent.

    Attributes:
        spoken: How often the sentence was spoken to its end.
    """

    def __init__(self, rate_hz: int, first_sample: int = 0, manner: NoticeStyle = _USUAL) -> None:
        """Start at a place in the stream."""
        self._every, self._fade = round(manner.sign_every_s * rate_hz), round(_VOICE_FADE_S * rate_hz)
        self._sentence, self._sign = load_sentence(rate_hz, manner.language, manner.label), make_tones(rate_hz)
        self._renew_command, self._early = round(manner.sentence_every_s * rate_hz), round(_EARLY_S * rate_hz)
        self._break, self._pause = round(BREAK_S * rate_hz), round(_PAUSE_S * rate_hz)
        self._count, self._loud = first_sample, first_sample
        self._begin, self._asked, self.spoken = 0, False, 0

    @property
    def opening_samples(self) -> int:
        """Length of the sentence."""
        return len(self._sentence)

    def request(self) -> None:
        """Request the sentence; if it is being spoken, once more after it.

        Any thread may ask.
        """
        self._asked = True

    def add(self, sound: Floats) -> Floats:
        """Return the next samples (n,) with the notices at their place in the stream."""
        if self._asked and self._count >= self._end + self._fade:
            self._asked, self._begin = False, self._count + self._fade
        parts = []
        while len(sound):
            due = self._due_in(sound)
            if due == 0:
                self._begin = self._count + self._fade
                continue
            parts.append(self._next(sound[:due]))
            sound = sound[due:]
        return np.concatenate(parts) if parts else sound

    def _due_in(self, sound: Floats) -> int:
        """Return after how many of these samples the sentence begins.

        It is all of them where it does not begin.
        """
        if self._cannot_begin(len(sound)):
            loud = np.flatnonzero(np.abs(sound) > _QUIET)
            self._loud = self._count + int(loud[-1]) if len(loud) else self._loud
            return len(sound)
        at = np.arange(self._count, self._count + len(sound))
        since = at - self._end
        before = np.maximum.accumulate(np.where(np.abs(sound) > _QUIET, at, self._loud))
        quiet = at - np.concatenate([[self._loud], before[:-1]])
        resumes = (np.abs(sound) > _QUIET) & (quiet >= self._break)
        pauses = (quiet >= self._pause) & (since >= self._renew_command - self._early - len(self._sentence))
        due = (since > self._fade) & (
            resumes | pauses | (since >= self._renew_command - len(self._sentence) - self._fade)
        )
        first = int(due.argmax()) if due.any() else len(sound)
        self._loud = int(before[first - 1]) if first else self._loud
        return first

    def _cannot_begin(self, count: int) -> bool:
        """Return whether no sentence is due within `count` samples, whatever is in them.

        It is so for nearly all blocks: the last sound, and the last sentence, are too recent.
        """
        last = self._count + count - 1
        renewed = self._renew_command - self._early - len(self._sentence) - self._fade
        return last - self._loud < self._break and last - self._end < renewed

    def _next(self, sound: Floats) -> Floats:
        """Return the next samples, in which no other sentence begins."""
        begin, end = self._count, self._count + len(sound)
        self.spoken += begin < self._end <= end
        self._count = end
        signed = sound if self._has_no_sign(begin, end) else sound + self._sign_at(np.arange(begin, end))
        if begin >= self._end + self._fade:
            return signed
        at = np.arange(begin, end)
        return np.asarray(signed * self._voice(at) + self._sentence_at(at))

    def _has_no_sign(self, begin: int, end: int) -> bool:
        """Return whether no sign sounds from one place to before another."""
        phase = begin % self._every
        return end <= self._every or (phase >= len(self._sign) and phase + end - begin <= self._every)

    def _sign_at(self, at: NDArray[np.intp]) -> Floats:
        """Return (n,) the sign where it sounds."""
        since = np.where(at < self._every, len(self._sign), at % self._every)
        return np.where(since < len(self._sign), self._sign[np.minimum(since, len(self._sign) - 1)], 0.0)

    @property
    def next_ends(self) -> int:
        """The place in the stream at which the newest sentence ends."""
        return self._end

    @property
    def _end(self) -> int:
        return self._begin + len(self._sentence)

    def _voice(self, at: NDArray[np.intp]) -> Floats:
        """Return (n,) the gain of the voice, 0..1: 0 during the sentence."""
        return np.asarray(np.clip(np.maximum(self._begin - at, at - self._end + 1) / self._fade, 0, 1))

    def _sentence_at(self, at: NDArray[np.intp]) -> Floats:
        """Return (n,) the sentence where it is spoken."""
        place = at - self._begin
        inside = (place >= 0) & (place < len(self._sentence))
        return np.where(inside, self._sentence[np.clip(place, 0, len(self._sentence) - 1)], 0.0)
