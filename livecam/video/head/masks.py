"""What of the live picture is head.

This frame's segmentation, doubted, or what is known without it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.clock import NS_PER_MS
from livecam.core.segmentation import HeadClass, HeadParts
from livecam.video.head.geometry import HeadGeometry, frame_of, to_fixed
from livecam.video.head.grid import HeadGrid
from livecam.video.head.planes import above

Share = NDArray[np.float32]
Mask = NDArray[np.uint8]

_PERSON, _HAIR, _HEAD, _FRONT = 0.12, 0.3, 0.5, 0.55
_INNER: Final = np.float32(0.8)
_ON_FACE: Final = 0.9
_LEAST_HEAD: Final = 0.2
_MOST_BEYOND: Final = 0.6
_MOST_CHANGE: Final = 1 / 3
_FADE: Final = 20
"""Of 255 a frame: what a mask once held fades for half a second, for a mask that comes and goes flickers."""
_FAR_PERSON: Final = 0.72
_CLOSE: Final = 0.24
"""Face heights, across: round what is surely head a doubtful pixel counts as person, farther away a likely one does."""
_RECALLED: Final = (0.5, 0.85)
"""How much of this look the next one gets: a shelf that is hair by a third would grow from look to look."""
_RECALL_PX: Final = 7
"""Across: round what is surely head all is recalled, an eighth of a face's height to each side."""
_DOUBTFUL: Final = 0.35
_RING_SHARES: Final = (0.2, 0.5)
CARRY_NS: Final = 200 * NS_PER_MS
SKULL_NS: Final = 800 * NS_PER_MS


class Rung(IntEnum):
    """How the head is known; each is worse than the one before."""

    SEEN = 0
    """This frame's segmentation is believed."""
    CARRIED = 1
    """The last mask, moved with the head."""
    SKULL = 2
    """The skull's ellipse by the mesh."""
    LOST = 3
    """Neither for too long: hold."""


@dataclass(frozen=True, slots=True, eq=False)
class GridParts:
    """Shares (h, w) float32 over a grid.

    Background, hair, head skin, things in front, and everything that belongs to the person.
    """

    background: Share
    hair: Share
    head: Share
    front: Share
    person: Share

    @classmethod
    def of(cls, parts: HeadParts, grid: HeadGrid) -> Self:
        """Return a look at the grid's own copy, spread over it.

        Beyond the look there is background.
        """
        chosen = (HeadClass.BACKGROUND, HeadClass.HAIR, HeadClass.HEAD, HeadClass.FRONT)
        planes = np.dstack([parts.shares[k] for k in chosen])
        spread = cv2.warpAffine(
            planes, parts.to_map, grid.shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(1.0, 0.0, 0.0, 0.0),
        )  # fmt: skip
        background, hair, head, front = (np.asarray(plane, np.float32) for plane in cv2.split(spread))
        person = np.asarray(np.clip(1 - background - front, 0, 1), np.float32)
        return cls(background, hair, head, front, person)


class HeadMask:
    """The mask of the live head over a few frames, and how it is known.

    Attributes:
        rung: How it was known in the last frame.
        parts: The look of the last frame if it was believed, else None.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the head: another one, or the same after a gap."""
        self.rung = Rung.LOST
        self.parts: GridParts | None = None
        self._mask: Mask | None = None
        self._at: HeadGeometry | None = None
        self._areas: list[float] = []
        self._believed_ns: int | None = None
        self._begun_ns: int | None = None

    def update(self, found: HeadParts | None, grid: HeadGrid, geometry: HeadGeometry, now_ns: int) -> Mask:
        """Return the mask (h, w) of the head on the grid, the face by its mesh included.

        Args:
            found: What the network said of the grid's copy; None when it failed.
            grid: The part of the frame.
            geometry: Of the live mesh in grid pixels.
            now_ns: The frame's time.
        """
        if self._begun_ns is None:
            self._begun_ns = now_ns
        spread = None if found is None else GridParts.of(found, grid)
        carried = self._carried(grid, geometry)
        self.parts = spread if spread is not None and self._believes(spread, geometry) else None
        if self.parts is not None:
            mask = _read(self.parts, geometry)
            if carried is not None:
                cv2.max(mask, cv2.subtract(carried, np.full_like(carried, _FADE)), dst=mask)
            self.rung, self._believed_ns = Rung.SEEN, now_ns
        else:
            mask = self._without(carried, grid, geometry, now_ns)
        geometry.draw_face(mask)
        self._mask, self._at = mask, geometry
        return mask

    def _without(self, carried: Mask | None, grid: HeadGrid, geometry: HeadGeometry, now_ns: int) -> Mask:
        """Return the mask without this frame's look.

        The last one, then the skull's ellipse as well.
        """
        since = now_ns - (self._begun_ns or 0 if self._believed_ns is None else self._believed_ns)
        mask = np.zeros(grid.shape, np.uint8) if carried is None else carried
        if carried is not None and self._believed_ns is not None and since <= CARRY_NS:
            self.rung = Rung.CARRIED
            return mask
        geometry.draw_skull(mask)
        self.rung = Rung.SKULL if since <= SKULL_NS else Rung.LOST
        return mask

    def _carried(self, grid: HeadGrid, geometry: HeadGeometry) -> Mask | None:
        """Return the last mask, moved, turned and scaled with the head."""
        if self._mask is None or self._at is None:
            return None
        there, here = frame_of(self._at), frame_of(geometry)
        matrix = (here @ np.linalg.inv(there))[:2]
        return np.asarray(cv2.warpAffine(self._mask, matrix, grid.shape[::-1]), np.uint8)

    def _believes(self, parts: GridParts, geometry: HeadGeometry) -> bool:
        """Whether a look can be this head."""
        shape = parts.hair.shape
        inner, skull, beyond = (np.zeros(shape, np.uint8) for _ in range(3))
        oval = geometry.middle + (geometry.points[topology.OVAL] - geometry.middle) * _INNER
        cv2.fillPoly(inner, [to_fixed(oval)], 255, shift=4)
        geometry.draw_skull(skull)
        geometry.draw_zone(beyond)
        cv2.bitwise_and(beyond, cv2.bitwise_not(skull), dst=beyond)
        head = parts.hair + parts.head
        if not np.isfinite(head).all() or not inner.any():
            return False
        face = cv2.mean(parts.person + parts.front, mask=inner)[0]
        area = cv2.mean(head, mask=skull)[0]
        usual = self._areas
        self._areas = [*usual, area][-2:]
        steady = all(abs(area - before) <= _MOST_CHANGE * before for before in usual)
        around = cv2.mean(head, mask=beyond)[0] if beyond.any() else 0.0
        return face >= _ON_FACE and area >= _LEAST_HEAD and around <= _MOST_BEYOND and steady


