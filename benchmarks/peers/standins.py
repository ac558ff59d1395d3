"""What each program does with a frame, as far as it is described in public; none of their code is used."""

from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.networks import DETECTOR, GENERATOR, HOURGLASS, SWAPPER, Network
from livecam.core import topology
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import Persona
from livecam.core.ports import FaceFinder, TextureEngine
from livecam.disclosure.picture import Marker
from livecam.video.parallel import ThreadedParallel
from livecam.video.render.renderer import FaceRenderer
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig

THREADS: Final = 2
ALIGNED: Final = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]], np.float32) * (
    128 / 112
)
Points = NDArray[np.float32]


class Peer(Protocol):
    """One way to make a picture.

    Attributes:
        name, note: For the table.
        shows: Whether the picture means something; networks with random weights show nothing.
        used: (5, 2) the points the last picture was placed by; None before the first.
    """

    name: str
    note: str
    shows: bool
    used: Points | None

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """The picture for a frame; `true` (468, 3) are the points a detector without a fault would find."""
        ...


def five(points: Points) -> Points:
    """Eye centres, nose tip and mouth corners (5, 2) of mesh points (468, 3)."""
    eyes = [points[[33, 133], :2].mean(0), points[[263, 362], :2].mean(0)]
    return np.array([*eyes, points[1, :2], points[61, :2], points[291, :2]], np.float32)


class Livecam:
    """The step of a live session: find, render, mark."""

    name, note, shows = "livecam", "find, render and mark, every picture new", True

    def __init__(self, finder: FaceFinder, engine: TextureEngine, persona: Persona, size_wh: tuple[int, int]) -> None:
        parallel = ThreadedParallel()
        self._tracker = FaceTracker(finder, TrackerConfig(), parallel)
        self._renderer, self._texture = FaceRenderer(parallel=parallel), engine.prepare(persona)
        self._marker = Marker(size_wh)
        self.used: Points | None = None

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """As `Peer.draw`; nothing true is looked at."""
        out = frame.pixels.copy()
        for tracked in self._tracker.detect(frame)[:1]:
            self._renderer.draw(frame, tracked.mesh, self._texture, out)
            self.used = five(tracked.mesh.points)
        return self._marker.mark(out, frame.captured_ns, frame.seq).pixels


class StaleBoxSwap:
    """Detection of the whole frame every second picture, the old box between, a 128-pixel swap pasted on its crop.

    As Deep-Live-Cam works at 30 frames a second by its public source (modules/ui.py: every max(1, round(0.08 fps))).
    """

    name, shows = "swap network, stale boxes (stand-in)", False

    def __init__(self, every: int = 2) -> None:
        self._detector, self._swapper = Network(DETECTOR, (480, 640), THREADS), Network(SWAPPER, (128, 128), THREADS)
        self._every, self._frames = every, 0
        self.used: Points | None = None
        self.note = f"detector {self._detector.size}; swap {self._swapper.size}; random weights"

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """As `Peer.draw`: the detector is run for its cost, the true points are taken for its answer."""
        if self._frames % self._every == 0 or self.used is None:
            self._detector.run(_tensor(cv2.resize(frame.pixels, (640, 480))))
            self.used = five(true)
        self._frames += 1
        out = frame.pixels.copy()
        to_crop, _ = cv2.estimateAffinePartial2D(self.used, ALIGNED, method=cv2.LMEDS)
        crop = cv2.warpAffine(frame.pixels, to_crop, (128, 128))
        swapped = np.clip(self._swapper.run(_tensor(crop))[0].transpose(1, 2, 0), 0, 1) * 255
        _paste(swapped.astype(np.float32), cv2.invertAffineTransform(to_crop), out)
        return out


