"""Enhancers: finer than before, in the same place, of the same face; a restorer is recognised by its graph."""

import cv2
import numpy as np
import pytest

from engines.onnx.graph import read_graph
from engines.swap.enhance.detail import DetailEnhancer
from engines.swap.enhance.restore import match_restorer, open_enhancer
from engines.swap.neural.contracts import match_contract
from engines.swap.neural.templates import TEMPLATES, five_points
from livecam import plugins as registry
from livecam.core.errors import EngineError
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import open_builtin
from tests import swap_models as tiny


@pytest.fixture
def texture() -> FaceTexture:
    """A face of 128 px, as a swap model gives it."""
    photo = open_builtin("kim").photo
    pixels = cv2.resize(photo.pixels, (128, 128), interpolation=cv2.INTER_AREA)
    size = np.array(photo.pixels.shape[1::-1])
    points = (photo.points * 128 / size).astype(np.float32)
    alpha = np.zeros((128, 128), np.uint8)
    alpha[6:-6, 6:-6] = 255
    return FaceTexture(pixels, points, alpha=alpha, made_for_ns=7, eyes_and_mouth="own")


def sharpness(pixels: np.ndarray) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.CV_32F).std())


def test_detail_is_stronger_afterwards_and_everything_else_as_it_was(texture):
    finer = DetailEnhancer().enhance(texture)
    assert sharpness(finer.pixels) > 1.2 * sharpness(texture.pixels)
    assert np.abs(finer.pixels.astype(int).mean((0, 1)) - texture.pixels.mean((0, 1))).max() < 1
    assert finer.points is texture.points and finer.alpha is texture.alpha and finer.made_for_ns == 7


def test_noise_is_not_made_stronger():
    grey = np.random.default_rng(3).integers(127, 129, (128, 128, 3), np.uint8)
    finer = DetailEnhancer().enhance(FaceTexture(grey, np.zeros((468, 2), np.float32)))
    assert np.abs(finer.pixels.astype(int) - grey).max() == 0


@pytest.mark.parametrize("side", [256, 512])
def test_a_restorer_gives_the_same_face_in_its_own_template(tmp_path, texture, side):
    enhancer = open_enhancer(f"{tiny.restorer(tmp_path / 'a.onnx', side)}@cpu")
    assert enhancer.costly and enhancer.facts["enhance_px"] == side
    finer = enhancer.enhance(texture)
    enhancer.close()
    assert finer.pixels.shape == (side, side, 3)
    assert (finer.made_for_ns, finer.eyes_and_mouth) == (7, "own")
    assert np.abs(five_points(finer.points) / side - TEMPLATES["ffhq"]).max() < 0.05
    x, y = finer.points[4].round().astype(int)
    was = texture.pixels[tuple(texture.points[4].round().astype(int)[::-1])]
    # Four fifths of half as bright, one fifth as it was.
    assert np.abs(finer.pixels[y, x].astype(int) - 0.6 * was).max() < 12


def test_what_the_texture_does_not_cover_is_not_covered_afterwards(tmp_path, texture):
    finer = open_enhancer(f"{tiny.restorer(tmp_path / 'a.onnx')}@cpu").enhance(texture)
    assert max(finer.alpha[0].max(), finer.alpha[:, 0].max()) < 16  # the border fades
    inside = finer.points[4].round().astype(int)
    assert finer.alpha[inside[1], inside[0]] == 255


def test_a_restorer_is_no_swap_model_and_a_swap_model_no_restorer(tmp_path):
    graph = read_graph(tiny.restorer(tmp_path / "a.onnx"))
    assert match_restorer(graph).family.name == "restorer"
    with pytest.raises(EngineError, match="no face swap model"):
        match_contract(graph)
    for build in (tiny.inswapper, tiny.dfm, tiny.livecam, tiny.embedder):
        assert match_restorer(read_graph(build(tmp_path / "b.onnx"))) is None


def test_what_is_no_restorer_is_refused(tmp_path):
    with pytest.raises(EngineError, match="restores no faces") as error:
        open_enhancer(str(tiny.livecam(tmp_path / "a.onnx")))
    assert "GFPGAN" in error.value.help_text


def test_a_restorer_that_overflows_is_refused_at_the_start(tmp_path):
    with pytest.raises(EngineError, match="numbers that are none"):
        open_enhancer(f"{tiny.restorer(tmp_path / 'a.onnx', factor=np.nan)}@cpu")


def test_enhancers_are_found_by_name():
    assert registry.open_enhancer("off") is None
    assert isinstance(registry.open_enhancer("detail"), DetailEnhancer)
    for name, words in (("detail:3", "takes nothing after a colon"), ("shine", "no enhancer named 'shine'"),
                        ("onnx:gone.onnx", "there is no model")):  # fmt: skip
        with pytest.raises(EngineError, match=words):
            registry.open_enhancer(name)
