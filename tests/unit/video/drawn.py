"""Drawn faces with a known mesh: a live one with a skin colour, brows and lips, and a persona's texture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Cover, FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.texture import DETAIL_GAIN, FaceTexture

SKIN = (120, 150, 190)
WIDTH, HEIGHT = 640, 480
PERIOD_NS = 33_000_000


def points_at(center_xy: tuple[float, float] = (320, 220), height_px: float = 240, yaw_deg: float = 0) -> Points:
    """(468, 3) the mean face somewhere in the frame."""
    turn = np.deg2rad(yaw_deg)
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    shape = (topology.CANONICAL - topology.CANONICAL.mean(0)) @ rotation.T
    scale = height_px / np.ptp(topology.CANONICAL[:, 1])
    return (shape * scale + [*center_xy, 0]).astype(np.float32)


def mesh(points: Points, cover: Cover | None = None) -> FaceMesh:
    return FaceMesh(points, score=1.0, seen_ns=0, cover=cover)


def frame_of(pixels: Pixels, seq: int = 0) -> Frame:
    return Frame(pixels, captured_ns=seq * PERIOD_NS, seq=seq)


def picture(points: Points, light: float = 1.0, skin: tuple[int, int, int] = SKIN, seed: int = 0) -> Pixels:
    """A frame with a face of that colour in front of a patterned wall."""
    rng = np.random.default_rng(seed)
    wall = cv2.resize(rng.integers(40, 120, (12, 16, 3)).astype(np.uint8), (WIDTH, HEIGHT))
    face = np.zeros_like(wall)
    _fill(face, points, topology.OVAL, skin)
    for ring, colour in (
        (topology.RIGHT_BROW, (40, 45, 50)), (topology.LEFT_BROW, (40, 45, 50)), (topology.OUTER_LIPS, (90, 90, 170)),
        (topology.RIGHT_EYE, (230, 60, 60)), (topology.LEFT_EYE, (230, 60, 60)),
    ):  # fmt: skip
        _fill(face, points, ring, colour)
    lit = np.clip(face.astype(np.float32) * light, 0, 255).astype(np.uint8)
    return np.where(face.any(2, keepdims=True), lit, wall)


def detail_texture(size_px: int = 192, tone: tuple[int, int, int] = SKIN) -> FaceTexture:
    """A persona with heavy brows and a stripe down the nose, as detail relative to skin."""
    pixels = np.full((size_px, size_px, 3), DETAIL_GAIN, np.uint8)
    uv = topology.UV * (size_px - 1)
    for ring in (topology.RIGHT_BROW, topology.LEFT_BROW):
        cv2.fillConvexPoly(pixels, cv2.convexHull(np.round(uv[ring]).astype(np.int32)), (40, 40, 40))
    cv2.polylines(pixels, [np.round(uv[topology.NOSE_RIDGE]).astype(np.int32)], False, (220, 220, 220), 3)
    return FaceTexture(pixels, uv, shape=topology.CANONICAL * np.float32([1.1, 1, 1]), tone=np.float32(tone))


def colour_texture(light: float = 1.0) -> FaceTexture:
    """The drawn face itself as a texture of colours, in another light."""
    points = points_at()
    return FaceTexture(picture(points, light, skin=(80, 110, 150)), points[:, :2].copy())


def cover_all(points: Points) -> Cover:
    """A network's word that something hides the whole face."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    scale = 16 / float((high - low).max())
    middle = (low + high) / 2
    move = np.array([[scale, 0, 15.5 - scale * middle[0]], [0, scale, 15.5 - scale * middle[1]]], np.float32)
    return Cover(np.ones((32, 32), np.float32), move)


def mean_colour(pixels: Pixels, points: Points, index: int, radius_px: int = 4) -> NDArray[np.float64]:
    """Mean BGR round a mesh point."""
    column, row = np.round(points[index, :2]).astype(int)
    return pixels[row - radius_px : row + radius_px, column - radius_px : column + radius_px].mean((0, 1))


def _fill(pixels: Pixels, points: Points, ring: NDArray[np.int32], colour: tuple[int, int, int]) -> None:
    polygon = np.round(points[ring, :2]).astype(np.int32)
    if ring is topology.RIGHT_BROW or ring is topology.LEFT_BROW:
        polygon = cv2.convexHull(polygon)
    cv2.fillPoly(pixels, [polygon], colour)
