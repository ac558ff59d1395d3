"""Make `training/synthetic/ict_points.npz`: MediaPipe's points on ICT-FaceKit.

The teacher looks at plainly painted heads of many identities and poses. Each of its points is projected to the
surface that it covers. Places are averaged on the neutral head and mirrored. Lid and inner-lip points then move to
the mesh's own lid and lip edges. So they follow when the eyes close or the mouth opens.

    python -m training.face.ict_points --data DIR --out training/synthetic/ict_points.npz
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from livecam.core.topology import MIRROR
from training.face.teacher import LANDMARK_COUNT, Teacher
from training.synthetic.edges import LOWER_LIP_RING, UPPER_LIP_RING, edge_rings, holes, lid_edge
from training.synthetic.head import PARTS, Floats, Head, load_head
from training.synthetic.pose import rotation
from training.synthetic.raster import PinholeCamera, RasterResult, rasterize
from training.synthetic.texture import sample

CAMERA = PinholeCamera(640, 640, 1500.0)
DISTANCE_CM = 60.0
VIEWS = 160
RIGHT_EYE_UPPER, RIGHT_EYE_LOWER = [246, 161, 160, 159, 158, 157, 173], [7, 163, 144, 145, 153, 154, 155]
LIPS_UPPER, LIPS_LOWER = [191, 80, 81, 82, 13, 312, 311, 310, 415], [95, 88, 178, 87, 14, 317, 402, 318, 324]
RIGHT_EYE_CORNERS, LIP_CORNERS = [33, 133], [78, 308]


def plain_skin() -> Floats:
    """Return a (1024, 1024, 3) BGR texture: one skin tone, flat brows and lips."""
    skin = np.full((1024, 1024, 3), (150, 170, 215), np.float32)
    for centre, axes, colour in [
        ((384, 210), (61, 12), (50, 60, 80)),
        ((640, 210), (61, 12), (50, 60, 80)),
        ((512, 582), (95, 45), (105, 105, 185)),
    ]:
        blot = np.zeros((1024, 1024), np.float32)
        cv2.ellipse(blot, centre, axes, 0, 0, 360, 1.0, -1)
        blot = cv2.GaussianBlur(blot, (0, 0), 5)[..., None]
        skin = skin * (1 - blot) + np.array(colour, np.float32) * blot
    return np.asarray(skin, np.float32)


def plain_picture(head: Head, posed: Floats, seen: RasterResult, light: Floats, skin: Floats) -> NDArray[np.uint8]:
    """Shade the visible pixels flatly by part under one light, for the teacher."""
    uv, part = seen.blend(head.uv), head.part[seen.triangle]
    colour = sample(skin, uv)
    eye = part >= list(PARTS).index("left_eye")
    from_pupil = np.hypot(uv[:, 0] - 0.5, uv[:, 1] - 0.5)
    colour[part == list(PARTS).index("scalp_and_neck")] = (150, 170, 215)
    colour[np.isin(part, [list(PARTS).index(p) for p in ("mouth", "eye_sockets", "gums")])] = (40, 40, 90)
    colour[part == list(PARTS).index("teeth")] = (210, 220, 225)
    colour[eye] = 230
    colour[eye & (from_pupil < 0.14)] = (60, 80, 100)
    colour[eye & (from_pupil < 0.05)] = 10
    shade = 0.35 + 0.65 * np.clip(seen.blend(head.normals(posed)[head.faces]) @ light, 0, 1)
    picture = np.full((CAMERA.height * CAMERA.width, 3), 90, np.float32)
    picture[seen.pixel] = colour * shade[:, None]
    return np.asarray(picture.clip(0, 255).reshape(CAMERA.height, CAMERA.width, 3), np.uint8)


def hits(head: Head, teacher: Teacher, random: np.random.Generator, skin: Floats) -> tuple[Floats, Floats] | None:
    """Return one random view: places (468, 3) and how frontal each was (468,).

    Places are on the neutral head; 0 is not visible.
    """
    identity = random.normal(0, 0.8, 100).astype(np.float32)
    vertices = head.vertices(identity, {"jawOpen": float(random.choice([0, 0, 0.3]))})
    turn = rotation(*np.radians(random.uniform((-35, -15, -10), (35, 15, 10))))
    posed = vertices @ turn.T - np.array([0, 0, DISTANCE_CM], np.float32)
    light = random.normal((0, 0.5, 1.2), 0.4)
    seen = rasterize(posed[head.faces], CAMERA)
    picture = plain_picture(head, posed, seen, (light / np.linalg.norm(light)).astype(np.float32), skin)
    face = next(teacher.faces(picture), None)
    if face is None:
        return None
    index = np.full(CAMERA.height * CAMERA.width, -1, np.int32)
    index[seen.pixel] = np.arange(len(seen.pixel))
    x, y = np.clip(np.round(face.points[:, :2]).astype(int), 0, CAMERA.width - 1).T
    hit = index[y * CAMERA.width + x]
    place = seen.blend(head.neutral[head.faces])[hit]
    squarely = seen.blend(head.normals(posed)[head.faces])[hit, 2].clip(0)
    return place, np.where((hit >= 0) & (squarely > 0.15), squarely**2, 0).astype(np.float32)


def average(places: NDArray[np.float32], weights: NDArray[np.float32]) -> Floats:
    """Return the weighted mean (468, 3) of places (views, 468, 3).

    It is computed twice, the second time without outliers of more than 0.8 cm.
    """
    mean = np.median(places, axis=0)
    for limit_cm in (1.5, 0.8):
        kept = weights * (np.linalg.norm(places - mean, axis=2) < limit_cm)
        mean = (places * kept[..., None]).sum(0) / np.maximum(kept.sum(0), 1e-6)[:, None]
    return np.asarray(mean, np.float32)


def snap(places: Floats, points: list[int], edge: Floats) -> None:
    """Move points onto an edge with vertices (m, 3), at each one's own x."""
    order = np.argsort(edge[:, 0])
    for point in points:
        places[point] = [np.interp(places[point, 0], edge[order, 0], edge[order, axis]) for axis in range(3)]


