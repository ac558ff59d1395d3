"""Meshes other than the head, made of rings or of a distance field.

They are shaded as cloth, skin or glaze.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.figure import SKIN_WRAP, Lighting
from training.synthetic.raster import RasterResult

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Solid:
    """A mesh with colours.

    Vertices (v, 3), triangles (f, 3) anticlockwise from outside, linear BGR (v, 3), gloss and skin share (v,).
    """

    vertices: Floats
    faces: Ints
    colour: Floats
    shine: Floats
    skin: Floats

    def normals(self, vertices: Floats) -> Floats:
        """Return unit normals (v, 3) of moved vertices (v, 3)."""
        corners = vertices[self.faces]
        facet = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        flat = self.faces.ravel()
        total = np.stack([np.bincount(flat, np.repeat(facet[:, k], 3), len(vertices)) for k in range(3)], axis=1)
        return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9), np.float32)


def loft(rings: Floats) -> tuple[Floats, Ints]:
    """Return vertices and triangles of a tube through rings (r, n, 3).

    Rings are closed; the first ring is on top.
    """
    r, n = rings.shape[:2]
    index = np.arange(r * n, dtype=np.int32).reshape(r, n)
    a, b = index[:-1], np.roll(index[:-1], -1, axis=1)
    c, d = index[1:], np.roll(index[1:], -1, axis=1)
    faces = np.concatenate([np.stack([a, c, b], axis=-1).reshape(-1, 3), np.stack([b, c, d], axis=-1).reshape(-1, 3)])
    return rings.reshape(-1, 3).astype(np.float32), faces


def surface(field: Callable[[Floats], Floats], low: Floats, high: Floats, step: float) -> tuple[Floats, Ints]:
    """Return the zero surface of a signed distance field as a mesh.

    The field is negative inside. The method is surface nets (Gibson 1998).
    """
    axes = [np.arange(a, b, step, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    shape = grid.shape[:3]
    value = field(grid.reshape(-1, 3)).reshape(shape)
    inside = value < 0
    total, count = np.zeros([s - 1 for s in shape] + [3], np.float32), np.zeros([s - 1 for s in shape], np.float32)
    corner = [(slice(0, -1), slice(1, None))[k] for k in (0, 1)]
    crossings = []
    for axis in range(3):
        here = tuple(corner[0] if k == axis else slice(None) for k in range(3))
        there = tuple(corner[1] if k == axis else slice(None) for k in range(3))
        cross = inside[here] != inside[there]
        t = value[here] / np.where(cross, value[here] - value[there], 1)
        place = grid[here] + t[..., None] * (grid[there] - grid[here])
        crossings.append((cross, inside[here]))
        others = [k for k in range(3) if k != axis]
        for u in (0, 1):
            for w in (0, 1):
                cut = [slice(None)] * 3
                cut[others[0]], cut[others[1]] = corner[u], corner[w]
                total += np.where(cross[tuple(cut)][..., None], place[tuple(cut)], 0)
                count += cross[tuple(cut)]
    used = count > 0
    number = np.full(used.shape, -1, np.int32)
    number[used] = np.arange(int(used.sum()))
    vertices = total[used] / count[used][:, None]
    return vertices.astype(np.float32), _quads(crossings, number)


def _quads(crossings: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]], number: Ints) -> Ints:
    """Return two outward triangles around each grid edge that the surface crosses."""
    faces = []
    for axis, (cross, from_inside) in enumerate(crossings):
        others = [(axis + 1) % 3, (axis + 2) % 3]
        at = np.argwhere(cross)
        at = at[(at[:, others] > 0).all(1) & (at[:, others] < np.array(number.shape)[others]).all(1)]
        around = []
        for u, w in ((1, 1), (0, 1), (0, 0), (1, 0)):
            cell = at.copy()
            cell[:, others[0]] -= u
            cell[:, others[1]] -= w
            around.append(number[tuple(cell.T)])
        quad = np.stack(around, axis=1)
        flip = ~from_inside[tuple(at.T)]
        quad[flip] = quad[flip][:, ::-1]
        faces += [quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]
    return np.concatenate(faces).astype(np.int32)


def lit_solid(
    seen: RasterResult, solid: Solid, vertices: Floats, sky: Floats, lamps: Floats, light: Lighting
) -> Floats:
    """Return linear BGR (n, 3) of a solid's visible pixels.

    Args:
        seen: Its visible pixels.
        solid: The solid.
        vertices: Where its vertices are now (v, 3), camera coordinates.
        sky: Share of the sky each vertex sees (v,).
        lamps: Part of each lamp's light that reaches each vertex (v, lamps).
        light: The scene's light.
    """
    table = [solid.normals(vertices), vertices, solid.colour, solid.shine, solid.skin, sky, lamps]
    values = seen.blend(np.column_stack(table).astype(np.float32)[solid.faces])
    normal = values[:, :3] / np.maximum(np.linalg.norm(values[:, :3], axis=1, keepdims=True), 1e-6)
    view = -values[:, 3:6] / np.linalg.norm(values[:, 3:6], axis=1, keepdims=True)
    colour, shine, skin, open_sky = values[:, 6:9], values[:, 9], values[:, 10:11], values[:, 11:12]
    upward = 0.5 + 0.5 * normal[:, 1:2]
    result = colour * open_sky * (upward * light.above + (1 - upward) * light.below)
    wrap = 0.05 + skin * SKIN_WRAP
    for k, lamp in enumerate(light.lamps):
        through = values[:, 12 + k : 13 + k]
        diffuse = np.clip(((normal @ lamp.direction)[:, None] + wrap) / (1 + wrap), 0, 1)
        half = view + lamp.direction
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        gloss = shine * np.clip((normal * half).sum(1), 0, 1) ** (12 + 90 * shine)
        result = result + through * lamp.colour * (colour * diffuse + gloss[:, None])
    return np.asarray(result, np.float32)
