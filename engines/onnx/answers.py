"""Reference answers of a model, from its first trial on the CPU.

They are stored next to the model, and every later load is compared with them.

MODEL.onnx.trial.json holds the hash of the file with its weights, and some of the numbers it gave for the trial's
inputs.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.onnx.brought import hash_model
from engines.onnx.graph import Graph
from livecam.core.errors import EngineError, LivecamError
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import write_whole

Floats = NDArray[np.float32]
FURTHEST = 0.03
"""Share of an output's span by which it may differ, mean over the picture."""
_KEPT = 512
_SUFFIX = ".trial.json"
_LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ReferenceAnswers:
    """Samples (n,) of every output, evenly spread, and the file's hash."""

    sha256: str
    outputs: Sequence[Floats]

    @classmethod
    def of(cls, fingerprint: str, outputs: Sequence[Floats]) -> "ReferenceAnswers":
        """Take samples of the outputs of the model with that hash."""
        return cls(fingerprint, [_some(output) for output in outputs])

    @classmethod
    def from_words(cls, words: Any) -> "ReferenceAnswers":
        """Read back what `words` returned.

        Raises:
            ValueError, TypeError, KeyError: They are no such words.
        """
        return cls(str(words["sha256"]), [np.array(one, np.float32) for one in words["outputs"]])

    @property
    def words(self) -> dict[str, Any]:
        """As JSON holds them."""
        return {"sha256": self.sha256, "outputs": [[float(f"{x:.6g}") for x in one] for one in self.outputs]}

    def measure_difference(self, outputs: Sequence[Floats]) -> float:
        """Return the largest difference from other outputs, as a share of the span.

        1 when they do not fit.
        """
        theirs = [_some(output) for output in outputs]
        if [one.shape for one in theirs] != [one.shape for one in self.outputs]:
            return 1.0
        return max(relative_difference(one, other) for one, other in zip(theirs, self.outputs, strict=True))

    def keep(self, path: Path) -> bool:
        """Write them next to a model; False where its folder cannot be written."""
        try:
            write_whole(path.with_name(path.name + _SUFFIX), (json.dumps(self.words) + "\n").encode())
        except LivecamError:
            return False
        return True


def read_answers(graph: Graph) -> ReferenceAnswers | None:
    """Return the answers stored next to a model.

    None where there are none, or they are of another file or other weights.

    Raises:
        EngineError: They cannot be read.
    """
    sidecar = graph.path.with_name(graph.path.name + _SUFFIX)
    if not sidecar.is_file():
        return None
    try:
        if sidecar.stat().st_size > _LARGEST_BYTES:
            raise ValueError("it is too large")
        words = parse_json(sidecar.read_text(encoding="utf-8"))
        found = ReferenceAnswers.from_words(words)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EngineError(f"{sidecar} cannot be read: {reason_of(error)}", advice=f"delete {sidecar}") from error
    return found if found.sha256 == hash_model(graph) else None


def relative_difference(one: Floats, other: Floats) -> float:
    """Mean difference as a share of the other's span."""
    span = float(np.ptp(other)) or 1.0
    return float(np.abs(one - other).mean()) / span


def _some(output: Floats) -> Floats:
    values = np.asarray(output, np.float32).reshape(-1)
    return values[:: max(values.size // _KEPT, 1)][:_KEPT].copy()
