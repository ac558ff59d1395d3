"""Find the edges of lids and lips.

They are loops of vertices around the holes of the head's face.
"""

import numpy as np
from numpy.typing import NDArray

from training.synthetic.head import Head

# Rings are counted outwards from the holes.
LID_EDGE_RING, UPPER_LIP_RING, LOWER_LIP_RING = 2, 7, 6


def edge_rings(head: Head, seeds: NDArray[np.int32], count: int) -> list[NDArray[np.int32]]:
    """Return vertex loops around a hole: its own edge, then outward neighbours."""
    faces = head.faces[head.triangles_of("face")]
    rings = [seeds]
    inside = np.zeros(len(head.neutral), bool)
    inside[seeds] = True
    for _ in range(count):
        touched = np.unique(faces[inside[faces].any(axis=1)])
        rings.append(touched[~inside[touched]].astype(np.int32))
        inside[touched] = True
    return rings


def holes(head: Head) -> list[NDArray[np.int32]]:
    """Return the edge vertices of the face's holes: right eye, left eye, mouth."""
    faces = head.faces[head.triangles_of("face")]
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    rim = np.unique(unique[times == 1])
    x, y, z = head.neutral[rim].T
    near_eye = (z > 8) & (y > 2.5) & (y < 4.6)
    found = [rim[near_eye & (x < 0)], rim[near_eye & (x > 0)], rim[(z > 9) & (y < -2.5) & (y > -4.5)]]
    return [hole.astype(np.int32) for hole in found]


def lid_edge(head: Head, hole: NDArray[np.int32], side: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the upper and the lower lid's edge vertices of the eye "L" or "R"."""
    lid = edge_rings(head, hole, LID_EDGE_RING)[LID_EDGE_RING]
    blink = head.deltas[head.names[f"eyeBlink_{side}"]].reshape(-1, 3)[lid, 1]
    upper = blink < np.median(blink)
    return lid[upper], lid[~upper]
