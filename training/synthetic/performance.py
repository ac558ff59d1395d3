"""The performance of the sample clip: keys of head, face, gaze, mug and light.

It lasts ten seconds.

The scenes and their times are in SCENES; every track ends as it begins, so the clip loops.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from training.synthetic.posing import Pose

SECONDS = 10.0
SCENES = {
    "still": (0.0, 0.9),
    "talking": (0.9, 2.2),
    "turn": (2.2, 3.9),
    "tilt": (3.9, 4.8),
    "nod": (4.8, 5.4),
    "lean": (5.4, 6.3),
    "covered": (6.3, 7.4),
    "away": (7.4, 8.6),
    "dark": (8.6, 9.75),
    "still_again": (9.75, 10.0),
}
"""First and last second of each part of the clip."""

Keys = list[tuple[float, float]]


def _keys(text: str) -> Keys:
    """Parse "second value, second value, ..."."""
    pairs = (pair.split() for pair in text.split(","))
    return [(float(second), float(value)) for second, value in pairs]


DEGREES = {
    "yaw": _keys(
        "0 0, 0.9 0, 1.3 5, 1.7 -4, 2.2 0, 2.66 35, 2.8 35, 3.5 -35, 3.62 -35, 3.98 0, 5.4 0, 5.8 -4, "
        "6.4 0, 7 -7, 7.4 0, 7.75 16, 8.2 16, 8.55 0, 8.9 0, 9.25 12, 9.7 0"
    ),
    "pitch": _keys(
        "0 0, 1 0, 1.25 5, 1.5 -2, 1.8 4, 2.2 0, 2.9 -3, 3.9 0, 4.8 0, 4.97 14, 5.12 -8, 5.27 9, "
        "5.45 0, 5.8 3, 6.3 0, 6.75 -9, 7.05 -9, 7.35 0, 8.9 0, 9.2 4, 9.6 0"
    ),
    "roll": _keys(
        "0 0, 1.2 2, 1.7 -3, 2.2 0, 3.9 0, 4.15 20, 4.3 20, 4.62 -20, 4.72 -20, 4.95 0, 5.8 3, 6.3 0, "
        "7.4 0, 7.7 -6, 8.2 -6, 8.6 0, 9.2 -3, 9.7 0"
    ),
    "body_yaw": _keys("0 0, 2.3 0, 2.95 10, 3.6 -9, 4.1 0, 7.4 0, 7.7 14, 8.2 14, 8.6 0"),
    "body_pitch": _keys("0 0, 5.45 0, 5.8 9, 6 9, 6.35 0"),
}
CENTIMETRES = {
    "x": _keys("0 0, 4.15 -1.5, 4.7 1.5, 5 0, 7.42 0, 7.85 68, 8.15 68, 8.58 0"),
    "y": _keys("0 0, 5.45 0, 5.85 -0.5, 6.3 0"),
    "z": _keys("0 0, 5.45 0, 5.8 14, 6 14, 6.35 0, 7.5 0, 7.8 -3, 8.2 -3, 8.6 0"),
}
FACE = {
    "smile": _keys("0 0.12, 0.9 0.1, 2.3 0.1, 5.5 0.1, 5.75 0.85, 6.05 0.85, 6.3 0.15, 8.5 0.1, 9.6 0.12"),
    "brow_up": _keys("0 0, 1.3 0, 1.5 0.5, 1.75 0, 3.9 0, 4.2 0.4, 4.6 0, 9 0, 9.2 0.5, 9.5 0"),
    "sip": _keys("0 0, 6.7 0, 6.8 1, 7 1, 7.1 0"),
}
GAZE = {
    "gaze_x": _keys(
        "0 0, 0.45 0, 0.5 0.35, 0.8 0.35, 0.85 0, 2.2 0, 2.35 0.5, 2.75 0.2, 3 0, 3.15 -0.5, "
        "3.5 -0.2, 3.7 0, 7.4 0, 7.5 0.5, 8.2 0, 9.3 0.2, 9.5 0"
    ),
    "gaze_y": _keys("0 0, 1.45 0, 1.5 0.3, 1.7 0.3, 1.75 0, 6.4 0, 6.5 -0.5, 6.75 -0.3, 7.1 0"),
}
LIGHT = {
    "lamp": _keys("0 1, 5.3 1, 5.7 0.3, 6.1 0.3, 6.5 1, 8.5 1, 8.7 0.02, 9.6 0.02, 9.75 1"),
    "window": _keys("0 1, 2.2 1, 2.7 0.35, 3.3 0.5, 3.9 1.35, 4.6 1, 8.5 1, 8.75 0.07, 9.55 0.07, 9.8 1"),
    "window_angle": _keys("0 0, 2.2 0, 3.9 35, 6 10, 8 0"),
    "diffuse": _keys("0 1, 8.5 1, 8.72 0.12, 9.58 0.12, 9.78 1"),
}
BLINKS_S = (0.62, 1.78, 2.42, 3.28, 4.38, 5.05, 6.42, 7.12, 8.45, 9.05, 9.45)
BLINK_HALF_S = 0.11
RESTING_LIDS, RESTING_LIPS = 0.12, 0.3
TALKING = ((0.95, 2.2), (8.8, 9.5))
VISEMES: list[dict[str, float]] = [
    {"jawOpen": 0.42, "mouthLowerDown_L": 0.2, "mouthLowerDown_R": 0.2},
    {"jawOpen": 0.14, "mouthStretch_L": 0.4, "mouthStretch_R": 0.4, "mouthSmile_L": 0.25, "mouthSmile_R": 0.25},
    {"jawOpen": 0.16, "mouthPucker": 0.75, "mouthFunnel": 0.2},
    {"mouthPress_L": 0.5, "mouthPress_R": 0.5, "mouthRollLower": 0.35, "mouthRollUpper": 0.25},
    {"jawOpen": 0.28, "mouthFunnel": 0.5},
    {"jawOpen": 0.10, "mouthRollLower": 0.5, "mouthUpperUp_L": 0.3, "mouthUpperUp_R": 0.3},
    {"jawOpen": 0.22, "mouthUpperUp_L": 0.15, "mouthUpperUp_R": 0.15},
]
VISEME_S = 0.115
MUG_FROM_MOUTH = {
    "mug_x": _keys("0 -12, 6.35 -12, 6.72 -0.5, 7 -0.3, 7.18 4.5, 7.42 -6, 7.6 -12"),
    "mug_y": _keys("0 -40, 6.3 -40, 6.7 -3.4, 7 -2.6, 7.16 -0.5, 7.5 -40"),
    "mug_z": _keys("0 9, 6.4 9, 6.72 5.6, 7.02 5.4, 7.18 8, 7.5 10"),
    "mug_tip": _keys("0 0, 6.68 0, 6.85 24, 6.98 24, 7.12 4, 7.4 0"),
}
REST_CM = (0.0, -14.6, -62.0)


@dataclass(frozen=True, slots=True)
class Moment:
    """The performance in one frame.

    Expression by the kit's names, pose, light strengths, mug relative to the mouth or None.
    """

    expression: dict[str, float]
    pose: Pose
    light: dict[str, float]
    mug_cm: tuple[float, float, float] | None
    mug_tip: float
    scene: str


def ease(keys: Keys, t: float) -> float:
    """Return the value at time t, smooth from key to key.

    It is at rest in each key; the last key joins the first after SECONDS.
    """
    closed = [*keys, (SECONDS, keys[0][1])]
    for (t0, v0), (t1, v1) in pairwise(closed):
        if t0 <= t <= t1:
            part = (t - t0) / max(t1 - t0, 1e-9)
            return v0 + (v1 - v0) * part * part * (3 - 2 * part)
    raise ValueError(f"t must be 0..{SECONDS} s, got {t}")


def sway(t: float, seed: int) -> float:
    """Return a small restless movement of about -1..1 with period SECONDS."""
    random = np.random.default_rng(seed)
    cycles, phase, size = random.integers(2, 13, 5), random.uniform(0, 2 * np.pi, 5), random.uniform(0.2, 0.5, 5)
    return float((size * np.sin(2 * np.pi * cycles * t / SECONDS + phase)).sum())


def mouth_shape(t: float) -> dict[str, float]:
    """Return the blended visemes at a time; empty while nothing is said."""
    for number, (start, end) in enumerate(TALKING):
        if start <= t < end:
            order = np.random.default_rng(11 + number).permutation(np.tile(np.arange(len(VISEMES)), 3))
            place = (t - start) / VISEME_S
            part = place % 1
            part = part * part * (3 - 2 * part)
            fade = min((t - start) / 0.1, (end - t) / 0.12, 1.0)
            shape: dict[str, float] = {}
            for viseme, weight in ((order[int(place)], 1 - part), (order[int(place) + 1], part)):
                for name, strength in VISEMES[viseme].items():
                    shape[name] = shape.get(name, 0.0) + strength * weight * fade
            return shape
    return {}


def expression_at(t: float) -> dict[str, float]:
    """Return the weights of the kit's expressions at a time."""
    weights = mouth_shape(t)

    def add(name: str, weight: float) -> None:
        weights[name] = weights.get(name, 0.0) + weight

    smile = ease(FACE["smile"], t)
    for side in "LR":
        add(f"mouthSmile_{side}", 0.8 * smile)
        add(f"cheekSquint_{side}", 0.7 * smile)
        add(f"mouthUpperUp_{side}", 0.25 * max(smile - 0.3, 0))
        add(f"mouthPress_{side}", RESTING_LIPS * (1 - smile))
        add(f"browOuterUp_{side}", 0.6 * ease(FACE["brow_up"], t))
        add(f"browInnerUp_{side}", 0.5 * ease(FACE["brow_up"], t))
        blink = max(np.clip(1.25 * (1 - abs(t - b) / BLINK_HALF_S), 0, 1) for b in BLINKS_S)
        add(f"eyeBlink_{side}", RESTING_LIDS + (1 - RESTING_LIDS) * float(blink))
    add("jawOpen", 0.22 * max(smile - 0.3, 0) + 0.12 * ease(FACE["sip"], t))
    add("mouthPucker", 0.5 * ease(FACE["sip"], t))
    x = ease(GAZE["gaze_x"], t) + 0.04 * sway(t, 5)
    y = ease(GAZE["gaze_y"], t) + 0.03 * sway(t, 6)
    add("eyeLookOut_L" if x > 0 else "eyeLookIn_L", abs(x))
    add("eyeLookIn_R" if x > 0 else "eyeLookOut_R", abs(x))
    for side in "LR":
        add(f"eyeLook{'Up' if y > 0 else 'Down'}_{side}", abs(y))
    return weights


