"""Follow the one face of a clip or camera, frame by frame, as a session does."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from livecam.core.clock import NS_PER_S
from livecam.core.face import FaceMesh
from livecam.core.files.reading import open_regular
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.devices.media.kinds import HEAD_BYTES, PICTURE, detect_kind
from livecam.devices.media.pictures import open_reel
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """A picture and the face that was followed in it; its mesh is not smoothed."""

    frame: Frame
    mesh: FaceMesh


@dataclass(slots=True)
class SeenCount:
    """Count of the pictures of a clip.

    Attributes:
        frames: Pictures that were read.
        faceless: Pictures without a face that could be followed.
        troubled: Pictures with a second face, or something that may be one.
        end_ns: Time of the last picture.
    """

    frames: int = 0
    faceless: int = 0
    troubled: int = 0
    end_ns: int = 0
    remarks: list[str] = field(default_factory=list)


def is_clip(path: Path) -> bool:
    """Whether a file is a video by its content; False where it cannot be read."""
    try:
        with open_regular(path) as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return detect_kind(head) not in (None, PICTURE)


def read_frames(path: Path, rate_hz: float, longest_s: float, count: SeenCount) -> Iterator[Frame]:
    """Yield pictures of a clip or folder at a rate of at most `rate_hz`.

    At most `longest_s` seconds of it are read.

    Raises:
        CameraError: It cannot be read.
    """
    step_ns, due_ns = int(NS_PER_S / rate_hz), 0
    with closing(open_reel(path, rate_hz=rate_hz)) as reel:
        seq = 0
        while (at_ns := reel.grab()) is not None and at_ns < longest_s * NS_PER_S:
            # Half a picture early is near enough: 25 Hz are not to become 12.5.
            if at_ns < due_ns - step_ns // 4:
                continue
            due_ns = max(due_ns + step_ns, at_ns - step_ns)
            yield Frame(reel.retrieve(), at_ns, seq)
            seq += 1
        count.remarks += reel.remarks


def follow_face(frames: Iterable[Frame], finder: FaceFinder, count: SeenCount) -> Iterator[SeenFace]:
    """Yield the pictures in which one face alone is followed.

    Args:
        frames: In the order of their time.
        finder: Finds faces.
        count: Is counted up.

    Raises:
        EngineError: A network failed.
    """
    tracker = FaceTracker(finder, TrackerConfig())
    for frame in frames:
        count.frames += 1
        count.end_ns = frame.captured_ns
        tracked = tracker.detect(frame)
        if tracker.trouble is not None:
            count.troubled += 1
        elif len(tracked) != 1:
            count.faceless += 1
        else:
            # The smoothed mesh lags behind quick lids and lips.
            yield SeenFace(frame, finder.mesh(frame, tracked[0].mesh))
