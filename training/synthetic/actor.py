"""The person of the sample clip, for any expression, pose and light.

Hair, lashes, shirt and a mug are drawn too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from livecam.core.topology import LEFT_BROW, RIGHT_BROW
from training.synthetic.edges import holes, lid_edge
from training.synthetic.figure import FigureStyle, Lamp, Lighting, hair_at, lit, mouth_lit
from training.synthetic.head import Head
from training.synthetic.landmarks import place_on_head
from training.synthetic.posing import Pose, carry_points, head_share, head_turn
from training.synthetic.raster import RasterResult
from training.synthetic.scene import Layer
from training.synthetic.shadow import find_reached, sky_share
from training.synthetic.solids import Solid, lit_solid
from training.synthetic.strands import (
    Strands,
    grow_brows,
    grow_hair,
    grow_lashes,
    lit_strands,
    ribbon_corners,
)

Floats = NDArray[np.float32]
HAIRS, BROW_HAIRS = 22000, 320
CUT_CM = -16.8
SHOULDER_CM = (8.2, -10.0)
"""Heights below which the shirt replaces the kit's shoulders.

Below the second height only outside the first width.
"""
SHADOW_SPAN_CM = 90.0
HEAD, HAIR, SHORT_HAIR, SHIRT, PROP = range(5)
"""Numbers of the layers, in drawing order."""


@dataclass(frozen=True, slots=True)
class PosedActor:
    """The actor at one time, in camera coordinates.

    It has the vertices (v, 3) of the head, the shirt and the prop; None without a prop.
    """

    head: Floats
    shirt: Floats
    prop: Floats | None
    pose: Pose
    closed: tuple[float, float]


class Actor:
    """A person of one identity and look."""

    def __init__(
        self, head: Head, identity: Floats, look: FigureStyle, shirt: Solid, prop: Solid, random: np.random.Generator
    ) -> None:
        self.head, self._identity, self._shirt, self._prop = head, identity, shirt, prop
        self._look = look
        self._rest = rest = head.vertices(identity, {})
        closed = head.vertices(identity, {"eyeBlink_L": 1.0, "eyeBlink_R": 1.0})
        place = head.neutral[head.faces]
        shoulder = (place[..., 1].max(1) < SHOULDER_CM[1]) & (np.abs(place[..., 0]).max(1) > SHOULDER_CM[0])
        kept = (place[..., 1].max(1) > CUT_CM) & ~shoulder
        self._drawn = replace(head, faces=head.faces[kept], uv=head.uv[kept], part=head.part[kept])
        self._share = head_share(head.neutral)
        self._sky, self._shirt_sky = self._rest_sky(rest)
        self._closed_sky, _ = self._rest_sky(closed)
        self._prop_sky = sky_share(prop.vertices, prop.faces, prop.normals)
        self._hair = grow_hair(head, rest, hair_at(head.neutral), HAIRS, random)
        self._short = self._grow_short(rest, random)

    def _rest_sky(self, shape: Floats) -> tuple[Floats, Floats]:
        """Return the share of the sky of the head's and the shirt's vertices.

        Each shades the other.
        """
        count = len(shape)
        both = np.concatenate([shape, self._shirt.vertices])
        faces = np.concatenate([self._drawn.faces, self._shirt.faces + count])

        def normals(vertices: Floats) -> Floats:
            return np.concatenate([self.head.normals(vertices[:count]), self._shirt.normals(vertices[count:])])

        sky = sky_share(both, faces, normals)
        return mouth_lit(self.head, sky[:count]), sky[count:]

    def _grow_short(self, rest: Floats, random: np.random.Generator) -> Strands:
        """Return upper lashes, lower lashes and brows, in this order."""
        right, left, _ = holes(self.head)
        uppers, lowers = zip(lid_edge(self.head, right, "R"), lid_edge(self.head, left, "L"), strict=True)
        lashes = [grow_lashes(rest, edge, edges is uppers, random) for edges in (uppers, lowers) for edge in edges]
        self._upper_lashes = sum(len(lash.root) for lash in lashes[: len(uppers)])
        outlines = [place_on_head(rest)[brow][:, :2].astype(np.float32) for brow in (RIGHT_BROW, LEFT_BROW)]
        grown = [*lashes, grow_brows(self.head, rest, outlines, BROW_HAIRS, random)]
        names = ("joints", "root", "width_cm", "tint")
        return Strands(*(np.concatenate([getattr(strands, name) for strands in grown]) for name in names))

    def take_pose(
        self, expression: Mapping[str, float], pose: Pose, prop_to_camera: tuple[Floats, Floats] | None
    ) -> PosedActor:
        """Set one expression and pose of the person.

        The prop has a rotation (3, 3) and a place (3,) in camera coordinates.
        """
        shape = self.head.vertices(self._identity, expression)
        shirt = carry_points(self._shirt.vertices, np.zeros(len(self._shirt.vertices), np.float32), pose)
        prop = None
        if prop_to_camera is not None:
            prop = (self._prop.vertices @ prop_to_camera[0].T + prop_to_camera[1]).astype(np.float32)
        closed = (expression.get("eyeBlink_L", 0.0), expression.get("eyeBlink_R", 0.0))
        return PosedActor(carry_points(shape, self._share, pose), shirt, prop, pose, closed)

    def layers(self, now: PosedActor, light: Lighting) -> list[Layer]:
        """Return the layers at one time under one light, with cast shadows."""
        meshes = [(now.head, self._drawn.faces), (now.shirt, self._shirt.faces)]
        if now.prop is not None:
            meshes.append((now.prop, self._prop.faces))
        through = shadows(meshes, light)
        head_light = Lighting(
            tuple(replace(lamp, reached=through[0][:, k]) for k, lamp in enumerate(light.lamps)),
            light.above,
            light.below,
        )
        sky = self._lid_sky(now.closed)
        layers = [
            Layer(
                now.head[self._drawn.faces],
                lambda seen: lit(self._drawn, now.head, seen, self._look, sky, head_light),
            ),
            self._hair_layer(now, through[0], light),
            self._short_layer(now, through[0], light),
            self._solid_layer(self._shirt, now.shirt, self._shirt_sky, through[1], light),
        ]
        if now.prop is not None:
            layers.append(self._solid_layer(self._prop, now.prop, self._prop_sky, through[2], light))
        return layers

    def _lid_sky(self, closed: tuple[float, float]) -> Floats:
        shut = np.where(self.head.neutral[:, 0] > 0, *closed)
        return np.asarray(np.maximum(self._sky, self._sky + shut * (self._closed_sky - self._sky)), np.float32)

    def _hair_layer(self, now: PosedActor, through: Floats, light: Lighting) -> Layer:
        strands = self._hair
        joints = carry_points(
            strands.joints.reshape(-1, 3), np.repeat(self._share[strands.root], strands.joints.shape[1]), now.pose
        ).reshape(strands.joints.shape)
        return self._strand_layer(strands, joints, now, through, light)

    def _short_layer(self, now: PosedActor, through: Floats, light: Lighting) -> Layer:
        """Return lashes and brows, moved with the skin they grow on.

        Upper lashes turn down as the lid closes.
        """
        strands = self._short
        rest = self._rest[strands.root]
        offset = strands.joints - rest[:, None]
        shut = np.where(rest[:, 0] > 0, *now.closed)
        shut[self._upper_lashes :] = 0
        offset[..., 1] -= shut[:, None] * 1.1 * np.linalg.norm(offset, axis=2)
        turned = offset @ head_turn(now.pose).T
        joints = (turned + now.head[strands.root][:, None]).astype(np.float32)
        return self._strand_layer(strands, joints, now, through, light)

    def _strand_layer(
        self, strands: Strands, joints: Floats, now: PosedActor, through: Floats, light: Lighting
    ) -> Layer:
        normal = self.head.normals(now.head)[strands.root]
        sky, lamps = self._sky[strands.root], through[strands.root]

        def shade(seen: RasterResult) -> Floats:
            return lit_strands(seen, joints, strands.tint, normal, sky, lamps, self._look.hair, light)

        return Layer(ribbon_corners(joints, strands.width_cm), shade, both_sides=True)

    def _solid_layer(self, solid: Solid, vertices: Floats, sky: Floats, through: Floats, light: Lighting) -> Layer:
        return Layer(vertices[solid.faces], lambda seen: lit_solid(seen, solid, vertices, sky, through, light))


def shadows(meshes: Sequence[tuple[Floats, NDArray[np.int32]]], light: Lighting) -> list[Floats]:
    """Return how much of each lamp's light reaches the vertices (v, lamps).

    There is one array for each mesh (vertices, triangles).
    """
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in meshes])
    vertices = np.concatenate([v for v, _ in meshes])
    faces = np.concatenate([f + start for (_, f), start in zip(meshes, starts, strict=False)]).astype(np.int32)
    columns = [
        find_reached(vertices, faces, lamp.direction, 2, SHADOW_SPAN_CM)
        if casts(lamp)
        else np.ones(len(vertices), np.float32)
        for lamp in light.lamps
    ]
    through = np.stack(columns, axis=1)
    return [through[a:b] for a, b in pairwise(starts)]


def casts(lamp: Lamp) -> bool:
    """Whether a lamp is strong enough for visible shadows."""
    return float(lamp.colour.max()) > 0.03
