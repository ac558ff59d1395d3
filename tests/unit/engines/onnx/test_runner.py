"""A runner runs where it says, keeps its buffers, and says so when it cannot."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from engines.onnx import providers
from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU, PROVIDERS, choose_provider, find_provider, list_option_sets
from engines.onnx.runner import Runner
from engines.swap.neural.trial import run_trial
from livecam.core.errors import EngineError
from tests import swap_models as tiny

CUDA, TENSORRT = find_provider("cuda"), find_provider("tensorrt")


@pytest.fixture
def graph(tmp_path):
    return read_graph(tiny.livecam(tmp_path / "a.onnx"))


def face(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((1, 3, 96, 96), np.float32)


def test_it_gives_what_the_model_gives(graph):
    runner = Runner(graph, CPU)
    for seed in (1, 2):
        assert np.allclose(runner.run({"face": face(seed)})[0], (1 - face(seed))[:, :, ::-1])


def test_an_input_that_is_not_given_keeps_its_value(graph):
    runner = Runner(graph, CPU)
    runner.run({"face": face(1)})
    assert np.allclose(runner.run({})[0], (1 - face(1))[:, :, ::-1])


def test_a_provider_that_did_not_load_is_never_taken_for_another(graph):
    with pytest.warns(UserWarning, match="CUDAExecutionProvider"), pytest.raises(EngineError) as error:
        Runner(graph, replace(CUDA, recorded={}))
    assert "was to run on CUDAExecutionProvider, but ONNX Runtime loaded CPUExecutionProvider" in str(error.value)
    assert "@cpu" in error.value.help_text


def test_the_provider_asked_for_must_be_there():
    with pytest.raises(EngineError, match="no CUDAExecutionProvider") as error:
        choose_provider("cuda", ["CPUExecutionProvider"])
    assert "[gpu]" in error.value.help_text
    with pytest.raises(EngineError, match="no provider named 'gpu'"):
        choose_provider("gpu", ["CPUExecutionProvider"])


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.name)
def test_the_fastest_that_is_offered_is_taken_but_tensorrt_only_when_named(provider):
    offered = [provider.official, CPU.official]
    assert choose_provider(provider.name, offered) is provider
    assert choose_provider(None, offered) is (CPU if provider is TENSORRT else provider)


def test_names_are_those_of_onnx_runtime():
    assert {provider.official for provider in PROVIDERS} <= set(onnxruntime.get_all_providers()) | {
        # Not in every build's list.
        "TensorrtExecutionProvider",
    }


def test_recording_is_tried_first_and_given_up_by_itself():
    first, second = list_option_sets(CUDA, None)
    assert first == second | {"enable_cuda_graph": "1"}
    assert list_option_sets(CPU, None) == [{}]


def test_tensorrt_keeps_its_engines_in_the_folder_given():
    for options in list_option_sets(TENSORRT, "/engines"):
        assert options["trt_engine_cache_path"] == options["trt_timing_cache_path"] == "/engines"


def test_a_closed_runner_says_so(graph):
    runner = Runner(graph, CPU)
    runner.close()
    runner.close()
    with pytest.raises(EngineError, match="closed"):
        runner.run({})


def test_an_input_of_another_size_is_an_error_of_the_engine(graph):
    with pytest.raises(EngineError, match=r"a\.onnx failed"):
        Runner(graph, CPU).run({"face": np.zeros((1, 3, 95, 96), np.float32)})


def test_a_trial_times_the_model_and_refuses_what_are_no_numbers(graph, tmp_path):
    trial = run_trial(Runner(graph, CPU), graph, {"face": face(1)}, 1)
    assert trial.network_ms > 0 and trial.difference is None
    broken = read_graph(tiny.returning(tmp_path / "b.onnx", "nan"))
    with pytest.raises(EngineError, match="numbers that are none"):
        run_trial(Runner(broken, CPU), broken, {"face": face(1)}, 1)


def test_a_trial_compares_another_provider_with_the_cpu(graph, tmp_path):
    runner = Runner(graph, CPU)
    runner.provider = CUDA
    same = run_trial(runner, graph, {"face": face(1)}, 1)
    assert same.difference == 0 and same.cpu_ms > 0
    other = read_graph(tiny.returning(tmp_path / "b.onnx", "itself"))
    runner.copy = str(other.path)
    with pytest.raises(EngineError, match="another picture on cuda than on the CPU"):
        run_trial(runner, other, {"face": face(1)}, 1)


def test_there_is_one_table_of_providers():
    assert [p.name for p in providers.PROVIDERS] == [
        "tensorrt", "cuda", "migraphx", "coreml", "directml", "openvino", "cpu",
    ]  # fmt: skip
