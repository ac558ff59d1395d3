"""Second pass over a clip: input and output side by side, frame after frame."""

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
        looks: Unit embeddings of the output, every tenth frame; `live_looks` of the camera's picture.
        numbers: The frames' numbers.
    """

    skin: list[list[NDArray[np.float32]]] = field(default_factory=list)
    outline: list[float] = field(default_factory=list)
    sharp: list[tuple[float, float]] = field(default_factory=list)
    pose: list[float] = field(default_factory=list)
    seen: list[Points] = field(default_factory=list)
    drawn: list[Points] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    looks: list[NDArray[np.float32]] = field(default_factory=list)
    live_looks: list[NDArray[np.float32]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


class Watcher:
    """Compares pairs of pictures, in the order of the frames."""

    def __init__(self, finder: FaceFinder, recogniser: FaceRecogniser | None) -> None:
        self.watched = Watched()
        self._finder, self._recogniser = finder, recogniser
        self._samples = SkinSamples()
        self._bare = self._samples.bareness > _SURELY_SKIN

    def observe(self, frame: Frame, after: Pixels, face: FollowedFace, hidden: Points | None = None) -> None:
        """Observe a frame and its output.

        `hidden` (n, 2) are places where something truly covers the face.
        """
        w, before = self.watched, frame.pixels
        if not w.numbers or frame.seq != w.numbers[-1] + 1:
            w.skin.append([])
        w.skin[-1].append(np.stack([self._skin(picture, face) for picture in (before, after)]))
        w.numbers.append(frame.seq)
        points = face.mesh.points
        if hidden is not None and len(hidden):
            w.kept.append(metrics.kept_share(before, after, hidden))
            return
        w.outline.append(metrics.outline_error(before, after, points))
        w.sharp.append((metrics.sharpness(before, points), metrics.sharpness(after, points)))
        self._mesh(frame, after, face)
        if self._recogniser is not None and len(w.outline) % EMBED_EVERY == 1:
            w.looks.append(self._recogniser.embed(after, points))
            w.live_looks.append(self._recogniser.embed(before, points))

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
