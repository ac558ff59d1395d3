"""Find what covers the face.

The network finds things; colour finds hair along the outline.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Cover, FaceMesh, Points
from livecam.core.frame import Pixels
from livecam.video.render import mesh_border as mantle
from livecam.video.render.appearance_memory import AppearanceMemory
from livecam.video.render.canvas import Canvas, CanvasView
from livecam.video.render.lighting import LogColour, read_log_colours
from livecam.video.render.sampling import look_up

_DARKER: Final = (0.22, 0.47)
_OTHER_COLOUR: Final = (0.12, 0.24)
_BRIGHTER: Final = 0.12
_STRICTER: Final = 0.08
_SURE: Final = (0.1, 0.22)
_CERTAIN, _LIKELY, _FROM_OUTSIDE = 0.7, 0.4, 0.15
"""Least certainty of a thing, and its share beyond the face if it is only likely.

A patch that the network is certain of somewhere is a thing. Real hands reach 0.9 and come from outside. Twisted
mouths and frowns reach 0.6 and are inside.
"""
_GAP: Final = np.ones((7, 7), np.uint8)
_FOLLOW: Final = 0.5
_REACH: Final = 7
_EDGE_FLOOR: Final = np.float32(2e-3)
_LOG: Final = np.log(np.arange(256) + 4.0).astype(np.float32)
Map = NDArray[np.float32]


class Occluders:
    """The share of the live picture that covers the drawn face, over a few frames.

    Attributes:
        thing: Whether the network found a thing in front of the face in the last frame. Otherwise the open part is by
            colour alone, or since the face was first seen.
    """

    def __init__(self) -> None:
        self.thing = False
        self._recall = AppearanceMemory()
        self.reset()

    def reset(self) -> None:
        """Forget what covered the face."""
        self._share: Map | None = None
        self._recall.reset()

    def update(self, canvas: Canvas, log_light: Map, face: FaceMesh, points: Points, view: CanvasView) -> Map:
        """Add a frame.

        Args:
            canvas: The live picture, warped.
            log_light: (q, q, 3) log colour of this skin, at a quarter of the canvas.
            face: The live mesh, with the network's map if it made one.
            points: (POINT_COUNT, 3) the points of the warped picture in canvas pixels, rings included.
            view: Place of the canvas in the frame.

        Returns:
            (q, q) float32 0..1, valid until the next call.
        """
        share = _hair(canvas.small, log_light, canvas.outline)
        places = points[:468, :2] * np.float32(0.25) - np.float32(0.375)
        colours = read_log_colours(canvas.small, places)
        things = (
            None
            if face.cover is None
            else self._find_things(face.cover, face.points, points, places, colours, view, canvas)
        )
        self.thing = things is not None and self._recall.has_appearance
        if things is not None:
            np.maximum(share, things, out=share)
        cv2.GaussianBlur(share, (3, 3), 0.7, dst=share)
        return self._average(share, places, colours)

    def _average(self, share: Map, places: Points, colours: LogColour) -> Map:
        """Return the average over the last frames.

        It is of this frame alone, or empty, where it would show the face itself.
        """
        if self._recall.shows_face(colours, look_up(share, places[None])[0]):
            share[:] = 0
            self.thing = False
        if self._share is None or self._share.shape != share.shape:
            self._share = share
            return share
        self._share += np.float32(_FOLLOW) * (share - self._share)
        if self._recall.shows_face(colours, look_up(self._share, places[None])[0]):
            self._share = share
        return self._share

    def _find_things(
        self,
        cover: Cover,
        live: Points,
        points: Points,
        places: Points,
        colours: LogColour,
        view: CanvasView,
        canvas: Canvas,
    ) -> Map | None:
        """Return the network's map (q, q), its edges aligned to the picture.

        None means that nothing covers the face.
        """
        believed = _filter_map(cover, live)
        if believed is None:
            self._recall.learn(colours)
            return None
        there = canvas.warp_map(_on_canvas(believed, cover, view, len(canvas.small)))
        strange = self._recall.find_hidden(colours, look_up(there, places[None])[0])
        if strange.any():
            over_mesh = mantle.extend_values(strange[:, None], np.empty((mantle.POINT_COUNT, 1), np.float32))
            np.maximum(there, canvas.spread(points, over_mesh[:, 0]), out=there)
        grey = np.asarray(cv2.cvtColor(canvas.small, cv2.COLOR_BGR2GRAY), np.float32) * np.float32(1 / 255)
        low, high = _SURE
        return np.asarray(np.clip((_filter_guided(there, grey) - low) / (high - low), 0, 1), np.float32)


def _hair(small: Pixels, log_light: Map, outline: Map) -> Map:
    """Return (q, q) 0..1 how unlike this skin each place is.

    Hair is much darker, of another colour, or beyond the oval brighter. `outline` (q, q) says where hair is searched:
    0 nowhere, 1 on the face, 2 beyond its oval.
    """
    if not cv2.hasNonZero(outline):
        return np.zeros(outline.shape, np.float32)
    rest = cv2.subtract(cv2.LUT(small, _LOG), log_light)
    blue, green, red = cv2.split(rest)
    luma = (blue + green + red) * np.float32(1 / 3)
    colour = np.maximum(np.maximum(np.abs(blue - luma), np.abs(green - luma)), np.abs(red - luma))
    dark_low, dark_high = _DARKER
    low, high = _OTHER_COLOUR
    beyond = _limited(outline - 1)
    dark = _limited((-luma - dark_low + _STRICTER * beyond) / (dark_high - dark_low))
    bright = _limited((luma - _BRIGHTER) / _BRIGHTER) * beyond
    other = _limited((colour * (1 + beyond) - low) / (high - low))
    return np.asarray(np.minimum(dark + bright + other, 1) * np.minimum(outline, 1), np.float32)


def _limited(new: NDArray[np.floating]) -> Map:
    """Return new values limited to 0..1, in place; faster than `np.clip`."""
    values = np.asarray(new, np.float32)
    return np.minimum(np.maximum(values, np.float32(0), out=values), np.float32(1), out=values)


def _on_canvas(believed: Map, cover: Cover, view: CanvasView, size_px: int) -> Map:
    """Return (q, q) the network's map on the crop, filled.

    The network is most certain at the edges of a thing.
    """
    filled = cv2.morphologyEx(believed, cv2.MORPH_CLOSE, _GAP)
    to_map = np.vstack([cover.frame_to_map, [0, 0, 1]]) @ np.vstack([view.matrix_from(4), [0, 0, 1]])
    size = (size_px, size_px)
    return np.asarray(
        cv2.warpAffine(filled, to_map[:2], size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32
    )


def _filter_map(cover: Cover, points: Points) -> Map | None:
    """Return the network's map (n, n) without patches that are not things.

    `points` (468, 3) of the face are in frame pixels.
    """
    low, _ = _SURE
    count, labels, facts, _ = cv2.connectedComponentsWithStats((cover.probability > low).astype(np.uint8))
    if count == 1:
        return None
    oval = points[topology.OVAL, :2] @ cover.frame_to_map[:, :2].T + cover.frame_to_map[:, 2]
    beyond = np.ones(labels.shape, np.uint8)
    cv2.fillPoly(beyond, [np.round(oval).astype(np.int32)], 0)
    most = np.zeros(count, np.float32)
    patch = np.asarray(labels, np.intp).ravel()
    np.maximum.at(most, patch, cover.probability.ravel())
    outside = np.bincount(patch, beyond.ravel(), count) / np.maximum(facts[:, cv2.CC_STAT_AREA], 1)
    kept = (most >= _CERTAIN) | ((most >= _LIKELY) & (outside >= _FROM_OUTSIDE))
    kept[0] = False
    return np.asarray(cover.probability * kept[labels], np.float32) if kept.any() else None


def _filter_guided(blurred: Map, guide: Map) -> Map:
    """Return a map (q, q) with the edges of a guide (He, Sun, Tang 2010)."""
    mean_guide, mean_map = _box(guide), _box(blurred)
    slope = (_box(guide * blurred) - mean_guide * mean_map) / (_box(guide * guide) - mean_guide**2 + _EDGE_FLOOR)
    offset = mean_map - slope * mean_guide
    return np.asarray(_box(slope) * guide + _box(offset), np.float32)


def _box(values: Map) -> Map:
    """Return the mean over a small neighbourhood."""
    return np.asarray(cv2.blur(values, (_REACH, _REACH), borderType=cv2.BORDER_REPLICATE), np.float32)
