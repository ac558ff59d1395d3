"""A model is made lighter within bounds, says what it is afterwards, and is not written when it is too far off."""

import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import helper

from benchmarks.swap_networks import SIZES, giga_macs, weights_of, write_network
from calibration import quantise as module
from calibration.judge import Bounds, PictureDifference
from calibration.quantise import QuantisationConfig, describe_difference, quantise
from engines.onnx.graph import read_graph
from engines.swap.neural.contracts import find_embedding_map, match_contract
from livecam.core.errors import EngineError
from livecam.personas.built_in import open_builtin
from livecam.plugins import open_face_finder
from tests import swap_models as tiny
from tests.unit.cli.conftest import livecam  # noqa: F401

QUICK = QuantisationConfig(seen=2, judged=1, tried_alone=1)
KIM = open_builtin("kim")


@pytest.fixture(scope="module")
def finder():
    finder = open_face_finder()
    yield finder
    finder.close()


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "net.onnx"
    write_network(path, ((16, 16, 2),), side=64)
    return path


def made_of(path, finder, reported, **rules):
    return quantise(path, path.with_name("light.onnx"), [KIM], finder, reported.append, replace(QUICK, **rules))


def operators(path) -> list[str]:
    return [node.op_type for node in onnx.load(path).graph.node]


def test_a_quantised_model_is_int8_in_bounds_with_the_same_contract(network, finder):
    reported: list[str] = []
    made = made_of(network, finder, reported)
    assert made.apart.pixels <= QUICK.bounds.pixels and made.apart.identity is None
    assert made.bytes_after < made.bytes_before
    assert made.in_float == () and made.layers == 4
    assert made.ms_before > 0 and made.ms_after > 0
    assert "QuantizeLinear" in operators(made.path) and "timing both" in reported
    assert match_contract(read_graph(made.path)).family.name == "livecam"
    weights = [
        w for w in onnx.load(made.path).graph.initializer if w.data_type == onnx.TensorProto.INT8 and len(w.dims) == 4
    ]
    assert len(weights) == 4


def with_a_layer_that_suffers(path):
    """One layer's fourth channel is a thousand times as large as the others: a common scale of 256 steps loses them."""
    grown = np.zeros((4, 3, 1, 1), np.float32)
    grown[:3, :, 0, 0], grown[3] = np.eye(3), 1000 / 3
    back = np.zeros((3, 4, 1, 1), np.float32)
    back[:, :3, 0, 0], back[:, 3] = 0.7 * np.eye(3), 0.1 / 1000
    same = np.eye(3, dtype=np.float32)[..., None, None]
    names, last = ["first", "second", "grown", "back", "fifth", "sixth"], "face"
    weights, nodes = [tiny.ONE], []
    for name in names:
        weights.append(tiny.weight(f"{name}.w", {"grown": grown, "back": back}.get(name, same)))
        nodes.append(helper.make_node("Conv", [last, f"{name}.w"], [f"{name}.c"], name=name, kernel_shape=[1, 1]))
        nodes.append(helper.make_node("Relu", [f"{name}.c"], [name]))
        last = name
    nodes.append(helper.make_node("Sub", ["one", last], ["texture"]))
    faces = [tiny.value("face", 1, 3, 96, 96)], [tiny.value("texture", 1, 3, 96, 96)]
    return tiny.save(path, nodes, *faces, weights)


def test_layers_that_suffer_are_found_by_measurement_and_stay_in_float(tmp_path, finder):
    reported: list[str] = []
    made = made_of(with_a_layer_that_suffers(tmp_path / "net.onnx"), finder, reported)
    assert {"back"} <= set(made.in_float) <= {"grown", "back"}
    assert made.apart.is_within(QUICK.bounds)
    assert "layer 6 of 6 alone" in reported


def test_a_model_out_of_bounds_is_refused_and_nothing_is_written(network, finder):
    with pytest.raises(EngineError, match=r"too far off: .* steps of 256") as error:
        made_of(network, finder, [], bounds=Bounds(pixels=0.0))
    assert "nothing was written" in error.value.help_text
    assert sorted(path.name for path in network.parent.iterdir()) == ["net.onnx"]


def test_inswapper_keeps_its_map_and_is_judged_by_likeness(tmp_path, finder):
    path = tmp_path / "in.onnx"
    tiny.inswapper(path)
    tiny.embedder(tmp_path / "arc.onnx")
    made = made_of(path, finder, [])
    graph = read_graph(made.path)
    assert match_contract(graph).family.name == "inswapper"
    assert (graph.read_floats(graph.weights[find_embedding_map(graph)]) == tiny.MAP).all()
    assert made.apart.identity >= 0.95
    assert "likeness" in describe_difference(made.apart)


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (PictureDifference(3.0, None), True),
        (PictureDifference(3.1, None), False),
        (PictureDifference(1.0, 0.94), False),
    ],
)
def test_both_bounds_count(found, fits):
    assert found.is_within(Bounds()) is fits


def test_without_the_tools_that_is_said(network, finder, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime.quantization.shape_inference", None)
    with pytest.raises(EngineError, match="package that is not here") as error:
        made_of(network, finder, [])
    assert "[calibrate]" in error.value.help_text


def test_a_model_the_tools_cannot_read_is_named(network, finder, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr("onnxruntime.quantization.shape_inference.quant_pre_process", fail)
    with pytest.raises(EngineError, match=r"net\.onnx cannot be quantised: no such operator"):
        made_of(network, finder, [])


def test_half_precision_is_not_quantised(tmp_path, finder):
    path = tiny.livecam(tmp_path / "net.onnx")
    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    onnx.save(model, path)
    with pytest.raises(EngineError, match="half precision"):
        made_of(path, finder, [])


def test_the_command_says_what_came_of_it(livecam, network, monkeypatch):  # noqa: F811
    monkeypatch.setattr(module, "QuantisationConfig", lambda bounds: replace(QUICK, bounds=bounds))
    said = livecam("calibrate", "quantise", network)
    assert said.code == 0, said.err
    assert "times as fast" in said.out and "layers 4 of 4 in 8 bits" in said.out
    assert (network.parent / "net.int8.onnx").is_file()
    assert livecam("calibrate", "quantise", network, "--pixels", 0).code == 4


def test_networks_for_measurements_have_the_size_they_are_said_to_have(tmp_path):
    assert giga_macs(SIZES["inswapper"]) == pytest.approx(174.7, rel=0.02)
    assert weights_of(SIZES["inswapper"]) == pytest.approx(138.3e6, rel=0.02)
    assert giga_macs(SIZES["student"]) == pytest.approx(0.33, rel=0.05)
    assert weights_of(SIZES["student"]) == pytest.approx(0.5e6, rel=0.07)
    written = write_network(tmp_path / "tiny.onnx", SIZES["tiny"])
    assert written == weights_of(SIZES["tiny"]) + 1  # and the constant one half
