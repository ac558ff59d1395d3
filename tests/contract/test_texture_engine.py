"""What every texture engine promises."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from engines.swap.neural import engine as onnx
from engines.swap.photo.engine import open_engine
from engines.swap.simulated import engine as slow
from engines.swap.trained import engine as trained
from livecam.core.errors import EngineError, PhotoError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeTextureEngine, fake_face_points
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.ports import TextureEngine
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import open_builtin
from tests import swap_models
from tests.trained_faces import keep_model

ENGINES: dict[str, Callable[[], TextureEngine]] = {
    "fake": FakeTextureEngine,
    "fake live": lambda: FakeTextureEngine(live=True),
    "photo": open_engine,
    "slow": lambda: slow.open_engine("1ms"),
}


@pytest.fixture(params=[*ENGINES, "onnx", "trained"])
def engine(request, tmp_path) -> TextureEngine:
    if request.param == "trained":
        return trained.open_engine(str(keep_model(tmp_path, "kim")))
    if request.param == "onnx":
        return onnx.open_engine(f"{swap_models.livecam(tmp_path / 'a.onnx')}@cpu")
    return ENGINES[request.param]()


def test_it_is_a_texture_engine(engine):
    assert isinstance(engine, TextureEngine)
    assert isinstance(engine.live, bool)
    assert isinstance(engine.facts, Mapping)


def test_prepare_makes_a_texture_with_its_points_inside(engine):
    texture = engine.prepare(open_builtin("kim"))
    height, width = texture.pixels.shape[:2]
    assert isinstance(texture, FaceTexture)
    assert texture.pixels.dtype == np.uint8
    assert (texture.points >= -0.5).all() and (texture.points <= (width, height)).all()
    assert texture.shape is not None and texture.shape.shape == (468, 3)


def test_prepare_leaves_the_persona_alone_and_repeats_itself(engine):
    persona = open_builtin("kim")
    before = persona.photo.pixels.copy(), persona.photo.points.copy()
    first, again = engine.prepare(persona), engine.prepare(persona)
    assert (first.pixels == again.pixels).all()
    assert (persona.photo.pixels == before[0]).all() and (persona.photo.points == before[1]).all()


def test_refresh_is_for_live_engines(engine):
    engine.prepare(open_builtin("kim"))
    pixels = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    frame = Frame(pixels, captured_ns=9, seq=0)
    face = FaceMesh(fake_face_points((60, 40), 30), 1.0, 9)
    if engine.live:
        assert engine.refresh(frame, face).made_for_ns == 9
    elif not isinstance(engine, FakeTextureEngine):
        with pytest.raises(EngineError):
            engine.refresh(frame, face)


def test_close_may_be_called_twice(engine):
    engine.close()
    engine.close()


def test_a_photo_without_a_shape_is_refused_with_a_hint():
    kim = open_builtin("kim")
    flat = Persona("flat", kim.kind, FaceTexture(kim.photo.pixels, kim.photo.points), kim.consent)
    with pytest.raises(PhotoError) as error:
        open_engine().prepare(flat)
    assert error.value.help_text
