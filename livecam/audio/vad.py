"""Separate speech from room noise, block by block."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOPS_PER_S: Final = 200
_WINDOW: Final = 4
_BANDS_HZ: Final = (100.0, 500.0, 1500.0, 4000.0, 8000.0)
# Floor and loudest come from levels that follow with this share of every new one: 40 ms.
_SLOWLY: Final = 0.12
_FLOOR_PIECE, _FLOOR_PIECES = HOPS_PER_S // 4, 12
_QUIET_DB, _LOUD_DB = -66.0, -30.0
_LOUDEST_FALLS_DB: Final = 1.0 / HOPS_PER_S
# A band opens this far up between its floor and its loudest, and keeps open above the other.
_OPENS, _STAYS = (0.7, 10.0, 32.0), (0.6, 8.0, 26.0)
_NEEDED: Final = 6
_HOLD: Final = HOPS_PER_S // 5


class VoiceActivityDetector:
    """Opens while a person speaks near the microphone.

    In each of four bands it follows the minimum of the last three seconds and the recent maximum. It opens where a
    band is half way between them for 15 ms. It closes 200 ms after no band is near that level.

    Attributes:
        hop: Samples of one decision, 5 ms.
    """

    def __init__(self, rate_hz: int) -> None:
        self.hop = rate_hz // HOPS_PER_S
        self._line = np.zeros(_WINDOW * self.hop)
        self._shape = np.hanning(len(self._line))
        self._size = 1 << (len(self._line) - 1).bit_length()
        places = np.fft.rfftfreq(self._size, 1 / rate_hz)
        low, high = (np.array(_BANDS_HZ)[part, None] for part in (slice(None, -1), slice(1, None)))
        self._bands = ((places >= low) & (places < high)) / (self._size * np.sum(self._shape**2) / 2)
        self._slow = np.full(len(_BANDS_HZ) - 1, 10 ** (_QUIET_DB / 10))
        self._loudest = np.full(len(self._slow), _LOUD_DB)
        self._piece, self._in_piece = np.full(len(self._slow), np.inf), 0
        self._floors: deque[Floats] = deque([np.full(len(self._slow), _QUIET_DB)], _FLOOR_PIECES)
        self._above, self._held = 0, 0

    def open(self, sound: Floats) -> bool:
        """Return whether it is open after the next `hop` samples."""
        self._line = np.concatenate([self._line[self.hop :], sound])
        power = np.abs(np.fft.rfft(self._line * self._shape, self._size)) ** 2
        bands = self._bands @ power + 1e-9
        self._slow += _SLOWLY * (bands - self._slow)
        slow_db, now_db = 10 * np.log10(self._slow), 10 * np.log10(bands)
        floor = self._floor(slow_db)
        self._loudest = np.maximum(np.maximum(slow_db, self._loudest - _LOUDEST_FALLS_DB), floor)
        span, up = self._loudest - floor, now_db - floor
        share, least_db, most_db = _STAYS if self._held else _OPENS
        above = bool((up > np.clip(share * span, least_db, most_db)).any())
        self._above = self._above + 1 if above else 0
        if self._above >= _NEEDED:
            self._held = _HOLD
        else:
            self._held = max(0, self._held - 1)
        return self._held > 0

    def _floor(self, slow_db: Floats) -> Floats:
        """Return the minimum level of each band in the last seconds, dB."""
        self._piece = np.minimum(self._piece, slow_db)
        self._in_piece += 1
        lowest: Floats = np.maximum(np.min([*self._floors, self._piece], axis=0), _QUIET_DB)
        if self._in_piece == _FLOOR_PIECE:
            # What stood there before anything was heard is forgotten with the first piece.
            if len(self._floors) == 1 and self._floors[0][0] == _QUIET_DB:
                self._floors.clear()
            self._floors.append(self._piece)
            self._piece, self._in_piece = np.full(len(slow_db), np.inf), 0
        return lowest
