"""Try one voice network alone.

A model without what it goes with, a content encoder, a pitch network.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from engines.onnx.graph import Graph
from engines.onnx.providers import Provider
from engines.voice.neural.companions import Encoder, PitchNet, match_encoder, match_pitch_net
from engines.voice.neural.contracts import CONTENT_WIDTHS, Rvc, StatefulContract, match_contract
from engines.voice.neural.net import Array, Net
from engines.voice.neural.pitch import FRAME, NetPitch, OwnPitch, PitchShift
from engines.voice.neural.rvc import RATE_HZ, RvcCore, choose_lengths
from engines.voice.neural.spoken import SpokenCore
from engines.voice.neural.stateful import StatefulCore
from engines.voice.neural.worker import measure_frame_ms
from livecam.core.clock import NS_PER_MS, SystemClock
from livecam.core.errors import EngineError

_SECOND: Final = np.random.default_rng(1).normal(0, 0.05, RATE_HZ)


def list_facts(graph: Graph) -> Mapping[str, object]:
    """Return what a voice model is, without what it goes with.

    Raises:
        EngineError: It fits no contract.
    """
    contract = match_contract(graph)
    if isinstance(contract, StatefulContract):
        return {"family": "stateful voice", "rate_hz": contract.rate_hz, "chunk": contract.chunk}
    pitch = "takes a pitch" if contract.pitched else "takes no pitch"
    return {"family": f"rvc voice, {pitch}", "rate_hz": contract.rate_hz, "content": f"1xTx{contract.width}"}


def measure_network_ms(graph: Graph, provider: Provider, threads: int) -> float:
    """Return how long a pass takes.

    A frame of a voice model, a second of sound for what it goes with.

    Raises:
        EngineError: It does not load, fails, or gives what it must not.
    """
    net, clock = Net(graph, provider, threads), SystemClock()
    pitch = match_pitch_net(graph)
    encoder = next((read for width in CONTENT_WIDTHS if (read := match_encoder(graph, width))), None)
    if pitch is None and encoder is None:
        return measure_frame_ms(_core(graph, net))
    begin_ns = clock.now_ns()
    if pitch is not None:
        _pitch(pitch, net)
    elif encoder is not None:
        _content(encoder, net)
    return round((clock.now_ns() - begin_ns) / NS_PER_MS, 2)


def _pitch(form: PitchNet, net: Net) -> None:
    NetPitch(form, net)(_SECOND, _SECOND)


def _content(form: Encoder, net: Net) -> None:
    units = net({form.sound: _SECOND.reshape((1,) * (form.axes - 1) + (-1,))})[form.features]
    if units.ndim != 3 or not 45 <= units.shape[1] <= 51 or not np.isfinite(units).all():
        raise EngineError(
            f"{net.path.name} gave {units.shape} of a second, expected 1x50 features that are numbers",
            advice="use another",
        )


def _core(graph: Graph, net: Net) -> SpokenCore:
    contract = match_contract(graph)
    if isinstance(contract, StatefulContract):
        return SpokenCore(StatefulCore(contract, net), contract.rate_hz)
    frames = choose_lengths(contract).total_samples // FRAME
    encoder = Encoder(graph, "", 1, "")
    core = RvcCore(contract, net, encoder, _AnyContent(contract, frames), OwnPitch(frames), PitchShift(0.0, 0.0))
    return SpokenCore(core, RATE_HZ)


class _AnyContent:
    """Stands in for a content encoder."""

    def __init__(self, contract: Rvc, frames: int) -> None:
        self._units = np.random.default_rng(1).normal(0, 0.3, (1, frames // 2, contract.width))

    def __call__(self, given: Mapping[str, Array]) -> Mapping[str, Array]:
        return dict.fromkeys(("",), self._units)
