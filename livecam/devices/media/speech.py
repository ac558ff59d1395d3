"""Recordings of speech.

The sound of any file is read at the level of enrolment and conversion.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError, SoundError, remedy
from livecam.devices.media.door import Clip, Sound
from livecam.devices.media.sound import HINT, RATE_HZ
from livecam.devices.media.timeline import LONGEST_GAP_NS

Samples = NDArray[np.float32]
Progress = Callable[[float], None]

_LONGEST_S: Final = 3600
"""Length above which a recording is not held in memory as a whole."""
_SILENT: Final = 1e-4
_FAINT: Final = 0.05
_RAISED_TO: Final = 0.25
_MOST_GAIN: Final = 100.0
_WINDOW: Final = 15 * RATE_HZ
_WINDOWS: Final = 16


def _ignore_progress(share: float) -> None:
    """Ignore progress."""


class Stretches:
    """Some minutes of a sound of any length, spread evenly over it.

    They are enough to learn a voice from.
    """

    def __init__(self) -> None:
        self._kept: list[Samples] = []
        self._open: list[Samples] = []
        self._count = self._number = 0
        self._every = 1

    def add(self, piece: Samples) -> None:
        """Add the next piece (n,)."""
        self._open.append(piece)
        self._count += len(piece)
        if self._count >= _WINDOW:
            if self._number % self._every == 0:
                self._kept.append(np.concatenate(self._open))
            self._open, self._count, self._number = [], 0, self._number + 1
            if len(self._kept) > _WINDOWS:
                self._kept, self._every = self._kept[::2], 2 * self._every

    @property
    def sound(self) -> Samples:
        """What is kept, (n,); all of a sound of up to four minutes."""
        parts = [*self._kept, *self._open]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A recording that was read once to its end, and can be read again.

    Attributes:
        path: The file.
        gain: Factor of its samples.
        samples: How many there are, at 48 kHz.
        stretches: Some minutes of it, (n,), at the level that the gain gives.
        remarks: What was changed or lost, one line each.
        later: By how many samples the sound begins after a clip's first picture; negative where it begins before.
    """

    path: Path
    gain: float
    samples: int
    stretches: Samples
    remarks: tuple[str, ...]
    later: int = 0

    def pieces(self) -> Iterator[Samples]:
        """Yield the sound at 48 kHz, (n,) a piece, from the first picture on.

        Raises:
            SoundError: The file is gone, or its decoder ended.
        """
        if self.later > 0:
            yield np.zeros(self.later, np.float32)
        left_out = max(0, -self.later)
        with closing(Sound(self.path)) as sound:
            for piece in sound.pieces():
                part, left_out = piece[left_out:], max(0, left_out - len(piece))
                if len(part):
                    yield _apply_gain(part, self.gain)


def examine(path: Path, progress: Progress = _ignore_progress) -> Recording:
    """Read a recording to its end, for its level and length.

    Args:
        path: Any file with sound in it.
        progress: Receives the share that was read, 0..1.

    Raises:
        SoundError: No such file, no sound in it, or it is silent.
    """
    stretches, peak, count = Stretches(), 0.0, 0
    with closing(Sound(path)) as sound:
        whole = max(1.0, sound.length_s * RATE_HZ)
        for piece in sound.pieces():
            stretches.add(piece)
            peak, count = max(peak, float(np.abs(piece).max())), count + len(piece)
            progress(min(1.0, count / whole))
        remarks = sound.remarks
    gain, says = choose_gain(peak, path.name)
    return Recording(path, gain, count, _apply_gain(stretches.sound, gain), (*remarks, *says))


def choose_gain(peak: float, name: str) -> tuple[float, tuple[str, ...]]:
    """Return the gain for a recording with that peak, and the remarks.

    Raises:
        SoundError: It is silent.
    """
    if peak < _SILENT:
        raise SoundError(f"{name} is silent", **remedy(HINT))
    if peak > 1:
        return 1 / peak, (f"{name}: it is clipped, or louder than full scale: lowered by {20 * np.log10(peak):.0f} dB",)
    if peak < _FAINT:
        gain = min(_RAISED_TO / peak, _MOST_GAIN)
        return gain, (f"{name}: it is very faint and was raised by {20 * np.log10(gain):.0f} dB",)
    return 1.0, ()


def read_sound(path: Path) -> Samples:
    """Return (n,) float32 at 48 kHz, channels mixed to one, at most an hour.

    Raises:
        SoundError: No such file, no sound in it, it is silent, or longer than an hour.
    """
    return read_whole_sound(path)[0]


def read_whole_sound(path: Path) -> tuple[Samples, tuple[str, ...]]:
    """Return the whole sound of a file and the remarks, as `read_sound` gives it.

    Raises:
        SoundError: As `read_sound`.
    """
    parts: list[Samples] = []
    with closing(Sound(path)) as sound:
        for piece in sound.pieces():
            parts.append(piece)
            if len(parts) > _LONGEST_S:
                raise SoundError(f"{path.name} is longer than an hour", advice="cut it into parts")
        remarks = sound.remarks
    whole = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    gain, says = choose_gain(float(np.abs(whole).max(initial=0.0)), path.name)
    return _apply_gain(whole, gain), (*remarks, *says)


def examine_clip(path: Path, progress: Progress = _ignore_progress) -> Recording:
    """Examine the sound of a clip from its first picture on, as `examine` does.

    Raises:
        SoundError: As `examine`.
    """
    recording = examine(path, progress)
    with closing(Sound(path)) as sound:
        begin_ns = sound.begin_ns
    try:
        with closing(Clip(path)) as clip:
            later_ns = begin_ns - clip.begin_ns
    except CameraError:
        later_ns = 0
    remarks = recording.remarks
    if abs(later_ns) > LONGEST_GAP_NS:
        later_ns, says = 0, f"{path.name}: its sound and its pictures begin at times too far apart: taken as the same"
        remarks = (*remarks, says)
    later = round(later_ns * RATE_HZ / NS_PER_S)
    return Recording(path, recording.gain, max(0, recording.samples + later), recording.stretches, remarks, later)


def read_sound_from_first_picture(path: Path) -> Samples:
    """Return a clip's sound from its first picture on.

    It is cut, or preceded by silence.

    Raises:
        SoundError: As `read_sound`.
    """
    return np.concatenate(list(examine_clip(path).pieces()) or [np.zeros(0, np.float32)])


def read_first_minutes(path: Path, longest_s: float) -> tuple[Samples, tuple[str, ...]]:
    """Return the first minutes of a sound, (n,) at 48 kHz, and the remarks.

    It has the level of the file, and is empty where the file has no sound.

    Raises:
        SoundError: The file cannot be opened, or its decoder ended.
    """
    parts: list[Samples] = []
    with closing(Sound(path)) as sound:
        count = 0
        for piece in sound.pieces():
            parts.append(piece)
            count += len(piece)
            if count >= longest_s * RATE_HZ:
                break
        remarks = sound.remarks
    return np.concatenate(parts) if parts else np.zeros(0, np.float32), remarks


def _apply_gain(samples: Samples, gain: float) -> Samples:
    return samples if gain == 1 else np.asarray(samples * np.float32(gain), np.float32)
