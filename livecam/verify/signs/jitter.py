"""Jitter: how the inside of the face trembles against its outline."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.pose import fit_pose
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

_LEAST_S, _LEAST_HZ = 3.0, 12.0
_STEP_S: Final = 0.048
"""Least time between compared pictures, so that clips of 15 and of 30 pictures a second are measured alike."""
_INSIDE: Final = np.concatenate([topology.NOSE_RIDGE, topology.EYE_CORNERS, [50, 280, 205, 425, 101, 330]])
_FLOOR: Final = 1e-4


def read_jitter(window: FaceWindow) -> SignValue | str:
    """Return the trembling of inner points against that of the outline."""
    if window.length_s < _LEAST_S or window.rate_hz < _LEAST_HZ:
        return f"needs {_LEAST_S:.0f} s of one face at {_LEAST_HZ:.0f} pictures a second"
    chosen = _thin_out(window.times_s)
    points = [window.readings[number].points for number in chosen]
    shapes = np.stack([fit_pose(each).undo(each) for each in points])
    inside, outline = (_tremble(shapes[:, group, :2]) for group in (_INSIDE, topology.OVAL))
    score = float(np.log((np.median(inside) + _FLOOR) / (np.median(outline) + _FLOOR)))
    figures = {
        "inside": f"{1000 * float(np.median(inside)):.1f} thousandths of the eye distance",
        "outline": f"{1000 * float(np.median(outline)):.1f} thousandths",
    }
    return SignValue(score, figures, float(window.times_s[chosen[1 + int(np.argmax(inside))]]))


def _thin_out(times_s: NDArray[np.float64]) -> list[int]:
    """Return numbers of pictures that are at least a step apart."""
    chosen = [0]
    for number, at_s in enumerate(times_s):
        if at_s - times_s[chosen[-1]] >= _STEP_S:
            chosen.append(number)
    return chosen


def _tremble(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean length (n - 2,) of second differences of points (n, k, 2)."""
    bend = points[2:] - 2 * points[1:-1] + points[:-2]
    return np.asarray(np.linalg.norm(bend, axis=2).mean(1), np.float64)


SIGN: Final = Sign(
    "jitter",
    "Jitter",
    "Trembling of nose, cheeks and eye corners against the outline of the head, after head motion is removed.",
    "A face that is drawn from noisy points trembles inside an outline that is still.",
    "The mesh network trembles itself in noise and low light. Programs that smooth their points pass.",
    "the inside of the face trembles more than its outline",
    "the inside of the face is stiller than its outline",
    read_jitter,
)