def _read(parts: GridParts, geometry: HeadGeometry) -> Mask:
    """Return the mask (h, w) of a look.

    The person above the lobes near the skull, and hair wherever it hangs.
    """
    shape = parts.hair.shape
    zone, skull = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    geometry.draw_zone(zone)
    geometry.draw_skull(skull)
    # Dark shelves look like hair: beyond the skull only what surely hangs on this head is taken for its hair.
    surely = _joined(above(parts.hair + parts.head, _HEAD), geometry)
    close = cv2.dilate(surely, np.ones((int(geometry.height * _CLOSE) | 1,) * 2, np.uint8))
    cv2.bitwise_or(surely, cv2.bitwise_and(above(parts.hair + parts.head, _DOUBTFUL), close), dst=surely)
    hair = cv2.bitwise_and(above(parts.hair, _HAIR), np.asarray(close, np.uint8))
    near = cv2.bitwise_and(cv2.bitwise_or(skull, hair), zone)
    perhaps = cv2.bitwise_and(above(parts.person, _PERSON), np.asarray(close, np.uint8))
    person = cv2.bitwise_or(perhaps, above(parts.person, _FAR_PERSON))
    bone = np.zeros(shape, np.uint8)
    geometry.draw_bone(bone)
    mask = cv2.bitwise_or(cv2.bitwise_and(person, near), surely)
    cv2.bitwise_or(mask, cv2.bitwise_and(bone, zone), dst=mask)
    mask = cv2.bitwise_and(mask, cv2.bitwise_not(above(parts.front, _FRONT)))
    return _joined(np.asarray(mask, np.uint8), geometry)


def _joined(mask: Mask, geometry: HeadGeometry) -> Mask:
    """Return the part of a mask that is joined to the face.

    No knitted collar, no dark corner of the room.
    """
    whole = mask.copy()
    geometry.draw_face(whole)
    labels = cv2.connectedComponents(whole)[1]
    height, width = mask.shape
    x, y = np.clip(np.round(geometry.middle).astype(int), 0, [width - 1, height - 1])
    return np.asarray(mask * (labels == labels[y, x]), np.uint8)


def soften(mask: Mask, height: float) -> Mask:
    """Return a mask (h, w) a little wider, with a soft edge.

    `height` is the face's on the grid.
    """
    grown = max(int(height * 0.035), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grown + 1,) * 2)
    return np.asarray(cv2.blur(cv2.dilate(mask, kernel), (2 * (grown // 2) + 3,) * 2), np.uint8)


def recall(found: HeadParts) -> Share:
    """Return (n, n) what the network gets at its next look.

    It is all of the head round what is surely head and joined to the face, and farther away only what is sure.
    """
    head, (low, high) = found.head, _RECALLED
    labels = cv2.connectedComponents(above(head, _HEAD))[1]
    middle = len(head) // 2
    joined = (labels == labels[middle, middle]) & (head > _HEAD)
    close = cv2.dilate(joined.astype(np.uint8), np.ones((_RECALL_PX, _RECALL_PX), np.uint8)) > 0
    return np.where(close, head, np.clip((head - low) / (high - low), 0, 1)).astype(np.float32)


def ring_round(mask: Mask, geometry: HeadGeometry) -> Mask:
    """Return the ring (h, w) round a mask, above the lobes.

    In which the room must be known before a head is drawn.
    """
    inner, outer = (
        cv2.dilate(mask, np.ones((int(geometry.height * share) | 1,) * 2, np.uint8)) for share in _RING_SHARES
    )
    zone = np.zeros_like(mask)
    geometry.draw_zone(zone)
    return np.asarray(cv2.bitwise_and(cv2.subtract(outer, inner), zone), np.uint8)
