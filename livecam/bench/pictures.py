"""Pictures of the sample camera in memory, to measure without decoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from livecam.core.clock import NS_PER_S, Clock, ManualClock
from livecam.core.errors import CameraError
from livecam.core.frame import Frame, Pixels
from livecam.devices.media.sample import load_sample_scenes
from livecam.devices.source import open_source

COUNT = 24
JPEG_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Size:
    """A picture size, with its common name."""

    name: str
    size_wh: tuple[int, int]


P480, P720, P1080 = Size("480p", (854, 480)), Size("720p", (1280, 720)), Size("1080p", (1920, 1080))


@dataclass(frozen=True, slots=True)
class Case:
    """A case that is measured at full speed.

    Attributes:
        name: Name in the table.
        size: Of the pictures.
        scene: The part of the sample clip; None takes the opening of the requested clip.
        twins: Whether the person is in the picture twice, side by side.
    """

    name: str
    size: Size
    scene: str | None = None
    twins: bool = False


SIZES = tuple(Case(size.name, size) for size in (P480, P720, P1080))
SCENES = (
    Case("talking", P720, "talking"),
    Case("turning", P720, "turn"),
    Case("covered", P720, "covered"),
    Case("dark", P720, "dark"),
    Case("two faces", P720, "still", twins=True),
)


def reflect_index(index: int, count: int) -> int:
    """Return the index of an endless run back and forth, as 0 1 2 3 2 1 0 1."""
    if count == 1:
        return 0
    place = index % (2 * count - 2)
    return place if place < count else 2 * count - 2 - place


def preload(spec: str, size_wh: tuple[int, int], count: int = COUNT, first: int = 0) -> list[Pixels]:
    """Return pictures of a clip in a size.

    Args:
        spec: As for `--camera`: "sample", a clip or a folder.
        size_wh: Width and height to scale them to.
        count: How many at most.
        first: How many are passed over before them.

    Returns:
        (h, w, 3) uint8 each, at least one.

    Raises:
        CameraError: There is no picture, or it cannot be read.
    """
    source = open_source(spec, size_wh=size_wh, clock=ManualClock(), paced=False)
    try:
        pictures = [frame.pixels for frame in islice(iter(source.read, None), first, first + count)]
    finally:
        source.close()
    if not pictures:
        raise CameraError(f"{spec} holds no pictures", command="livecam bench")
    return pictures


def load_pictures(case: Case, spec: str) -> list[Pixels]:
    """Return the pictures of a case.

    Args:
        case: Its scene is one of the sample clip's.
        spec: The clip for a case without a scene.

    Raises:
        CameraError: There is no picture, or it cannot be read.
    """
    if case.scene is None:
        return preload(spec, case.size.size_wh)
    scene = load_sample_scenes()[case.scene]
    pictures = preload("sample", case.size.size_wh, len(scene), scene.start)
    return [mirror_halves(picture) for picture in pictures] if case.twins else pictures


def mirror_halves(picture: Pixels) -> Pixels:
    """Return the middle half of a picture and its mirror image, (h, w, 3)."""
    width = picture.shape[1]
    middle = picture[:, width // 4 : width // 4 + width // 2]
    return np.ascontiguousarray(np.hstack([middle, middle[:, ::-1]]))


class JpegCamera:
    """A live camera of JPEG pictures, as a webcam delivers them.

    It stamps a picture when due and decodes it after that. A picture that is not read in time is dropped, and leaves
    a gap in `seq`.
    """

    name = "bench camera"
    live = True

    def __init__(self, pictures: Sequence[Pixels], rate_hz: float, clock: Clock) -> None:
        self.rate_hz, self._clock = rate_hz, clock
        options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        self._coded = [np.asarray(cv2.imencode(".jpg", picture, options)[1]) for picture in pictures]
        self._start_ns: int | None = None
        self._seq = -1
        self._closed = False

    def read(self) -> Frame | None:
        """Wait for the next picture; None once closed."""
        if self._closed:
            return None
        if self._start_ns is None:
            self._start_ns = self._clock.now_ns()
        period_ns = NS_PER_S / self.rate_hz
        due = int((self._clock.now_ns() - self._start_ns) / period_ns)
        self._seq = max(self._seq + 1, due)
        self._clock.sleep_until_ns(self._start_ns + int(self._seq * period_ns))
        captured_ns = self._clock.now_ns()
        coded = self._coded[reflect_index(self._seq, len(self._coded))]
        return Frame(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8), captured_ns, self._seq)

    def close(self) -> None:
        """End the camera."""
        self._closed = True
