"""From a frame and a mesh to a texture: every contract, in place, in its own colours, or refused."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from engines.onnx.admission import remember
from engines.onnx.brought import hash_model
from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from engines.swap.neural.contracts import FAMILIES, match_contract
from engines.swap.neural.engine import open_engine, parse_model_name
from engines.swap.neural.model import SwapModel, crop_matrix, fill, to_picture
from engines.swap.neural.templates import TEMPLATES, five_points, matrix_to
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame
from livecam.personas.built_in import open_builtin
from livecam.video.pipeline.texture_check import LiveFace
from tests import swap_models as tiny

MODELS = {
    "inswapper": tiny.inswapper,
    "simswap": lambda p: tiny.with_embedding(p, 256, "Div"),
    "hyperswap": lambda p: tiny.with_embedding(p, 256, "Tanh", mask=True),
    "uniface": lambda p: tiny.with_picture(p, 256, 256),
    "dfm": tiny.dfm,
    "dfm with a morph": lambda p: tiny.dfm(p, morph=True),
    "livecam": tiny.livecam,
    "livecam with persona and alpha": lambda p: tiny.livecam(p, persona=True, alpha=True),
}
KIM = open_builtin("kim")
RAMP = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (1, 3, 256, 1))
FACE = FaceMesh(fake_face_points((160, 110), 60), 1.0, 7)
STRANGER = Frame(np.random.default_rng(9).integers(0, 256, (240, 320, 3), np.uint8), 7, 0)


@pytest.fixture
def frame() -> Frame:
    """The persona's own photo, scaled so that its face is where the mesh says."""
    import cv2

    matrix = matrix_to("ffhq", KIM.photo.points, 200).astype(np.float64)
    target = matrix_to("ffhq", FACE.points, 200).astype(np.float64)
    back = cv2.invertAffineTransform(target)
    whole = np.vstack([back, [0, 0, 1]]) @ np.vstack([matrix, [0, 0, 1]])
    return Frame(cv2.warpAffine(KIM.photo.pixels, whole[:2], (320, 240)), 7, 0)


@pytest.fixture
def opened(tmp_path):
    tiny.embedder(tmp_path / "arc.onnx")
    engines = []

    def made(build):
        engine = open_engine(f"{build(tmp_path / 'model.bin')}@cpu")
        engines.append(engine)
        return engine

    yield made
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("name", MODELS)
def test_every_contract_gives_a_texture_that_may_be_drawn(opened, frame, name):
    engine = opened(MODELS[name])
    assert engine.live and engine.facts["provider"] == "cpu"
    engine.prepare(KIM)
    texture = engine.refresh(frame, FACE)
    assert texture.made_for_ns == 7
    # These models give the negative of what they see, which is refused as the live face; of another one it is not.
    assert LiveFace(STRANGER, FACE).reject_reason(texture) is None
    five = five_points(texture.points) / len(texture.pixels)
    template = TEMPLATES.get(FAMILIES[str(engine.facts["family"])].template)
    if template is not None:
        assert np.abs(five - template).max() < 0.05


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize("family", [f for f in FAMILIES.values() if f.gives_spread or f.spread == (1, 1, 1)], ids=str)
def test_bytes_come_back_from_a_familys_scale_as_they_went(family, channels):
    crop = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)
    blob = np.zeros((1, 3, 64, 64) if family.layout == "nchw" else (1, 64, 64, 3), np.float32)
    fill(blob, crop, family)
    planes = blob[0] if family.layout == "nchw" else blob[0].transpose(2, 0, 1)
    assert (to_picture(planes, family) == crop).all()


def test_own_crop_and_templates_put_the_five_points_where_they_belong():
    for name, template in TEMPLATES.items():
        matrix = crop_matrix(name, FACE.points, 128)
        placed = five_points(FACE.points) @ matrix[:, :2].T + matrix[:, 2]
        assert np.abs(placed / 128 - template).max() < 0.06


