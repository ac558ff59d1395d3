"""A network that carries its past as states.

Chunks follow each other without a seam, as LLVC's do.
"""

from typing import Final

import numpy as np

from engines.voice.grain.frames import Floats
from engines.voice.neural.contracts import StatefulContract
from engines.voice.neural.net import Array, Net
from engines.voice.neural.rvc import check_finite
from livecam.core.errors import EngineError

_LOUDEST_STATE: Final = 1e9


class StatefulCore:
    """Chunks of the network's rate in and out.

    Attributes:
        frame_samples, delay_samples: At the network's rate.
        given_hz, rate_hz: Both of them that rate.
    """

    def __init__(self, contract: StatefulContract, net: Net) -> None:
        self._contract, self._net = contract, net
        self._states: dict[str, Array] = {given: np.zeros(shape) for given, _, shape in contract.states}
        self._line: Floats = np.zeros(contract.context + contract.chunk)
        self.given_hz = self.rate_hz = contract.rate_hz
        self.frame_samples, self.delay_samples = contract.chunk, contract.delay

    def process_frame(self, sound: Floats) -> Floats:
        """Return the next chunk.

        Raises:
            EngineError: The network fails, or gives another shape or no numbers, as sound or as state.
        """
        contract = self._contract
        self._line = np.concatenate([self._line[contract.chunk :], sound])
        made = self._net({contract.sound: self._line.reshape(contract.shape), **self._states})
        for given, out, shape in contract.states:
            state = made[out]
            if state.shape != shape or not np.abs(state.astype(np.float64)).max(initial=0) < _LOUDEST_STATE:
                raise EngineError(
                    f"{self._net.path.name} gave the state {out} {state.shape} beyond use, expected {shape}",
                    advice="use another file",
                )
            self._states[given] = state
        heard = made[contract.made].reshape(-1).astype(np.float64)
        if len(heard) != contract.chunk:
            raise EngineError(
                f"{self._net.path.name} gave {len(heard)} samples, expected {contract.chunk}",
                advice=f"say in {self._net.path.name}.toml how much it takes: chunk = 208, context = 32",
            )
        return check_finite(heard, self._net)
