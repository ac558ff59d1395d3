"""Learn the shape of expressions: `livecam/core/expression.npz`.

They are a smile, an open mouth, raised brows and shut lids.

    python -m training.personas.expression --labels WORK/faces.npz --out livecam/core/expression.npz

Both directions are ridge regressions over the labelled photos, mirrored ones included: from expression to shape (what
to take away) and from shape to expression (how much of it there is). Labels come from `training.face.label`.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.core.pose import fit_pose, remove_pose
from livecam.core.topology import MIRROR

Floats = NDArray[np.float64]
KINDS = {
    "smile": ("mouthSmile",),
    "upper_lip": ("mouthUpperUp",),
    "lower_lip": ("mouthLowerDown",),
    "jaw": ("jawOpen",),
    "brows_up": ("browInnerUp", "browOuterUp"),
    "frown": ("browDown",),
    "blink": ("eyeBlink",),
    "squint": ("eyeSquint",),
    "pucker": ("mouthPucker",),
}
NAMES = [
    "_neutral",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
]
MAX_YAW_DEG = 15.0
RIDGE_SHAPE, RIDGE_KIND = 1.0, 0.02


def amounts(blendshapes: Floats) -> Floats:
    """Return the amount of each kind (n, k): the mean of both sides' blendshapes."""
    columns = [
        blendshapes[:, [i for i, name in enumerate(NAMES) if name.startswith(stems)]].mean(1)
        for stems in KINDS.values()
    ]
    return np.stack(columns, axis=1)


def ridge(x: Floats, y: Floats, strength: float) -> Floats:
    """Return weights (a, b) of a ridge regression of y (n, b) on centred x (n, a)."""
    return np.asarray(np.linalg.solve(x.T @ x + strength * len(x) * np.eye(x.shape[1]) * x.var(), x.T @ y))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with np.load(args.labels) as arrays:
        points, blendshapes = arrays["points"], arrays["blendshapes"].astype(np.float64)
    frontal = np.array([abs(fit_pose(p).yaw_deg) < MAX_YAW_DEG for p in points])
    shapes = np.array([remove_pose(p) for p in points[frontal]], np.float64)
    shapes = np.concatenate([shapes, shapes[:, MIRROR] * (-1, 1, 1)]).reshape(2 * int(frontal.sum()), -1)
    kinds = np.tile(amounts(blendshapes[frontal]), (2, 1))
    mean_shape, mean_kind = shapes.mean(0), kinds.mean(0)
    effect = ridge(kinds - mean_kind, shapes - mean_shape, RIDGE_SHAPE / 100)
    spread, axes = np.linalg.eigh(np.cov((shapes - mean_shape).T))
    axes = axes[:, np.argsort(spread)[::-1][:80]]
    reader = axes @ ridge((shapes - mean_shape) @ axes, kinds - mean_kind, RIDGE_KIND)
    guessed = (shapes - mean_shape) @ reader + mean_kind
    for k, name in enumerate(KINDS):
        quiet = float(np.percentile(kinds[:, k], 15))
        print(f"{name}: correlation {np.corrcoef(guessed[:, k], kinds[:, k])[0, 1]:.2f}, rest {quiet:.2f}")
    np.savez_compressed(
        args.out,
        kinds=np.array(list(KINDS)),
        mean_shape=mean_shape.reshape(468, 3).astype(np.float16),
        mean_kind=mean_kind.astype(np.float32),
        rest=np.percentile(kinds, 15, axis=0).astype(np.float32),
        effect=effect.reshape(len(KINDS), 468, 3).astype(np.float16),
        reader=reader.reshape(468, 3, len(KINDS)).astype(np.float16),
    )


if __name__ == "__main__":
    main()
