"""Ways to alter a face, without any mark: the pictures live in a folder of the benchmark and are deleted with it.

Nothing here is part of the product, and no setting of the product is chosen by what the signs say of it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from benchmarks.peers.standins import ALIGNED, WarpAndClone, five
from benchmarks.trained.drawn import read_material
from engines.swap.simulated.engine import SimulatedEngine
from engines.swap.trained.model import TrainedModel
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import Persona
from livecam.core.texture import FaceTexture
from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.plugins import open_head_segmenter, open_texture_engine
from livecam.video.head.cutout import cut_out_head
from livecam.video.head.drawer import HeadDrawer
from livecam.video.head.room import Room
from livecam.video.render.puppet import Puppet
from livecam.video.render.renderer import FaceRenderer
from trainer.examples import export_examples, prepare

SWAP_PX, SLOW_EVERY, STALE_FRAMES = 128, 6, 4


class Method(Protocol):
    """Alters the pictures of one clip."""

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        """The altered picture; the picture itself where no face is found."""
        ...


class Untouched:
    """Nothing is changed."""

    def __init__(self, persona: Persona) -> None:
        pass

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        return frame.pixels


class Photo:
    """The photo engine and the renderer of livecam."""

    def __init__(self, persona: Persona) -> None:
        self._renderer, self._texture = FaceRenderer(), open_texture_engine("photo").prepare(persona)

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        out = frame.pixels.copy()
        if mesh is not None:
            self._renderer.draw(frame, mesh, self._texture, out)
        return out


class Slow:
    """An engine that makes a texture every sixth picture; the mesh carries it."""

    def __init__(self, persona: Persona) -> None:
        self._renderer, self._engine = FaceRenderer(), SimulatedEngine(0)
        self._engine.prepare(persona)
        self._texture: FaceTexture | None = None

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        out = frame.pixels.copy()
        if mesh is None:
            return out
        if frame.seq % SLOW_EVERY == 0 or self._texture is None:
            try:
                self._texture = self._engine.refresh(frame, mesh)
            except EngineError:
                return out
        self._renderer.draw(frame, mesh, self._texture, out)
        return out


class Clone:
    """The photo's triangles bent onto the live mesh, and OpenCV's seamlessClone."""

    def __init__(self, persona: Persona) -> None:
        self._clone = WarpAndClone(FakeFinder(), persona)

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        if mesh is None:
            return frame.pixels
        try:
            return self._clone._clone(frame.pixels, mesh)
        except cv2.error:
            return frame.pixels


class SmallPaste:
    """A swap of 128 pixels, enlarged and pasted with a feathered edge, as programs without an enhancer do."""

    held = 1

    def __init__(self, persona: Persona) -> None:
        self._photo = Photo(persona)
        self._old: tuple[Pixels, np.ndarray] | None = None

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        if mesh is None:
            return frame.pixels
        if self._old is None or frame.seq % self.held == 0:
            drawn = self._photo.draw(frame, mesh)
            to_crop, _ = cv2.estimateAffinePartial2D(five(mesh.points), ALIGNED, method=cv2.LMEDS)
            self._old = cv2.warpAffine(drawn, to_crop, (SWAP_PX, SWAP_PX), flags=cv2.INTER_AREA), to_crop
        crop, to_crop = self._old
        mask = np.zeros((SWAP_PX, SWAP_PX), np.float32)
        mask[8:-8, 8:-8] = 1
        back = cv2.invertAffineTransform(to_crop)
        share = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 5), back, frame.size_wh)[..., None]
        face = cv2.warpAffine(crop, back, frame.size_wh, flags=cv2.INTER_CUBIC)
        return np.asarray(face * share + frame.pixels * (1 - share), np.uint8)


class StaleBox(SmallPaste):
    """The same with boxes and faces that are up to four pictures old."""

    held = STALE_FRAMES


class PuppetPhoto:
    """The whole photo moved by the live face."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._puppet: Puppet | None = None

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        self._puppet = self._puppet or Puppet(self._persona.photo, frame.size_wh)
        out = np.empty_like(frame.pixels)
        self._puppet.draw(mesh, out)
        return out


class Head:
    """Mode head: the whole head in a room that is learned; where it would hold, the last picture, at first black."""

    def __init__(self, persona: Persona) -> None:
        self._segmenter = open_head_segmenter()
        self._cutout = cut_out_head(persona.photo, self._segmenter)
        self._texture = open_texture_engine("photo").prepare(persona)
        self._drawer: HeadDrawer | None = None
        self._last: Pixels | None = None

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        if self._last is None:
            self._last = np.zeros_like(frame.pixels)
        if mesh is None:
            return self._last
        self._drawer = self._drawer or HeadDrawer(self._cutout, self._segmenter, Room(frame.size_wh))
        out = frame.pixels.copy()
        if self._drawer.draw(frame, mesh, self._texture, out).reason is None:
            self._last = out
        return self._last


@cache
def trained_of_sample() -> TrainedModel:
    """A model of the sample's synthetic person, trained here, with no operator's pictures."""
    learned = prepare(read_material(SAMPLE_CLIP), None)
    return TrainedModel(Path("examples.onnx"), export_examples(learned.model), 1)


class Trained:
    """A model that was trained of the persona draws a texture for every picture."""

    def __init__(self, persona: Persona) -> None:
        self._renderer, self._model = FaceRenderer(), trained_of_sample()

    def draw(self, frame: Frame, mesh: FaceMesh | None) -> Pixels:
        out = frame.pixels.copy()
        if mesh is not None:
            texture = self._model.draw(frame.pixels, mesh.points, frame.captured_ns)
            self._renderer.draw(frame, mesh, texture, out)
        return out


METHODS: dict[str, Callable[[Persona], Method]] = {
    "untouched": Untouched,
    "photo": Photo,
    "slow": Slow,
    "clone": Clone,
    "paste-128": SmallPaste,
    "stale-box": StaleBox,
    "puppet": PuppetPhoto,
    "head": Head,
    "trained": Trained,
}
