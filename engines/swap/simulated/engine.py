"""A test engine with a given duration.

`--engine slow:100ms` shows what a network of that speed does.

Its texture is the persona drawn on the very frame, expression and light included, as a swap network would give it; only
later.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engines.face.crop import cut, fit_square_to_points, matrix_to_crop
from engines.swap.photo.engine import PhotoEngine
from livecam.core.clock import NS_PER_MS, Clock, SystemClock
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.texture import FaceTexture
from livecam.video.render.renderer import FaceRenderer

SIDE_PX = 256


class SimulatedEngine:
    """Draws the persona, then waits until the time is over."""

    def __init__(self, delay_ms: int, clock: Clock | None = None) -> None:
        self._delay_ns = delay_ms * NS_PER_MS
        self._clock = clock or SystemClock()
        self._photo, self._renderer = PhotoEngine(), FaceRenderer()
        self._texture: FaceTexture | None = None
        self.facts: Mapping[str, object] = {"model": f"a test of {delay_ms} ms"}

    @property
    def live(self) -> bool:
        """True: every frame may get a new texture."""
        return True

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the photo's texture.

        Raises:
            PhotoError: The photo cannot be used.
        """
        texture = self._photo.prepare(persona)
        # A swap network leaves the face its own shape.
        self._texture = replace(texture, shape=None)
        return texture

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return the persona on this frame, cut out, when the time is over.

        Raises:
            EngineError: No persona was given, or the face cannot be drawn.
        """
        begin_ns = self._clock.now_ns()
        if self._texture is None:
            raise EngineError("the engine was given no persona", advice="prepare comes before refresh")
        drawn = frame.pixels.copy()
        if self._renderer.draw(frame, face, self._texture, drawn) == 0:
            raise EngineError("the face is too small or outside the picture", advice="come nearer to the camera")
        matrix = matrix_to_crop(fit_square_to_points(face.points), SIDE_PX)
        points = face.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        pixels = cut(drawn, matrix, SIDE_PX)
        self._clock.sleep_until_ns(begin_ns + self._delay_ns)
        return FaceTexture(pixels, np.asarray(points, np.float32), made_for_ns=frame.captured_ns)

    def close(self) -> None:
        """Do nothing: it holds no resource."""


def open_engine(argument: str = "") -> SimulatedEngine:
    """Entry point `slow`: "100ms".

    Raises:
        EngineError: No time is given.
    """
    match = re.fullmatch(r"(\d{1,5})ms", argument)
    if match is None:
        raise EngineError(f"the engine 'slow' takes a time, got '{argument}'", advice="add --engine slow:100ms")
    return SimulatedEngine(int(match[1]))
