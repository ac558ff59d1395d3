"""Ports of engines that draw faces, and of what refines and builds them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.texture import FaceTexture


@runtime_checkable
class TextureEngine(Protocol):
    """Makes the persona's face texture; the renderer does the rest."""

    @property
    def live(self) -> bool:
        """Whether `refresh` makes a new texture for a frame.

        False: the first one is used always.
        """
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name.

        That is its model, its execution provider and its times.
        """
        ...

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the first texture, from the photo alone.

        Raises:
            PhotoError: The photo cannot be used; the hint names what can.
        """
        ...

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return a texture made for this frame.

        Only called when `live`, from a thread of its own.

        Raises:
            EngineError: No texture can be made of this frame; the next may be tried.
        """
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


@runtime_checkable
class TextureEnhancer(Protocol):
    """Refines a texture of an engine."""

    @property
    def costly(self) -> bool:
        """Whether it runs only when the budget has room; False: always."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name."""
        ...

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the same face for the same frame, with more detail.

        Called from the thread of the engine.

        Raises:
            EngineError: It failed; the texture can be used unchanged.
        """
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


@runtime_checkable
class FaceRefiner(Protocol):
    """Makes a drawn face look photographed, on the thread that draws."""

    def refine(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what to add to the drawn colours.

        Args:
            planes: (PLANE_COUNT, REFINE_PX, REFINE_PX) 0..1, as `RefinePlane` names them.

        Returns:
            (3, REFINE_PX, REFINE_PX) BGR, -1..1.

        Raises:
            EngineError: It failed; the face can be shown as it was drawn.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...


@runtime_checkable
class EngineBuilder(Protocol):
    """Builds models for one machine, and knows which it built."""

    def list_built(self) -> Iterable[tuple[str, str, str]]:
        """Return every built model: its file, its key, and its folder.

        Raises:
            EngineError: They cannot be read.
        """
        ...

    def build(self, model: Path, tell: Callable[[int], None]) -> Path:
        """Build a model and keep it; call `tell` with the seconds so far.

        Raises:
            EngineError: It cannot be built here.
        """
        ...
