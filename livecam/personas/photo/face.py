"""Find the one face of a photo and judge whether it serves."""

from collections.abc import Sequence

import numpy as np

from livecam.core.errors import PhotoError
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.personas.photo.decoding import check_photo, decode_photo
from livecam.personas.photo.photo_file import PhotoFile

_CLEAR_SCORE = 0.6
_CLEAR_AREA = 0.2
_FACE_SCORE = 0.5
_SURELY_UPRIGHT = 0.97
_SURER = 0.03
FoundFace = tuple[FaceTexture, tuple[str, ...]]
"""The face of a photo as texture, and remarks on the photo's quality."""


def find_face(photo: PhotoFile, finder: FaceFinder) -> FoundFace:
    """Decode a photo and find the face in it, with remarks on its quality.

    Raises:
        PhotoError: It is no picture, or has no usable face.
    """
    return extract_texture(decode_photo(photo.data, photo.path.name), photo.path.name, finder)


def extract_texture(pixels: Pixels, photo_name: str, finder: FaceFinder) -> FoundFace:
    """Find the one face of a picture and check it.

    Returns:
        Its texture, and remarks on the photo's quality.

    Raises:
        PhotoError: No face, several clear faces, or one that does not serve.
    """
    upright, (mesh, score) = pixels, _face_in(pixels, photo_name, finder)
    said: tuple[str, ...] = ()
    if mesh is None or score < _SURELY_UPRIGHT:
        turned = _turn_upright(pixels, photo_name, finder, score)
        if turned is not None:
            upright, mesh, degrees = turned
            said = (f"the photo lay on its side or head: livecam turned it by {degrees} degrees",)
    if mesh is None:
        raise _no_face(photo_name)
    remarks = tuple(f"{finding.says}: {finding.hint}" for finding in check_photo(upright, mesh))
    return FaceTexture(upright, np.ascontiguousarray(mesh.points[:, :2]), remove_pose(mesh.points)), (*said, *remarks)


def _face_in(pixels: Pixels, photo_name: str, finder: FaceFinder) -> tuple[FaceMesh | None, float]:
    """Return the upright face's mesh, or None, and the detector's score of it."""
    frame = Frame(pixels, captured_ns=0, seq=0)
    boxes = finder.detect(frame)
    if not boxes:
        return None, 0.0
    box = _one_face(boxes, photo_name)
    mesh = finder.mesh(frame, finder.mesh(frame, box))
    right, left = mesh.points[33, :2], mesh.points[263, :2]
    is_upright = left[0] - right[0] > abs(left[1] - right[1])
    return (mesh, box.score) if mesh.score >= _FACE_SCORE and is_upright else (None, 0.0)


def _turn_upright(
    pixels: Pixels, photo_name: str, finder: FaceFinder, score: float
) -> tuple[Pixels, FaceMesh, int] | None:
    """Return the picture turned upright, the mesh, and the degrees to the right.

    None where no turn scores higher than `score`, that of the unturned picture. An inverted face is often detected as
    upright, with a lower score: 0.95 at most, where an upright one has 0.95 to 1.
    """
    found = []
    for quarters in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(pixels, -quarters))
        mesh, surer = _face_in(turned, photo_name, finder)
        if mesh is not None and surer > score + _SURER:
            found.append((surer, turned, mesh, 90 * quarters))
    best = max(found, key=lambda each: each[0], default=None)
    return None if best is None else best[1:]


def _one_face(boxes: Sequence[FaceBox], photo_name: str) -> FaceBox:
    largest = max(boxes, key=lambda box: box.area_px)
    clear = [b for b in boxes if b.score >= _CLEAR_SCORE and b.area_px >= _CLEAR_AREA * largest.area_px]
    if len(clear) > 1:
        raise PhotoError(
            f"{photo_name} shows {len(clear)} faces, a persona is one",
            advice="cut the photo so that only the wanted face is in it",
        )
    return largest


def _no_face(photo_name: str) -> PhotoError:
    return PhotoError(
        f"no face was found in {photo_name}",
        advice="use a sharp photo, upright, face on, lit from the front, the face at least 200 pixels wide",
    )
