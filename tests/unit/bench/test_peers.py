"""The stand-ins cost what they claim and put things where they belong."""

import numpy as np
import onnx
import pytest

from benchmarks.peers import standins
from benchmarks.peers.networks import DETECTOR, HOURGLASS, SWAPPER, Conv, Network, _model, _shapes, size_of
from livecam.core.frame import Frame
from tests.unit.video.drawn import picture, points_at


def test_a_network_counts_what_it_is():
    network = Network((Conv(8, 3, 2), Conv(4, 3, -2)), (16, 16), 1)
    assert network.size.parameters == 8 * 3 * 9 + 4 * 8 * 9
    assert network.size.macs == 8 * 3 * 9 * 64 + 4 * 8 * 9 * 256
    assert network.run(np.ones((1, 3, 16, 16), np.float32)).shape == (1, 4, 16, 16)


@pytest.mark.parametrize(
    ("layers", "size_hw", "parameters", "macs"),
    [(DETECTOR, (480, 640), 4.23e6, 9.98e9), (SWAPPER, (128, 128), 138.3e6 - 12.6e6, 174.7e9)],
    ids=["SCRFD-10GF", "INSwapper_128"],
)
def test_a_stand_in_is_as_large_as_what_it_stands_for(layers, size_hw, parameters, macs):
    size = size_of(layers, size_hw)
    assert size.parameters == pytest.approx(parameters, rel=0.02)
    assert size.macs == pytest.approx(macs, rel=0.02)
    assert f"{size.macs / 1e9:.1f} G MAC" in str(size)


def test_the_work_counted_is_the_work_done():
    layers, size_hw = (Conv(5, 7, 2), Conv(6, 3, -2), Conv(4, 3, 2)), (16, 24)
    graph = onnx.shape_inference.infer_shapes(onnx.load_from_string(_model(layers, size_hw))).graph
    made = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.value_info, *graph.output)}
    shapes = {weight.name: weight.dims for weight in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    macs = sum(int(np.prod(shapes[n.input[1]]) * np.prod(made[n.output[0]][2:])) for n in convolutions)
    assert size_of(layers, size_hw).macs == macs


def test_an_hourglass_comes_back_to_its_size():
    *_, (shape, made_hw) = _shapes(HOURGLASS, (64, 64))
    assert (shape[0], *made_hw) == (11, 64, 64)


def test_a_pasted_crop_stays_on_its_box():
    out = np.zeros((200, 300, 3), np.uint8)
    to_frame = np.array([[0.5, 0, 100], [0, 0.5, 50]])
    standins._paste(np.full((128, 128, 3), 255, np.float32), to_frame, out)
    assert out[82, 132].min() > 250
    out[50:115, 100:165] = 0
    assert not out.any()


def test_a_bent_triangle_covers_its_place_only():
    out = np.zeros((100, 100, 3), np.uint8)
    photo = np.full((50, 50, 3), 200, np.uint8)
    source = np.array([[0, 0], [49, 0], [0, 49]], np.float32)
    standins._bend(photo, source, np.array([[20, 20], [60, 20], [20, 60]], np.float32), out)
    assert out[30, 30].min() == 200
    assert not out[70:].any() and not out[:, 70:].any() and not out[55, 55].any()


def test_between_two_detections_the_old_place_is_used(monkeypatch):
    class Nothing:
        size = "nothing"

        def __init__(self, layers, size_hw, threads):
            self.size_hw = size_hw

        def run(self, tensor):
            return np.zeros((1, 3, 128, 128), np.float32)

    monkeypatch.setattr(standins, "Network", Nothing)
    peer, pixels = standins.StaleBoxSwap(every=2), picture(points_at())
    places = []
    for seq in range(4):
        peer.draw(Frame(pixels, seq, seq), points_at() + np.float32(seq))
        places.append(float(peer.used[0, 0]))
    assert np.diff(places).tolist() == pytest.approx([0, 2, 0])
