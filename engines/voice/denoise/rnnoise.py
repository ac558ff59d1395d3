"""RNNoise takes noise out of speech.

A small network by Xiph (BSD), from the system or the wheel `pyrnnoise`.
"""

import ctypes
import sys
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import EngineError
from livecam.core.files.errors import reason_of
from livecam.core.framing import StatefulVoice
from livecam.core.install import install_command
from livecam.core.ports import VoiceEngine

Floats = NDArray[np.float64]

RATE_HZ: Final = 48_000
FRAME: Final = 480
DELAY: Final = 960
"""What comes out is two frames behind what went in."""
_FILES: Final = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}
# It was trained on samples of 16 bits.
_FULL_SCALE: Final = 32768.0


class RnnoiseCore:
    """One stream through the library.

    Args:
        library: RNNoise, loaded.
        rate_hz: 48 kHz.
    """

    frame_samples, delay_samples = FRAME, DELAY

    def __init__(self, library: Any, rate_hz: int) -> None:
        """Open a state.

        Raises:
            EngineError: Another rate.
        """
        if rate_hz != RATE_HZ:
            raise EngineError(f"RNNoise hears {RATE_HZ} Hz only, got {rate_hz}", advice="add --denoise gate")
        self._library, self._state = library, library.rnnoise_create(None)
        finalize(self, library.rnnoise_destroy, self._state)
        self._given, self._gave = np.empty(FRAME, np.float32), np.empty(FRAME, np.float32)

    def process_frame(self, sound: Floats) -> Floats:
        """Return the next 10 ms with less noise in them."""
        np.multiply(sound, _FULL_SCALE, out=self._given, casting="same_kind")
        self._library.rnnoise_process_frame(self._state, self._gave.ctypes.data, self._given.ctypes.data)
        return self._gave.astype(np.float64) / _FULL_SCALE


def open_denoiser() -> VoiceEngine:
    """Entry point `rnnoise`.

    Raises:
        EngineError: RNNoise is not installed, or does not load.
    """
    library = _library()
    return StatefulVoice(lambda rate_hz: RnnoiseCore(library, rate_hz))


def _library() -> Any:
    places = list(_places())
    for place in places:
        try:
            library = ctypes.CDLL(place)
            _declare_types(library)
        except (OSError, AttributeError) as error:
            raise EngineError(
                f"RNNoise does not load from {place}: {reason_of(error)}", command=install_command("[denoise]")
            ) from error
        return library
    raise EngineError(
        "RNNoise is not installed",
        advice=f"run: {install_command('[denoise]')}, or --denoise gate, which needs nothing",
    )


def _places() -> Iterator[str]:
    """Yield where it may be.

    In the wheel, without its Python part, which draws plots; on the system.
    """
    spec = find_spec("pyrnnoise")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder) / _FILES.get(sys.platform, "librnnoise.so")
        if path.is_file():
            yield str(path)
    system = find_library("rnnoise")
    if system is not None:
        yield system


def _declare_types(library: Any) -> None:
    """Declare the types of the three functions.

    Raises AttributeError where one is missing.
    """
    library.rnnoise_create.argtypes, library.rnnoise_create.restype = [ctypes.c_void_p], ctypes.c_void_p
    library.rnnoise_destroy.argtypes, library.rnnoise_destroy.restype = [ctypes.c_void_p], None
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p] * 3
    library.rnnoise_process_frame.restype = ctypes.c_float
