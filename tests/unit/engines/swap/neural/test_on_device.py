"""Bytes in, bytes out: the steps around a network, run where it runs, give what the plain path gives."""

from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU, find_provider
from engines.onnx.runner import Runner
from engines.swap.neural.around import build_input_model, build_output_model
from engines.swap.neural.contracts import FAMILIES, match_contract
from engines.swap.neural.model import SwapModel, measure_border
from engines.swap.neural.on_device import DeviceModel, choose_step_provider
from livecam.core.errors import EngineError
from tests import swap_models as tiny
from tests.unit.engines.swap.neural.test_engine import MODELS, Raising

SOURCE = np.random.default_rng(4).normal(0, 0.05, (1, 512)).astype(np.float32)


def half(path):
    """livecam's contract in half precision, with an opacity that falls to one side."""
    ramp = np.tile(np.linspace(0, 1, 96, dtype=np.float16), (1, 1, 96, 1))
    nodes = [helper.make_node("Sub", ["one", "face"], ["negative"]),
             helper.make_node("Concat", ["negative", "ramp"], ["texture"], axis=1)]  # fmt: skip
    face, texture = (tiny.value(name, 1, count, 96, 96, element=TensorProto.FLOAT16)
                     for name, count in (("face", 3), ("texture", 4)))  # fmt: skip
    weights = [tiny.weight("one", np.float16([1])), tiny.weight("ramp", ramp)]
    return tiny.save(path, nodes, [face], [texture], weights)


ALL = MODELS | {
    "half": half,
    "ghost": lambda p: tiny.with_embedding(p, 256, "Tanh"),
    "simswap512": lambda p: tiny.with_embedding(p, 512, "Sigmoid"),
}


@pytest.fixture(params=ALL)
def both(request, tmp_path):
    """The same network with its steps around it, and without."""
    graph = read_graph(ALL[request.param](tmp_path / "a.onnx"))
    contract = match_contract(graph, FAMILIES["ghost"] if request.param == "ghost" else None)
    runners = Runner(graph, CPU), Runner(graph, CPU)
    yield DeviceModel(graph, contract, runners[0]), SwapModel(graph, contract, runners[1])
    for runner in runners:
        runner.close()


def source_of(model: SwapModel):
    side = model.contract.source_px
    if model.contract.source is None:
        return None
    return SOURCE if not side else np.random.default_rng(6).random((1, 3, side, side), np.float32)


def crop_of(model: SwapModel, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (model.contract.side_px,) * 2 + (3,), np.uint8)


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other).max())


def test_it_gives_what_the_plain_path_gives_within_a_step_of_256(both):
    device, plain = both
    for seed in (1, 2):
        crop, source = crop_of(plain, seed), source_of(plain)
        ours, theirs = device.swap(crop, source), plain.swap(crop, source)
        assert apart(ours.picture, theirs.picture) <= 1
        assert apart(ours.alpha, theirs.alpha) <= 1


def test_only_the_bytes_of_a_crop_and_of_a_picture_with_its_opacity_cross(both):
    device, _ = both
    side = device.contract.side_px
    assert device.crossing == [("uint8", (1, side, side, 3)), ("uint8", (4 * side * side + 1,))]
    kinds = {str(held.value.data_type()) for held in (device._crop, device._made)}
    assert kinds == {"tensor(uint8)"}


def test_the_steps_are_sound_onnx(both):
    _, plain = both
    graph, contract = plain._graph, plain.contract
    for model in (
        build_input_model(graph, contract),
        build_output_model(graph, contract, measure_border(contract.side_px)),
    ):
        onnx.checker.check_model(onnx.load_from_string(model), full_check=True)


def test_a_texture_is_not_written_over_by_the_next(tmp_path):
    graph = read_graph(tiny.livecam(tmp_path / "a.onnx"))
    model = DeviceModel(graph, match_contract(graph), Runner(graph, CPU))
    first = model.swap(crop_of(model, 1), None)
    kept = first.picture.copy()
    model.swap(crop_of(model, 2), None)
    assert (first.picture == kept).all()


def test_another_persona_is_given_to_the_network(tmp_path):
    graph = read_graph(tiny.inswapper(tmp_path / "a.onnx"))
    model = DeviceModel(graph, match_contract(graph), Runner(graph, CPU))
    crop = crop_of(model, 1)
    one, other = model.swap(crop, SOURCE), model.swap(crop, -SOURCE)
    again = model.swap(crop, SOURCE)
    assert apart(one.picture, other.picture) > 20
    assert apart(one.picture, again.picture) == 0


@pytest.mark.parametrize("plane", [0, 3])
@pytest.mark.parametrize("what", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_none_is_enough(tmp_path, plane, what):
    graph = read_graph(tiny.livecam(tmp_path / "a.onnx", alpha=True))
    model = DeviceModel(graph, match_contract(graph), Runner(graph, CPU))
    values = np.full((1, 4, 96, 96), 0.5, np.float32)
    values[0, plane, 50, 50] = what
    model._held_by.run_again = lambda: model._held_by.outputs[0].put(values)
    with pytest.raises(EngineError, match=r"a\.onnx gave numbers that are none"):
        model.swap(crop_of(model, 1), None)


def test_failing_steps_and_a_closed_model_are_engine_errors(tmp_path):
    graph = read_graph(tiny.livecam(tmp_path / "a.onnx"))
    model = DeviceModel(graph, match_contract(graph), Runner(graph, CPU))
    model._before._session = SimpleNamespace(run_with_iobinding=Raising(RuntimeError("CUDA out of memory")))
    with pytest.raises(EngineError, match="steps around a model failed: CUDA out of memory"):
        model.swap(crop_of(model, 1), None)
    model.close()
    model.close()
    with pytest.raises(EngineError, match="closed"):
        model.swap(crop_of(model, 1), None)


def test_the_steps_run_on_cuda_where_the_network_is_on_a_gpu_of_nvidia():
    assert (
        choose_step_provider(find_provider("tensorrt"))
        is choose_step_provider(find_provider("cuda"))
        is find_provider("cuda")
    )
    assert choose_step_provider(find_provider("openvino")) is choose_step_provider(CPU) is CPU
