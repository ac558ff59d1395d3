"""The classic network as a DFM: livecam's own reader takes it, and both framings meet in the same place."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch, of the extra train, is not installed")
onnx = pytest.importorskip("onnx", reason="onnx, of the extra train, is not installed")

from engines.models.check import inspect_model  # noqa: E402
from engines.onnx.graph import read_graph  # noqa: E402
from engines.swap.neural.contracts import DFM, match_contract  # noqa: E402
from trainer.network.classic import ClassicNet  # noqa: E402
from trainer.network.dfm import INPUT, OUTPUTS, SIDE_PX, export_dfm  # noqa: E402

pytestmark = pytest.mark.long


class Copied(ClassicNet):
    """Draws each crop as it is, opaque."""

    def draw(self, faces, decoder):
        return faces, torch.ones_like(faces[:, :1])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sam.dfm"
    path.write_bytes(export_dfm(ClassicNet()))
    return path


def test_our_reader_takes_it_as_a_dfm(file):
    graph = read_graph(file)
    contract = match_contract(graph)
    assert (contract.family, contract.side_px, contract.face) == (DFM, SIDE_PX, INPUT)
    assert [value.name for value in graph.outputs] == list(OUTPUTS)
    assert OUTPUTS[contract.picture] == "out_celeb_face:0" and OUTPUTS[contract.mask] == "out_celeb_face_mask:0"
    assert inspect_model(file)


def test_a_crop_comes_back_where_it_was(tmp_path):
    import onnxruntime

    session = onnxruntime.InferenceSession(export_dfm(Copied()))
    down, across = np.mgrid[0:SIDE_PX, 0:SIDE_PX] / SIDE_PX
    face = np.stack([down, across, 0.5 * (down + across)], -1)[None].astype(np.float32)
    live, made, mask = session.run(list(OUTPUTS), {INPUT: face})
    inside = mask[0, ..., 0] > 0.99
    assert inside.mean() > 0.3 and live.shape == mask.shape == (1, SIDE_PX, SIDE_PX, 1)
    assert np.abs(made - face)[0][inside].max() < 0.02
