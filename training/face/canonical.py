"""Make `livecam/core/canonical_face.npz`: the mean of the generated faces.

It also has triangles, the mirror map and the unrolled form.

Points and numbering are MediaPipe's; positions are averaged here from the teacher's view of generated faces, so the
file is our own. Triangles are read off MediaPipe's published tessellation (Apache-2.0); the eye and lip openings, which
it leaves open, are filled with fans and listed apart.

    python -m training.face.canonical --data DIR --out livecam/core/canonical_face.npz
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from mediapipe.tasks.python import vision
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from training.face.teacher import Teacher

Points = NDArray[np.float32]
OPENINGS = {
    "inner_lips": [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
    "right_eye": [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    "left_eye": [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
}
EYE_CORNERS = (33, 133, 263, 362)
PHOTOS, MAX_YAW_SHIFT = 700, 0.04


def frontal_faces(data: Path) -> Iterator[Points]:
    """Yield the teacher's points of nearly frontal generated faces."""
    task = data / "models/mediapipe/face_landmarker_v2_with_blendshapes__7749e04.task"
    with Teacher(task) as teacher:
        for file in sorted((data / "train/stylegan_youthradio").glob("*.jpg"))[:PHOTOS]:
            for face in teacher.faces(cv2.imread(str(file))):
                p = face.points
                width = np.linalg.norm(p[454, :2] - p[234, :2])
                if abs(p[1, 0] - (p[234, 0] + p[454, 0]) / 2) < MAX_YAW_SHIFT * width:
                    yield p


def align_faces(points: Points, onto: Points) -> Points:
    """Return points transformed onto another face by the best similarity.

    The method is Umeyama's (1991).
    """
    mean_a, mean_b = points.mean(0), onto.mean(0)
    a, b = points - mean_a, onto - mean_b
    u, s, vt = np.linalg.svd(a.T @ b)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    return (a @ rotation * ((s * sign).sum() / (a**2).sum()) + mean_b).astype(np.float32)


def mean_face(faces: list[Points]) -> Points:
    """Return the Procrustes mean, upright and centred between the eyes.

    One unit is the distance of the outer eye corners.
    """
    mean = faces[0]
    for _ in range(4):
        mean = np.mean([align_faces(f, mean) for f in faces], axis=0)
    mean = mean - mean[list(EYE_CORNERS)].mean(0)
    return (mean / np.linalg.norm(mean[33] - mean[263])).astype(np.float32)


def mirror_map(points: Points) -> NDArray[np.int32]:
    """Return the index of each point's mirror partner, one to one."""
    flipped = points * np.float32([-1, 1, 1])
    cost = np.linalg.norm(flipped[:, None] - points[None], axis=2) ** 2
    _, partner = linear_sum_assignment(cost + cost.T)
    return partner.astype(np.int32)


def level_face(points: Points) -> Points:
    """Turn the face so that its plane of symmetry is x = 0, and it is upright.

    The line from eyes to chin is vertical.
    """
    for _ in range(20):
        partner = mirror_map(points)
        across = (points[partner] - points).astype(np.float64)
        across *= np.sign(across[:, :1] + 1e-9)
        axis = across.sum(0) / np.linalg.norm(across.sum(0))
        down = np.array([0.0, 1.0, 0.0]) - axis * axis[1]
        down /= np.linalg.norm(down)
        rotation = np.stack([axis, down, np.cross(axis, down)])
        points = points @ rotation.T.astype(np.float32)
        points[:, 0] -= (points[:, 0] + points[partner, 0]).mean() / 2
    points = (points + points[partner] * np.float32([-1, 1, 1])) / 2
    return points.astype(np.float32)


def triangles() -> NDArray[np.int32]:
    """Return the 852 triangles of the tessellation, with normals towards the viewer."""
    edges = vision.FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION
    return np.array(
        [[edges[i].start, edges[i + 1].start, edges[i + 2].start] for i in range(0, len(edges), 3)], np.int32
    )


def fan(loop: list[int]) -> list[list[int]]:
    """Fill a loop with a zigzag strip between its two sides, corner to corner."""
    half = len(loop) // 2
    lower, upper = loop[: half + 1], [loop[0], *reversed(loop[half:])]
    strip = []
    for i in range(half):
        if lower[i] != upper[i]:
            strip.append([lower[i], lower[i + 1], upper[i]])
        if lower[i + 1] != upper[i + 1]:
            strip.append([upper[i], lower[i + 1], upper[i + 1]])
    return strip


def wind_triangles(tris: NDArray[np.int32], points: Points) -> NDArray[np.int32]:
    """Give every triangle the same winding.

    Seen unrolled, it is clockwise on screen, y down.
    """
    a, b, c = (points[tris[:, k], :2] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    out = tris.copy()
    out[area < 0] = out[area < 0][:, [0, 2, 1]]
    return out


def unroll_face(points: Points) -> Points:
    """Return the face unrolled from a cylinder around the head's vertical axis.

    Returns:
        (468, 2), symmetric, filling 0..1 both ways.
    """
    x, y, z = points.T
    axis_z = np.quantile(z, 0.98) + 0.25
    angle = np.arctan2(x, axis_z - z)
    flat = np.stack([angle * (axis_z - z.min()) * 0.8, y], axis=1)
    low, high = flat.min(0), flat.max(0)
    return ((flat - (low + high) / 2) * (0.97 / (high - low)) + 0.5).astype(np.float32)


def overlaps(uv: Points, tris: NDArray[np.int32]) -> int:
    """Return the number of triangles that are turned over when unrolled.

    0 means that the unrolled form is one to one.
    """
    a, b, c = (uv[tris[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return int((area <= 0).sum())


def relax_points(uv: Points, tris: NDArray[np.int32], partner: NDArray[np.int32]) -> Points:
    """Move folded points towards their neighbours' mean until no triangle is turned."""
    neighbours: list[set[int]] = [set() for _ in uv]
    for a, b, c in tris:
        neighbours[a] |= {b, c}
        neighbours[b] |= {a, c}
        neighbours[c] |= {a, b}
    uv = uv.copy()
    for _ in range(400):
        a, b, c = (uv[tris[:, k]] for k in range(3))
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        bad = np.unique(tris[area < 2e-6])
        if not len(bad):
            return uv
        for i in bad:
            uv[i] += 0.2 * (uv[list(neighbours[i])].mean(0) - uv[i])
        uv = (uv + np.float32([1, 0]) + uv[partner] * np.float32([-1, 1])) / 2
    raise RuntimeError(f"{len(bad)} points still folded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    faces = list(frontal_faces(args.data))
    points = level_face(mean_face(faces))
    partner = mirror_map(points)
    skin, holes = triangles(), {k: np.array(fan(v), np.int32) for k, v in OPENINGS.items()}
    uv = unroll_face(points)
    skin = wind_triangles(skin, uv)
    print(f"{len(faces)} faces; {overlaps(uv, skin)} triangles folded before relaxing")
    everything = np.concatenate([skin, *holes.values()])
    uv = relax_points(uv, wind_triangles(everything, uv), partner)
    np.savez_compressed(
        args.out,
        points=points,
        uv=uv,
        mirror=partner.astype(np.int16),
        skin_triangles=wind_triangles(skin, uv).astype(np.int16),
        **{f"{k}_triangles": wind_triangles(v, uv).astype(np.int16) for k, v in holes.items()},
    )


if __name__ == "__main__":
    main()
