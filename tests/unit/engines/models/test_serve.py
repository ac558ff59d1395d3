"""What a server of textures is given: Triton's configuration, KServe's manifest, and what cannot be served."""

import onnx
import pytest
import yaml
from onnx import TensorProto, helper

from engines.models.serve import PYTHON, ServeConfig, takes_batches, triton_config, write_serving_files
from engines.onnx.graph import read_graph
from livecam.core.errors import EngineError, OutputError, UsageError
from tests import swap_models


def livecam_model(path, first=1, side=96, kind=TensorProto.FLOAT):
    """The negative, in livecam's contract; `first` is the first dimension, "n" for any."""
    one = helper.make_tensor("one", kind, [1], [1])
    values = [helper.make_tensor_value_info(name, kind, [first, 3, side, side]) for name in ("face", "texture")]
    graph = helper.make_graph(
        [helper.make_node("Sub", ["one", "face"], ["texture"])], "negative", values[:1], values[1:], [one]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_a_model_of_any_batch_size_is_batched(tmp_path):
    graph = read_graph(livecam_model(tmp_path / "m.onnx", "n"))
    text = triton_config(graph, ServeConfig("swap", batch=8, instances=2))
    assert takes_batches(graph)
    for line in (
        'name: "swap"', 'backend: "onnxruntime"', "max_batch_size: 8", "dynamic_batching {", "timeout_action: REJECT",
        "max_queue_size: 32", "count: 2 kind: KIND_GPU", 'name: "face" data_type: TYPE_FP32 dims: [3, 96, 96]',
        "model_warmup",
    ):  # fmt: skip
        assert line in text, line
    assert text.count("{") == text.count("}") and text.count("[") == text.count("]")


def test_a_model_of_one_picture_is_not_batched(tmp_path):
    text = triton_config(read_graph(livecam_model(tmp_path / "m.onnx")), ServeConfig("swap", gpu=False))
    assert "max_batch_size: 0" in text and "dynamic_batching" not in text and "KIND_CPU" in text
    assert "dims: [1, 3, 96, 96]" in text


def test_the_repository_and_the_manifest_are_written(tmp_path):
    model = livecam_model(tmp_path / "m.onnx", "n")
    written = write_serving_files(model, tmp_path / "out", ServeConfig("swap", backend=PYTHON))
    names = [str(path.relative_to(tmp_path / "out")) for path in written]
    assert names == ["model-repository/swap/1/model.onnx", "model-repository/swap/config.pbtxt", "kserve.yaml",
                     "model-repository/swap/1/model.py"]  # fmt: skip
    compile(written[3].read_text(), "model.py", "exec")
    manifest = yaml.safe_load(written[2].read_text())
    assert manifest["kind"] == "InferenceService"
    assert manifest["spec"]["predictor"]["model"]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert write_serving_files(model, tmp_path / "out", ServeConfig("swap")), "it may be written again"


def test_what_cannot_be_served_is_refused(tmp_path):
    inswapper = swap_models.inswapper(tmp_path / "in.onnx")
    with pytest.raises(EngineError, match="embedding map is among its weights"):
        write_serving_files(inswapper, tmp_path / "out", ServeConfig("in"))
    model = livecam_model(tmp_path / "m.onnx")
    with pytest.raises(UsageError, match="no name of a service"):
        write_serving_files(model, tmp_path / "out", ServeConfig("../m"))
    foreign = tmp_path / "out" / "model-repository" / "mine"
    foreign.mkdir(parents=True)
    with pytest.raises(OutputError, match="no model of a repository"):
        write_serving_files(model, tmp_path / "out", ServeConfig("mine"))
    with pytest.raises(EngineError):
        write_serving_files(tmp_path / "none.onnx", tmp_path / "out", ServeConfig("none"))


@pytest.mark.parametrize("name", ["kserve.yaml", "model-repository/swap/config.pbtxt"])
def test_a_file_that_livecam_did_not_write_is_left_alone(tmp_path, name):
    model, theirs = livecam_model(tmp_path / "m.onnx", "n"), tmp_path / "out" / name
    write_serving_files(model, tmp_path / "out", ServeConfig("swap"))
    write_serving_files(model, tmp_path / "out", ServeConfig("swap", batch=4))
    assert "max_batch_size: 4" in (tmp_path / "out/model-repository/swap/config.pbtxt").read_text()
    theirs.write_text("the user's own\n")
    with pytest.raises(UsageError, match="livecam did not write it"):
        write_serving_files(model, tmp_path / "out", ServeConfig("swap"))
    assert theirs.read_text() == "the user's own\n"
