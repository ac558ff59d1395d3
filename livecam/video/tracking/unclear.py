"""Judge candidates without a track.

It finds the track of a box, and the score from which it counts as a second face.
"""

from collections.abc import Sequence

import numpy as np

from livecam.core.face import FaceBox, Points
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import Track, measure_overlap

AROUND_HEAD, SMALL_PART = 0.6, 0.5
"""Reach of a head beyond its face, and the largest size of what belongs to it."""


def find_nearest(box_xyxy: Points, tracks: Sequence[Track], rules: TrackerConfig) -> Track | None:
    """Return the track that a box (4,) is on, if any."""
    shares = [measure_overlap(box_xyxy, track.mesh.box_xyxy) for track in tracks]
    best = int(np.argmax(shares)) if shares else -1
    return tracks[best] if shares and shares[best] >= rules.same_face else None


def find_owners(boxes: Sequence[FaceBox], tracks: Sequence[Track], rules: TrackerConfig) -> list[Track | None]:
    """Return the track of each box.

    Of two boxes over one face, the lower score has none.
    """
    owners = [find_nearest(box.box_xyxy, tracks, rules) for box in boxes]
    best: dict[int, float] = {}
    for box, owner in zip(boxes, owners, strict=True):
        if owner is not None:
            best[id(owner)] = max(best.get(id(owner), 0.0), measure_overlap(box.box_xyxy, owner.mesh.box_xyxy))
    return [
        owner if owner and measure_overlap(box.box_xyxy, owner.mesh.box_xyxy) >= best[id(owner)] else None
        for box, owner in zip(boxes, owners, strict=True)
    ]


def required_score(box: FaceBox, tracks: Sequence[Track], rules: TrackerConfig) -> float:
    """Return the score from which a box without a mesh counts.

    An ear or a bun of hair of a tracked face needs more.
    """
    for track in tracks:
        small = box.area_px < SMALL_PART**2 * float(np.prod(track.mesh.box_xyxy[2:] - track.mesh.box_xyxy[:2]))
        if small and belongs_to_head(box, track):
            return rules.sure_score
    return rules.unclear_score


def belongs_to_head(box: FaceBox, track: Track) -> bool:
    """Whether the middle of a box is on a followed head, its hair and ears included."""
    middle = (box.box_xyxy[:2] + box.box_xyxy[2:]) / 2
    low, high = track.mesh.box_xyxy.reshape(2, 2)
    reach = (high - low) * AROUND_HEAD
    return bool(((middle > low - reach) & (middle < high + reach)).all())
