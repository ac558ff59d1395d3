"""A file is looked into before it is loaded, and says what is wrong with it in one line."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engines.onnx.graph import read_graph
from engines.swap.neural.contracts import FAMILIES, find_embedding_map, match_contract
from livecam.core.errors import EngineError
from tests import swap_models


def test_inputs_outputs_weights_and_operators_are_those_of_the_file(tmp_path):
    path = swap_models.inswapper(tmp_path / "a.onnx")
    graph, model = read_graph(path), onnx.load(path).graph
    assert [v.name for v in graph.inputs] == [v.name for v in model.input]
    assert [v.shape for v in graph.inputs] == [(1, 3, 128, 128), (1, 512)]
    assert [w.name for w in graph.weights] == [w.name for w in model.initializer]
    assert list(graph.operators) == [node.op_type for node in model.node]
    assert graph.ends_in == {"output": "Sigmoid"}


def test_a_weight_is_read_as_it_was_written(tmp_path):
    graph = read_graph(swap_models.inswapper(tmp_path / "a.onnx"))
    assert (graph.read_floats(graph.weights[find_embedding_map(graph)]) == swap_models.MAP).all()


def test_a_weight_kept_as_float_data_is_read_too(tmp_path):
    values = np.arange(6, dtype=np.float32)
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [2, 3], values)
    node = helper.make_node("Add", ["x", "w"], ["y"])
    io = [swap_models.value("x", 2, 3)], [swap_models.value("y", 2, 3)]
    graph = read_graph(swap_models.save(tmp_path / "a.onnx", [node], *io, [tensor]))
    assert (graph.read_floats(graph.weights[0]) == values.reshape(2, 3)).all()


def test_sizes_that_are_not_fixed_are_distinguished(tmp_path):
    assert read_graph(swap_models.dfm(tmp_path / "a.dfm")).inputs[0].shape == (0, 64, 64, 3)


@pytest.mark.parametrize("kept", [1, 7, 60, 500, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_named(tmp_path, kept):
    path = swap_models.inswapper(tmp_path / "a.onnx")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept >= 1 else kept * len(whole))])
    with pytest.raises(EngineError, match=r"a\.onnx is no complete ONNX file"):
        read_graph(path)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"GIF89a" * 50, b"\xff" * 4096, b"{}"])
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "a.onnx"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=r"no (complete )?ONNX file"):
        read_graph(path)


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EngineError, match=r"there is no model .*b\.onnx"):
        read_graph(tmp_path / "b.onnx")


@pytest.mark.parametrize("place", ["../w.bin", "/etc/passwd", "a/../../w.bin", "C:\\w.bin", "..\\w.bin"])
def test_weights_outside_the_models_folder_are_refused(tmp_path, place):
    path = swap_models.inswapper(tmp_path / "a.onnx")
    model = onnx.load(path)
    tensor = model.graph.initializer[-1]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(EngineError, match="outside its folder"):
        read_graph(path)


def _elsewhere(place: str) -> TensorProto:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=place)
    return tensor


def _as_constant(tensor: TensorProto) -> onnx.GraphProto:
    return helper.make_graph([helper.make_node("Constant", [], ["y"], value=tensor)], "g", [], [])


def _in_a_branch(tensor: TensorProto) -> onnx.GraphProto:
    branch = helper.make_graph([], "branch", [], [], [tensor])
    return helper.make_graph([helper.make_node("If", ["x"], ["y"], then_branch=branch)], "g", [], [])


def _sparse(tensor: TensorProto) -> onnx.GraphProto:
    graph = helper.make_graph([], "g", [], [])
    graph.sparse_initializer.add(values=tensor)
    return graph


@pytest.mark.parametrize("hidden", [_as_constant, _in_a_branch, _sparse])
def test_weights_outside_are_found_wherever_in_the_model_they_are_named(tmp_path, hidden):
    model = helper.make_model(hidden(_elsewhere("../w.bin")))
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(EngineError, match=r"outside its folder: \.\./w\.bin"):
        read_graph(tmp_path / "a.onnx")


def test_weights_outside_are_found_in_a_models_own_function(tmp_path):
    model = helper.make_model(helper.make_graph([], "g", [], []))
    node = helper.make_node("Constant", [], ["y"], value=_elsewhere("/etc/hostname"))
    model.functions.append(helper.make_function("own", "f", [], ["y"], [node], [swap_models.OPSET]))
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(EngineError, match="outside its folder: /etc/hostname"):
        read_graph(tmp_path / "a.onnx")


def test_a_link_does_not_lead_out_of_the_folder(tmp_path):
    (tmp_path / "secret").write_bytes(bytes(4))
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "secret")
    model = helper.make_model(helper.make_graph([], "g", [], [], [_elsewhere("w.bin")]))
    (folder / "a.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(EngineError, match=r"outside its folder: w\.bin"):
        read_graph(folder / "a.onnx")


def test_external_weights_are_allowed(tmp_path):
    (tmp_path / "w.bin").write_bytes(bytes(4))
    model = helper.make_model(helper.make_graph([], "g", [], [], [_elsewhere("w.bin")]))
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    assert read_graph(tmp_path / "a.onnx").weights[0].external == "w.bin"


def test_a_second_graph_is_not_overlooked(tmp_path):
    once = swap_models.livecam(tmp_path / "a.onnx").read_bytes()
    (tmp_path / "b.onnx").write_bytes(once + once)
    with pytest.raises(EngineError, match="two graphs"):
        read_graph(tmp_path / "b.onnx")


def _field(number: int, content: bytes) -> bytes:
    length, size = len(content), bytearray()
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return bytes([number << 3 | 2, *size]) + content


def test_graphs_in_graphs_come_to_an_end(tmp_path):
    graph = b""
    for _ in range(40):
        graph = _field(1, _field(5, _field(6, graph)))  # a node's attribute is a graph
    (tmp_path / "a.onnx").write_bytes(_field(7, graph))
    with pytest.raises(EngineError, match="without end"):
        read_graph(tmp_path / "a.onnx")


LAYER = -swap_models.MAP


@pytest.mark.parametrize("order", [("map", "layer"), ("layer", "map")])
def test_the_embedding_map_is_found_by_use_wherever_it_stands(tmp_path, order):
    weights = {"map": swap_models.MAP, "layer": LAYER}
    graph = read_graph(
        swap_models.inswapper_with(tmp_path / "a.onnx", {name: weights[name] for name in order}, layer="layer")
    )
    assert graph.weights[find_embedding_map(graph)].name == "map" and match_contract(graph).family.name == "inswapper"
    assert (graph.read_floats(graph.weights[find_embedding_map(graph)]) == swap_models.MAP).all()


def test_a_layer_of_the_maps_shape_is_no_map(tmp_path):
    graph = read_graph(swap_models.inswapper_with(tmp_path / "a.onnx", {"layer": LAYER}, layer="layer"))
    assert find_embedding_map(graph) is None
    with pytest.raises(EngineError, match="could be"):
        match_contract(graph)
    with pytest.raises(EngineError, match="has no embedding map") as error:
        match_contract(graph, FAMILIES["inswapper"])
    assert "publisher" in error.value.help_text


def test_two_weights_that_could_be_the_map_are_refused(tmp_path):
    graph = read_graph(
        swap_models.inswapper_with(tmp_path / "a.onnx", {"one_map": LAYER, "other_map": swap_models.MAP})
    )
    with pytest.raises(EngineError, match="2 weights that could be its embedding map: one_map, other_map"):
        match_contract(graph)


def test_a_weight_that_a_branch_takes_is_used(tmp_path):
    branch = helper.make_graph([helper.make_node("Identity", ["inner"], ["y"])], "branch", [], [])
    model = helper.make_model(
        helper.make_graph([helper.make_node("If", ["x"], ["z"], then_branch=branch)], "g", [], [])
    )
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    assert read_graph(tmp_path / "a.onnx").used == {"x", "inner"}


def test_links_into_one_cache_folder_are_followed_others_named(tmp_path):
    """As a hub keeps its models: `snapshots` of links, `blobs` of files."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "abc"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    model = helper.make_model(helper.make_graph([], "g", [], [], [_elsewhere("w.bin")]))
    (blobs / "11").write_bytes(model.SerializeToString())
    (blobs / "22").write_bytes(bytes(4))
    (snapshot / "a.onnx").symlink_to("../../blobs/11")
    (snapshot / "w.bin").symlink_to("../../blobs/22")
    assert read_graph(snapshot / "a.onnx").places == ("w.bin",)
    (snapshot / "w.bin").unlink()
    (tmp_path / "secret").write_bytes(bytes(4))
    (snapshot / "w.bin").symlink_to(tmp_path / "secret")
    with pytest.raises(EngineError, match=r"outside its folder: w\.bin leads to .*secret") as error:
        read_graph(snapshot / "a.onnx")
    assert "cp -L" in error.value.help_text