def perform_at(t: float) -> Moment:
    """Return the whole performance at time t, 0 <= t < SECONDS."""
    angle = {name: np.radians(ease(keys, t)) for name, keys in DEGREES.items()}
    shift = {name: ease(keys, t) for name, keys in CENTIMETRES.items()}
    lively = np.radians([0.7 * sway(t, 1), 0.6 * sway(t, 2), 0.45 * sway(t, 3)])
    breath = 0.12 * np.sin(2 * np.pi * 3 * t / SECONDS)
    place = (
        REST_CM[0] + shift["x"] + 0.15 * sway(t, 7),
        REST_CM[1] + shift["y"] + float(breath),
        REST_CM[2] + shift["z"] + 0.2 * sway(t, 8),
    )
    pose = Pose(
        float(angle["yaw"] + lively[0]),
        float(angle["pitch"] + lively[1]),
        float(angle["roll"] + lively[2]),
        float(angle["body_yaw"]),
        float(angle["body_pitch"]),
        place,
    )
    mug = {name: ease(keys, t) for name, keys in MUG_FROM_MOUTH.items()}
    shown = mug["mug_y"] > -39.5
    light = {name: ease(keys, t) for name, keys in LIGHT.items()}
    scene = next(name for name, (start, end) in SCENES.items() if start <= t < end)
    return Moment(
        expression_at(t),
        pose,
        light,
        (mug["mug_x"], mug["mug_y"], mug["mug_z"]) if shown else None,
        float(np.radians(mug["mug_tip"])),
        scene,
    )
