"""The verdict on a file, with its evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError, DeviceError, SoundError, UsageError, remedy
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import open_regular
from livecam.core.frame import OnPicture, Pixels
from livecam.core.label import Label
from livecam.core.payload import MarkPayload
from livecam.devices.media.door import read_still, read_tags
from livecam.devices.media.pictures import is_still, read_pictures
from livecam.devices.media.speech import read_first_minutes
from livecam.disclosure.picture_reader import LIKENESS_THRESHOLD, SEARCHES, LabelReader, MarkReader, MarkReading
from livecam.disclosure.sound.watermark import SoundReading, read_windows
from livecam.provenance.manifest import Manifest, read_manifest
from livecam.provenance.metadata import read_statements
from livecam.provenance.statement import PICTURE_MARK, SOUND_MARK, SOURCE_TYPES

# Unmarked scores above their 99th percentile fall off by a factor of e every so much: docs/mark-format.md.
TAIL_SCALE: Final = 0.35
# A session's number in sound has no check of its own: only where every bit is clear is it held against a manifest.
_SURE_MARGIN: Final = 2.0
_PLATE_EVERY_NS, _PLATE_EVERY_SPARING_NS = 2 * NS_PER_S, 4 * NS_PER_S
_SPARING_STEP_NS: Final = NS_PER_S // 15
_SEARCHES_SPARING = 1
_PLATES_AT_MOST = 30
_HEAD_BYTES = 1 << 18
_LONGEST_S: Final = 600.0
_WHAT: Final = "name a picture, a video or a sound file"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        readings: One per window of pictures; none in a still or a sound.
        label_scores: Likeness of the plate in the pictures that were looked at, -1..1.
        plate_label: Which plate that is.
        sounds: One per window of sound.
        manifest: The C2PA manifest, when there is one.
        metadata: Plain metadata that say that AI was at work.
        remarks: What of the file could not be read, one line each.
    """

    readings: tuple[MarkReading, ...] = ()
    label_scores: tuple[float, ...] = ()
    sounds: tuple[SoundReading, ...] = ()
    manifest: Manifest | None = None
    metadata: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    plate_label: Label | None = None

    @property
    def best(self) -> MarkReading | None:
        """The clearest marked window; None when there is none."""
        return max((r for r in self.readings if r.marked), key=lambda r: r.score - r.threshold, default=None)

    @property
    def payload(self) -> MarkPayload | None:
        """Message of the clearest window with a whole message."""
        whole = [r for r in self.readings if r.payload is not None]
        return max(whole, key=lambda r: r.score - r.threshold).payload if whole else None

    @property
    def best_sound(self) -> SoundReading | None:
        """The clearest marked window of sound; None when there is none."""
        return max((s for s in self.sounds if s.marked), key=lambda s: s.score, default=None)

    @property
    def is_binding_ok(self) -> bool | None:
        """Whether the manifest names the marks that were found.

        None where there is nothing to compare. Where a marked clip was marked again, either mark is read; the
        manifest names both.
        """
        manifest, sound = self.manifest, self.best_sound
        bound_to = () if manifest is None else (*manifest.bindings, *manifest.incoming)
        found = {
            PICTURE_MARK: None if self.payload is None else f"{self.payload.word:08x}",
            SOUND_MARK: None if sound is None or sound.margin < _SURE_MARGIN else f"{sound.session:04x}",
        }
        words = {algorithm: {value for name, value in bound_to if name == algorithm} for algorithm in found}
        agrees = [word in words[name] for name, word in found.items() if word is not None and words[name]]
        return all(agrees) if agrees else None

    @property
    def label_count(self) -> int:
        """Number of pictures with the plate."""
        return sum(likeness >= LIKENESS_THRESHOLD for likeness in self.label_scores)

    @property
    def labels(self) -> Mapping[str, Label]:
        """Labels by kind of evidence."""
        found: dict[str, Label] = {}
        if self.label_count and self.plate_label is not None:
            found["plate"] = self.plate_label
        if self.payload is not None:
            found["mark"] = self.payload.label
        if self.manifest is not None and self.manifest.says_altered:
            labels = {source.rpartition("/")[2]: label for label, source in SOURCE_TYPES.items()}
            stated = [labels[source] for source in self.manifest.sources if source in labels]
            if stated:
                found["manifest"] = stated[0]
        return found

    @property
    def label(self) -> Label | None:
        """The label of the strongest evidence.

        The order is the mark, the manifest, the plate.

        None without any.
        """
        found = self.labels
        return next((found[name] for name in ("mark", "manifest", "plate") if name in found), None)

    @property
    def labels_agree(self) -> bool:
        """Whether all evidence has the same label."""
        return len(set(self.labels.values())) <= 1

    @property
    def is_marked(self) -> bool:
        """Whether the file says that it is altered.

        It does by a mark, a manifest, metadata, or the plate in most pictures.
        """
        return bool(
            self.best is not None
            or self.best_sound is not None
            or (self.manifest is not None and self.manifest.says_altered)
            or self.metadata
            or 2 * self.label_count > len(self.label_scores)
        )


