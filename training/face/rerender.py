"""Draw new views of a photographed face from its own mesh.

The head turns or nods, lids are shut, the mouth is open.

    python -m training.face.rerender --data DIR --work WORK

reads WORK/faces.npz (see label.py) and writes WORK/shards/photos.npz and rerendered.npz for training, and
WORK/heldout/photos.npz and rerendered.npz from the set that is never trained on.
"""

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.topology import INNER_LIPS, OVAL, TRIANGLES
from training.face.expressions import LASHES, drop_jaw, lower_lids, static_openings
from training.face.shards import Shard, surroundings

HELDOUT_SET = "stylegan2_realorfake"
VIEWS_PER_PHOTO = 2
RINGS = ((1.25, 0.25, 1.0), (1.75, 0.5, 0.5), (3.2, 1.2, 0.0))
FOV_RAD = float(np.pi / 2)

Points = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RenderView:
    """The changes of a view: turns in degrees, shut lids and dropped jaw, 0..1."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    shut_right: float = 0.0
    shut_left: float = 0.0
    jaw: float = 0.0


def ring_triangles() -> NDArray[np.int32]:
    """Return strips between the face's outline and three rings around it.

    The points of each ring follow the mesh's.
    """
    rings = [468 + i * len(OVAL) + np.arange(len(OVAL)) for i in range(len(RINGS))]
    loops: list[NDArray[np.int64]] = [OVAL.astype(np.int64), *rings]
    strips = []
    for inner, outer in pairwise(loops):
        a, b = np.roll(inner, -1), np.roll(outer, -1)
        strips += [np.stack([inner, a, outer], 1), np.stack([a, b, outer], 1)]
    return np.concatenate(strips).astype(np.int32)


ALL_TRIANGLES = np.concatenate([TRIANGLES, ring_triangles()]).astype(np.int32)


def rotation(view: RenderView) -> NDArray[np.float32]:
    """Return the (3, 3) matrix of a view's yaw and pitch."""
    yaw, pitch = np.radians([view.yaw_deg, view.pitch_deg])
    turn = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    nod = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    return (np.array(nod) @ np.array(turn)).astype(np.float32)


def add_rings(points: Points, moved: Points) -> tuple[Points, Points]:
    """Add the rings of background, in the photo and in the turned view."""
    outline, target = points[OVAL], moved[OVAL]
    center = outline.mean(0)
    reach = np.ptp(outline[:, 1])
    sources, targets = [points], [moved]
    for growth, depth, follow in RINGS:
        ring = center + (outline - center) * np.array([growth, growth, 1], np.float32)
        ring[:, 2] += depth * reach
        grown = target.mean(0) + (target - target.mean(0)) * np.array([growth, growth, 1], np.float32)
        dragged = ring + (grown - ring) * follow
        dragged[:, 2] = ring[:, 2] if follow < 1 else dragged[:, 2] + depth * reach
        sources.append(ring)
        targets.append(dragged)
    return np.concatenate(sources).astype(np.float32), np.concatenate(targets).astype(np.float32)


def draw(picture: Picture, texture_xy: Points, points: Points, triangles: NDArray[np.int32]) -> Picture:
    """Draw a picture through a mesh, nearest surface first.

    Texture (n, 2) and points (n, 3) are in pixels.
    """
    size = picture.shape[0]
    half = (size - 1) / 2
    depth = 10 + (points[:, 2] - points[:, 2].min()) / size * 2
    camera = np.stack(
        [(points[:, 0] - half) / (size / 2), -(points[:, 1] - half) / (size / 2), -np.ones(len(points))], 1
    )
    color = np.zeros((size, size, 3), np.float32)
    depths = np.full((size, size), 100, np.float32)
    attributes = np.column_stack([(texture_xy + 2 * size) / (5 * size), np.ones(len(points))])
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    cv2.triangleRasterize(
        np.ascontiguousarray((camera * depth[:, None])[None], np.float32),
        np.ascontiguousarray(triangles[None], np.int32),
        np.ascontiguousarray(attributes[None], np.float32),
        color,
        depths,
        np.eye(4, dtype=np.float32),
        FOV_RAD,
        0.1,
        100.0,
        settings,
    )
    where = color[..., :2] * (5 * size) - 2 * size
    where[color[..., 2] < 0.5] = -10
    return np.asarray(cv2.remap(picture, where[..., 0], where[..., 1], cv2.INTER_LINEAR), np.uint8)


