"""Fakes of engines that draw faces, scripted by data."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.refinement import PLANE_COUNT, REFINE_PX
from livecam.core.texture import FaceTexture


class FakeTextureEngine:
    """Returns the photo unchanged; live ones count their refreshes."""

    def __init__(self, live: bool = False) -> None:
        self.live = live
        self.facts: Mapping[str, object] = {}
        self.refreshes = 0
        self.closed = False
        self._texture: FaceTexture | None = None

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the persona's photo."""
        self._texture = persona.photo
        return persona.photo

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return the photo again, made for this frame."""
        if self._texture is None:
            raise RuntimeError("prepare comes before refresh")
        self.refreshes += 1
        photo = self._texture
        return FaceTexture(
            photo.pixels, photo.points, photo.shape, photo.alpha, photo.tone, frame.captured_ns, photo.eyes_and_mouth
        )

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


class FakeEnhancer:
    """Brightens a texture by one step and counts; raises `error` if it has one."""

    def __init__(self, costly: bool = True, error: EngineError | None = None) -> None:
        self.costly, self.error = costly, error
        self.facts: Mapping[str, object] = {"enhance": "fake"}
        self.enhanced, self.closed = 0, False

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the texture, brighter."""
        if self.error is not None:
            raise self.error
        self.enhanced += 1
        return replace(texture, pixels=np.where(texture.pixels < 255, texture.pixels + 1, 255).astype(np.uint8))

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


class FakeRefiner:
    """Adds the same to every pixel and keeps what it saw, or raises `error`."""

    def __init__(self, change: float = 0.1, error: EngineError | None = None) -> None:
        self.change, self.error = change, error
        self.seen: NDArray[np.float32] | None = None
        self.refined, self.closed = 0, False

    def refine(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one value in every pixel."""
        if self.error is not None:
            raise self.error
        assert planes.shape == (PLANE_COUNT, REFINE_PX, REFINE_PX)
        self.seen = planes.copy()
        self.refined += 1
        return np.full((3, REFINE_PX, REFINE_PX), self.change, np.float32)

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True
