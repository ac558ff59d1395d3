"""Make `livecam/video/render/shape_split.npz`, which separates face differences.

It says which differences between faces are identity and which are expression. Total variation comes from many
people's points, expression from clips (each clip minus its own mean). With both covariances, the identity part of a
difference d is Si (Si + Se)^-1 d, the best linear estimate. Both are projected on 60 shared components.

    python -m training.face.shape_split --faces faces.npz --clips DIR --out livecam/video/render/shape_split.npz

`faces.npz` holds `points` (n, 468, 3) of n people; every npz in DIR holds `points` (frames, 468, 3) of one clip, NaN
where no face was found. The points are the teacher's (`label.py`).
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.pose import remove_pose

COMPONENTS = 60
FACE_EXPRESSION, MOUTH_EXPRESSION = 0.3, 1.0
"""Share of the clips' variation that counts as expression.

A still photo has some of it as habit.
"""
RIDGE = 1e-4


def shapes(points: Points) -> Points:
    """Return points (n, 468, 3) without their pose, as (n, 1404)."""
    return np.array([remove_pose(p) for p in points if np.isfinite(p).all()]).reshape(-1, 1404)


def both_sides(rows: Points) -> Points:
    """Return rows (n, 1404) and their mirror images."""
    flipped = rows.reshape(-1, 468, 3)[:, topology.MIRROR] * np.float32([-1, 1, 1])
    return np.concatenate([rows, flipped.reshape(-1, 1404)])


def components(people: Points, expression: Points) -> NDArray[np.float32]:
    """Return (COMPONENTS, 1404) orthonormal directions of both kinds of variation."""
    rows = np.concatenate([people / np.sqrt(len(people)), expression / np.sqrt(len(expression))])
    return np.linalg.svd(rows, full_matrices=False)[2][:COMPONENTS].astype(np.float32)


def gain(total: NDArray[np.float64], expression: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return Si (Si + Se)^-1 in component space.

    Si is the positive part of total - expression.
    """
    value, vector = np.linalg.eigh(total - expression)
    identity = (vector * np.clip(value, 0, None)) @ vector.T
    ridge = RIDGE * np.trace(total) / len(total) * np.eye(len(total))
    return np.asarray(identity @ np.linalg.inv(identity + expression + ridge), np.float32)


def main() -> None:
    """Read the points, split, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    people = shapes(np.load(args.faces)["points"])
    people = both_sides(people - people.mean(0))
    clips = [shapes(np.load(file)["points"]) for file in sorted(args.clips.glob("*.npz"))]
    expression = both_sides(np.concatenate([clip - clip.mean(0) for clip in clips if len(clip)]))
    basis = components(people, expression)
    total, doing = np.cov((people @ basis.T).T), np.cov((expression @ basis.T).T)
    print(f"{len(people) // 2} people, {len(expression) // 2} frames of {len(clips)} clips")
    np.savez_compressed(
        args.out,
        basis=basis.astype(np.float16),
        face_gain=gain(total, FACE_EXPRESSION * doing),
        mouth_gain=gain(total, MOUTH_EXPRESSION * doing),
    )


if __name__ == "__main__":
    main()
