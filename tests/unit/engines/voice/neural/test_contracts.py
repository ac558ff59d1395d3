"""What a voice model is, is read off its graph; what does not fit is refused with what was found."""

import json

import pytest

from engines.onnx.graph import read_graph
from engines.voice.neural.companions import is_companion, match_encoder, match_pitch_net
from engines.voice.neural.contracts import Rvc, StatefulContract, is_voice_model, match_contract
from engines.voice.neural.networks import OnnxVoices
from livecam.core.errors import ConsentError, EngineError
from livecam.core.voice import VoiceModel
from tests import swap_models, voice_models


@pytest.mark.parametrize("layout", voice_models.LAYOUTS)
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("width", [256, 768])
def test_the_four_layouts_of_rvc_are_distinguished(tmp_path, layout, half, width):
    contract = match_contract(
        read_graph(voice_models.rvc(tmp_path / "any-name.onnx", layout, width, half, rate_hz=40_000))
    )
    assert isinstance(contract, Rvc)
    assert (contract.width, contract.rate_hz, contract.frames) == (width, 40_000, 0)
    assert contract.pitched is (layout != "nono")
    assert contract.tail is (layout == "tail")
    assert bool(contract.noise) is (layout == "upstream")


def test_an_export_of_a_frozen_length_says_so(tmp_path):
    contract = match_contract(read_graph(voice_models.rvc(tmp_path / "m.onnx", frames=200)))
    assert contract.frames == 200
    with pytest.raises(EngineError, match="takes 12 frames of 10 ms at a time, at least 21 are needed"):
        OnnxVoices().read(voice_models.rvc(tmp_path / "short.onnx", frames=12))


def test_a_rate_that_is_not_stated_is_asked_for(tmp_path):
    path = voice_models.rvc(tmp_path / "m.onnx", rate_hz=40_000)
    import onnx

    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(EngineError, match="does not say at which rate") as error:
        match_contract(read_graph(path))
    assert "rate_hz = 40000" in error.value.help_text
    (tmp_path / "m.onnx.toml").write_text("rate_hz = 40000\nspeaker = 3\n")
    contract = match_contract(read_graph(path))
    assert (contract.rate_hz, contract.said.speaker) == (40_000, 3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rate_hz = 'fast'", "rate_hz must be a whole number, got 'fast'"),
        ("rate_hz = 96000", "8000 to 48000"),
        ("tempo = 3", "unknown words: tempo"),
        ("rate_hz =", "cannot be read"),
    ],
)
def test_a_sidecar_without_meaning_is_refused(tmp_path, text, says):
    path = voice_models.rvc(tmp_path / "m.onnx")
    (tmp_path / "m.onnx.toml").write_text(text)
    with pytest.raises(EngineError, match=says):
        match_contract(read_graph(path))


@pytest.mark.parametrize("names", ["{}_out", "new_{}", "{}.next", "out_{}"])
@pytest.mark.parametrize("half", [False, True])
def test_states_are_found_by_their_names_and_shapes(tmp_path, names, half):
    contract = match_contract(read_graph(voice_models.carried(tmp_path / "m.onnx", half, names=names)))
    assert isinstance(contract, StatefulContract)
    assert contract.states == (
        ("enc_buf", names.format("enc_buf"), (1, 1, 4)),
        ("dec_buf", names.format("dec_buf"), (1, 2)),
    )
    assert (contract.chunk, contract.context, contract.delay, contract.rate_hz) == (208, 32, 16, 16_000)


def test_sizes_that_are_free_are_read_from_metadata_or_asked_for(tmp_path):
    said = voice_models.carried(tmp_path / "said.onnx", free=True, chunk=320, context=0, samplingRate=24_000, delay=5)
    with pytest.raises(EngineError, match="does not say how much sound"):
        match_contract(read_graph(said))
    said = voice_models.carried(tmp_path / "said.onnx", free=True, chunk=240, samplingRate=24_000)
    (tmp_path / "said.onnx.toml").write_text("chunk = 240\ncontext = 32\ndelay = 16\n")
    contract = match_contract(read_graph(said))
    assert (contract.chunk, contract.context, contract.delay, contract.rate_hz) == (240, 32, 16, 24_000)


def test_another_model_is_refused_with_found_and_expected(tmp_path):
    for path in (swap_models.livecam(tmp_path / "swap.onnx"), voice_models.content(tmp_path / "content.onnx")):
        graph = read_graph(path)
        assert not is_voice_model(graph)
        with pytest.raises(EngineError, match="is no voice model: inputs ") as error:
            match_contract(graph)
        assert "feats 1xTx256 or 768" in error.value.help_text and error.value.exit_code == 4


