"""Find faces in a whole picture.

Scale it, run the detector network, read the cells that saw something.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.network import Network
from livecam.core.face import FaceBox

STRIDES = (8, 16, 32)
STEP_PX = 32
ALIKE = 0.5
"""Overlap (intersection over union) from which two candidates are averaged; others of the same face are dropped."""
LINEAR_FROM = 0.6
DIM_BELOW, MOST_GAIN = 60.0, 4.0
"""Mean grey level to which the network's picture of a dark room is lifted, and by how much at most."""
Floats = NDArray[np.float32]
_NO_ROWS: Floats = np.empty((0, 15), np.float32)
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How the detector looks and what it reports.

    Attributes:
        longest_px: Longest side of the picture the network sees; small pictures are enlarged up to twice.
        quick_px: The same for a quick look.
        min_score: Least score of a face.
        least_px: Longest side, in the picture of a full look, below which nothing is a face.
        suspected: Score in a quick look from which the picture is looked at in full.
        same_face: Share of the smaller of two boxes that is in the other, from which they are one face.
    """

    longest_px: int = 640
    quick_px: int = 256
    min_score: float = 0.65
    least_px: float = 10.0
    suspected: float = 0.35
    same_face: float = 0.5


class DetectorInput:
    """The network's input for pictures of one size; black beyond the picture."""

    def __init__(self, width: int, height: int, longest_px: int) -> None:
        self.scale = min(longest_px / max(width, height), 2.0)
        self.size_wh = max(1, round(width * self.scale)), max(1, round(height * self.scale))
        columns, rows = (-(-side // STEP_PX) * STEP_PX for side in self.size_wh)
        self.blob: Floats = np.zeros((1, 3, rows, columns), np.float32)
        self.small = np.empty((self.size_wh[1], self.size_wh[0], 3), np.uint8)
        self._planes = [np.empty(self.small.shape[:2], np.uint8) for _ in range(3)]
        self._halves = _halves(width, height, self.size_wh)
        self._rest = self.size_wh[0] / (self._halves[-1].shape[1] if self._halves else width)

    def fill(self, pixels: Pixels, halved: Pixels | None = None, quartered: Pixels | None = None) -> Floats:
        """Scale (h, w, 3) BGR into the blob, dark pictures lifted.

        `halved` and `quartered` are the picture at half and a quarter of its size where they are known. Valid until
        the next call.
        """
        halves = self._halves
        for known in (halved, quartered):
            if halves and known is not None and known.shape == halves[0].shape:
                pixels, halves = known, halves[1:]
        for half in halves:
            pixels = np.asarray(cv2.resize(pixels, half.shape[1::-1], dst=half, interpolation=cv2.INTER_AREA), np.uint8)
        how = cv2.INTER_AREA if self._rest < LINEAR_FROM else cv2.INTER_LINEAR
        cv2.resize(pixels, self.size_wh, dst=self.small, interpolation=how)
        shown = self.small
        gain = min(DIM_BELOW / max(float(np.mean(cv2.mean(shown)[:3])), 1.0), MOST_GAIN)
        if gain > 1:
            shown = np.asarray(cv2.convertScaleAbs(shown, alpha=gain), np.uint8)
        cv2.split(shown, self._planes)
        for plane, colour in zip(self.blob[0], self._planes, strict=True):
            plane[: self.size_wh[1], : self.size_wh[0]] = colour
        return self.blob


def _halves(width: int, height: int, least_wh: tuple[int, int]) -> list[Pixels]:
    """Return buffers for halving a picture down to no less than a size.

    Averaging 2 x 2 pixels is OpenCV's fastest way.
    """
    buffers: list[Pixels] = []
    while width % 2 == 0 and height % 2 == 0 and width // 2 >= least_wh[0] and height // 2 >= least_wh[1]:
        width, height = width // 2, height // 2
        buffers.append(np.empty((height, width, 3), np.uint8))
    return buffers


class Detector:
    """The detector network over whole pictures."""

    def __init__(self, network: Network, rules: DetectorConfig | None = None) -> None:
        self._network, self._rules = network, rules or DetectorConfig()
        self._index = [[network.outputs.index(f"{kind}_{s}") for kind in ("score", "box", "points")] for s in STRIDES]
        self._canvases: dict[bool, DetectorInput] = {}
        self._seen_wh = (0, 0)

    def find(
        self,
        pixels: Pixels,
        quick: bool = False,
        min_score: float | None = None,
        halved: Pixels | None = None,
        quartered: Pixels | None = None,
    ) -> list[FaceBox]:
        """Return all faces of a (h, w, 3) BGR picture in its pixels, best score first.

        `quick` looks at a smaller picture. `halved` and `quartered` are smaller copies where they are known.

        Those below `min_score` are left out; without it the rules say which.

        Raises:
            EngineError: The network failed.
        """
        canvas = self._canvas(pixels.shape[1], pixels.shape[0], quick)
        answers = self._network.run({"frame": canvas.fill(pixels, halved, quartered)})
        least = self._rules.min_score if min_score is None else min_score
        rows = [self._level(answers, level, least) for level in range(len(STRIDES))]
        faces = merge_boxes(np.concatenate(rows), canvas.scale, self._rules.same_face)
        least_px = self._rules.least_px / self._canvases[False].scale
        return [face for face in faces if max(face.box_xyxy[2:] - face.box_xyxy[:2]) >= least_px]

    @property
    def last_picture(self) -> Pixels:
        """The small picture of the last quick look."""
        return self._canvases[True].small

    def _canvas(self, width: int, height: int, quick: bool) -> DetectorInput:
        if self._seen_wh != (width, height):
            self._seen_wh = (width, height)
            sides = {False: self._rules.longest_px, True: self._rules.quick_px}
            self._canvases = {kind: DetectorInput(width, height, longest_px) for kind, longest_px in sides.items()}
        return self._canvases[quick]

    def _level(self, answers: list[Floats], level: int, min_score: float) -> Floats:
        """Return candidates of one stride as rows (n, 15).

        Score, box, points in pixels of the network's picture.
        """
        stride = STRIDES[level]
        score, box, points = (answers[i][0] for i in self._index[level])
        if score.max() <= min_score:
            return _NO_ROWS
        y, x = np.nonzero(score[0] > min_score)
        rows = np.empty((len(y), 15), np.float32)
        rows[:, 0], reach = score[0, y, x], box[:, y, x].T * stride
        centre = rows[:, 1:3]
        centre[:, 0], centre[:, 1] = x * stride + stride / 2, y * stride + stride / 2
        rows[:, 5:] = points[:, y, x].T * stride
        rows[:, 5::2] += centre[:, :1]
        rows[:, 6::2] += centre[:, 1:]
        rows[:, 3:5] = centre + reach[:, 2:]
        centre -= reach[:, :2]
        return rows


def merge_boxes(rows: Floats, scale: float, same_face: float) -> list[FaceBox]:
    """Return one box per face from candidates (n, 15).

    The best, averaged with those like it; in frame pixels.
    """
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    faces = []
    while len(rows):
        smaller, union = overlap_shares(rows[0, 1:5], rows[:, 1:5])
        own, alike = smaller >= same_face, union >= ALIKE
        own[0] = alike[0] = True
        weight = rows[alike, :1] ** 2
        mean = (rows[alike, 1:] * weight).sum(0) / weight.sum()
        # Pixel centres count as whole numbers, in the small picture and in the frame.
        in_frame = ((mean + 0.5) / scale - 0.5).astype(np.float32)
        faces.append(FaceBox(in_frame[:4], in_frame[4:].reshape(5, 2), float(rows[0, 0])))
        rows = rows[~own]
    return faces


def overlap_shares(box: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """Return the common area of a box (4,) with each of boxes (n, 4).

    One as a share of the smaller of the two, one of their union.
    """
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.maximum(high - low, 0).prod(1)
    area, areas = (box[2:] - box[:2]).prod(), (boxes[:, 2:] - boxes[:, :2]).prod(1)
    union = np.maximum(area + areas - common, 1e-6)
    return common / np.maximum(np.minimum(area, areas), 1e-6), common / union
