"""The places ONNX Runtime can run a model.

Their names, packages and options, as data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from livecam.core.errors import EngineError
from livecam.core.install import install_command


@dataclass(frozen=True, slots=True)
class Provider:
    """One execution provider.

    Attributes:
        name: What `--engine onnx:MODEL@NAME` calls it.
        official: ONNX Runtime's name.
        package: What brings it: a package, or an extra of livecam in brackets.
        device: Where its inputs and outputs live: "cpu", or "cuda" to keep them on the GPU.
        options: Given to ONNX Runtime as they are; all values are text.
        recorded: Further options, by which a pass is recorded once and replayed; left out where a model forbids it.
        unasked: Whether it is taken without being named; TensorRT is not, since its engines are built first.
    """

    name: str
    official: str
    package: str
    device: str = "cpu"
    options: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)
    unasked: bool = True


PROVIDERS: Final = (
    Provider(
        "tensorrt",
        "TensorrtExecutionProvider",
        "[gpu]",
        device="cuda",
        # Precision is written into the model: TensorRT 11 has no flags for it.
        options={"trt_engine_cache_enable": "1", "trt_timing_cache_enable": "1"},
        recorded={"trt_cuda_graph_enable": "1"},
        unasked=False,
    ),
    Provider(
        "cuda",
        "CUDAExecutionProvider",
        "[gpu]",
        device="cuda",
        options={"cudnn_conv_algo_search": "EXHAUSTIVE", "do_copy_in_default_stream": "1"},
        recorded={"enable_cuda_graph": "1"},
    ),
    Provider("migraphx", "MIGraphXExecutionProvider", "onnxruntime-rocm"),
    Provider("coreml", "CoreMLExecutionProvider", "onnxruntime", options={"ModelFormat": "MLProgram"}),
    Provider("directml", "DmlExecutionProvider", "[directml]"),
    Provider("openvino", "OpenVINOExecutionProvider", "[openvino]", options={"device_type": "AUTO"}),
    Provider("cpu", "CPUExecutionProvider", "onnxruntime"),
)
"""Fastest first."""
CPU: Final = PROVIDERS[-1]


def find_provider(name: str) -> Provider:
    """Return the provider of that name.

    Raises:
        EngineError: There is none.
    """
    for provider in PROVIDERS:
        if provider.name == name:
            return provider
    known = ", ".join(provider.name for provider in PROVIDERS)
    raise EngineError(f"there is no provider named '{name}'", advice=f"choose one of: {known}")


def choose_provider(name: str | None, offered: Sequence[str]) -> Provider:
    """Return the provider asked for, or the fastest of those offered here.

    Raises:
        EngineError: The one asked for is unknown or not offered.
    """
    if name is None:
        return next((p for p in PROVIDERS if p.unasked and p.official in offered), CPU)
    provider = find_provider(name)
    if provider.official not in offered:
        raise EngineError(
            f"this ONNX Runtime has no {provider.official}",
            advice=f"run: {install_command(provider.package)}, then: livecam doctor",
        )
    return provider


def list_option_sets(provider: Provider, cache_folder: str | None) -> list[dict[str, str]]:
    """Return its options, best first: with recording where it can, and without.

    TensorRT's caches go into the folder given.
    """
    options = dict(provider.options)
    if provider.name == "tensorrt" and cache_folder is not None:
        options |= {"trt_engine_cache_path": cache_folder, "trt_timing_cache_path": cache_folder}
    return [options | dict(provider.recorded), options] if provider.recorded else [options]
