"""ICT-FaceKit's head (MIT) as arrays.

It has 100 identity and 57 expression directions, parts and normals.

Coordinates are the kit's: centimetres, x to the person's left, y up, z out of the face. A camera that looks along -z
sees the face from the front, with the person's right eye on the left of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

PARTS = {
    "face": (0, 9409),
    "scalp_and_neck": (9409, 11248),
    "mouth": (11248, 13294),
    "eye_sockets": (13294, 14062),
    "gums": (14062, 17039),
    "teeth": (17039, 21451),
    "left_eye": (21451, 23021),
    "right_eye": (23021, 24591),
}
IDENTITIES = 100


@dataclass(frozen=True, slots=True)
class Head:
    """A head mesh.

    Vertices (v, 3), triangles (f, 3), texture coordinates (f, 3, 2), part number of each triangle (f,).
    """

    neutral: Floats
    faces: Ints
    uv: Floats
    part: Ints
    deltas: Floats
    names: dict[str, int]

    def vertices(self, identity: Floats, expression: Mapping[str, float]) -> Floats:
        """Return the shape (v, 3) of an identity (100,) with an expression.

        The expression has weights by the kit's names.
        """
        weights = np.zeros(len(self.deltas), np.float32)
        for k, weight in enumerate(identity):
            weights[self.names[f"identity{k:03d}"]] = weight
        for name, weight in expression.items():
            weights[self.names[name]] = weight
        used = np.flatnonzero(weights)
        return self.neutral + (weights[used] @ self.deltas[used]).reshape(-1, 3)

    def normals(self, vertices: Floats) -> Floats:
        """Return unit normals (v, 3), the area-weighted mean of the triangles."""
        corners = vertices[self.faces]
        facet = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        total = np.stack(
            [np.bincount(self.faces.ravel(), np.repeat(facet[:, axis], 3), len(vertices)) for axis in range(3)],
            axis=1,
        )
        return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)).astype(np.float32)

    def triangles_of(self, *parts: str) -> Ints:
        """Return the indices of the triangles of the named parts."""
        wanted = [list(PARTS).index(part) for part in parts]
        return np.flatnonzero(np.isin(self.part, wanted)).astype(np.int32)


def load_head(file: Path) -> Head:
    """Read the kit's arrays, without eye shells and lash cards."""
    with np.load(file, allow_pickle=False) as kit:
        faces, uv = kit["faces"].astype(np.int32), kit["uv"][kit["faces_uv"]].astype(np.float32)
        names = {str(name): k for k, name in enumerate(kit["names"])}
        neutral, deltas = kit["neutral"].astype(np.float32), kit["deltas"].astype(np.float32)
    part = np.full(len(faces), -1, np.int32)
    for number, (first, last) in enumerate(PARTS.values()):
        part[(faces[:, 0] >= first) & (faces[:, 0] < last)] = number
    kept = part >= 0
    count = PARTS["right_eye"][1]
    return Head(
        neutral=neutral[:count],
        faces=np.ascontiguousarray(faces[kept]),
        uv=np.ascontiguousarray(uv[kept]),
        part=part[kept],
        deltas=np.ascontiguousarray(deltas[:, :count].reshape(len(deltas), -1)),
        names=names,
    )