def test_companions_are_recognised_by_their_contract(tmp_path):
    graph = read_graph(voice_models.content(tmp_path / "a.onnx", 256))
    assert match_encoder(graph, 256) is not None and match_encoder(graph, 768) is None
    assert is_companion(graph) == "content encoder (256 features)"
    for mel in (False, True):
        graph = read_graph(voice_models.pitch_net(tmp_path / "p.onnx", mel))
        assert match_pitch_net(graph).mel is mel and is_companion(graph) == "pitch of a voice"
    assert is_companion(read_graph(voice_models.rvc(tmp_path / "m.onnx"))) == ""


def test_the_content_encoder_has_to_be_there_and_to_fit(tmp_path):
    model = voice_models.rvc(tmp_path / "m.onnx", width=768)
    with pytest.raises(EngineError, match="needs a content encoder") as error:
        OnnxVoices().read(model)
    assert error.value.exit_code == 4
    voice_models.content(tmp_path / "small.onnx", 256)
    (tmp_path / "notes.onnx").write_text("no model")
    with pytest.raises(EngineError, match="1xTx768"):
        OnnxVoices().read(model)
    voice_models.content(tmp_path / "one.onnx", 768)
    assert OnnxVoices().read(model).path == model
    voice_models.content(tmp_path / "two.onnx", 768)
    with pytest.raises(EngineError, match=r"there are 2: one\.onnx, two\.onnx"):
        OnnxVoices().read(model)
    (tmp_path / "m.onnx.toml").write_text('content = "two.onnx"\npitch = "three.onnx"\n')
    with pytest.raises(EngineError, match=r"needs three.onnx, which is not here"):
        OnnxVoices().read(model)
    (tmp_path / "m.onnx.toml").write_text('content = "two.onnx"\npitch = "one.onnx"\n')
    with pytest.raises(EngineError, match=r"one.onnx is not a pitch network"):
        OnnxVoices().read(model)


def test_a_model_that_became_another_file_is_not_used(tmp_path):
    path = voice_models.carried(tmp_path / "m.onnx")
    model = OnnxVoices().read(path)
    assert OnnxVoices().check(model)["family"] == "stateful"
    voice_models.carried(path, samplingRate=24_000)
    with pytest.raises(ConsentError, match="not the file that was answered for"):
        OnnxVoices().check(model)
    with pytest.raises(ConsentError):
        OnnxVoices().make_engine(model, 0.0, live=False)


def test_external_weights_are_part_of_a_models_identity(tmp_path):
    import onnx

    plain = onnx.load(voice_models.rvc(tmp_path / "plain.onnx"))
    voice_models.content(tmp_path / "content.onnx")
    onnx.save(plain, tmp_path / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    model = OnnxVoices().read(tmp_path / "m.onnx")
    OnnxVoices().check(model)
    data = bytearray((tmp_path / "m.data").read_bytes())
    data[0] ^= 1
    (tmp_path / "m.data").write_bytes(data)
    with pytest.raises(ConsentError, match="not the file"):
        OnnxVoices().check(model)
    (tmp_path / "m.data").unlink()
    with pytest.raises(EngineError, match="lacks its weights"):
        OnnxVoices().check(model)


def test_weights_from_outside_its_folder_are_refused(tmp_path):
    import onnx

    inside = tmp_path / "inside"
    inside.mkdir()
    model = onnx.load(voice_models.carried(tmp_path / "plain.onnx"))
    onnx.external_data_helper.convert_model_to_external_data(model, location="../stolen.data", size_threshold=0)
    (inside / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(EngineError, match="outside its folder"):
        OnnxVoices().read(inside / "m.onnx")


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_file_that_is_cut_short_is_refused(tmp_path, size):
    path = voice_models.carried(tmp_path / "m.onnx")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(EngineError, match="ONNX file"):
        OnnxVoices().read(path)


def test_metadata_of_other_people_says_nothing(tmp_path):
    import onnx

    path = voice_models.carried(tmp_path / "m.onnx")
    for text in ("no json", "[1]", json.dumps({"samplingRate": "fast"})):
        model = onnx.load(path)
        onnx.helper.set_model_props(model, {"metadata": text})
        onnx.save(model, path)
        assert match_contract(read_graph(path)).rate_hz == 16_000


def test_a_pitch_is_for_networks_that_take_one(tmp_path):
    voice_models.content(tmp_path / "content.onnx")
    assert OnnxVoices().read(voice_models.rvc(tmp_path / "m.onnx"), 180.0).pitch_hz == 180
    for path in (voice_models.rvc(tmp_path / "n.onnx", "nono"), voice_models.carried(tmp_path / "c.onnx")):
        with pytest.raises(EngineError, match="takes no pitch"):
            OnnxVoices().read(path, 180.0)
    with pytest.raises(ValueError, match="50 to 600"):
        VoiceModel(tmp_path, "", 20.0)
