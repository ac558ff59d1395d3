"""Draw one followed face.

It has its engine's newest texture where there is one, else the photo's.
"""

from typing import Final

import cv2

from livecam.core.clock import NS_PER_MS
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceRefiner
from livecam.core.texture import FaceTexture
from livecam.video.parallel import Parallel
from livecam.video.render.renderer import FaceRenderer, RenderSettings

FADE_NS: Final = 300 * NS_PER_MS


class FaceDrawer:
    """Two renderers of one face, and the fade from the photo to the engine.

    Attributes:
        share: 0 only the photo's, 1 only the engine's.
        refining: Whether there is time to refine; it may change between frames.
    """

    def __init__(self, parallel: Parallel, refiner: FaceRefiner | None = None) -> None:
        """`refiner` makes what is drawn look photographed."""
        self.share, self.refining = 0.0, True
        self._parallel, self._refiner = parallel, refiner
        self._photo = FaceRenderer(parallel=parallel, refiner=refiner)
        self._fresh: FaceRenderer | None = None
        self._last: FaceTexture | None = None
        self._persona: FaceTexture | None = None
        self._drawn_ns: int | None = None

    def draw(
        self,
        frame: Frame,
        face: FaceMesh,
        persona: FaceTexture,
        newest: FaceTexture | None,
        strength: float,
        out: Pixels,
    ) -> float:
        """Draw in place, as `FaceRenderer.draw`.

        Args:
            frame: The live picture.
            face: Its mesh.
            persona: The photo's texture.
            newest: The engine's texture, carried here from the frame it was made for; None fades to the photo's.
            strength: How much of the persona is drawn, 0..1.
            out: Writable (h, w, 3).

        Returns:
            0..1 how much of the inner face was replaced.
        """
        if persona is not self._persona:
            self._persona, self._last, self.share = persona, None, 0.0
        self._fade(newest, frame.captured_ns)
        self._photo.refining = self.refining
        if self.share == 0 or self._last is None:
            return _drawn(self._photo, frame, face, persona, strength, out)
        if self._fresh is None:
            self._fresh = FaceRenderer(parallel=self._parallel, refiner=self._refiner)
        self._fresh.refining = self.refining
        if self.share == 1:
            return _drawn(self._fresh, frame, face, self._last, strength, out)
        over = out.copy()
        replaced = _drawn(self._photo, frame, face, persona, strength, out)
        replaced = min(replaced, _drawn(self._fresh, frame, face, self._last, strength, over))
        cv2.addWeighted(out, 1 - self.share, over, self.share, 0, dst=out)
        return replaced

    def _fade(self, newest: FaceTexture | None, captured_ns: int) -> None:
        """Move the share towards the available texture, by the elapsed time."""
        passed = 0.0 if self._drawn_ns is None else (captured_ns - self._drawn_ns) / FADE_NS
        self._drawn_ns = captured_ns
        self._last = newest or self._last
        step = passed if newest is not None else -passed
        self.share = min(max(self.share + step, 0.0), 1.0)


def _drawn(
    renderer: FaceRenderer, frame: Frame, face: FaceMesh, texture: FaceTexture, strength: float, out: Pixels
) -> float:
    if renderer.settings.strength != strength:
        renderer.settings = RenderSettings(strength)
    return renderer.draw(frame, face, texture, out)
