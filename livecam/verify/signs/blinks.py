"""Blinks: how often, how long and how far the lids close."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

_LEAST_S, _LEAST_HZ = 4.0, 12.0
_CLOSED: Final = 0.62
_LONGEST_S: Final = 0.6
_SIDES: Final = (topology.RIGHT_EYE_OPENING, topology.LEFT_EYE_OPENING)


def measure_openness(window: FaceWindow) -> NDArray[np.float64]:
    """Return how open the eyes are (n,), 1 as wide as they usually are."""
    points = window.points
    opened = np.zeros(len(points))
    for upper, lower, one, other in _SIDES:
        height = np.linalg.norm(points[:, upper] - points[:, lower], axis=1)
        opened += height / np.maximum(np.linalg.norm(points[:, one] - points[:, other], axis=1), 1e-6)
    return np.asarray(opened / max(float(np.percentile(opened, 85)), 1e-6))


def find_blinks(times_s: NDArray[np.float64], openness: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return first and last picture of every blink."""
    shut = np.concatenate([[False], openness < _CLOSED, [False]])
    edges = np.flatnonzero(np.diff(shut.astype(int)))
    runs = [(int(begin), int(end) - 1) for begin, end in edges.reshape(-1, 2)]
    return [run for run in runs if times_s[run[1]] - times_s[run[0]] <= _LONGEST_S]


def read_blinks(window: FaceWindow) -> SignValue | str:
    """Return how far the lids close in the window."""
    if window.length_s < _LEAST_S or window.rate_hz < _LEAST_HZ:
        return f"needs {_LEAST_S:.0f} s of one face at {_LEAST_HZ:.0f} pictures a second"
    openness = measure_openness(window)
    blinks = find_blinks(window.times_s, openness)
    deepest = int(np.argmin(openness))
    closed = 1 - float(openness[deepest])
    figures = {"blinks": f"{60 * len(blinks) / window.length_s:.0f} a minute", "deepest closure": f"{closed:.0%}"}
    if blinks:
        period_s = 1 / window.rate_hz
        lengths = [float(window.times_s[end] - window.times_s[begin]) + period_s for begin, end in blinks]
        figures["duration"] = f"{1000 * float(np.median(lengths)):.0f} ms"
    return SignValue(closed, figures, float(window.times_s[deepest]))


SIGN: Final = Sign(
    "blinks",
    "Blinks",
    "Rate and duration of blinks, and how far the lids close at the deepest one.",
    "Pictures made of one photo often close the lids half or not at all.",
    "People blink every 2 to 10 s, so eight seconds without one are usual. Programs that copy the lids pass.",
    "the lids close further than usual",
    "the lids hardly close",
    read_blinks,
)
