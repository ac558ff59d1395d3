"""The surface normals of the mean face at each mesh point."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology


def _normals() -> NDArray[np.float32]:
    """Return (468, 3) unit normals of the mean face, out of the face."""
    corners = topology.CANONICAL[topology.TRIANGLES]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((468, 3))
    np.add.at(normals, topology.TRIANGLES, faces[:, None])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals * -np.sign(normals[4, 2]), np.float32)


NORMALS: Final[NDArray[np.float32]] = _normals()
"""(468, 3) unit normals of the mean face, out of the face."""
