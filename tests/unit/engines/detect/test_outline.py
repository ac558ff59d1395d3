"""The outline network behind its port: any network of the right shape is asked, any other is refused."""

from importlib.metadata import entry_points

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engines.detect.outline import MAP_PX, OnnxOutlineNetwork, open_file, open_network
from engines.face.crop import CROP_PX
from livecam import plugins
from livecam.core.errors import EngineError
from livecam.core.ports import OutlineNetwork
from livecam.core.topology import CANONICAL

POINTS = (CANONICAL * 90 + np.float32([320, 220, 0])).astype(np.float32)
SHIPPED = any(point.name == plugins.OUTLINE for point in entry_points(group=plugins.DETECTORS))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A network that answers with the mean of its crop, and one that takes half the side."""
    folder = tmp_path_factory.mktemp("outline")
    for name, side in (("right", CROP_PX), ("small", CROP_PX // 2)):
        nodes = [
            helper.make_node("ReduceMean", ["crop"], ["one"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("Unsqueeze", ["one", "axis"], ["logit"]),
            helper.make_node("ReduceMean", ["crop"], ["grey"], axes=[1], keepdims=1),
            helper.make_node("AveragePool", ["grey"], ["map"], kernel_shape=[8, 8], strides=[8, 8]),
        ]
        axis = helper.make_tensor("axis", TensorProto.INT64, [1], [1])
        ends = [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, [1, 1]),
            helper.make_tensor_value_info("map", TensorProto.FLOAT, [1, 1, side // 8, side // 8]),
        ]
        crop = helper.make_tensor_value_info("crop", TensorProto.FLOAT, [1, 3, side, side])
        graph = helper.make_graph(nodes, name, [crop], ends, [axis])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.save(model, folder / f"{name}.onnx")
    return folder


def test_a_face_is_cut_out_and_judged(files):
    network = open_file(files / "right.onnx")
    assert isinstance(network, OutlineNetwork)
    dark, light = (network.judge(np.full((480, 640, 3), level, np.uint8), POINTS) for level in (40, 200))
    assert dark.logit == pytest.approx(40, abs=2) and light.logit == pytest.approx(200, abs=2)
    assert light.map.shape == (MAP_PX, MAP_PX)


def test_the_middle_of_the_face_is_in_the_middle_of_the_map(files):
    read = open_file(files / "right.onnx").judge(np.zeros((480, 640, 3), np.uint8), POINTS)
    points = POINTS[:, :2]
    middle = read.to_map @ np.float32([*(points.max(0) + points.min(0)) / 2, 1])
    assert middle == pytest.approx((MAP_PX - 1) / 2, abs=1)


def test_a_closed_network_says_so(files):
    network = open_file(files / "right.onnx")
    network.close()
    network.close()
    with pytest.raises(EngineError, match="closed"):
        network.judge_crop(np.zeros((CROP_PX, CROP_PX, 3), np.uint8))


def test_what_is_no_outline_network_is_refused(files, tmp_path):
    with pytest.raises(EngineError, match="takes"):
        open_file(files / "small.onnx")
    (tmp_path / "a.onnx").write_bytes(b"nothing")
    with pytest.raises(EngineError, match="does not load"):
        open_file(tmp_path / "a.onnx")
    with pytest.raises(EngineError, match="cannot be read"):
        open_file(tmp_path / "none.onnx")


def test_without_a_network_there_is_none(monkeypatch):
    monkeypatch.setattr(plugins, "entry_points", lambda group: ())
    assert plugins.open_outline_network() is None


@pytest.mark.skipif(not SHIPPED, reason="no outline network is shipped")
def test_the_shipped_network_judges_a_face():
    network = open_network()
    assert isinstance(network, OnnxOutlineNetwork)
    read = network.judge(np.full((480, 640, 3), 120, np.uint8), POINTS)
    assert np.isfinite(read.logit) and read.map.shape == (MAP_PX, MAP_PX)
    network.close()
