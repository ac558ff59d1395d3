"""Fingerprint the face in a photo.

A fingerprint recognises the same photo saved again, warped, scaled, cropped, mirrored or relit.

Version 1 compares the brightness of cells on the level face. Version 2 unrolls the face by its mesh and takes its
fine detail. It projects the detail on the axes in which portraits differ most relative to such changes. The axes are
in `fingerprint.npz`, made by `benchmarks/consent/fingerprint.py`. Two photos are the same where either version says
so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.consent.face_warp import spread
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import OVAL, TRIANGLES, UV

BITS: Final = 512
SAME_PHOTO_BITS: Final = 40
"""Bits that differ between copies of one photo, at most.

Of 129 portraits, saved at JPEG quality 60, scaled, cropped or brightened, 99 % differ in at most 21, 20, 30 and 43
bits. Among 644 portraits no two differ in fewer than 59.
"""
SAME_PHOTO_LIKENESS: Final = 0.61
"""Least similarity of two version 2 fingerprints of one photo.

`docs/consent.md` has the table.
"""
_CELLS: Final = 16
_CELL_PX: Final = 8
_EYES: Final = (33, 263)
_EYE_DISTANCE_SHARE: Final = 1 / 2.4
_EYES_HEIGHT_SHARE: Final = 0.38

_ATLAS_PX: Final = 96
_ATLAS_POINTS: Final = np.asarray(UV * _ATLAS_PX - 0.5, np.float32)
_FINE_EYES_PX: Final = 65.0
"""Eye distance to which photos are reduced first: 1.5 times that of the atlas."""
_SCALES_PX: Final = (2.5, 5.0)
_WIDER: Final = 2.2
_GRID: Final = 1.5
_LARGEST_STEP: Final = 3.0
_CLIP: Final = 2.5

Print = NDArray[np.bool_]
Fine = NDArray[np.int8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Both fingerprints of one photo.

    Attributes:
        coarse: (512,) bits, version 1; None where only version 2 is known.
        fine: (axes,) int8, version 2; None in records of earlier versions.
    """

    coarse: Print | None
    fine: Fine | None

    def is_same(self, other: "Fingerprints") -> bool:
        """Whether both are of one photo."""
        coarse = self.coarse is not None and other.coarse is not None
        if coarse and int(np.count_nonzero(self.coarse != other.coarse)) <= SAME_PHOTO_BITS:
            return True
        if self.fine is None or other.fine is None:
            return False
        return compare_fine(self.fine, other.fine) >= SAME_PHOTO_LIKENESS

    def to_hex(self) -> dict[str, str]:
        """Return hexadecimal digits by version, for a record."""
        coarse = {} if self.coarse is None else {"1": print_to_hex(self.coarse)}
        return coarse if self.fine is None else {**coarse, "2": self.fine.tobytes().hex()}


def fingerprints_from_hex(item: Mapping[str, str]) -> Fingerprints:
    """Read fingerprints back; ignore unknown versions.

    Raises:
        ValueError: One of them is damaged.
    """
    fine = None
    if "2" in item:
        fine = np.frombuffer(bytes.fromhex(item["2"]), np.int8)
        if len(fine) != len(_axes()[2]):
            raise ValueError(f"a fingerprint of version 2 has {len(_axes()[2])} bytes, got {len(fine)}")
    return Fingerprints(print_from_hex(item["1"]) if "1" in item else None, fine)


def take_fingerprints(pixels: Pixels, points: Points) -> tuple[Fingerprints, Fingerprints]:
    """Return the fingerprints of a photo and of its mirror image.

    The photo is (h, w, 3) with mesh points (468, 2).
    """
    face = unroll_face(pixels, points)
    mirrored = Fingerprints(make_mirrored_print(pixels, points), make_fine_print(face[:, ::-1]))
    return Fingerprints(make_photo_print(pixels, points), make_fine_print(face)), mirrored


def fingerprints_to_hex(looks: tuple[Fingerprints, Fingerprints]) -> dict[str, str]:
    """Return the result of `take_fingerprints` for a record.

    The keys are versions, with "m" for the mirrored photo.
    """
    plain, mirrored = looks
    return {**plain.to_hex(), **{f"{version}m": text for version, text in mirrored.to_hex().items()}}


def both_fingerprints_from_hex(item: Mapping[str, str]) -> tuple[Fingerprints, Fingerprints]:
    """Read back what `fingerprints_to_hex` wrote.

    Raises:
        ValueError: It is damaged.
    """
    return fingerprints_from_hex(item), fingerprints_from_hex(
        {name[:-1]: text for name, text in item.items() if name[-1:] == "m"}
    )


def compare_fine(one: Fine, other: Fine) -> float:
    """Return the similarity of two fine fingerprints: 1 the same, 0 unrelated."""
    a, b = one.astype(np.float32), other.astype(np.float32)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length > 0 else 0.0


