"""Networks in the layouts of LLVC and MeanVC 2, small or at their true size, fit the contract and speak."""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="writes models with onnx")

from benchmarks.voice.llvc import write_llvc
from benchmarks.voice.meanvc import DELAY, SAMPLES, Sizes, write_meanvc
from engines.onnx.graph import read_graph
from engines.voice.neural.contracts import StatefulContract, match_contract
from engines.voice.neural.loaded import FoundModel, LoadedVoice
from engines.voice.neural.networks import OnnxVoices
from livecam.core.errors import ConsentError
from tests.sounds import talking

SMALL = Sizes(content=32, inner=16, heard=2, wide=16, turned=2, voiced=1, vocoder=16)


def spoken(path, frames=4):
    core = LoadedVoice(FoundModel(path)).open_core(16_000, 0.0, 0.0)
    sound = talking(2.0, 16_000, 140)[: frames * core.frame_samples].reshape(frames, -1)
    return core, np.array([core.process_frame(frame) for frame in sound])


def test_meanvc_as_one_graph_is_a_stateful_voice(tmp_path):
    contract = match_contract(read_graph(_written(tmp_path)))
    assert isinstance(contract, StatefulContract)
    assert (contract.chunk, contract.context, contract.delay) == (SAMPLES, 240, DELAY)
    shapes = {name: shape for name, _, shape in contract.states}
    assert shapes["attention1_buf"] == (2, 4, 4, 8) and shapes["key1_buf"] == (1, 2, 12, 64)
    assert len(shapes) == 5 + 2 * SMALL.heard + 2 * SMALL.turned


def test_meanvc_says_80_ms_at_a_time_and_carries_its_past(tmp_path):
    core, heard = spoken(_written(tmp_path))
    assert heard.shape == (4, SAMPLES) and np.isfinite(heard).all() and np.abs(heard).max() > 0
    again, other = spoken(_written(tmp_path), 1)
    np.testing.assert_allclose(other[0], heard[0])
    assert not np.allclose(again.process_frame(talking(1.0, 16_000, 140)[:SAMPLES]), heard[0])
    assert core.delay_samples >= DELAY


def test_another_enrolled_speaker_is_another_file_to_answer_for(tmp_path):
    import onnx
    from onnx import numpy_helper

    path, networks = _written(tmp_path), OnnxVoices()
    model = networks.read(path)
    graph = onnx.load(path)
    voice = next(weight for weight in graph.graph.initializer if weight.name == "timbre.1")
    voice.CopyFrom(numpy_helper.from_array(np.ones((1, SMALL.content), np.float32), "timbre.1"))
    onnx.save(graph, path)
    with pytest.raises(ConsentError, match="not the file that was answered for"):
        networks.check(model)


def test_llvc_at_its_true_size_speaks(tmp_path):
    assert write_llvc(tmp_path / "m.onnx") > 2_900_000
    core, heard = spoken(tmp_path / "m.onnx")
    assert core.frame_samples == 208 and heard.shape == (4, 208) and np.isfinite(heard).all()


def _written(folder):
    path = folder / "m.onnx"
    write_meanvc(path, SMALL)
    return path
