"""Mix channels to one so that a voice in any of them keeps its level."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

_REMEMBERED_S: Final = 2.0
_OPPOSED: Final = -0.7
_FAINT: Final = 1e-3


class Mixer:
    """Weights channels by their energy over the last seconds.

    A channel with the sign opposite to the loudest is inverted.

    Attributes:
        opposed: Whether channels with opposite sign were found.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._products = np.zeros((0, 0))
        self._weights = np.zeros(0)
        self.opposed = False

    def mix(self, channels: Sound) -> Sound:
        """Return one channel (n,) float32 of channels (c, n).

        The number of channels may change from call to call.
        """
        count, length = channels.shape
        if count == 1 or length == 0:
            return channels[0] if count else np.zeros(length, np.float32)
        if len(self._products) != count:
            self._products, self._weights = np.zeros((count, count)), np.full(count, 1 / count)
        before, self._weights = self._weights, self._weighed(channels)
        if np.array_equal(before, self._weights):
            return np.asarray(self._weights @ channels, np.float32)
        ramp = np.linspace(0, 1, length)
        weights = before[:, None] * (1 - ramp) + self._weights[:, None] * ramp
        return np.asarray((weights * channels).sum(0), np.float32)

    def _weighed(self, channels: Sound) -> NDArray[np.float64]:
        """Return the weights after these samples, or the earlier ones in silence."""
        length = channels.shape[1]
        wide = channels.astype(np.float64)
        products = wide @ wide.T
        if np.trace(products) < _FAINT * np.trace(self._products) * length / (_REMEMBERED_S * self._rate_hz):
            return self._weights
        kept = np.exp(-length / (_REMEMBERED_S * self._rate_hz))
        self._products = kept * self._products + products
        energies = np.diag(self._products)
        if energies.sum() <= 0:
            return self._weights
        loudest = int(np.argmax(energies))
        likeness = self._products[loudest] / np.sqrt(np.maximum(energies * energies[loudest], 1e-30))
        signs = np.where(likeness < _OPPOSED, -1.0, 1.0)
        self.opposed |= bool((signs < 0).any())
        return np.asarray(energies * signs / energies.sum())
