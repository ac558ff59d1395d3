"""Draw the persona's head, bent to the live pose and lit, over a frame."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import POINT_COUNT, Points
from livecam.core.frame import Pixels
from livecam.video.head.grid import FACE_PX, HeadGrid
from livecam.video.head.shell import SHELL_COUNT, SHELL_TRIANGLES, Shell
from livecam.video.render.raster import MeshRaster
from livecam.video.render.sampling import LEAP, enlarge_places, is_turned, look_up

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

_BLOCK: Final = 16
_MARGIN_PX: Final = 2
_RESIDUE: Final = 0.6
_RING_LIGHT: Final = (0.8, 0.6, 0.5, 0.4, 0.3, 0.2)
"""How much of the oval's local light each ring takes."""
_HAIR_SHARE: Final = 0.6
"""How much of the mean light the hair follows, as its baked colours do: so a new baking is no step."""
_UNIT: Final = 128.0
_FINER: Final = 2
"""The mesh of the face is drawn so many times finer than the grid."""
_EARS: Final = (127, 356)


class Layer(NamedTuple):
    """The head over a part of the frame.

    Rows and columns of the part, colours (h, w, 3) times alpha, alpha (h, w).
    """

    box: tuple[slice, slice]
    colours: Pixels
    alpha: Mask


class LayerDrawer:
    """Rasters of the shell by size, kept between frames."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._rasters: dict[int, MeshRaster] = {}
        self._places: dict[int, Map] = {}

    def draw(
        self,
        placed: Points,
        picture: Mask,
        residue: Map,
        grid: HeadGrid,
        size_wh: tuple[int, int],
        level: int = 0,
        *,
        frontal: bool = False,
    ) -> Layer | None:
        """Return the head where it reaches the frame; None where it does not.

        Args:
            placed: (SHELL_COUNT, 3) the shell in frame pixels.
            picture: (h, w, 4) premultiplied colours of the cutout, halved `level` times.
            residue: (468, 3) the change of log light that is not in the picture yet.
            grid: Its step and corner are used.
            size_wh: Of the frame.
            level: How often the picture is halved.
            frontal: Whether no part of the head hides another: a coarser raster shows the same then.
        """
        step, seen = grid.step, placed[self._shell.visible, :2]
        corner = np.array([grid.left, grid.top])
        limit = np.array(size_wh) // step * step
        low = np.floor((seen.min(0) - _MARGIN_PX - corner) / step).astype(int) * step + corner
        high = np.ceil((seen.max(0) + _MARGIN_PX - corner) / step).astype(int) * step + corner
        low, high = np.maximum(low, corner % step), np.minimum(high, limit)
        cells = (high - low) // step
        if cells.min() < 2:
            return None
        fine, coarse = self._rasters_of(int(cells.max()), 1 if frontal else _FINER)
        width, height = int(cells[0] * step), int(cells[1] * step)
        small, finer = _shrunk(placed, low, step), max(step / (1 if frontal else _FINER), 1)
        leap_px = LEAP * finer * self._shell.face_px * 0.5**level / (FACE_PX * step)
        steps = (finer, leap_px if is_turned(placed, _EARS) else 0.0)
        drawn = _read(fine, _shrunk(placed, low, finer), self._places_at(level), picture, (width, height), steps)
        gain = _gain(coarse, small, residue, (int(cells[0]), int(cells[1])), step)[:height, :width]
        colours = cv2.multiply(cv2.cvtColor(drawn, cv2.COLOR_BGRA2BGR), gain, scale=1 / _UNIT)
        box = np.s_[int(low[1]) : int(low[1]) + height, int(low[0]) : int(low[0]) + width]
        return Layer(box, np.asarray(colours, np.uint8), np.asarray(cv2.extractChannel(drawn, 3), np.uint8))

    def _places_at(self, level: int) -> Map:
        """Return (SHELL_COUNT, 3) where each point reads the picture, and one."""
        if level not in self._places:
            share = np.float32(0.5**level)
            places = self._shell.places * share + (share / 2 - np.float32(0.5))
            self._places[level] = np.column_stack([places, np.ones(SHELL_COUNT, np.float32)]).astype(np.float32)
        return self._places[level]

    def _rasters_of(self, cells: int, finer: int) -> tuple[MeshRaster, MeshRaster]:
        size = -(-cells // _BLOCK) * _BLOCK
        return self._raster_of(finer * size), self._raster_of(size // 2)

    def _raster_of(self, size_px: int) -> MeshRaster:
        if size_px not in self._rasters:
            self._rasters[size_px] = MeshRaster(size_px, SHELL_TRIANGLES, SHELL_COUNT)
        return self._rasters[size_px]


def _read(
    raster: MeshRaster, small: Points, places: Map, picture: Mask, size_wh: tuple[int, int], steps: tuple[float, float]
) -> Mask:
    """Return the cutout (h, w, 4) read through the mesh.

    The mesh is drawn every so many pixels. The second of `steps` is how far places may leap; 0 softens them all.
    """
    step, leap_px = steps
    columns, rows = round(size_wh[0] / step), round(size_wh[1] / step)
    field = raster.draw(small, places)[:rows, :columns]
    uv = np.empty((rows, columns, 2), np.float32)
    cv2.mixChannels([field], [uv], [0, 0, 1, 1])
    wide = enlarge_places(uv, size_wh, leap_px) if leap_px else np.asarray(cv2.resize(uv, size_wh), np.float32)
    return look_up(picture, wide)


def _shrunk(placed: Points, corner: NDArray[np.int_], step: float) -> Points:
    """Return frame points (n, 3) in pixels of a part shrunk `step` times."""
    small = placed / np.float32(step)
    small[:, :2] = (placed[:, :2] - corner) / np.float32(step) + np.float32(0.5 / step - 0.5)
    return np.asarray(small, np.float32)


def _gain(raster: MeshRaster, small: Points, residue: Map, cells: tuple[int, int], step: int) -> Mask:
    """Return (h, w, 3) what the colours are multiplied with, in units of 1/128.

    A little larger than the layer.
    """
    values = np.empty((SHELL_COUNT, 3), np.float32)
    values[:POINT_COUNT] = np.clip(residue, -_RESIDUE, _RESIDUE)
    brightness = values[topology.OVAL].mean(1, keepdims=True)
    side = len(topology.OVAL)
    for k, share in enumerate(_RING_LIGHT):
        ring = np.s_[POINT_COUNT + k * side : POINT_COUNT + (k + 1) * side]
        values[ring] = share * (brightness - brightness.mean()) + _HAIR_SHARE * brightness.mean()
    half = small / np.float32(2)
    half[:, :2] -= np.float32(0.25)
    field = cv2.exp(raster.draw(half, values)[: -(-cells[1] // 2), : -(-cells[0] // 2)])
    coded = cv2.convertScaleAbs(field, alpha=_UNIT)
    return np.asarray(cv2.resize(coded, (coded.shape[1] * 2 * step, coded.shape[0] * 2 * step)), np.uint8)
