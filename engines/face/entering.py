"""Detect faces that enter at an edge: a part and its mirror image make a face."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.detector import Detector, DetectorConfig
from engines.face.network import Network
from livecam.core.face import EdgeStrip, FaceBox, Side
from livecam.core.frame import Frame, Pixels

_SIDE_PX: Final = 256
_LEAST_SCORE: Final = 0.5
"""A quarter to a third of a face scores 0.5 to 0.9, a half 0.9 and more."""
_OFF_THE_EDGE: Final = 0.3
"""Largest distance of such a face's middle from the edge, in face sizes.

The mirrored picture is symmetric about the edge.
"""


class EnteringFaces:
    """Searches strips along the edges, each extended by its mirror image."""

    def __init__(self, network: Network) -> None:
        self._detector = Detector(network, DetectorConfig(longest_px=_SIDE_PX))

    def find(self, frame: Frame, strip: EdgeStrip) -> list[FaceBox]:
        """Return faces in a strip of a frame or beyond its edge.

        A long strip is taken from a smaller copy of the frame where there is one. Coordinates are in the frame's
        pixels.

        Raises:
            EngineError: The network failed or is closed.
        """
        pixels, times = _smallest_copy(frame, strip)
        strip = replace(strip, begin_px=strip.begin_px // times, length_px=-(-strip.length_px // times))
        square, scale, corner = _mirrored(pixels, strip)
        found = self._detector.find(square, min_score=_LEAST_SCORE)
        across = 0 if strip.side in (Side.LEFT, Side.RIGHT) else 1
        # Pixel centres count as whole numbers, in the square and in the frame.
        return [
            FaceBox(
                (((face.box_xyxy + 0.5) / scale + np.tile(corner, 2)) * times - 0.5).astype(np.float32),
                (((face.points + 0.5) / scale + corner) * times - 0.5).astype(np.float32),
                face.score,
            )
            for face in found
            if _is_made_of_both(face, across)
        ]


def _smallest_copy(frame: Frame, strip: EdgeStrip) -> tuple[Pixels, int]:
    """Return the smallest copy of a frame that fills the network's square.

    Also how many times smaller it is.
    """
    height, width = frame.pixels.shape[:2]
    length = _length_px(strip, width, height)
    for copy, times in ((frame.quarter, 4), (frame.half, 2)):
        if copy is not None and length >= times * _SIDE_PX:
            return copy, times
    return frame.pixels, 1


def _length_px(strip: EdgeStrip, width: int, height: int) -> int:
    """Return the length of a strip that fits into a picture of that size."""
    along, across = (height, width) if strip.side in (Side.LEFT, Side.RIGHT) else (width, height)
    return min(strip.length_px, along, 2 * across)


def _is_made_of_both(face: FaceBox, across: int) -> bool:
    """Whether a face is on the edge; others are whole faces and mirror images."""
    low, high = face.box_xyxy[across], face.box_xyxy[across + 2]
    return bool(abs((low + high) / 2 - _SIDE_PX / 2) < _OFF_THE_EDGE * (high - low))


def _mirrored(pixels: Pixels, strip: EdgeStrip) -> tuple[Pixels, float, NDArray[np.float64]]:
    """Return a square centred on the edge for the network.

    It is scaled first, as that is half the work. Also its pixels per pixel of the picture, and its upper left corner
    there.
    """
    height, width = pixels.shape[:2]
    along = height if strip.side in (Side.LEFT, Side.RIGHT) else width
    length = _length_px(strip, width, height)
    depth, half = length // 2, _SIDE_PX // 2
    begin = int(np.clip(strip.begin_px, 0, along - length))
    inside = {
        Side.LEFT: (np.s_[begin : begin + length, :depth], (0, 0, half, 0), (-depth, begin)),
        Side.RIGHT: (np.s_[begin : begin + length, width - depth :], (0, 0, 0, half), (width - depth, begin)),
        Side.TOP: (np.s_[:depth, begin : begin + length], (half, 0, 0, 0), (begin, -depth)),
        Side.BOTTOM: (np.s_[height - depth :, begin : begin + length], (0, half, 0, 0), (begin, height - depth)),
    }
    part, border, corner = inside[strip.side]
    size_wh = (half, _SIDE_PX) if strip.side in (Side.LEFT, Side.RIGHT) else (_SIDE_PX, half)
    how = cv2.INTER_AREA if length > _SIDE_PX else cv2.INTER_LINEAR
    mirrored = cv2.copyMakeBorder(cv2.resize(pixels[part], size_wh, interpolation=how), *border, cv2.BORDER_REFLECT)
    return np.asarray(mirrored, np.uint8), _SIDE_PX / length, np.array(corner, np.float64)