def render_view(picture: Picture, points: Points, view: RenderView, rng: np.random.Generator) -> tuple[Picture, Points]:
    """Draw a face (size, size, 3) with points (468, 3) in another view."""
    posed, texture = lower_lids(points, view.shut_right, view.shut_left)
    posed = drop_jaw(posed, view.jaw)
    pivot = np.append(points[OVAL, :2].mean(0), points[OVAL, 2].mean()).astype(np.float32)
    moved = np.asarray((posed - pivot) @ rotation(view).T + pivot, np.float32)
    source, target = add_rings(points, moved)
    texture_xy = source[:, :2].copy()
    texture_xy[:468] = texture
    drawn = draw(picture, texture_xy, target, ALL_TRIANGLES)
    openings = static_openings(points, posed, moved)
    if openings is not None:
        texture_eyes, points_eyes, triangles_eyes = openings
        mask = draw(np.full_like(picture, 255), texture_eyes, points_eyes, triangles_eyes)
        eyes = draw(picture, texture_eyes, points_eyes, triangles_eyes)
        drawn = np.where(mask > 127, eyes, drawn)
    if view.jaw > 0:
        drawn = dark_mouth(drawn, moved, rng)
    return lashes(drawn, moved, view, rng), moved


def dark_mouth(picture: Picture, points: Points, rng: np.random.Generator) -> Picture:
    """Fill an opened mouth with a dark inside."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[INNER_LIPS, :2]).astype(np.int32)], 255)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None] / 255.0 * rng.uniform(0.7, 1.0)
    inside = np.array([30, 25, 50]) * rng.uniform(0.3, 1.6)
    return np.asarray(picture * (1 - alpha) + inside * alpha, np.uint8)


def lashes(picture: Picture, points: Points, view: RenderView, rng: np.random.Generator) -> Picture:
    """Darken the line where a lowered lid ends."""
    line = np.zeros(picture.shape[:2], np.uint8)
    for shut, ring in ((view.shut_right, LASHES[0]), (view.shut_left, LASHES[1])):
        if shut > 0:
            curve = np.round(points[ring, :2] * 8).astype(np.int32)
            cv2.polylines(line, [curve], False, int(rng.uniform(60, 200)), int(rng.integers(1, 4)), cv2.LINE_AA, 3)
    alpha = cv2.GaussianBlur(line, (0, 0), 0.8)[..., None] / 255.0
    return np.asarray(picture * (1 - alpha * 0.8), np.uint8)


def random_view(rng: np.random.Generator) -> RenderView:
    """Draw a random view.

    Three in four are turned up to 65 degrees, two in five have lowered lids, one in four an open mouth.
    """
    yaw = rng.uniform(-65, 65) if rng.random() < 0.75 else 0.0
    pitch = float(np.clip(rng.normal(0, 12), -28, 28))
    shut = np.zeros(2)
    if yaw == 0.0 or rng.random() < 0.3:
        shut[:] = 1.0 if rng.random() < 0.6 else rng.uniform(0.3, 0.95)
        if rng.random() < 0.12:
            shut[rng.integers(2)] = 0.0
    jaw = rng.uniform(0.2, 1.0) if rng.random() < 0.25 else 0.0
    return RenderView(yaw, pitch, float(shut[0]), float(shut[1]), jaw)


def main() -> None:
    """Read the arguments, cut and draw, save the shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    shards = {(folder, name): Shard() for folder in ("shards", "heldout") for name in ("photos", "rerendered")}
    with np.load(args.work / "faces.npz") as labels:
        rows = list(zip(labels["files"], labels["set"], labels["points"], strict=True))
    for file, group, points in rows:
        folder = "heldout" if group == HELDOUT_SET else "shards"
        picture, q = surroundings(np.asarray(cv2.imread(str(args.data / str(file))), np.uint8), points)
        shards[folder, "photos"].add(picture, q, 1.0, 0.0, True)
        for _ in range(VIEWS_PER_PHOTO):
            view = random_view(rng)
            drawn, moved = render_view(picture, q, view, rng)
            shut = max(view.shut_right, view.shut_left)
            shards[folder, "rerendered"].add(drawn, moved, 1 - shut, view.yaw_deg, True)
    for (folder, name), shard in shards.items():
        (args.work / folder).mkdir(parents=True, exist_ok=True)
        shard.save(args.work / folder / f"{name}.npz")


if __name__ == "__main__":
    main()
