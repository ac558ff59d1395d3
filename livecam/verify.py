"""Say what marks a file carries, and how certain that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Final

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError, UsageError
from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.devices.media import is_still, pictures, still
from livecam.video.mark_reader import LIKENESS_THRESHOLD, MarkReader, Reading, plate_likeness

# Unmarked scores above their 99th percentile fall off by a factor of e every so much: docs/mark-format.md.
TAIL_SCALE: Final = 0.3
_PLATE_EVERY_NS = 2 * NS_PER_S
_PLATES_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        readings: One per window of pictures; none in a still or a sound.
        plates: Likeness of the plate in the pictures that were looked at, -1..1.
    """

    readings: tuple[Reading, ...] = ()
    plates: tuple[float, ...] = ()

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
    def plates_seen(self) -> int:
        """In how many pictures the plate is."""
        return sum(likeness >= LIKENESS_THRESHOLD for likeness in self.plates)

    @property
    def marked(self) -> bool:
        """Whether the file says that it is altered, to machines or by its plate in most pictures looked at."""
        return self.best is not None or 2 * self.plates_seen > len(self.plates)


def chance(score: float, threshold: float) -> float:
    """The share of unmarked windows with such a score, from one in a million at the threshold."""
    return min(1.0, 1e-6 * exp((threshold - score) / TAIL_SCALE))


def verify(path: Path) -> Verdict:
    """Look for every mark in a picture, a video or a folder of pictures.

    Raises:
        UsageError: There is no such file, or nothing in it can be decoded.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}", hint="livecam verify FILE")
    try:
        if is_still(path):
            return Verdict(plates=(plate_likeness(still(path)),))
        return _watched(pictures(path))
    except CameraError as error:
        raise UsageError(str(error), hint=error.hint) from error


def _watched(run: Iterator[tuple[Pixels, int]]) -> Verdict:
    reader, next_ns = MarkReader(), 0
    readings: list[Reading] = []
    plates: list[float] = []
    for pixels, at_ns in run:
        if (reading := reader.add(pixels, at_ns)) is not None:
            readings.append(reading)
        if at_ns >= next_ns and len(plates) < _PLATES_AT_MOST:
            plates.append(plate_likeness(pixels))
            next_ns = at_ns + _PLATE_EVERY_NS
    if (reading := reader.rest()) is not None:
        readings.append(reading)
    return Verdict(tuple(readings), tuple(plates))