class Puppeteer:
    """A first-order motion model's networks once per frame: keypoints, dense motion, generator."""

    name, shows, used = "puppet network (stand-in)", False, None

    def __init__(self) -> None:
        self._hourglass, self._generator = (
            Network(HOURGLASS, (64, 64), THREADS),
            Network(GENERATOR, (256, 256), THREADS),
        )
        self.note = f"two hourglasses of {self._hourglass.size}; generator {self._generator.size}; random weights"

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """As `Peer.draw`."""
        side = cv2.resize(frame.pixels[:, : frame.pixels.shape[0]], (256, 256))
        small = _tensor(cv2.resize(side, (64, 64)))
        self._hourglass.run(small)
        self._hourglass.run(small)
        made = np.clip(self._generator.run(_tensor(side))[0].transpose(1, 2, 0), 0, 1) * 255
        return np.asarray(cv2.resize(made.astype(np.uint8), frame.size_wh), np.uint8)


class WarpAndClone:
    """The classical way: the photo's triangles bent onto the live mesh, then OpenCV's seamlessClone."""

    name, note, shows = "affine warp and seamlessClone", "our tracker; 852 triangles", True

    def __init__(self, finder: FaceFinder, persona: Persona) -> None:
        self._tracker = FaceTracker(finder, TrackerConfig())
        self._photo, self._places = persona.photo.pixels, persona.photo.points.astype(np.float32)
        self.used: Points | None = None

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """As `Peer.draw`; nothing true is looked at."""
        for tracked in self._tracker.detect(frame)[:1]:
            self.used = five(tracked.mesh.points)
            return self._clone(frame.pixels, tracked.mesh)
        return frame.pixels

    def _clone(self, pixels: Pixels, mesh: FaceMesh) -> Pixels:
        points = mesh.points[:, :2]
        bent = np.zeros_like(pixels)
        for corner in topology.TRIANGLES:
            _bend(self._photo, self._places[corner], points[corner], bent)
        mask = np.zeros(pixels.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, cv2.convexHull(points[topology.OVAL]).astype(np.int32), 255)
        x, y, w, h = cv2.boundingRect(mask)
        return np.asarray(cv2.seamlessClone(bent, pixels, mask, (x + w // 2, y + h // 2), cv2.NORMAL_CLONE), np.uint8)


def _bend(photo: Pixels, source: Points, target: Points, out: Pixels) -> None:
    """One triangle (3, 2) of the photo onto its place in `out`."""
    x, y, w, h = cv2.boundingRect(target)
    x, y = max(x, 0), max(y, 0)
    w, h = min(w + 1, out.shape[1] - x), min(h + 1, out.shape[0] - y)
    if w <= 0 or h <= 0:
        return
    corner = np.array([x, y], np.float32)
    move = cv2.getAffineTransform(source, target - corner)
    piece = cv2.warpAffine(photo, move, (w, h), borderMode=cv2.BORDER_REFLECT_101)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(mask, np.round(target - corner).astype(np.int32), 1)
    np.copyto(out[y : y + h, x : x + w], piece, where=mask[..., None] > 0)


def _tensor(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 3, h, w) RGB, 0..1."""
    rgb = picture[..., ::-1].astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(rgb.transpose(2, 0, 1)[None])


def _paste(crop: NDArray[np.float32], to_frame: NDArray[np.float64], out: Pixels) -> None:
    """A square crop back on its box of the frame, with a feathered edge."""
    side = len(crop)
    mask = np.zeros((side, side), np.float32)
    mask[8:-8, 8:-8] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), 5)
    ends = cv2.transform(np.array([[[0, 0], [side, 0], [0, side], [side, side]]], np.float64), to_frame)[0]
    left, top = np.maximum(np.floor(ends.min(0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(ends.max(0)).astype(int), [out.shape[1], out.shape[0]])
    if right <= left or bottom <= top:
        return
    move = to_frame.copy()
    move[:, 2] -= [left, top]
    size = (int(right - left), int(bottom - top))
    share = cv2.warpAffine(mask, move, size)[..., None]
    face = cv2.warpAffine(crop, move, size)
    part = out[top:bottom, left:right]
    part[:] = (face * share + part * (1 - share)).astype(np.uint8)
