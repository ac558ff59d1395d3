"""Second pass over a clip: input and output side by side, frame after frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.bench.quality import metrics
from livecam.bench.quality.follow import FollowedFace
from livecam.core.face import Points
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder, FaceRecogniser
from livecam.video.render.lighting import SkinSamples
from livecam.video.render.sampling import look_up

EMBED_EVERY = 10
_SURELY_SKIN = 0.9


@dataclass(slots=True)
class Looks:
    """Unit embeddings of one recogniser, every tenth frame.

    They are of the output and of the camera's picture.

    `face` and `live_face` are of the same with everything outside the face's oval grey.
    """

    whole: list[NDArray[np.float32]] = field(default_factory=list)
    live: list[NDArray[np.float32]] = field(default_factory=list)
    face: list[NDArray[np.float32]] = field(default_factory=list)
    live_face: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, recogniser: FaceRecogniser, before: Pixels, after: Pixels, points: Points) -> None:
        """Look at a picture of the camera and at the output, both ways."""
        self.whole.append(recogniser.embed(after, points))
        self.live.append(recogniser.embed(before, points))
        self.face.append(recogniser.embed(metrics.grey_outside(after, points), points))
        self.live_face.append(recogniser.embed(metrics.grey_outside(before, points), points))


@dataclass(slots=True)
class Watched:
    """Figures gathered over one clip with one persona.

    Lists have a value per frame that showed a new picture.

    Attributes:
        skin: By run of frames without a gap: grey levels (2, places) of the skin before and after.
        outline: Colour errors at the outline.
        sharp: Sharpness inside the face before and after.
        pose: Errors of the head's pose, degrees.
        seen, drawn: Meshes (468, 3) detected in the camera's picture and in the output.
        kept: Shares of hidden places that still show the camera's picture.
        looks: What each recogniser saw.
        unrest: By frame: mean squares of the second difference in time round the skull, before and after.
        numbers: The frames' numbers.
    """

    skin: list[list[NDArray[np.float32]]] = field(default_factory=list)
    outline: list[float] = field(default_factory=list)
    sharp: list[tuple[float, float]] = field(default_factory=list)
    pose: list[float] = field(default_factory=list)
    seen: list[Points] = field(default_factory=list)
    drawn: list[Points] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    looks: list[Looks] = field(default_factory=list)
    unrest: list[tuple[float, float]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


class Watcher:
    """Compares pairs of pictures, in the order of the frames."""

    def __init__(self, finder: FaceFinder, recognisers: Sequence[FaceRecogniser] = ()) -> None:
        self.watched = Watched(looks=[Looks() for _ in recognisers])
        self._finder, self._recognisers = finder, recognisers
        self._greys: list[NDArray[np.float32]] = []
        self._samples = SkinSamples()
        self._bare = self._samples.bareness > _SURELY_SKIN

    def observe(self, frame: Frame, after: Pixels, face: FollowedFace, hidden: Points | None = None) -> None:
        """Observe a frame and its output.

        `hidden` (n, 2) are places where something truly covers the face.
        """
        w, before = self.watched, frame.pixels
        if not w.numbers or frame.seq != w.numbers[-1] + 1:
            w.skin.append([])
            self._greys = []
        w.skin[-1].append(np.stack([self._skin(picture, face) for picture in (before, after)]))
        w.numbers.append(frame.seq)
        points = face.mesh.points
        self._watch_unrest(before, after, points)
        if hidden is not None and len(hidden):
            w.kept.append(metrics.kept_share(before, after, hidden))
            return
        w.outline.append(metrics.outline_error(before, after, points))
        w.sharp.append((metrics.sharpness(before, points), metrics.sharpness(after, points)))
        self._mesh(frame, after, face)
        if len(w.outline) % EMBED_EVERY == 1:
            for looks, recogniser in zip(w.looks, self._recognisers, strict=True):
                looks.add(recogniser, before, after, points)

    def _watch_unrest(self, before: Pixels, after: Pixels, points: Points) -> None:
        """Add the second difference of three neighbouring frames."""
        pair = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in (before, after)]).astype(np.float32)
        self._greys = [*self._greys, pair][-3:]
        if len(self._greys) == 3:
            first, middle, last = self._greys
            ring = metrics.ring_round_skull(points, before.shape)
            squares = (((first - 2 * middle + last)[:, ring]) ** 2).mean(1)
            self.watched.unrest.append((float(squares[0]), float(squares[1])))

    def _skin(self, picture: Pixels, face: FollowedFace) -> NDArray[np.float32]:
        """Return slightly blurred grey levels of bare skin, at places without jitter."""
        places = self._samples.at(face.steady[:, :2])[self._bare]
        sigma = max(1.0, float(np.ptp(face.steady[:, 1])) / 64) * 0.5
        low = np.maximum(places.min(0).astype(int) - 8, 0)
        high = places.max(0).astype(int) + 9
        part = cv2.GaussianBlur(picture[low[1] : high[1], low[0] : high[0]], (0, 0), sigma)
        colours = look_up(np.asarray(part, np.uint8), (places - low)[None].astype(np.float32))[0]
        return np.asarray(colours.astype(np.float32).mean(1), np.float32)

    def _mesh(self, frame: Frame, after: Pixels, face: FollowedFace) -> None:
        seen = self._finder.mesh(frame, face.mesh)
        drawn = self._finder.mesh(Frame(after, frame.captured_ns, frame.seq), face.mesh)
        self.watched.pose.append(metrics.pose_error_deg(seen.points, drawn.points))
        self.watched.seen.append(seen.points)
        self.watched.drawn.append(drawn.points)
