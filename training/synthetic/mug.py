"""A mug in a hand with its forearm, which passes before the face in the clip."""

import numpy as np
from numpy.typing import NDArray

from training.synthetic.figure import smooth
from training.synthetic.solids import Solid, surface

Floats = NDArray[np.float32]
RADIUS_CM, HALF_HEIGHT_CM = 4.0, 4.9
GRID_CM = 0.22
FINGERS = [(3.05, 0.88, 2.1), (1.2, 0.94, 2.35), (-0.65, 0.91, 2.25), (-2.35, 0.80, 1.9)]
"""Height on the mug, thickness and reach (radians) of each finger.

The order is from index to little finger.
"""


def _capsule(p: Floats, a: Floats, b: Floats, radius_a: float, radius_b: float) -> Floats:
    along = b - a
    t = np.clip((p - a) @ along / (along @ along), 0, 1)
    distance = np.linalg.norm(p - a - t[:, None] * along, axis=1)
    return np.asarray(distance - (radius_a + t * (radius_b - radius_a)), np.float32)


def _melt(a: Floats, b: Floats, width: float) -> Floats:
    """Return the smooth union of two fields (Quilez)."""
    h = np.clip(0.5 + 0.5 * (b - a) / width, 0, 1)
    return np.asarray(b + (a - b) * h - width * h * (1 - h), np.float32)


def _round(angle: float, height: float, away: float) -> Floats:
    """Return a place next to the mug.

    Angle 0 is the hand's side (-x), and grows towards the camera (+z).
    """
    return np.array([-np.cos(angle) * away, height, np.sin(angle) * away], np.float32)


def mug_field(p: Floats) -> Floats:
    """Return a mug with a hollow, and a handle on the far side of the hand."""
    outer = np.hypot(p[:, 0], p[:, 2])
    wall = np.maximum(np.abs(outer - (RADIUS_CM - 0.22)) - 0.22, np.abs(p[:, 1]) - HALF_HEIGHT_CM)
    base = np.maximum(outer - RADIUS_CM, np.abs(p[:, 1] + HALF_HEIGHT_CM - 0.3) - 0.3)
    ring = np.hypot(np.hypot((p[:, 0] - RADIUS_CM) * 1.1, p[:, 1]) - 2.6, p[:, 2]) - 0.55
    handle = np.maximum(ring, RADIUS_CM - 0.2 - p[:, 0])
    return _melt(np.minimum(wall, base), handle.astype(np.float32), 0.3) - 0.08


def hand_field(p: Floats) -> Floats:
    """Return a right hand around the mug, fingers in front, and its wrist."""
    field = np.full(len(p), 99.0, np.float32)
    for height, thick, reach in FINGERS:
        joints = [
            _round(angle, height + lift, RADIUS_CM + thick * 0.95 + out)
            for angle, lift, out in (
                (0.15, 0.1, 1.1),
                (0.30 * reach, 0.25, 0.35),
                (0.66 * reach, 0.05, 0.10),
                (reach, -0.15, 0.0),
            )
        ]
        finger = np.full(len(p), 99.0, np.float32)
        for k in range(3):
            thickness = thick * (1.04 - 0.09 * k)
            bone = _capsule(p, joints[k], joints[k + 1], thickness, thickness * 0.93)
            finger = _melt(finger, bone, 0.12)
        field = _melt(field, finger, 0.28)
    palm = _capsule(p, _round(-0.1, 2.4, 6.0), _round(-0.25, -2.2, 6.2), 1.75, 1.9)
    heel = _capsule(p, _round(-0.3, -1.0, 6.4), np.array([-8.2, -5.5, -2.4], np.float32), 1.9, 2.5)
    thumb = _melt(
        _capsule(p, np.array([-6.4, 0.0, -2.2], np.float32), _round(-0.75, 2.8, 5.3), 1.45, 1.0),
        _capsule(p, _round(-0.75, 2.8, 5.3), _round(-1.3, 3.7, 5.1), 0.95, 0.75),
        0.4,
    )
    wrist = _capsule(p, np.array([-8.2, -5.5, -2.4], np.float32), np.array([-11.0, -13.0, -4.2], np.float32), 2.45, 2.9)
    return _melt(_melt(_melt(field, palm, 0.9), _melt(heel, wrist, 0.8), 0.9), thumb, 0.6)


def sleeve_field(p: Floats) -> Floats:
    """Return the shirt's sleeve from the wrist down."""
    a, b = np.array([-10.3, -11.0, -3.7], np.float32), np.array([-19.0, -34.0, -9.0], np.float32)
    ripple = 0.12 * np.sin(1.7 * p[:, 1] + 0.8 * p[:, 0]) + 0.08 * np.sin(3.1 * p[:, 1] - p[:, 2])
    return np.asarray(_capsule(p, a, b, 3.5, 4.9) + ripple, np.float32)


def join_fields(parts: list[Solid]) -> Solid:
    offset, faces = 0, []
    for solid in parts:
        faces.append(solid.faces + offset)
        offset += len(solid.vertices)
    fields = ([getattr(solid, name) for solid in parts] for name in ("vertices", "colour", "shine", "skin"))
    vertices, colour, shine, skin = (np.concatenate(f) for f in fields)
    return Solid(vertices, np.concatenate(faces).astype(np.int32), colour, shine, skin)


def make_mug_in_hand(skin_tone: Floats, shirt: Floats, glaze: Floats, random: np.random.Generator) -> Solid:
    """Return the mug, upright, its middle at the origin, y up.

    Colours are linear BGR (3,).
    """
    parts = []
    for field, low, high, colour, shine, skin in [
        (mug_field, (-5, -6, -5), (8, 6, 5), glaze, 0.35, 0.0),
        (hand_field, (-15, -16, -9), (7, 7, 8), skin_tone, 0.04, 1.0),
        (sleeve_field, (-26, -40, -16), (-5, -6, 4), shirt, 0.01, 0.0),
    ]:
        vertices, faces = surface(field, np.array(low, np.float32), np.array(high, np.float32), GRID_CM)
        mottled = colour * (1 + random.normal(0, 0.025, len(vertices)))[:, None]
        if skin:
            mottled = mottled * _knuckles(vertices)
        full = [np.full(len(vertices), value, np.float32) for value in (shine, skin)]
        parts.append(Solid(vertices, faces, mottled.astype(np.float32), *full))
    return join_fields(parts)


def _knuckles(vertices: Floats) -> Floats:
    """Return redder joints and paler finger tips (v, 3), as BGR factors."""
    angle = np.arctan2(vertices[:, 2], -vertices[:, 0])
    red = np.zeros(len(vertices), np.float32)
    pale = np.zeros(len(vertices), np.float32)
    for height, thick, reach in FINGERS:
        level = smooth(-np.abs(vertices[:, 1] - height), -thick * 1.1, -thick * 0.3)
        for joint in (0.30 * reach, 0.66 * reach):
            red += level * np.exp(-np.square((angle - joint) / 0.10))
        pale += level * smooth(angle, reach - 0.02, reach + 0.08)
    factor = np.stack([1 - 0.22 * red + 0.1 * pale, 1 - 0.18 * red + 0.06 * pale, 1 + 0.02 * red + 0.04 * pale], axis=1)
    return np.asarray(factor, np.float32)