def snap_to_edges(head: Head, places: Floats, mirror: NDArray[np.int64]) -> None:
    """Move lid and inner-lip points onto the mesh's lid and lip edges.

    The left eye mirrors the right one.
    """
    right_eye, _, mouth = holes(head)
    upper, lower = lid_edge(head, right_eye, "R")
    lid = np.concatenate([upper, lower])
    for corner, pick in zip(RIGHT_EYE_CORNERS, (np.argmin, np.argmax), strict=True):
        places[corner] = head.neutral[lid[pick(head.neutral[lid, 0])]]
    snap(places, RIGHT_EYE_UPPER, head.neutral[upper])
    snap(places, RIGHT_EYE_LOWER, head.neutral[lower])
    jaw = head.deltas[head.names["jawOpen"]].reshape(-1, 3)[:, 1]
    rings = edge_rings(head, mouth, UPPER_LIP_RING)
    upper_lip, lower_lip = rings[UPPER_LIP_RING], rings[LOWER_LIP_RING]
    snap(places, LIPS_UPPER, head.neutral[upper_lip[jaw[upper_lip] > -1.2]])
    snap(places, LIPS_LOWER, head.neutral[lower_lip[jaw[lower_lip] < -1.2]])
    for corner, pick in zip(LIP_CORNERS, (np.argmin, np.argmax), strict=True):
        places[corner] = head.neutral[upper_lip[pick(head.neutral[upper_lip, 0])]]
    for point in RIGHT_EYE_UPPER + RIGHT_EYE_LOWER + RIGHT_EYE_CORNERS:
        places[mirror[point]] = places[point] * (-1, 1, 1)


def on_surface(head: Head, places: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Return the nearest place on the face for each point.

    Returns:
        Vertices of its triangle (468, 3), and their weights (468, 3).
    """
    faces = head.faces[head.triangles_of("face")]
    corners = head.neutral[faces]
    _, candidates = cKDTree(corners.mean(1)).query(places, k=24)
    a, b, c = (corners[candidates][:, :, k] for k in range(3))
    edges = np.stack([b - a, c - a], axis=3)
    gram = np.einsum("pkij,pkil->pkjl", edges, edges) + np.eye(2) * 1e-12
    st = np.linalg.solve(gram, np.einsum("pkij,pki->pkj", edges, places[:, None] - a)[..., None])[..., 0]
    weights = np.clip(np.stack([1 - st.sum(2), st[..., 0], st[..., 1]], axis=2), 0, None)
    weights /= weights.sum(2, keepdims=True)
    distance = np.linalg.norm(np.einsum("pkj,pkjc->pkc", weights, corners[candidates]) - places[:, None], axis=2)
    best = distance.argmin(1)
    rows = np.arange(len(places))
    return faces[candidates[rows, best]], weights[rows, best].astype(np.float32)


def main() -> None:
    """Process many heads, average, refine, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    head = load_head(options.data / "head3d/ict_facekit_light.npz")
    random, skin = np.random.default_rng(1), plain_skin()
    task = options.data / "models/mediapipe/face_landmarker_v2_with_blendshapes__7749e04.task"
    with Teacher(task) as teacher:
        views = [view for _ in range(VIEWS) if (view := hits(head, teacher, random, skin)) is not None]
    places = average(np.array([place for place, _ in views]), np.array([weight for _, weight in views]))
    mirror = MIRROR.astype(np.int64)
    places = (places + places[mirror] * np.array([-1, 1, 1], np.float32)) / 2
    snap_to_edges(head, places, mirror)
    vertices, weights = on_surface(head, places)
    assert len(vertices) == LANDMARK_COUNT
    np.savez_compressed(options.out, vertices=vertices, weights=weights)


if __name__ == "__main__":
    main()
