"""One trained model as a step: a live face in, a texture of the persona out."""

from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import parse_graph
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from engines.swap.trained.calm import CalmFace
from engines.swap.trained.contract import ATLAS, EXPRESSION, NUMBERS, AtlasContract, match_atlas
from livecam.core.errors import EngineError
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.video.atlas.detail import GAIN, read_detail
from livecam.video.atlas.openings import close_openings, settle
from livecam.video.atlas.unroll import atlas_of

Floats = NDArray[np.float32]
_BRIGHTEST: Final = 140.0
"""Skin in the texture: teeth and the whites of eyes are brighter, and are not to be cut off."""


class TrainedModel:
    """A model of the contract `livecam-atlas`, on the CPU.

    Not for two threads at a time.

    Args:
        path: Where the file is, for messages.
        data: Its bytes, hashed by the caller: what was hashed is what runs.
        threads: Of the CPU.

    Raises:
        EngineError: It is no such model, or does not load.
    """

    def __init__(self, path: Path, data: bytes, threads: int = 1) -> None:
        self._name = path.name
        graph = parse_graph(path, memoryview(data))
        self.contract: AtlasContract = match_atlas(graph, data)
        self._runner = Runner(graph, CPU, threads, model=data)
        self._calm = CalmFace()
        self._points = atlas_of(self.contract.side_px).points
        tone = self.contract.tone
        self._colour = (tone * min(_BRIGHTEST / float(np.max(tone)), 1.0))[:, None, None]

    def draw(self, picture: Pixels, points: Points, made_for_ns: int = 0) -> FaceTexture:
        """Return the persona's texture for a live face.

        Args:
            picture: (h, w, 3) uint8 BGR.
            points: (468, 3) mesh in its pixels.
            made_for_ns: The time of the picture.

        Raises:
            EngineError: The model fails, or gives no numbers.
        """
        seen = read_detail(picture, points, self.contract.side_px)
        detail, known = settle(seen.detail, seen.trust, points)
        atlas = np.asarray(detail.transpose(2, 0, 1) / np.float32(GAIN), np.float32)
        shape = remove_pose(points)
        self._calm.update(shape, atlas)
        return self.as_texture(self.infer(*self._recentre(atlas, known, shape)), points, made_for_ns)

    def as_texture(self, planes: Floats, points: Points, made_for_ns: int = 0) -> FaceTexture:
        """Return the model's output (4, n, n) as the renderer draws it.

        Shut openings are closed. `points` (468, 3) are the live mesh, which says what is shut.
        """
        pixels = _to_bytes((planes[:3] * self._colour).transpose(1, 2, 0))
        own: Literal["own", "live"] = "own" if self.contract.is_own else "live"
        return FaceTexture(
            pixels=close_openings(pixels, points) if self.contract.is_own else pixels,
            points=self._points,
            shape=self.contract.shape,
            alpha=_to_bytes(planes[3] * 255),
            made_for_ns=made_for_ns,
            eyes_and_mouth=own,
        )

    def infer(self, atlas: Floats, expression: Points) -> Floats:
        """Return the model's output (4, n, n).

        `atlas` is (3, n, n), `expression` an unposed mesh (468, 3).

        Raises:
            EngineError: The model fails, or gives no numbers.
        """
        inputs = {ATLAS: atlas[None], EXPRESSION: expression.reshape(1, NUMBERS)}
        planes: Floats = self._runner.run(inputs)[0][0]
        if not np.isfinite(planes).all():
            raise EngineError(f"{self._name} gave numbers that are none", advice="add --engine photo")
        return planes

    def _recentre(self, atlas: Floats, known: Floats, shape: Points) -> tuple[Floats, Points]:
        """Return what the driver does, on top of the calm face of the model.

        What is not seen is calm, as it was while learning.
        """
        assert self._calm.shape is not None and self._calm.atlas is not None
        moved = shape - self._calm.shape + self.contract.calm_points
        return known * (atlas - self._calm.atlas) + self.contract.calm_atlas, np.asarray(moved, np.float32)

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._runner.close()


def _to_bytes(values: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
