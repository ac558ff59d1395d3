"""What `livecam doctor` says about ONNX Runtime and the face networks."""

from collections.abc import Iterator

import onnxruntime

from engines.face.network import Network
from livecam.core.errors import EngineError
from livecam.devices.finding import Finding, Health

_NETWORKS = ("detector", "mesh")


def findings() -> Iterator[Finding]:
    """The providers ONNX Runtime offers here, and whether each network loads."""
    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    yield Finding("onnxruntime providers", Health.OK, ", ".join(providers))
    for name in _NETWORKS:
        try:
            Network.shipped(name, threads=1).close()
        except EngineError as error:
            yield Finding(f"{name} network", Health.FAIL, str(error), error.hint)
        else:
            yield Finding(f"{name} network", Health.OK, "loads")
