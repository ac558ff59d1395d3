import numpy as np
import pytest

from engines.face.network import Network
from livecam.core.errors import EngineError


def test_missing_weights_are_an_error_with_a_hint() -> None:
    with pytest.raises(EngineError, match="not installed") as caught:
        Network.open_shipped("no_such_network", 1)
    assert caught.value.help_text


@pytest.mark.parametrize("weights", [b"", b"no network at all", bytes(1000)])
def test_broken_weights_are_an_error_with_a_hint(weights: bytes) -> None:
    with pytest.raises(EngineError, match="does not load") as caught:
        Network("broken", weights, 1)
    assert caught.value.help_text


@pytest.mark.parametrize("name", ["detector", "mesh"])
def test_a_wrong_input_is_an_engine_error(name: str) -> None:
    network = Network.open_shipped(name, 1)
    with pytest.raises(EngineError, match="failed"):
        network.run({"crop" if name == "mesh" else "frame": np.zeros((1, 1, 8, 8), np.float32)})


def test_a_closed_network_says_so_and_may_be_closed_again() -> None:
    network = Network.open_shipped("detector", 1)
    network.close()
    network.close()
    with pytest.raises(EngineError, match="closed"):
        network.run({"frame": np.zeros((1, 3, 32, 32), np.float32)})


@pytest.mark.parametrize(("height", "width"), [(32, 32), (384, 640), (640, 384), (192, 320)])
def test_the_detector_answers_at_every_size_with_three_maps_per_stride(height: int, width: int) -> None:
    network = Network.open_shipped("detector", 1)
    answers = dict(
        zip(network.outputs, network.run({"frame": np.zeros((1, 3, height, width), np.float32)}), strict=True)
    )
    for stride in (8, 16, 32):
        for kind, channels in (("score", 1), ("box", 4), ("points", 10)):
            assert answers[f"{kind}_{stride}"].shape == (1, channels, height // stride, width // stride)
        assert answers[f"score_{stride}"].min() >= 0
        assert answers[f"score_{stride}"].max() <= 1
        assert answers[f"box_{stride}"].min() > 0
