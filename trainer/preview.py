"""Show what a model does.

Held-out pictures drawn by the renderer of a session, next to the photo and the true face.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceMesh, Points
from livecam.core.files.own_files import png_with_comment
from livecam.core.files.writing import write_whole
from livecam.core.frame import Frame, Pixels
from livecam.core.texture import FaceTexture
from livecam.disclosure.picture import Marker
from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.openings import close_openings
from livecam.video.atlas.unroll import atlas_of
from livecam.video.render.renderer import FaceRenderer
from trainer.basis import Calm
from trainer.material import Material

Floats = NDArray[np.float32]
SIDE_PX: Final = 224
COLUMNS: Final = 7
_FILLED: Final = 0.72
_BRIGHTEST: Final = 140.0
_BAR_PX: Final = 22
_TEXT: Final = (235, 235, 235)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of the sheet.

    Attributes:
        textures: (n, n, 3) each, 1 is plain skin.
        is_own: Whether it draws eyes and inner mouth; else those of the true face stay.
    """

    textures: Sequence[Floats]
    is_own: bool


class Preview:
    """Held-out pictures of an enrolment, spread over its time.

    The photo is drawn to compare with.

    Args:
        persona: The pictures.
        calm: The persona's calm face, which stands for the photo.
    """

    def __init__(self, persona: Material, calm: Calm) -> None:
        held = np.flatnonzero(persona.is_held)
        self.which = held[np.linspace(0, len(held) - 1, min(COLUMNS, len(held))).astype(int)]
        self.material = persona.select(self.which)
        self._calm = calm
        self._meshes = [_centre(points) for points in self.material.points]
        self._true = [np.asarray(detail / np.float32(GAIN), np.float32) for detail in self.material.detail]
        self._live = [
            self._draw(k, np.full((SIDE_PX, SIDE_PX, 3), 0, np.uint8), one, True) for k, one in enumerate(self._true)
        ]

    def draw_sheet(self, rows: Mapping[str, Row]) -> Pixels:
        """Return the true face, the photo and each model in rows.

        A held-out picture in each column.
        """
        photo = Row([self._calm.detail] * len(self.which), is_own=False)
        parts = [_label("true face, not learned from", self._live)]
        for name, row in {"photo": photo, **rows}.items():
            drawn = [self._draw(k, self._live[k], one, row.is_own) for k, one in enumerate(row.textures)]
            parts.append(_label(name, drawn))
        return np.vstack(parts)

    def _draw(self, column: int, live: Pixels, texture: Floats, is_own: bool) -> Pixels:
        """Return a picture in which a texture is drawn on a live face."""
        mesh, atlas = self._meshes[column], atlas_of(self.material.side_px)
        tone = self.material.tone * min(_BRIGHTEST / float(np.max(self.material.tone)), 1.0)
        base = live if live.any() else np.full_like(live, np.rint(self.material.tone))
        pixels = np.clip(np.rint(texture * tone), 0, 255).astype(np.uint8)
        own: Literal["own", "live"] = "own" if is_own else "live"
        drawn = FaceTexture(
            close_openings(pixels, mesh) if is_own else pixels, atlas.points, self._calm.shape, eyes_and_mouth=own
        )
        out = base.copy()
        FaceRenderer().draw(Frame(base, 0, column), FaceMesh(mesh, 1.0, 0), drawn, out)
        return out


def write_sheet(path: Path, sheet: Pixels) -> None:
    """Write a sheet as a PNG with the marks of every picture, whole or not at all."""
    marked = Marker((sheet.shape[1], sheet.shape[0]), "top-left").mark(sheet.copy(), 0, 0)
    done, png = cv2.imencode(".png", marked.pixels)
    if done:
        write_whole(path, png_with_comment(png.tobytes()))


def _centre(points: Points) -> Points:
    """Return a mesh moved and scaled into the middle of a small square."""
    low, high = points.min(0), points.max(0)
    scale = _FILLED * SIDE_PX / float(np.max((high - low)[:2]))
    middle = (low + high) / 2
    return np.asarray((points - middle) * scale + [SIDE_PX / 2, SIDE_PX / 2, 0], np.float32)


def _label(text: str, pictures: Sequence[Pixels]) -> Pixels:
    row = np.hstack(list(pictures))
    bar = np.full((_BAR_PX, row.shape[1], 3), 40, np.uint8)
    cv2.putText(bar, text, (6, _BAR_PX - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _TEXT, 1, cv2.LINE_AA)
    return np.vstack([bar, row])