def false_alarm_chance(score: float, threshold: float) -> float:
    """Return the share of unmarked windows with such a score.

    It is one in a million at the threshold.
    """
    return min(1.0, 1e-6 * exp((threshold - score) / TAIL_SCALE))


def verify(path: Path, on_picture: OnPicture | None = None) -> Verdict:
    """Look for every mark in a picture, a video, a sound or a folder of pictures.

    Args:
        path: The file or folder.
        on_picture: Is given every picture with its nanoseconds, in order.

    Raises:
        UsageError: There is no such file, or nothing in it can be decoded.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}", command="livecam verify FILE")
    try:
        if path.is_dir():
            return judge_pictures(read_pictures(path), on_picture=on_picture)
        seen = _seen(path, on_picture)
        return replace(seen, manifest=read_manifest(path), metadata=read_statements(read_tags(path), _head(path)))
    except (DeviceError, OSError) as error:
        hint = error.help_text if isinstance(error, DeviceError) else _WHAT
        why = str(error) if isinstance(error, DeviceError) else f"{path} cannot be read: {reason_of(error)}"
        raise UsageError(why, **remedy(hint)) from error


def _seen(path: Path, on_picture: OnPicture | None) -> Verdict:
    if is_still(path):
        plate, pixels = LabelReader(), read_still(path, _WHAT)
        if on_picture is not None:
            on_picture(pixels, 0)
        return Verdict(label_scores=(plate.likeness(pixels),), plate_label=plate.label)
    sound, remarks = _sound_of(path)
    lost = list(remarks)
    run = _there(read_pictures(path, lost), may_be_none=len(sound) > 0)
    verdict = judge_pictures(run, tuple(read_windows(sound)), on_picture=on_picture)
    return replace(verdict, remarks=tuple(dict.fromkeys(lost)))


def _sound_of(path: Path) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Return the first minutes of a file's sound, and remarks on what was lost.

    The sound is empty where the file has none.
    """
    try:
        return read_first_minutes(path, _LONGEST_S)
    except SoundError:
        return np.zeros(0, np.float32), ()


def _head(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(_HEAD_BYTES)


class SparingGrid:
    """Chooses fifteen pictures a second.

    Steps stay on a grid, so that 25 pictures a second do not become twelve.
    """

    def __init__(self) -> None:
        self._next_ns = 0

    def takes(self, at_ns: int) -> bool:
        """Whether the picture of this time is read; times grow."""
        if at_ns < self._next_ns:
            return False
        self._next_ns += _SPARING_STEP_NS * ((at_ns - self._next_ns) // _SPARING_STEP_NS + 1)
        return True


def judge_pictures(
    run: Iterator[tuple[Pixels, int]],
    heard: tuple[SoundReading, ...] = (),
    searches: int = SEARCHES,
    on_picture: OnPicture | None = None,
    sparing: bool = False,
    plates: bool = True,
) -> Verdict:
    """Return the verdict on pictures (h, w, 3) uint8 BGR and sound readings.

    Pictures come with their time in nanoseconds. `searches` is the number of windows in which scaled, shifted and
    cropped pictures are searched. `on_picture` receives every picture too. `sparing` takes half the time: it reads 15
    pictures a second, searches in one window, and looks for the plate every four seconds. Without `plates`
    it is not looked for.

    Raises:
        CameraError: There is neither a picture nor a sound.
    """
    reader = MarkReader(min(searches, _SEARCHES_SPARING) if sparing else searches)
    plate, next_plate_ns, grid = LabelReader(1 if sparing else 2, sparing), 0, SparingGrid()
    readings: list[MarkReading] = []
    likenesses: list[float] = []
    for pixels, at_ns in run:
        if on_picture is not None:
            on_picture(pixels, at_ns)
        if sparing and not grid.takes(at_ns):
            continue
        if (reading := reader.add(pixels, at_ns)) is not None:
            readings.append(reading)
        if plates and at_ns >= next_plate_ns and len(likenesses) < _PLATES_AT_MOST:
            likenesses.append(plate.likeness(pixels))
            next_plate_ns = at_ns + (_PLATE_EVERY_SPARING_NS if sparing else _PLATE_EVERY_NS)
    if (reading := reader.finish()) is not None:
        readings.append(reading)
    return Verdict(tuple(readings), tuple(likenesses), heard, plate_label=plate.label)


def _there(run: Iterator[tuple[Pixels, int]], may_be_none: bool) -> Iterator[tuple[Pixels, int]]:
    """Yield the pictures; none where the file has sound only."""
    try:
        yield from run
    except CameraError:
        if not may_be_none:
            raise
