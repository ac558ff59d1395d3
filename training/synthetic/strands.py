"""Hair and lashes as strands.

They are grown once on the resting head, and drawn as ribbons that face the camera.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from training.synthetic.figure import Lighting, smooth
from training.synthetic.head import PARTS, Head
from training.synthetic.raster import RasterResult

Floats = NDArray[np.float32]
JOINTS = 8


@dataclass(frozen=True, slots=True)
class Strands:
    """Strands of hair.

    Joints (n, JOINTS, 3), root vertex (n,), root width in cm (n,) and brightness (n,).
    """

    joints: Floats
    root: NDArray[np.int32]
    width_cm: Floats
    tint: Floats


def roots(
    head: Head, shape: Floats, density: Floats, count: int, random: np.random.Generator
) -> tuple[Floats, NDArray[np.int32]]:
    """Return random places (count, 3) of hair by `density` (v,).

    Returns:
        The places, and their nearest vertices (count,).
    """
    faces = head.faces[head.triangles_of("face", "scalp_and_neck")]
    corners = shape[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chance = area * density[faces].mean(1)
    chosen = random.choice(len(faces), count, p=chance / chance.sum())
    weights = random.dirichlet(np.ones(3), count).astype(np.float32)
    return np.einsum("nk,nkc->nc", weights, corners[chosen]), faces[chosen, weights.argmax(1)]


def comb(place: Floats) -> Floats:
    """Return where hair at places (n, 3) is combed to (n, 3).

    On top it goes sideways from a parting, elsewhere down and back.
    """
    x, y, z = place.T
    top = smooth(y, 7.0, 11.0)[:, None]
    front = smooth(z, 3.0, 8.5)[:, None]
    away = np.clip((x + 4.6) / 2.2, -0.8, 1.0)
    over = np.stack([away, 0.10 + 0.35 * front[:, 0], 0.15 - 0.5 * front[:, 0]], axis=1)
    down = np.stack([0.1 * np.sign(x), np.full_like(x, -1.0), -0.55 * smooth(z, -4.0, 3.0)], axis=1)
    flow = top * over + (1 - top) * down
    return np.asarray(flow / np.linalg.norm(flow, axis=1, keepdims=True), np.float32)


def waves(place: Floats, random: np.random.Generator, scale: float) -> Floats:
    """Return a smooth random field (n, 3) over places (n, 3).

    Neighbouring hairs lean the same way.
    """
    total = np.zeros_like(place)
    for frequency in (0.5, 1.3, 3.1):
        phase = place @ random.normal(0, frequency, (3, 3)).astype(np.float32) + random.uniform(0, 6.28, 3)
        total += np.sin(phase.astype(np.float32)) / (1 + frequency)
    return np.asarray(total * scale, np.float32)


def grow_hair(head: Head, shape: Floats, density: Floats, count: int, random: np.random.Generator) -> Strands:
    """Return short hair on a resting shape (v, 3).

    It is long on top, short at the sides and the nape.
    """
    place, root = roots(head, shape, density, count, random)
    skull = PARTS["scalp_and_neck"][1]
    normals = head.normals(shape)[:skull]
    tree = cKDTree(shape[:skull])
    top = smooth(place[:, 1], 6.5, 11.0)
    length = (1.1 + 3.9 * top) * random.uniform(0.75, 1.1, count)
    thickness = (0.25 + 1.25 * top) * random.uniform(0.35, 1.0, count)
    lean = waves(place, random, 0.55) + random.normal(0, 0.10, (count, 3))
    joints = np.empty((count, JOINTS, 3), np.float32)
    joints[:, 0] = place
    for k in range(1, JOINTS):
        t = k / (JOINTS - 1)
        near = tree.query(joints[:, k - 1])[1]
        outward = normals[near]
        go = comb(joints[:, k - 1]) + lean * (0.5 + 0.5 * t) + outward * (1.3 * (1 - t) ** 2)
        go = go / np.linalg.norm(go, axis=1, keepdims=True)
        reached = joints[:, k - 1] + go * (length / (JOINTS - 1))[:, None]
        near = tree.query(reached)[1]
        height = ((reached - shape[near]) * normals[near]).sum(1)
        wanted = np.clip(height, np.minimum(0.12 * k, 0.5 * thickness), thickness * (0.35 + 0.65 * np.sin(2.6 * t)))
        joints[:, k] = reached + normals[near] * (wanted - height)[:, None]
    tint = 0.75 + 0.3 * waves(place, random, 0.5)[:, 0] + random.normal(0, 0.12, count)
    return Strands(joints, root, np.full(count, 0.045, np.float32), np.clip(tint, 0.35, 1.5).astype(np.float32))


def grow_lashes(shape: Floats, edge: NDArray[np.int32], upper: bool, random: np.random.Generator) -> Strands:
    """Return lashes on the vertices `edge` of a lid, bent outwards and up or down."""
    order = edge[np.argsort(shape[edge, 0])]
    along = random.uniform(0.5, len(order) - 1.001, 70 if upper else 30)
    before = along.astype(int)
    part = (along - before)[:, None]
    place = shape[order[before]] * (1 - part) + shape[order[before + 1]] * part
    middle = shape[order].mean(0)
    outward = np.stack([(place[:, 0] - middle[0]) * 0.35, np.full(len(place), 0.25 if upper else -0.5)], axis=1)
    count = len(place)
    lift = np.stack([outward[:, 0], outward[:, 1], np.ones(count)], axis=1) + random.normal(0, 0.10, (count, 3))
    length = (0.42 if upper else 0.2) * random.uniform(0.6, 1.1, count)
    t = np.linspace(0, 1, JOINTS)
    bend = np.array([0, 0.7 if upper else -0.3, -0.3])
    joints = place[:, None] + length[:, None, None] * (t[:, None] * lift[:, None] + (t**2)[:, None] * bend)
    width, tint = np.full((2, count), [[0.022], [0.4]], np.float32)
    return Strands(joints.astype(np.float32), order[before], width, tint)


def grow_brows(head: Head, shape: Floats, outlines: list[Floats], count: int, random: np.random.Generator) -> Strands:
    """Return short hairs inside brow outlines (m, 2), outwards along the brow.

    Outlines are seen from the front.
    """
    density = np.zeros(len(shape), np.float32)
    for outline in outlines:
        inside = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in shape[:, :2]]
        density = np.maximum(density, smooth(np.array(inside, np.float32), -0.05, 0.3) * (shape[:, 2] > 0))
    place, root = roots(head, shape, density, count, random)
    outward = np.sign(place[:, 0])
    along = np.clip((np.abs(place[:, 0]) - 1.2) / 4.0, 0, 1)
    lift = 0.75 - 1.1 * along + random.normal(0, 0.18, count)
    flow = np.stack([outward, lift, -0.35 * along], axis=1)
    flow /= np.linalg.norm(flow, axis=1, keepdims=True)
    normals = head.normals(shape)[root]
    t = np.linspace(0, 1, JOINTS)[:, None]
    length = random.uniform(0.3, 0.6, count)[:, None, None]
    joints = place[:, None] + length * (t * flow[:, None] + 0.28 * np.sin(2.4 * t) * normals[:, None])
    width, tint = np.full((2, count), [[0.036], [0.95]], np.float32)
    return Strands(joints.astype(np.float32), root, width, tint)


def ribbons(values: Floats) -> Floats:
    """Return edge values of ribbons (n, JOINTS, 2, c) at triangle corners (f, 3, c)."""
    a, b = values[:, :-1, 0], values[:, :-1, 1]
    c, d = values[:, 1:, 0], values[:, 1:, 1]
    triangles = np.stack([np.stack([a, b, c], axis=2), np.stack([b, d, c], axis=2)], axis=2)
    return np.ascontiguousarray(triangles.reshape(-1, 3, values.shape[-1]))


def ribbon_corners(joints: Floats, width_cm: Floats) -> Floats:
    """Return corners (f, 3, 3) of ribbons along joints (n, JOINTS, 3).

    They are in camera coordinates, thin towards the tip.
    """
    along = np.gradient(joints, axis=1)
    across = np.cross(along, joints)
    across /= np.maximum(np.linalg.norm(across, axis=2, keepdims=True), 1e-6)
    taper = np.linspace(1, 0.35, JOINTS)[None, :, None]
    half = across * width_cm[:, None, None] * taper / 2
    return ribbons(np.stack([joints - half, joints + half], axis=2).astype(np.float32))


def lit_strands(
    seen: RasterResult,
    joints: Floats,
    tint: Floats,
    normal: Floats,
    sky: Floats,
    lamps: Floats,
    colour: Floats,
    light: Lighting,
) -> Floats:
    """Return linear BGR (n, 3) of strands after Kajiya and Kay (1989).

    Args:
        seen: The ribbons' visible pixels.
        joints: (s, JOINTS, 3) in camera coordinates.
        tint: (s,) brightness of each strand.
        normal: (s, 3) of the skin it grows from.
        sky: (s,) share of the sky its root sees.
        lamps: (s, lamps) part of each lamp's light that reaches its root.
        colour: (3,) linear BGR.
        light: The scene's light.
    """
    strand = seen.triangle // (2 * (JOINTS - 1))
    segment = seen.triangle % (2 * (JOINTS - 1)) // 2
    along = joints[strand, segment + 1] - joints[strand, segment]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    view = -joints[strand, segment]
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    t = (segment / (JOINTS - 2)).astype(np.float32)
    own = colour * tint[strand][:, None]
    open_sky = (sky[strand] * (0.30 + 0.70 * t))[:, None]
    upward = 0.5 + 0.5 * normal[strand, 1:2]
    result = own * open_sky * (upward * light.above + (1 - upward) * light.below)
    for k, lamp in enumerate(light.lamps):
        facing = np.clip((normal[strand] @ lamp.direction + 0.35) / 1.35, 0, 1)
        across = np.sqrt(np.clip(1 - np.square(along @ lamp.direction), 0, 1))
        half = view + lamp.direction
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        sheen = np.sqrt(np.clip(1 - np.square((along * half).sum(1)), 0, 1)) ** 60
        strength = (lamps[strand, k] * facing * (0.35 + 0.65 * t))[:, None]
        result = result + strength * lamp.colour * (own * across[:, None] + 0.075 * (sheen * tint[strand])[:, None])
    return np.asarray(result, np.float32)
