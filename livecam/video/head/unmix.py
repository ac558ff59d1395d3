"""Along a head's outline: how much of each pixel is head.

And its colour without the room behind it.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.video.head.fill import push_pull
from livecam.video.head.geometry import HeadGeometry

Share = NDArray[np.float32]

_DOUBT, _SURE = 0.1, 0.95
_INNER, _OUTER = 0.10, 0.05
_APART: Final = (40.0, 80.0)
"""Grey levels between head and room: below the first their mixture says nothing."""
_PLAIN: Final = (10.0, 25.0)
"""Grey levels of unrest of the room: above the second it is too busy to be taken out of a mixture."""
_WINDOW: Final = (61, 61)
_LEAST_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Unmixed:
    """What is known of each pixel of a photo.

    Shares (h, w) of person and hair, (h, w, 3) float32 colours without the room, and its unrest in grey levels.
    """

    person: Share
    hair: Share
    colours: Share
    busy: float


def unmix(pixels: Pixels, person: Share, hair: Share, geometry: HeadGeometry) -> Unmixed:
    """Return sharper shares and clean colours where the room allows it.

    It must be plain and of another colour than the head.

    Args:
        pixels: (h, w, 3) the photo.
        person, hair: (h, w) 0..1 shares from the network.
        geometry: Of the face in the photo.
    """
    height, colours = geometry.height, pixels.astype(np.float32)
    outer = _ellipse(height * _OUTER)
    near = cv2.dilate((person > _DOUBT).astype(np.uint8), outer) > 0
    inside = cv2.erode((person > _SURE).astype(np.uint8), _ellipse(height * _INNER)) > 0
    room, head = push_pull(colours, (~near).astype(np.float32)), push_pull(colours, inside.astype(np.float32))
    apart = head - room
    squared = (apart * apart).sum(2)
    share = np.clip(((colours - room) * apart).sum(2) / (squared + 1), 0, 1)
    share = np.clip(share * 1.25 - 0.2, 0, 1).astype(np.float32)
    unrest = _unrest(colours, room, (~near).astype(np.float32))
    rows = np.arange(len(person), dtype=np.float32)[:, None]
    above = np.clip((geometry.points[152, 1] - rows) / (height * 0.1) + 1, 0, 1)
    band = cv2.GaussianBlur((near & ~inside).astype(np.float32), (0, 0), 2)
    ok = band * _rise(np.sqrt(squared), _APART) * (1 - _rise(unrest, _PLAIN)) * above
    ok = np.asarray(ok * np.clip(hair * 2 + np.clip(1 - person, 0, 1), 0, 1), np.float32)
    person = person * (1 - ok) + ok * np.minimum(share, cv2.dilate(person, outer))
    hair = hair * (1 - ok) + ok * np.minimum(share, cv2.dilate(hair, outer))
    clean = _clean(colours, room, person, share, ok)
    known = float((~near).sum())
    busy = float((unrest * ~near).sum() / known) if known else 0.0
    return Unmixed(np.asarray(person, np.float32), np.asarray(hair, np.float32), clean, busy)


def _clean(colours: Share, room: Share, person: Share, share: Share, ok: Share) -> Share:
    """Return colours (h, w, 3) with the room taken out.

    Where the head is half transparent.
    """
    solid = cv2.erode((person > _SURE).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    filled = push_pull(colours, solid)
    part = np.clip(share, _LEAST_SHARE, 1)[..., None]
    taken = np.clip((colours - (1 - part) * room) / part, 0, 255)
    taken = np.where(share[..., None] < 0.3, filled, 0.5 * taken + 0.5 * filled)
    soft = np.clip((1 - cv2.GaussianBlur(solid, (0, 0), 1.5)) * 1.6, 0, 1)[..., None]
    chosen = taken * ok[..., None] + filled * (1 - ok[..., None])
    return np.asarray(colours * (1 - soft) + soft * chosen, np.float32)


def _unrest(colours: Share, room: Share, sure: Share) -> Share:
    """Return (h, w) how far the room is from its smooth colour, in grey levels.

    Round each pixel.
    """
    away = np.sqrt(((colours - room) ** 2).sum(2)) * sure
    return np.asarray(cv2.blur(away, _WINDOW) / (cv2.blur(sure, _WINDOW) + 1e-3), np.float32)


def _rise(values: Share, limits: tuple[float, float]) -> Share:
    low, high = limits
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), np.float32)


def _ellipse(side: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(side) | 1,) * 2), np.uint8)
