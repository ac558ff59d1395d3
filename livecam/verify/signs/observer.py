"""Follow the largest face through a clip and measure it, picture by picture."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.outline import OutlineReading
from livecam.core.ports import FaceFinder, OutlineNetwork
from livecam.verify.signs.block_grid import measure_grid
from livecam.verify.signs.detail import measure_bands, measure_change
from livecam.verify.signs.face_patch import FacePatch, cut_patch
from livecam.verify.signs.series import CloseLook, FaceReading, Observation

MOST_S: Final = 120
"""Seconds of a clip that are looked at."""
_SEARCH_NS: Final = NS_PER_S
_LOOK_NS: Final = 200 * NS_PER_MS
_CROP_NS: Final = 500 * NS_PER_MS
_GRID_NS: Final = NS_PER_S
_STEP_NS: Final = 25 * NS_PER_MS
"""Pictures that come sooner after the last one are passed over: forty a second are enough."""
SPARSE_NS: Final = 50 * NS_PER_MS
"""Time between measured pictures where there is no sound to compare the lips with."""
_GAP_NS: Final = 400 * NS_PER_MS
_LEAST_SCORE: Final = 0.5
_JUMP: Final = 0.8
_COVERED: Final = 0.5
_ROOM_WH, _ROOM_ROWS = (16, 9), 180
_CROP_PX: Final = 160
_LEAST_SIDE_PX, _MOST_SIDE_PX = 32, 1920


class FaceObserver:
    """Measures the largest face of the pictures that it is given."""

    def __init__(self, finder: FaceFinder, outline: OutlineNetwork | None = None, interval_ns: int = 0) -> None:
        """Begin without pictures.

        Args:
            finder: Finds and follows the faces.
            outline: Judges outlines; None without one.
            interval_ns: Least time between measured pictures. Each is compared with the one right before it all the
                same, so change and grain do not depend on it.
        """
        self._finder, self._outline, self._interval_ns = finder, outline, interval_ns
        self._readings: list[FaceReading] = []
        self._looks: list[CloseLook] = []
        self._mesh: FaceMesh | None = None
        self._last: Pixels | None = None
        self._segment = self._pictures = self._most_faces = 0
        self._search_ns = self._look_ns = self._crop_ns = self._grid_ns = self._measure_ns = 0
        self._next_ns: int | None = None
        self._cut_off = False

    def add(self, pixels: Pixels, at_ns: int) -> None:
        """Measure a picture (h, w, 3) uint8 BGR.

        Raises:
            EngineError: The face finder failed.
        """
        if at_ns > MOST_S * NS_PER_S:
            self._cut_off = True
            return
        if self._next_ns is not None and at_ns < self._next_ns:
            return
        self._next_ns = at_ns + _STEP_NS
        if min(pixels.shape[:2]) < _LEAST_SIDE_PX:
            return
        last, self._last = self._last, pixels
        if at_ns < self._measure_ns:
            return
        self._measure_ns = at_ns + self._interval_ns
        self._measure(_bounded(pixels), None if last is None else _bounded(last), at_ns)

    def _measure(self, pixels: Pixels, last: Pixels | None, at_ns: int) -> None:
        self._pictures += 1
        mesh = self._follow(Frame(pixels, at_ns, self._pictures))
        patch = None if mesh is None else cut_patch(pixels, mesh.points)
        if mesh is None or patch is None:
            return
        if last is not None and last.shape != pixels.shape:
            last = None
        if self._is_new_run(mesh, at_ns):
            self._segment, last = self._segment + 1, None
        self._readings.append(_read(pixels, last, patch, mesh, self._segment))
        if at_ns >= self._look_ns:
            self._look_ns = at_ns + _LOOK_NS
            self._looks.append(self._look(pixels, patch, mesh))

    def finish(self, speech: NDArray[np.float32] | None = None, remarks: Sequence[str] = ()) -> Observation:
        """Return all that was measured.

        Args:
            speech: Speech energy from the first picture on.
            remarks: What of the clip could not be read.
        """
        if self._cut_off:
            remarks = (*remarks, f"the signs were looked for in the first {MOST_S} s")
        if self._most_faces > 1:
            remarks = (*remarks, f"up to {self._most_faces} faces in a picture; the largest one was looked at")
        return Observation(self._readings, self._looks, self._pictures, self._most_faces, speech, tuple(remarks))

    def _follow(self, frame: Frame) -> FaceMesh | None:
        if self._mesh is None or frame.captured_ns >= self._search_ns:
            self._search_ns = frame.captured_ns + _SEARCH_NS // (1 if self._mesh is not None else 4)
            self._search(frame)
        if self._mesh is None:
            return None
        mesh = self._finder.mesh(frame, self._mesh)
        self._mesh = mesh if mesh.score >= _LEAST_SCORE else None
        return self._mesh

    def _search(self, frame: Frame) -> None:
        found = self._finder.detect(frame)
        self._most_faces = max(self._most_faces, len(found))
        largest = max(found, key=lambda face: face.area_px, default=None)
        if largest is None or (self._mesh is not None and _is_inside(largest.box_xyxy, self._mesh)):
            return
        mesh = self._finder.mesh(frame, largest)
        self._mesh = mesh if mesh.score >= _LEAST_SCORE else None

    def _is_new_run(self, mesh: FaceMesh, at_ns: int) -> bool:
        if not self._readings:
            return False
        before = self._readings[-1]
        moved = float(np.linalg.norm(mesh.points[:, :2].mean(0) - before.points[:, :2].mean(0)))
        return at_ns - before.at_ns > _GAP_NS or moved > _JUMP * mesh.eye_distance_px

    def _look(self, pixels: Pixels, patch: FacePatch, mesh: FaceMesh) -> CloseLook:
        read = None if self._outline is None else self._outline.judge(pixels, mesh.points)
        crop = seam = None
        if mesh.seen_ns >= self._crop_ns:
            self._crop_ns = mesh.seen_ns + _CROP_NS
            scale = min(1.0, _CROP_PX / patch.pixels.shape[0])
            size_wh = max(1, round(patch.pixels.shape[1] * scale)), max(1, round(patch.pixels.shape[0] * scale))
            crop = np.asarray(cv2.resize(patch.pixels, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
            seam = None if read is None else _place_seam(read, patch, size_wh)
        grid = (float("nan"), float("nan"))
        if mesh.seen_ns >= self._grid_ns:
            self._grid_ns = mesh.seen_ns + _GRID_NS
            grid = measure_grid(pixels, mesh.points)
        logit = None if read is None else read.logit
        return CloseLook(
            mesh.seen_ns, measure_bands(patch), grid, logit, seam, crop, mesh.eye_distance_px, self._segment
        )


def _read(pixels: Pixels, last: Pixels | None, patch: FacePatch, mesh: FaceMesh, segment: int) -> FaceReading:
    height, width = pixels.shape[:2]
    left, top, right, bottom = patch.box
    colours = np.array(
        [cv2.mean(patch.pixels, mask)[:3] if cv2.countNonZero(mask) > 12 else (np.nan,) * 3 for mask in patch.halves],
        np.float32,
    )
    every = max(1, min(height, width) // _ROOM_ROWS)
    room = cv2.resize(np.ascontiguousarray(pixels[::every, ::every]), _ROOM_WH, interpolation=cv2.INTER_AREA)
    change, grain = ((np.nan, np.nan), (np.nan, np.nan)) if last is None else measure_change(patch, last)
    box = (left / width, top / height, right / width, bottom / height)
    light = room.astype(np.float32)
    return FaceReading(mesh.seen_ns, mesh.points, colours, light, box, change, grain, _covered(mesh), segment)


def _place_seam(read: OutlineReading, patch: FacePatch, size_wh: tuple[int, int]) -> NDArray[np.float32]:
    """Return the map (h, w) over a patch that was made so large."""
    left, top, right, bottom = patch.box
    across, down = (right - left) / size_wh[0], (bottom - top) / size_wh[1]
    to_picture = np.array([[across, 0, left + across / 2 - 0.5], [0, down, top + down / 2 - 0.5], [0, 0, 1]])
    to_map = np.asarray(read.to_map @ to_picture, np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(read.map, to_map, size_wh, flags=flags), np.float32)


def _covered(mesh: FaceMesh) -> float:
    """Return the share of the middle of the face that is covered, 0..1."""
    if mesh.cover is None:
        return 0.0
    side = len(mesh.cover.probability)
    middle = mesh.cover.probability[side // 4 : -side // 4, side // 4 : -side // 4]
    return float((middle > _COVERED).mean())


def _is_inside(box_xyxy: Points, mesh: FaceMesh) -> bool:
    """Whether the middle of a mesh is in a box."""
    middle = mesh.points[:, :2].mean(0)
    return bool((middle > box_xyxy[:2]).all() and (middle < box_xyxy[2:]).all())


def _bounded(pixels: Pixels) -> Pixels:
    """Return a picture with sides of at most 1,920 px."""
    scale = _MOST_SIDE_PX / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