def unroll_face(pixels: Pixels, points: Points) -> Floats:
    """Return brightness (96, 96) of the face unrolled by its mesh.

    Each mesh point is in the same place in every photo.
    """
    across = points[263, :2] - points[33, :2]
    scale = _FINE_EYES_PX / max(float(np.hypot(*across)), 1.0)
    places = np.asarray(points[:, :2], np.float32)
    if scale < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        places = (places + 0.5) * scale - 0.5
    values = np.zeros((len(places), 3), np.float32)
    values[:, :2] = places
    where = spread(_ATLAS_POINTS, values, TRIANGLES, _ATLAS_PX)
    grey = cv2.GaussianBlur(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.float32), (0, 0), 0.8)
    x, y = (np.ascontiguousarray(where[..., k]) for k in range(2))
    return np.asarray(cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def extract_detail(brightness: Floats) -> Floats:
    """Return the band-passed logarithm (n,) of an unrolled face.

    Values are in units of the local spread, limited to 3.
    """
    log = np.log(np.maximum(brightness, 0) + 12)
    found = []
    for scale, places in zip(_SCALES_PX, _grids(), strict=True):
        band = cv2.GaussianBlur(log, (0, 0), scale) - cv2.GaussianBlur(log, (0, 0), scale * _WIDER)
        usual = np.sqrt(cv2.GaussianBlur(band * band, (0, 0), scale * 5)) + 1e-3
        found.append((band / usual)[places])
    return np.asarray(np.clip(np.concatenate(found), -_LARGEST_STEP, _LARGEST_STEP), np.float32)


def make_fine_print(brightness: Floats) -> Fine:
    """Return the fingerprint of version 2 of an unrolled face (96, 96)."""
    mean, axes, spreads = _axes()
    along = np.clip((extract_detail(brightness) - mean) @ axes, -_CLIP * spreads, _CLIP * spreads)
    largest = float(np.abs(along).max())
    return np.asarray(np.rint(along * (127 / max(largest, 1e-6))), np.int8)


@cache
def _grids() -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
    """Return rows and columns of the sampled places on the face, for each scale."""
    face = np.zeros((_ATLAS_PX, _ATLAS_PX), np.uint8)
    cv2.fillPoly(face, [np.rint(_ATLAS_POINTS[OVAL]).astype(np.int32)], 1)
    inner = cv2.erode(face, np.ones((4, 4), np.uint8)) > 0
    grids = []
    for scale in _SCALES_PX:
        step = max(1, round(scale * _GRID))
        rows, columns = np.mgrid[step // 2 : _ATLAS_PX : step, step // 2 : _ATLAS_PX : step]
        on_face = inner[rows, columns]
        grids.append((rows[on_face], columns[on_face]))
    return tuple(grids)


@cache
def _axes() -> tuple[Floats, Floats, Floats]:
    """Return mean (n,), axes (n, m) and spreads (m,) of the details of portraits."""
    with (files("livecam.consent") / "fingerprint.npz").open("rb") as file, np.load(file) as arrays:
        return tuple(np.asarray(arrays[name], np.float32) for name in ("mean", "axes", "spread"))  # type: ignore[return-value]


def make_photo_print(pixels: Pixels, points: Points) -> Print:
    """Return (512,) bits: whether brightness rises from cell to cell.

    Cells are compared to the right and downwards, on the level face.

    Args:
        pixels: (h, w, 3) the photo.
        points: (468, 2) the mesh in it.
    """
    side_px = _CELL_PX * (_CELLS + 1)
    right, left = (points[place, :2].astype(np.float64) for place in _EYES)
    across = left - right
    distance_px = max(float(np.hypot(*across)), 1.0)
    scale = side_px * _EYE_DISTANCE_SHARE / distance_px
    cos, sin = across / distance_px * scale
    linear = np.array([[cos, sin], [-sin, cos]])
    offset = np.array([side_px / 2, side_px * _EYES_HEIGHT_SHARE]) - linear @ (right + left) / 2
    if scale < 1:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.5 / scale), np.uint8)
    level = cv2.warpAffine(
        pixels, np.column_stack([linear, offset]), (side_px, side_px), borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(level, cv2.COLOR_BGR2GRAY).astype(np.float32)
    cells = cv2.resize(grey, (_CELLS + 1, _CELLS + 1), interpolation=cv2.INTER_AREA)
    return np.concatenate([
        (np.diff(cells, axis=1)[:_CELLS] > 0).ravel(),
        (np.diff(cells, axis=0)[:, :_CELLS] > 0).ravel(),
    ])  # fmt: skip


def make_mirrored_print(pixels: Pixels, points: Points) -> Print:
    """Return the fingerprint of the mirrored photo.

    Arguments as in `make_photo_print`.
    """
    turned = points.copy()
    turned[:, 0] = pixels.shape[1] - 1 - turned[:, 0]
    turned[list(_EYES)] = turned[list(reversed(_EYES))]
    return make_photo_print(np.ascontiguousarray(pixels[:, ::-1]), turned)


def print_to_hex(bits: Print) -> str:
    """Return 128 hexadecimal digits."""
    return np.packbits(bits).tobytes().hex()


def print_from_hex(text: str) -> Print:
    """Parse 128 hexadecimal digits into a fingerprint.

    Raises:
        ValueError: Not 128 hexadecimal digits.
    """
    packed = bytes.fromhex(text)
    if len(packed) * 8 != BITS:
        raise ValueError(f"a fingerprint has {BITS} bits, got {len(packed) * 8}")
    return np.unpackbits(np.frombuffer(packed, np.uint8)).astype(bool)
