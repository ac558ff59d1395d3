"""What a model answered when it was first tried on the CPU, kept beside it: every later load is judged by that.

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

from engines.onnx.brought import fingerprint_of
from engines.onnx.graph import Graph
from livecam.core.errors import EngineError, LivecamError
from livecam.core.files.writing import write_whole

Floats = NDArray[np.float32]
FURTHEST = 0.03
"""Share of an output's span by which it may differ, mean over the picture."""
_KEPT = 512
_SUFFIX = ".trial.json"
_LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Answers:
    """Some numbers of every output (n,), evenly spread, and of which file and weights they are."""

    sha256: str
    outputs: Sequence[Floats]

    @classmethod
    def of(cls, fingerprint: str, outputs: Sequence[Floats]) -> "Answers":
        """Those of the outputs of the model with that hash."""
        return cls(fingerprint, [_some(output) for output in outputs])

    @classmethod
    def from_words(cls, words: Any) -> "Answers":
        """Those that `words` gave.

        Raises:
            ValueError, TypeError, KeyError: They are no such words.
        """
        return cls(str(words["sha256"]), [np.array(one, np.float32) for one in words["outputs"]])

    @property
    def words(self) -> dict[str, Any]:
        """As JSON holds them."""
        return {"sha256": self.sha256, "outputs": [[float(f"{x:.6g}") for x in one] for one in self.outputs]}

    def apart(self, outputs: Sequence[Floats]) -> float:
        """How far other outputs of the model are off, as a share of the span, at the worst; 1 when they do not fit."""
        theirs = [_some(output) for output in outputs]
        if [one.shape for one in theirs] != [one.shape for one in self.outputs]:
            return 1.0
        return max(apart(one, other) for one, other in zip(theirs, self.outputs, strict=True))

    def keep(self, path: Path) -> bool:
        """Write them beside a model; False where its folder cannot be written."""
        try:
            write_whole(path.with_name(path.name + _SUFFIX), (json.dumps(self.words) + "\n").encode())
        except LivecamError:
            return False
        return True


def kept_answers(graph: Graph) -> Answers | None:
    """Those kept beside a model; None where there are none, or they are of another file or other weights.

    Raises:
        EngineError: They cannot be read.
    """
    beside = graph.path.with_name(graph.path.name + _SUFFIX)
    if not beside.is_file():
        return None
    try:
        if beside.stat().st_size > _LARGEST_BYTES:
            raise ValueError("it is too large")
        words = json.loads(beside.read_text(encoding="utf-8"))
        found = Answers.from_words(words)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EngineError(f"{beside} cannot be read: {error}", advice=f"delete {beside}") from error
    return found if found.sha256 == fingerprint_of(graph) else None


def apart(one: Floats, other: Floats) -> float:
    """Mean difference as a share of the other's span."""
    span = float(np.ptp(other)) or 1.0
    return float(np.abs(one - other).mean()) / span


def _some(output: Floats) -> Floats:
    values = np.asarray(output, np.float32).reshape(-1)
    return values[:: max(values.size // _KEPT, 1)][:_KEPT].copy()
