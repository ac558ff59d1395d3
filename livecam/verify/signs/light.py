"""Light: direction, colour and delay of the face against the neck and the room."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue
from livecam.verify.signs.signals import correlate, find_peak, remove_slow, resample

_FLOOR: Final = 2.0
_LEAST: Final = 8
_LUMA: Final = np.array([0.114, 0.587, 0.299])
_RATE_HZ: Final = 60.0
_MOST_LAG_S: Final = 0.4
_SLOW_S: Final = 2.0
_LEAST_SWING: Final = 0.012
_LEAST_LIKENESS: Final = 0.45
_NO_NECK: Final = "the neck is not in the picture"


def _colours(window: FaceWindow) -> NDArray[np.float64]:
    """Return log colours (n, 4, 3) of both halves of skin and neck."""
    return np.log(np.stack([reading.colours for reading in window.readings]).astype(np.float64) + _FLOOR)


def _both_seen(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(values).all((1, 2)))


def read_direction(window: FaceWindow) -> SignValue | str:
    """Return how differently face and neck are lit from the sides."""
    colours = _colours(window)
    seen = _both_seen(colours)
    if seen.sum() < min(_LEAST, len(seen)):
        return _NO_NECK
    luma = colours[seen] @ _LUMA
    face, neck = luma[:, 0] - luma[:, 1], luma[:, 2] - luma[:, 3]
    apart = float(np.median(face - neck))
    figures = {"face, side to side": _percent(np.median(face)), "neck, side to side": _percent(np.median(neck))}
    worst = int(np.argmax(np.abs(face - neck)))
    return SignValue(abs(apart), figures, float(window.times_s[seen][worst]))


def read_colour(window: FaceWindow) -> SignValue | str:
    """Return the distance between the tints of face and neck."""
    colours = _colours(window)
    seen = _both_seen(colours)
    if seen.sum() < min(_LEAST, len(seen)):
        return _NO_NECK
    tints = colours[seen][:, :, [0, 2]] - colours[seen][:, :, 1:2]
    apart = tints[:, :2].mean(1) - tints[:, 2:].mean(1)
    blue, red = np.median(apart, axis=0)
    figures = {"red against the neck": _percent(red), "blue against the neck": _percent(blue)}
    far = np.linalg.norm(apart, axis=1)
    return SignValue(float(np.hypot(blue, red)), figures, float(window.times_s[seen][int(np.argmax(far))]))


def read_lag(window: FaceWindow) -> SignValue | str:
    """Return by how many milliseconds the face follows the light of the neck or room."""
    if window.length_s < 3 or window.rate_hz < 12:
        return "needs 3 s of one face at 12 pictures a second"
    colours = _colours(window)
    face = colours[:, :2].mean(1) @ _LUMA
    others = {"neck": colours[:, 2:].mean(1) @ _LUMA, "room": _room(window)}
    best: tuple[float, float, str] | None = None
    for name, other in others.items():
        known = np.isfinite(face) & np.isfinite(other)
        if known.mean() < 0.9:
            continue
        one, two = (_swing(window.times_s[known], values[known]) for values in (face, other))
        if min(float(one.std()), float(two.std())) < _LEAST_SWING:
            continue
        most = round(_MOST_LAG_S * _RATE_HZ)
        place, like = find_peak(correlate(two, one, most))
        if like >= _LEAST_LIKENESS and (best is None or like > best[1]):
            best = ((place - most) / _RATE_HZ * 1000, like, name)
    if best is None:
        return "the light hardly changes; let a screen flash or a lamp move"
    lag_ms, like, name = best
    figures = {f"behind the {name}": f"{lag_ms:+.0f} ms", "likeness": f"{like:.2f}"}
    return SignValue(lag_ms, figures, window.begin_s + window.length_s / 2)


def _room(window: FaceWindow) -> NDArray[np.float64]:
    """Return the log light (n,) of the room around the head, as the median cell."""
    first = window.readings[0].room.shape
    rows, columns = (np.arange(count) / count for count in first[:2])
    out = np.full(len(window.readings), np.nan)
    for number, reading in enumerate(window.readings):
        left, top, right, _ = reading.box
        outside = (columns[None] + 1 / first[1] < left) | (columns[None] > right) | (rows[:, None] + 1 / first[0] < top)
        cells = np.log(reading.room[np.broadcast_to(outside, first[:2])].astype(np.float64) + _FLOOR) @ _LUMA
        if cells.size:
            out[number] = np.median(cells)
    return out


def _swing(times_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return remove_slow(resample(times_s, values, _RATE_HZ), round(_SLOW_S * _RATE_HZ))


def _percent(value: float) -> str:
    return f"{np.expm1(value):+.0%}"


DIRECTION: Final = Sign(
    "light_direction",
    "Direction of light",
    "Brightness of one half of the face against the other, compared with the halves of the neck.",
    "A face taken from another photo keeps that photo's shadows.",
    "Collars, beards and a turned head do the same. Programs that relight the face pass.",
    "face and neck are lit from different sides",
    "face and neck are lit alike",
    read_direction,
)
COLOUR: Final = Sign(
    "light_colour",
    "Colour of light",
    "Tint of the face compared with the tint of the neck.",
    "A face from another photo may have another white balance.",
    "Make-up, sunburn and collars change it too. Programs that take over the live colour pass.",
    "the face has another tint than the neck",
    "face and neck have the same tint",
    read_colour,
)
LAG: Final = Sign(
    "light_lag",
    "Delay of light",
    "Delay between a change of light on the neck or in the room and on the face.",
    "Programs that smooth the light over pictures follow a flash late.",
    "It needs light that changes. Pulse and slow hue changes are copied from the live face and show nothing.",
    "the face follows the light late",
    "the face follows the light at once, or before the rest",
    read_lag,
)
