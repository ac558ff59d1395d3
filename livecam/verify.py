"""Say what marks a file carries, and how certain that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Final

from livecam.audio.mark import SoundReading, sound_readings
from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError, DeviceError, UsageError
from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.devices.media import is_still, pictures, still
from livecam.devices.sound_track import sound_of
from livecam.video.mark_reader import LIKENESS_THRESHOLD, MarkReader, Reading, plate_likeness

# Unmarked scores above their 99th percentile fall off by a factor of e every so much: docs/mark-format.md.
TAIL_SCALE: Final = 0.35
_PLATE_EVERY_NS = 2 * NS_PER_S
_PLATES_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        readings: One per window of pictures; none in a still or a sound.
        plates: Likeness of the plate in the pictures that were looked at, -1..1.
        sounds: One per window of sound.
    """

    readings: tuple[Reading, ...] = ()
    plates: tuple[float, ...] = ()
    sounds: tuple[SoundReading, ...] = ()

    @property
    def best(self) -> Reading | None:
        """The clearest marked window; None when there is none."""
        return max((r for r in self.readings if r.marked), key=lambda r: r.score - r.threshold, default=None)

    @property
    def payload(self) -> MarkPayload | None:
        """What the clearest window says whose message is whole."""
        whole = [r for r in self.readings if r.payload is not None]
        return max(whole, key=lambda r: r.score - r.threshold).payload if whole else None

    @property
    def best_sound(self) -> SoundReading | None:
        """The clearest marked window of sound; None when there is none."""
        return max((s for s in self.sounds if s.marked), key=lambda s: s.score, default=None)

    @property
    def plates_seen(self) -> int:
        """In how many pictures the plate is."""
        return sum(likeness >= LIKENESS_THRESHOLD for likeness in self.plates)

    @property
    def marked(self) -> bool:
        """Whether the file says that it is altered, to machines or by its plate in most pictures looked at."""
        machines = self.best is not None or self.best_sound is not None
        return machines or 2 * self.plates_seen > len(self.plates)


def chance(score: float, threshold: float) -> float:
    """The share of unmarked windows with such a score, from one in a million at the threshold."""
    return min(1.0, 1e-6 * exp((threshold - score) / TAIL_SCALE))


def verify(path: Path) -> Verdict:
    """Look for every mark in a picture, a video, a sound or a folder of pictures.

    Raises:
        UsageError: There is no such file, or nothing in it can be decoded.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}", hint="livecam verify FILE")
    try:
        if is_still(path):
            return Verdict(plates=(plate_likeness(still(path)),))
        heard = () if path.is_dir() else tuple(sound_readings(sound_of(path)))
        return _watched(pictures(path), heard)
    except DeviceError as error:
        raise UsageError(str(error), hint=error.hint) from error


def _watched(run: Iterator[tuple[Pixels, int]], heard: tuple[SoundReading, ...]) -> Verdict:
    reader, next_ns = MarkReader(), 0
    readings: list[Reading] = []
    plates: list[float] = []
    for pixels, at_ns in _there(run, bool(heard)):
        if (reading := reader.add(pixels, at_ns)) is not None:
            readings.append(reading)
        if at_ns >= next_ns and len(plates) < _PLATES_AT_MOST:
            plates.append(plate_likeness(pixels))
            next_ns = at_ns + _PLATE_EVERY_NS
    if (reading := reader.rest()) is not None:
        readings.append(reading)
    return Verdict(tuple(readings), tuple(plates), heard)


def _there(run: Iterator[tuple[Pixels, int]], may_be_none: bool) -> Iterator[tuple[Pixels, int]]:
    """The pictures; none where the file has sound only."""
    try:
        yield from run
    except CameraError:
        if not may_be_none:
            raise
