"""Windows of a face made of numbers: no network, no picture."""

from collections.abc import Callable

import numpy as np

from livecam.core import topology
from livecam.verify.signs.series import CloseLook, FaceReading, FaceWindow

RATE_HZ = 30
EYES_PX = 90.0
Motion = Callable[[float, np.ndarray], None]


def at_rest() -> np.ndarray:
    """The mean face, 90 px from eye to eye, in a picture of 640x480."""
    return (topology.CANONICAL * EYES_PX + np.float32([320, 220, 0])).astype(np.float32)


def open_lids(points: np.ndarray, share: float) -> None:
    """Set both eyes to a share of their opening, in place."""
    for upper, lower, _, _ in (topology.RIGHT_EYE_OPENING, topology.LEFT_EYE_OPENING):
        middle = (points[upper] + points[lower]) / 2
        points[upper] = middle + (points[upper] - middle) * share
        points[lower] = middle + (points[lower] - middle) * share


def open_mouth(points: np.ndarray, height: float) -> None:
    """Set the inner lips so many eye distances apart, in place."""
    upper, lower, _, _ = topology.MOUTH_OPENING
    points[lower] = points[upper] + np.float32([0, height * EYES_PX, 0])


def reading(at_s: float, points: np.ndarray, **changed: object) -> FaceReading:
    usual = {
        "colours": np.full((4, 3), 120, np.float32),
        "room": np.full((9, 16, 3), 100, np.float32),
        "box": (0.3, 0.2, 0.7, 0.9),
        "change": (2.0, 2.0),
        "grain": (1.0, 1.0),
        "covered": 0.0,
        "segment": 0,
    }
    return FaceReading(round(at_s * 1e9), points, **{**usual, **changed})


def window(seconds: float = 8.0, move: Motion | None = None, speech=None, **changed) -> FaceWindow:
    """A window in which `move` changes the points of each time; callables among `changed` are given the time."""
    readings = []
    for number in range(round(seconds * RATE_HZ)):
        at_s, points = number / RATE_HZ, at_rest()
        if move is not None:
            move(at_s, points)
        now = {name: value(at_s) if callable(value) else value for name, value in changed.items()}
        readings.append(reading(at_s, points, **now))
    return FaceWindow(readings, (), speech)


def look(at_s: float = 0.0, bands=((4, 4, 4), (4, 4, 4)), blocks=(0.1, 0.1), outline=None, crop=None) -> CloseLook:
    return CloseLook(round(at_s * 1e9), np.float32(bands), blocks, outline, None, crop, EYES_PX, 0)
