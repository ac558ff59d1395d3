"""What a server of textures is given: Triton's repository, KServe's manifest."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engines.onnx.graph import FLOAT16, FLOAT32, UINT8, Graph, Value, read_graph
from engines.store.pins import Pins
from engines.swap.neural.contracts import INSWAPPER, match_contract
from livecam.core.errors import EngineError, OutputError, UsageError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.own_files import TOML_MARK, check_replaceable

ONNXRUNTIME, PYTHON = "onnxruntime", "python"
BACKENDS: Final = (ONNXRUNTIME, PYTHON)
_KINDS: Final = {FLOAT32: "TYPE_FP32", UINT8: "TYPE_UINT8", FLOAT16: "TYPE_FP16"}
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_QUEUE_DELAY_US: Final = 2000
_LATE_US: Final = 400_000
"""A request that waited longer is dropped: its texture would come too late to be drawn."""
_QUEUED_PER_INSTANCE: Final = 16
_CODE: Final = '''"""Runs model.onnx for Triton's Python backend, one batch at a time."""

from pathlib import Path

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    def initialize(self, args):
        providers = onnxruntime.get_available_providers()
        wanted = ["CUDAExecutionProvider"] if args["model_instance_kind"] == "GPU" else []
        chosen = [name for name in (*wanted, "CPUExecutionProvider") if name in providers]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = Path(args["model_repository"]) / args["model_version"] / "model.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, providers=chosen)
        self._inputs = [value.name for value in self._session.get_inputs()]
        self._outputs = [value.name for value in self._session.get_outputs()]

    def execute(self, requests):
        given = [[triton.get_input_tensor_by_name(each, name).as_numpy() for name in self._inputs] for each in requests]
        rows = [arrays[0].shape[0] for arrays in given]
        together = len({tuple(array.shape[1:] for array in arrays) for arrays in given}) == 1 and BATCHED
        groups = [range(len(requests))] if together else [[n] for n in range(len(requests))]
        answers = [None] * len(requests)
        for group in groups:
            feed = {name: np.concatenate([given[n][k] for n in group]) for k, name in enumerate(self._inputs)}
            made, begin = self._session.run(self._outputs, feed), 0
            for n in group:
                cut = [array[begin : begin + rows[n]] if together else array for array in made]
                begin += rows[n]
                tensors = [triton.Tensor(name, array) for name, array in zip(self._outputs, cut)]
                answers[n] = triton.InferenceResponse(output_tensors=tensors)
        return answers
