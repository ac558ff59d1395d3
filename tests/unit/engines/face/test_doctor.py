from types import SimpleNamespace

import pytest

from engines.face.doctor import check_providers, findings
from engines.face.network import FAILURES
from livecam.core.finding import Health


def test_what_is_here_really_loads() -> None:
    found = {finding.topic: finding.health for finding in findings()}
    assert found["provider CPU"] is Health.OK
    assert found["mesh network"] is Health.OK


@pytest.mark.parametrize(
    ("taken", "said"),
    [(["CPUExecutionProvider"], "it stepped aside for the CPU"), (FAILURES[0]("libcudnn is missing"), "libcudnn")],
)
def test_a_provider_that_is_listed_and_does_not_load_is_reported(taken: object, said: str) -> None:
    def open_session(weights: bytes, options: object, providers: list[str]) -> SimpleNamespace:
        if isinstance(taken, Exception):
            raise taken
        return SimpleNamespace(get_providers=lambda: taken)

    (finding,) = check_providers(["CUDAExecutionProvider", "AzureExecutionProvider"], open_session)
    assert finding.topic == "provider CUDA"
    assert said in finding.found
    assert "onnxruntime-gpu" in finding.fix
