"""What `livecam doctor` says about ONNX Runtime and the face networks."""

from collections.abc import Iterator
from pathlib import Path

from livecam.devices.finding import Finding, Health

_WEIGHTS = Path(__file__).parent / "face" / "weights"
_NETWORKS = ("detector.onnx", "mesh.onnx")


def findings() -> Iterator[Finding]:
    """The providers ONNX Runtime offers here, and whether each network loads."""
    import onnxruntime

    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    yield Finding("onnxruntime providers", Health.OK, ", ".join(providers))
    for name in _NETWORKS:
        try:
            onnxruntime.InferenceSession(str(_WEIGHTS / name), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no public base class
            reason = " ".join(str(error).split())[:120]
            yield Finding(name, Health.FAIL, f"does not load: {reason}", "pip install --force-reinstall livecam")
        else:
            yield Finding(name, Health.OK, "loads")
