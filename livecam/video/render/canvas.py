"""The square working picture in which a face is drawn.

It has a view in the frame, buffers and rasterisers.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points, find_bounds
from livecam.core.frame import Pixels
from livecam.video.render import mesh_border as mantle
from livecam.video.render.raster import MeshRaster
from livecam.video.render.sampling import LEAP, enlarge_places, is_turned, look_up

SIZES_PX: Final = (128, 256, 320)
_LIMITS_PX: Final = (170, 440)
"""Square sides in the frame above which the next canvas size is used."""
GRID: Final = 16
"""Divisor of the sides of squares and canvases.

So parts of a canvas scale to whole pixels of the frame.
"""
_HEADROOM, _SMALLEST_SHARE = 1.04, 0.85
_MARGIN: Final = 1.3
_SHRINKS_WELL: Final = 2
"""Largest reduction by interpolation alone; before that the picture is halved.

Halving is the fastest average.
"""
_RUN_ON: Final = (5, 5)
_TURNED_TIMES, _FRONTAL_TIMES = 2, 4
_EARS: Final = (127, 356)
_COARSE: Final = 8
"""Reduction of light and displacement, which have low frequencies."""


class CanvasView(NamedTuple):
    """A square of the frame: left, top, side in pixels, and canvas pixels per pixel."""

    left: int
    top: int
    side: int
    scale: float

    def to_canvas(self, points: Points) -> Points:
        """Return points (n, 3) of the frame in canvas pixels; z has the same scale."""
        moved = points * np.float32(self.scale)
        corner = np.array([self.left, self.top]) * self.scale
        moved[:, :2] += (0.5 * self.scale - 0.5 - corner).astype(np.float32)
        return moved

    def matrix_from(self, shrink: int) -> NDArray[np.float64]:
        """Return (2, 3) from pixels of the canvas shrunk `shrink` times to frame pixels."""
        step = shrink / self.scale
        return np.array([[step, 0, step / 2 - 0.5 + self.left], [0, step, step / 2 - 0.5 + self.top]])


class _Layout(NamedTuple):
    """A raster of texture places, reduced so many times, and its buffer."""

    raster: MeshRaster
    uv: NDArray[np.float32]
    times: int

    @classmethod
    def of(cls, size_px: int, times: int) -> "_Layout":
        side = size_px // times
        raster = MeshRaster(side, mantle.TRIANGLES, mantle.POINT_COUNT)
        return cls(raster, np.empty((side, side, 2), np.float32), times)


class Canvas:
    """Buffers of one size; every picture is valid until the next frame."""

    def __init__(self, size_px: int) -> None:
        n, half, quarter, coarse = size_px, size_px // 2, size_px // 4, size_px // _COARSE
        self.size_px = n
        self._turned, self._frontal = _Layout.of(n, _TURNED_TIMES), _Layout.of(n, _FRONTAL_TIMES)
        self.field_raster = MeshRaster(coarse, mantle.TRIANGLES, mantle.POINT_COUNT)
        self.light_raster = MeshRaster(coarse, mantle.TRIANGLES, mantle.POINT_COUNT)
        columns, rows = np.meshgrid(np.arange(n, dtype=np.float32), np.arange(n, dtype=np.float32))
        self.grid = np.dstack([columns, rows])
        self.map = np.empty((n, n, 2), np.float32)
        self.field = np.empty((coarse, coarse, 2), np.float32)
        self.quarter3 = np.empty((quarter, quarter, 3), np.float32)
        self.outline = np.empty((quarter, quarter), np.float32)
        self._padded = np.empty((0, 0, 3), np.uint8)
        self.crop = np.empty((n, n, 3), np.uint8)
        self.crop4 = np.empty((n, n, 4), np.uint8)
        self.live4 = np.empty((n, n, 4), np.uint8)
        self.live = np.empty((n, n, 3), np.uint8)
        self.half4 = np.empty((half, half, 4), np.uint8)
        self.small4 = np.empty((quarter, quarter, 4), np.uint8)
        self.small = np.empty((quarter, quarter, 3), np.uint8)
        self.uv = np.empty((n, n, 2), np.float32)
        self.texture4 = np.empty((n, n, 4), np.uint8)
        self.detail = np.empty((n, n, 3), np.uint8)
        self.colour = np.empty((n, n, 3), np.uint8)
        self.light = np.empty((n, n, 3), np.float32)
        self.alpha = np.empty((n, n), np.uint8)
        self.inner = np.empty((quarter, quarter), np.uint8)
        self.small_alpha = np.empty((quarter, quarter), np.uint8)
        self.scratch = [np.empty((n, n, 3), np.uint8) for _ in range(3)]
        self.plane = [np.empty((n, n), np.uint8) for _ in range(2)]

    def cut(self, pixels: Pixels, view: CanvasView) -> None:
        """Fill `crop` with the view's square, replicating the frame's border."""
        height, width = pixels.shape[:2]
        left, top = max(view.left, 0), max(view.top, 0)
        right, bottom = min(view.left + view.side, width), min(view.top + view.side, height)
        square = pixels[top:bottom, left:right]
        if square.shape[:2] != (view.side, view.side):
            if self._padded.shape[0] != view.side:
                self._padded = np.empty((view.side, view.side, 3), np.uint8)
            cv2.copyMakeBorder(
                square, top - view.top, view.top + view.side - bottom, left - view.left, view.left + view.side - right,
                cv2.BORDER_REPLICATE, dst=self._padded,
            )  # fmt: skip
            square = self._padded
        while square.shape[0] > _SHRINKS_WELL * self.size_px:
            square = cv2.resize(square, (square.shape[0] // 2,) * 2, interpolation=cv2.INTER_AREA).astype(
                np.uint8, copy=False
            )
        cv2.resize(square, (self.size_px, self.size_px), dst=self.crop)

    def warp(self, live: Points, moved: Points, zone: NDArray[np.float32]) -> None:
        """Warp the crop by the field from live points to moved ones.

        Points are (n, 3), in canvas pixels. It fills `live`, its quarter-size copy `small`, and `outline`, which is
        `zone` (n,) interpolated over the mesh.
        """
        values = np.column_stack([(live - moved)[:, :2], zone])
        picture = self.field_raster.draw(_shrunk(moved, _COARSE), values)
        cv2.mixChannels([picture], [self.field], [0, 0, 1, 1])
        cv2.resize(self.field, (self.size_px, self.size_px), dst=self.map)
        cv2.add(self.map, self.grid, dst=self.map)
        cv2.cvtColor(self.crop, cv2.COLOR_BGR2BGRA, dst=self.crop4)
        look_up(self.crop4, self.map, self.live4)
        cv2.cvtColor(self.live4, cv2.COLOR_BGRA2BGR, dst=self.live)
        half, quarter = self.size_px // 2, self.size_px // 4
        cv2.resize(self.live4, (half, half), dst=self.half4, interpolation=cv2.INTER_AREA)
        cv2.resize(self.half4, (quarter, quarter), dst=self.small4, interpolation=cv2.INTER_AREA)
        cv2.cvtColor(self.small4, cv2.COLOR_BGRA2BGR, dst=self.small)
        cv2.resize(cv2.extractChannel(picture, 2), (quarter, quarter), dst=self.outline)

    def warp_map(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a map (quarter, quarter) warped as in the last `warp`; newly allocated."""
        quarter = self.size_px // 4
        places = cv2.resize(self.field, (quarter, quarter)) * np.float32(0.25) + self.grid[:quarter, :quarter]
        return look_up(values, places)

    def spread_light(self, moved: Points, log_light: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return log light (n, 3) of the points over the quarter-size canvas.

        It is 0 off the mesh, and valid until the next call. It extends slightly beyond the mesh: where a turned face
        hides its own rings, the edge would darken.
        """
        picture = self.light_raster.draw(_shrunk(moved, _COARSE), log_light)
        covered = self.light_raster.coverage[..., None]
        share = cv2.blur(covered, _RUN_ON)[..., None]
        beyond = (1 - covered) * cv2.blur(picture, _RUN_ON).astype(np.float32) / np.maximum(share, np.float32(1e-3))
        picture = picture + beyond.astype(np.float32)
        cv2.resize(picture, self.quarter3.shape[:2], dst=self.quarter3)
        return self.quarter3

    def spread(self, moved: Points, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the points' values (n,) over the quarter-size canvas.

        They are 0 off the mesh; the array is newly allocated.
        """
        picture = self.light_raster.draw(_shrunk(moved, _COARSE), np.repeat(values[:, None], 3, axis=1))
        return np.asarray(cv2.resize(cv2.extractChannel(picture, 0), self.outline.shape), np.float32)

    def place_texture(
        self, moved: Points, places: Points, opacity: NDArray[np.float32], *, frontal: bool = False
    ) -> None:
        """Set `uv` by texture `places` (n, 2), and `alpha` by opacities (n,).

        `uv` says where each pixel reads the texture. In a `frontal` face no part hides another, and a coarser layout
        looks the same.
        """
        layout = self._frontal if frontal else self._turned
        drawn = layout.raster.draw(_shrunk(moved, layout.times), np.column_stack([places, opacity]))
        cv2.mixChannels([drawn], [layout.uv], [0, 0, 1, 1])
        size = (self.size_px, self.size_px)
        if is_turned(moved, _EARS):
            texture_px, drawn_px = (float(np.ptp(values[:, 1])) for values in (places, moved))
            self.uv[:] = enlarge_places(layout.uv, size, layout.times * LEAP * texture_px / drawn_px)
        else:
            cv2.resize(layout.uv, size, dst=self.uv)
        cv2.resize(cv2.LUT(cv2.convertScaleAbs(drawn[..., 2], alpha=255), _EDGE), size, dst=self.alpha)

    def read_texture(self, picture: Pixels) -> None:
        """Draw a texture (h, w, 4) where `place_texture` put it, into `texture4`."""
        look_up(picture, self.uv, self.texture4)


def _edge_curve() -> NDArray[np.uint8]:
    """Return the curve that turns interpolated opacity into a short soft edge."""
    x = np.clip(np.arange(256) / 255 / 0.55, 0, 1)
    return np.round(255 * x * x * (3 - 2 * x)).astype(np.uint8)


_EDGE: Final = _edge_curve()


def _shrunk(points: Points, times: int) -> Points:
    """Return canvas points in pixels of the canvas shrunk `times` times."""
    small = points / np.float32(times)
    small[:, :2] += np.float32(0.5 / times - 0.5)
    return small


def choose_view(points: Points, last: CanvasView | None) -> tuple[CanvasView, int]:
    """Return the square around mesh points (n, 3), and its canvas side.

    The square keeps its size until the face outgrows it or clearly shrinks. Resampling that changes with every frame
    would flicker.
    """
    low, high = find_bounds(points[:, :2])
    needed = max(float(np.max(high - low)) * _MARGIN, GRID)
    side = last.side if last is not None else 0
    if not side * _SMALLEST_SHARE < needed <= side:
        side = int(np.ceil(needed * _HEADROOM / GRID)) * GRID
    left, top = np.floor((low + high + 1 - side) / 2).astype(int)
    size_px = SIZES_PX[sum(side > limit for limit in _LIMITS_PX)]
    return CanvasView(int(left), int(top), side, size_px / side), size_px
