"""What was measured of one face, picture by picture, and windows cut out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.face import Points
from livecam.core.frame import Pixels

WINDOW_S: Final = 8.0
LEAST_S: Final = 3.0
SPEECH_HZ: Final = 50
"""Values of speech energy per second."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """What one picture shows of the face.

    Attributes:
        at_ns: Time since the first picture.
        points: (468, 3) float32 mesh points in picture pixels.
        colours: (4, 3) mean BGR of both halves of the skin, then of the neck; NaN where not seen.
        room: (9, 16, 3) float32 the whole picture in cells.
        box: The head in the picture as shares: left, top, right, bottom.
        change: Mean change since the last picture, in levels: skin, surroundings.
        grain: Fine change since the last picture, in levels: skin, surroundings.
        covered: Share of the face that something else is in front of, 0..1.
        segment: Number of the run of pictures in which the face was followed without a gap.
    """

    at_ns: int
    points: Points
    colours: Floats
    room: Floats
    box: tuple[float, float, float, float]
    change: tuple[float, float]
    grain: tuple[float, float]
    covered: float
    segment: int


@dataclass(frozen=True, slots=True, eq=False)
class CloseLook:
    """What is measured five times a second.

    Attributes:
        at_ns: Time since the first picture.
        bands: (2, 3) mean strength of detail, fine to coarse: skin, surroundings.
        blocks: Strength of the 8 px grid against its neighbours, as logarithm: face, rest of the picture; measured
            once a second, else NaN.
        outline: What the outline network says, as logit; None without one.
        seam: (h, w) float32 0..1, where on the crop it sees traces; None without one or without a crop.
        crop: The head, (h, w, 3) uint8 BGR, at most 160 px high; kept twice a second, else None.
        eyes_px: Distance of the outer eye corners.
        segment: As in `FaceReading`.
    """

    at_ns: int
    bands: Floats
    blocks: tuple[float, float]
    outline: float | None
    seam: Floats | None
    crop: Pixels | None
    eyes_px: float
    segment: int


@dataclass(frozen=True, slots=True, eq=False)
class FaceWindow:
    """A few seconds of one face, without a gap.

    Attributes:
        readings: In order of time.
        looks: Those in the same seconds.
        speech: Speech energy in these seconds, `SPEECH_HZ` values a second; None without sound.
    """

    readings: Sequence[FaceReading]
    looks: Sequence[CloseLook]
    speech: Floats | None = None
    times_s: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", np.array([reading.at_ns for reading in self.readings]) / NS_PER_S)

    @property
    def begin_s(self) -> float:
        """First second."""
        return float(self.times_s[0]) if len(self.times_s) else self.looks[0].at_ns / NS_PER_S

    @property
    def length_s(self) -> float:
        """Seconds from the first picture to the last."""
        return float(self.times_s[-1] - self.times_s[0]) if len(self.times_s) else 0.0

    @property
    def rate_hz(self) -> float:
        """Pictures per second; 0 for a single one."""
        return (len(self.times_s) - 1) / self.length_s if self.length_s > 0 else 0.0

    @property
    def points(self) -> Floats:
        """(n, 468, 3) mesh points."""
        return np.stack([reading.points for reading in self.readings])


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """All that was measured of a clip.

    Attributes:
        readings: In order of time.
        looks: In order of time.
        pictures: How many pictures were looked at.
        most_faces: Most faces seen in one picture.
        speech: Speech energy from the first picture on; None without sound.
        remarks: What was left out, one line each.
    """

    readings: Sequence[FaceReading] = ()
    looks: Sequence[CloseLook] = ()
    pictures: int = 0
    most_faces: int = 0
    speech: Floats | None = None
    remarks: tuple[str, ...] = ()

    def cut_windows(self) -> Iterator[FaceWindow]:
        """Yield windows of 8 s, and what remains of a run if it has 3 s.

        A run that is shorter than 3 s is a window of its own where no other is in the clip.
        """
        windows = [window for run in self._runs() for window in self._cut(run)]
        long = [window for window in windows if window.length_s >= LEAST_S]
        yield from long or windows[:1]

    def _runs(self) -> list[list[FaceReading]]:
        runs: list[list[FaceReading]] = []
        for reading in self.readings:
            if not runs or runs[-1][-1].segment != reading.segment:
                runs.append([])
            runs[-1].append(reading)
        return runs

    def _cut(self, run: list[FaceReading]) -> Iterator[FaceWindow]:
        begin = 0
        while begin < len(run):
            end_ns = run[begin].at_ns + WINDOW_S * NS_PER_S
            end = next((n for n in range(begin, len(run)) if run[n].at_ns >= end_ns), len(run))
            yield self._window(run[begin:end])
            begin = end

    def _window(self, readings: list[FaceReading]) -> FaceWindow:
        first_ns, last_ns = readings[0].at_ns, readings[-1].at_ns
        looks = [look for look in self.looks if first_ns <= look.at_ns <= last_ns]
        speech = None
        if self.speech is not None:
            begin, end = (round(at_ns * SPEECH_HZ / NS_PER_S) for at_ns in (first_ns, last_ns))
            part = self.speech[begin:end]
            speech = part if len(part) >= end - begin - 1 else None
        return FaceWindow(readings, looks, speech)
