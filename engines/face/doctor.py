"""What `livecam doctor` says about ONNX Runtime and the face networks."""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import onnxruntime

from engines.face.network import FAILURES, Network
from livecam.core.errors import EngineError
from livecam.core.finding import Finding, Health

_NETWORKS = ("detector", "mesh")
_SUFFIX = "ExecutionProvider"
_ELSEWHERE = ("AzureExecutionProvider",)
"""Listed in every build; it calls a service and runs nothing here."""
_FATAL_ONLY = 4
_PIP = f"{sys.executable} -m pip install"
_WHAT_HELPS = {
    "CUDA": f"{_PIP} --force-reinstall 'onnxruntime-gpu[cuda,cudnn]'",
    "Tensorrt": f"{_PIP} tensorrt",
}


def findings() -> Iterator[Finding]:
    """Yield which of the listed providers load, and whether each network does."""
    yield from check_providers(onnxruntime.get_available_providers())
    for name in _NETWORKS:
        try:
            Network.open_shipped(name, threads=1).close()
        except EngineError as error:
            yield Finding(f"{name} network", Health.FAIL, str(error), error.help_text)
        else:
            yield Finding(f"{name} network", Health.OK, "loads")


def check_providers(
    listed: Sequence[str], open_session: Callable[..., Any] = onnxruntime.InferenceSession
) -> Iterator[Finding]:
    """Load the mesh network with each.

    A provider is listed even where its libraries or its device are missing.
    """
    weights = (files("engines.face") / "weights" / "mesh.onnx").read_bytes()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    for provider in listed:
        if provider in _ELSEWHERE:
            continue
        name = provider.removesuffix(_SUFFIX)
        try:
            taken = open_session(weights, options, providers=[provider]).get_providers()
            reason = "" if provider in taken else "it stepped aside for the CPU"
        except FAILURES as error:
            reason = " ".join(str(error).split())
        if reason:
            fix = _WHAT_HELPS.get(name, f"{_PIP} --force-reinstall onnxruntime")
            yield Finding(f"provider {name}", Health.NOTE, f"listed, but does not load: {reason}", fix)
        else:
            yield Finding(f"provider {name}", Health.OK, "loads")
