"""DNSMOS P.835: how good speech sounds, by a network its authors publish."""

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before that is imported

# isort: split
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# As its authors' script fits the network's answers: signal, background, overall.
FITS = (
    (-0.08397278, 1.22083953, 0.0052439),
    (-0.13166888, 1.60915514, -0.39604546),
    (-0.06766283, 1.11546468, 0.04602535),
)
SAMPLES, STEP = 144_160, 48_000


class Dnsmos:
    """Scores 16 kHz speech."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(str(path), options)

    def quality(self, sound: Floats) -> Floats:
        """Signal, background, overall, 1..5."""
        level = (sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 0.05).astype(np.float32)
        level = np.resize(level, max(len(level), SAMPLES))
        starts = range(0, len(level) - SAMPLES + 1, STEP)
        answers = [self._network.run(None, {"input_1": level[None, s : s + SAMPLES]})[0][0] for s in starts]
        fitted = [np.polyval(fit, column) for fit, column in zip(FITS, np.transpose(answers), strict=True)]
        return np.array(fitted).mean(1)