def test_an_embedding_of_the_persona_is_needed_and_must_be_the_only_one(tmp_path):
    path = tiny.inswapper(tmp_path / "model.onnx")
    with pytest.raises(EngineError, match="embeds faces") as error:
        open_engine(str(path))
    assert "w600k_r50" in error.value.help_text
    tiny.embedder(tmp_path / "a.onnx")
    tiny.embedder(tmp_path / "b.onnx")
    with pytest.raises(EngineError, match="there are 2"):
        open_engine(str(path))


def test_another_persona_gives_another_face(opened, frame):
    engine = opened(tiny.inswapper)
    engine.prepare(KIM)
    kim = engine.refresh(frame, FACE).pixels
    engine.prepare(open_builtin("robin"))
    robin = engine.refresh(frame, FACE).pixels
    assert np.abs(kim.astype(int) - robin).mean() > 1


def test_a_model_that_gives_no_numbers_is_named(opened):
    with pytest.raises(EngineError, match="numbers that are none"):
        opened(lambda path: tiny.returning(path, "nan"))


@pytest.mark.parametrize(("what", "words"), [("nothing", "one colour"), ("itself", "live face")])
def test_neither_one_colour_nor_the_live_face_is_a_texture(opened, frame, what, words):
    """Whatever a trial let in."""

    def let_in(path):
        assert remember(hash_model(read_graph(tiny.returning(path, what))))
        return path

    engine = opened(let_in)
    engine.prepare(KIM)
    assert words in (LiveFace(frame, FACE).reject_reason(engine.refresh(frame, FACE)) or "")


def test_refresh_needs_a_persona(opened, frame):
    with pytest.raises(EngineError, match="no persona"):
        opened(tiny.livecam).refresh(frame, FACE)


@pytest.mark.parametrize(
    ("argument", "path", "provider"),
    [("a.onnx", "a.onnx", None), ("a@b.onnx", "a@b.onnx", None), ("x/a.dfm@cuda", "x/a.dfm", "cuda")],
)
def test_a_provider_is_named_after_the_last_at(argument, path, provider):
    assert (str(parse_model_name(argument)[0]), parse_model_name(argument)[1]) == (path, provider)


def test_no_model_is_a_wrong_engine():
    with pytest.raises(EngineError, match="names no model"):
        open_engine("")


@pytest.mark.parametrize(("family", "length"), [("simswap", 1.0), ("ghost", 5.0)])
def test_ghost_is_given_the_embedding_as_it_is_and_others_at_length_one(tmp_path, family, length):
    path = tiny.with_embedding(tmp_path / "a.onnx", 256, "Tanh")
    (tmp_path / "a.onnx.toml").write_text(f'family = "{family}"')
    graph = read_graph(path)
    model = SwapModel(graph, match_contract(graph), Runner(graph, CPU))
    source = model.encode_source(KIM.photo, np.full((1, 512), 5 / np.sqrt(512), np.float32))
    assert np.linalg.norm(source) == pytest.approx(length)


def test_a_mask_of_no_numbers_is_no_mask(opened, frame):
    engine = opened(MODELS["hyperswap"])
    model = SwapModel(engine._model._graph, engine._model.contract, engine._model._runner)
    model._runner.run = lambda inputs: [RAMP, RAMP[:, :1] * np.nan]
    with pytest.raises(EngineError, match="mask of no numbers"):
        model.swap(np.zeros((256, 256, 3), np.uint8), np.zeros((1, 512), np.float32))


def test_a_machine_out_of_memory_is_a_failure_of_the_engine(tmp_path):
    graph = read_graph(tiny.livecam(tmp_path / "a.onnx"))
    runner = Runner(graph, CPU)
    for error in (MemoryError("bad allocation"), RuntimeError("CUDA out of memory")):
        runner._session = SimpleNamespace(run_with_iobinding=Raising(error))
        with pytest.raises(EngineError, match=r"a\.onnx failed: .*(alloc|memory)"):
            runner.run({})


class Raising:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *_: object) -> None:
        raise self.error


@pytest.mark.parametrize("name", ["insightface.model_zoo.arcface_onnx", "insightface.model_zoo.scrfd"])
def test_without_insightface_livecam_embeds_the_persona_itself(opened, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    engine = opened(tiny.inswapper)
    engine.prepare(KIM)
    assert engine.facts["embedded_by"] == "livecam"
