"""What a model is, is read off its graph; what fits nothing is refused with both sides of the misfit."""

import pytest

from engines.onnx.graph import read_graph
from engines.swap.neural.contracts import match_contract
from livecam.core.errors import EngineError
from tests import swap_models as tiny

MODELS = {
    "inswapper": tiny.inswapper,
    "simswap": lambda p: tiny.with_embedding(p, 256, "Div"),
    "simswap512": lambda p: tiny.with_embedding(p, 512, "Sigmoid"),
    "hyperswap": lambda p: tiny.with_embedding(p, 256, "Tanh", mask=True),
    "blendswap": lambda p: tiny.with_picture(p, 256, 112),
    "uniface": lambda p: tiny.with_picture(p, 256, 256),
    "dfm": tiny.dfm,
    "livecam": tiny.livecam,
}


@pytest.mark.parametrize("family", MODELS)
def test_a_family_is_recognised_by_its_graph_whatever_the_file_is_called(tmp_path, family):
    assert match_contract(read_graph(MODELS[family](tmp_path / "x.bin"))).family.name == family


def test_what_the_graph_does_not_tell_is_asked_for(tmp_path):
    path = tiny.with_embedding(tmp_path / "a.onnx", 256, "Tanh")
    with pytest.raises(EngineError, match=r"could be .*ghost") as error:
        match_contract(read_graph(path))
    assert "a.onnx.toml" in error.value.help_text
    (tmp_path / "a.onnx.toml").write_text('family = "ghost"\n')
    assert match_contract(read_graph(path)).family.name == "ghost"


@pytest.mark.parametrize("text", ['family = "gost"', "family", ""])
def test_a_wrong_answer_is_refused(tmp_path, text):
    path = tiny.with_embedding(tmp_path / "a.onnx", 256, "Tanh")
    (tmp_path / "a.onnx.toml").write_text(text)
    with pytest.raises(EngineError, match=r"a\.onnx\.toml"):
        match_contract(read_graph(path))


def test_a_model_of_another_kind_is_refused_with_found_and_expected(tmp_path):
    with pytest.raises(EngineError, match=r"input\.1 \?x3x112x112.*embedding 1x512") as error:
        match_contract(read_graph(tiny.embedder(tmp_path / "a.onnx")))
    assert "inswapper" in error.value.help_text and "DFM" in error.value.help_text


def test_a_dfm_with_a_morph_is_given_the_whole_persona(tmp_path):
    contract = match_contract(read_graph(tiny.dfm(tmp_path / "a.dfm", morph=True)))
    assert contract.fixed == {"morph_value:0": 1.0}
    assert (contract.picture, contract.mask) == (1, 2)