'''


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """How a model is to be served.

    Attributes:
        name: Of the model on the server.
        batch: Requests that one pass takes at most, where the model takes more than one.
        instances: Copies of the model on a device.
        gpu: Whether it runs on a GPU.
        backend: Which of Triton's backends runs it.
    """

    name: str
    batch: int = 8
    instances: int = 1
    gpu: bool = True
    backend: str = ONNXRUNTIME


def write_serving_files(path: Path, out: Path, config: ServeConfig) -> tuple[Path, ...]:
    """Write the files; those of an earlier call are replaced.

    Args:
        path: The model.
        out: The folder.
        config: How it is to be served.

    Returns:
        What was written.

    Raises:
        EngineError: It is no swap model, or one that cannot be served.
        UsageError: A name that Triton or Kubernetes does not take, or a file there that livecam did not write.
        OutputError: They cannot be written.
    """
    if not _NAME.fullmatch(config.name):
        raise UsageError(f"{config.name} is no name of a service", advice="take a-z, 0-9 and inner dashes: --name NAME")
    Pins.of(path.parent).check(path)
    graph = read_graph(path)
    _check(graph)
    folder = out / "model-repository" / config.name
    if folder.exists() and not (folder / "config.pbtxt").is_file():
        raise OutputError(f"{folder} is no model of a repository", advice="give --out another folder")
    texts = {folder / "config.pbtxt": triton_config(graph, config), out / "kserve.yaml": kserve_manifest(config)}
    if config.backend == PYTHON:
        texts[folder / "1" / "model.py"] = _CODE.replace("BATCHED", str(takes_batches(graph)))
    for place in texts:
        check_replaceable(place, "--out")
    with translate_write_errors(folder):
        (folder / "1").mkdir(parents=True, exist_ok=True)
        for name in (path.name, *graph.places):
            shutil.copyfile(path.parent / name, folder / "1" / ("model.onnx" if name == path.name else name))
    for place, text in texts.items():
        # Servers read them as another user.
        with translate_write_errors(place):
            place.write_text(TOML_MARK + text, encoding="utf-8")
    return folder / "1" / "model.onnx", *texts


def _check(graph: Graph) -> None:
    if match_contract(graph).family is INSWAPPER:
        raise EngineError(
            f"{graph.path.name} cannot be served: its embedding map is among its weights",
            advice="put the map into its graph and serve it as family=simswap, or run it here: --engine onnx:MODEL",
        )
    for value in (*graph.inputs, *graph.outputs):
        if value.element not in _KINDS:
            raise EngineError(
                f"{graph.path.name} takes or gives {value.name} in a type that no picture has",
                advice="export it with float32, float16 or uint8",
            )


def takes_batches(graph: Graph) -> bool:
    """Whether every input and output has a first dimension of any size."""
    return all(value.shape and value.shape[0] == 0 for value in (*graph.inputs, *graph.outputs))


def triton_config(graph: Graph, config: ServeConfig) -> str:
    """Return Triton's `config.pbtxt`."""
    batched = takes_batches(graph)
    lines = [
        f'name: "{config.name}"',
        f'backend: "{config.backend}"',
        f"max_batch_size: {config.batch if batched else 0}",
        *_tensors("input", graph.inputs, batched),
        *_tensors("output", graph.outputs, batched),
        f"instance_group [ {{ count: {config.instances} kind: {'KIND_GPU' if config.gpu else 'KIND_CPU'} }} ]",
        *(_batching(config) if batched else ()),
        *_warm_up(graph.inputs, batched),
    ]
    return "\n".join(lines) + "\n"


def _tensors(kind: str, values: Sequence[Value], batched: bool) -> Iterator[str]:
    yield f"{kind} ["
    for n, value in enumerate(values):
        comma = "," if n + 1 < len(values) else ""
        yield f'  {{ name: "{value.name}" data_type: {_KINDS[value.element]} dims: {_dims(value, batched)} }}{comma}'
    yield "]"


def _dims(value: Value, batched: bool) -> str:
    return str([side or -1 for side in value.shape[batched:]])


def _batching(config: ServeConfig) -> Iterator[str]:
    """Yield the rules of the queue.

    Requests wait for others two milliseconds, and are dropped when they are too late.
    """
    yield "dynamic_batching {"
    yield f"  max_queue_delay_microseconds: {_QUEUE_DELAY_US}"
    yield "  default_queue_policy {"
    yield "    timeout_action: REJECT"
    yield f"    default_timeout_microseconds: {_LATE_US}"
    yield "    allow_timeout_override: true"
    yield f"    max_queue_size: {_QUEUED_PER_INSTANCE * config.instances}"
    yield "  }"
    yield "}"


def _warm_up(inputs: Sequence[Value], batched: bool) -> Iterator[str]:
    """Yield a first pass, so that the first laptop does not wait for it."""
    yield 'model_warmup [ { name: "noise" batch_size: 1'
    for value in inputs:
        fixed = [side or 1 for side in value.shape[batched:]]
        yield (
            f'  inputs {{ key: "{value.name}" value: {{ data_type: {_KINDS[value.element]} '
            f"dims: {fixed} random_data: true }} }}"
        )
    yield "} ]"


def kserve_manifest(config: ServeConfig) -> str:
    """Return KServe's manifest for the same repository on a volume."""
    gpu = '\n          nvidia.com/gpu: "1"' if config.gpu else ""
    return f"""apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: {config.name}
spec:
  predictor:
    minReplicas: 1
    maxReplicas: 4
    model:
      modelFormat:
        name: triton
      protocolVersion: grpc-v2
      # The folder model-repository, copied to this volume.
      storageUri: pvc://livecam-models/model-repository
      ports:
        - name: h2c
          containerPort: 9000
          protocol: TCP
      resources:
        requests:
          cpu: "2"
          memory: 4Gi
        limits:
          cpu: "2"
          memory: 4Gi{gpu}
"""
