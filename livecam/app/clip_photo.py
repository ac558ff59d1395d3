"""Make the photo of a persona from the best picture of a clip.

The best one is calm, straight and sharp.
"""

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from livecam.app.clip_faces import SeenCount, SeenFace, follow_face, is_clip, read_frames
from livecam.core.errors import PhotoError
from livecam.core.face import Points
from livecam.core.ports import FaceFinder
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.personas.photo.decoding import check_photo
from livecam.personas.photo.face import FoundFace
from livecam.personas.photo.frame_choice import REFUSED, compute_cost
from livecam.personas.photo.photo_file import PhotoFile, hash_file, read_photo
from livecam.personas.record_store import hash_bytes
from livecam.personas.store import PersonaStore

RATE_HZ: Final = 6.0
LONGEST_S: Final = 180.0
"""Pictures of a clip that are looked at, at most: about 20 seconds of work."""
_SHAPES: Final = 12
_ALIKE: Final = 0.35
_MOSTLY: Final = 0.5
_OTHER_CLIP: Final = "use a clip of one person who looks into the camera for two seconds, calm and in soft light"


def read_face_file(
    path: Path, store: PersonaStore, finder: FaceFinder, *, revoked: bool = False
) -> tuple[PhotoFile, FoundFace | None]:
    """Return the photo of a photo file or clip, and the face if it was looked for.

    A clip that already gave a persona its photo gives the same photo again, without a search. With `revoked` a clip
    is read although the consent for it was taken back.

    Raises:
        PhotoError: It cannot be read, or no picture of it serves.
        ConsentError: The consent for this clip was taken back.
        CameraError: The clip cannot be decoded.
    """
    if not is_clip(path):
        return read_photo(path), None
    clip_sha256 = hash_file(path)
    if not revoked:
        store.revocations.check(path.name, f"livecam persona add {path}", (clip_sha256,))
    known = store.find_clip(clip_sha256)
    if known is not None:
        data = read_photo(store.photo_of(known)).data
        return PhotoFile(path, data, hash_bytes(data), clip_sha256), None
    return choose_photo(path, clip_sha256, finder)


def choose_photo(path: Path, clip_sha256: str, finder: FaceFinder) -> tuple[PhotoFile, FoundFace]:
    """Return the best picture of a clip as a photo, and its face.

    The face has the mean shape of the calm pictures.

    Raises:
        PhotoError: No picture of it serves.
        CameraError: The clip cannot be decoded.
    """
    count = SeenCount()
    best = _choose_best(follow_face(read_frames(path, RATE_HZ, LONGEST_S, count), finder, count))
    if not best:
        raise _no_photo(path.name, count)
    seen = best[0][2]
    done, png = cv2.imencode(".png", seen.frame.pixels)
    if not done:
        raise PhotoError(f"the picture chosen from {path.name} cannot be kept", advice=_OTHER_CLIP)
    data = png.tobytes()
    points = np.ascontiguousarray(seen.mesh.points[:, :2])
    texture = FaceTexture(seen.frame.pixels, points, _average_shape(best))
    remarks = tuple(f"{finding.says}: {finding.hint}" for finding in check_photo(seen.frame.pixels, seen.mesh))
    at_s = seen.frame.captured_ns / 1e9
    chosen = f"the picture at {at_s:.1f} s of {path.name} was chosen: the calmest, straightest and sharpest one"
    return PhotoFile(path, data, hash_bytes(data), clip_sha256), (texture, (chosen, *remarks))


Judged = tuple[float, int, SeenFace]


def _choose_best(faces: Iterator[SeenFace]) -> list[Judged]:
    """Return the few pictures of least cost, the best first.

    Memory does not grow with the length of the clip.
    """
    kept: list[Judged] = []
    for number, seen in enumerate(faces):
        cost = compute_cost(seen.frame.pixels, seen.mesh.points)
        if cost >= REFUSED:
            continue
        # The heap's first is the worst of those kept.
        heapq.heappush(kept, (-cost, -number, seen))
        if len(kept) > _SHAPES:
            heapq.heappop(kept)
    return sorted((-cost, -number, seen) for cost, number, seen in kept)


def _average_shape(best: list[Judged]) -> Points:
    """Return the mean unposed shape of those nearly as calm as the best one."""
    alike = [seen for cost, _, seen in best if cost <= best[0][0] + _ALIKE]
    return np.asarray(np.mean([remove_pose(seen.mesh.points) for seen in alike], axis=0), np.float32)


def _no_photo(name: str, count: SeenCount) -> PhotoError:
    if count.troubled > _MOSTLY * count.frames:
        return PhotoError(f"{name} shows more than one face, a persona is one", advice=_OTHER_CLIP)
    if count.faceless > _MOSTLY * count.frames:
        return PhotoError(f"no face can be followed in {name}", advice=_OTHER_CLIP)
    return PhotoError(f"no picture of {name} serves as a photo: turned, dark, blurred or small", advice=_OTHER_CLIP)
