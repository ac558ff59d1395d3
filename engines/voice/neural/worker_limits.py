"""What a voice model's sidecar states where the graph does not.

`MODEL.onnx.toml`, and the graph's own metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from engines.onnx.graph import Graph
from livecam.core.errors import EngineError
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_json, parse_toml

_RATE_HZ = range(8000, 48_001)
_HINT = "docs/voice.md has the words it is made of, for example: rate_hz = 40000"


@dataclass(frozen=True, slots=True)
class ModelStatements:
    """Everything that can be said; 0, -1 and "" stand for what is not.

    Attributes:
        rate_hz: Of the sound the network makes.
        chunk, context, delay: Of a stateful network, in samples of its rate: new ones in each pass, older ones before
            them, and by how much what it gives is behind; `delay` is -1 where nothing is said.
        speaker: Which of its voices, for a network with several.
        content, pitch: Files of the networks it goes with.
        layer: Which layer of the content encoder it was trained with.
        block_ms, before_ms: How much sound RVC is given at a time, and how much of what came before it.
    """

    rate_hz: int = 0
    chunk: int = 0
    context: int = 0
    delay: int = -1
    speaker: int = 0
    content: str = ""
    pitch: str = ""
    layer: int = 0
    block_ms: int = 0
    before_ms: int = 0


_KINDS: Mapping[str, type] = {field.name: type(field.default) for field in fields(ModelStatements)}
_METADATA = {
    "samplingRate": "rate_hz",
    "chunk": "chunk",
    "context": "context",
    "delay": "delay",
    "embOutputLayer": "layer",
}


def read_statements(graph: Graph) -> ModelStatements:
    """Return the graph's metadata, and those of the sidecar, which wins.

    Raises:
        EngineError: The sidecar cannot be read, or has words or values that mean nothing.
    """
    words = {**_metadata(graph), **_read_sidecar(graph.path)}
    for name, value in words.items():
        if type(value) is not _KINDS[name]:
            raise EngineError(
                f"{graph.path.name}: {name} must be a {_plain(_KINDS[name])}, got {value!r}", advice=_HINT
            )
    said = ModelStatements(**words)
    if said.rate_hz and said.rate_hz not in _RATE_HZ:
        raise EngineError(f"{graph.path.name}: rate_hz must be 8000 to 48000, got {said.rate_hz}", advice=_HINT)
    return said


def _plain(kind: type) -> str:
    return "text" if kind is str else "whole number"


def _metadata(graph: Graph) -> dict[str, Any]:
    """Return what RVC's exporters write as JSON under `metadata`.

    Other people's metadata says nothing.
    """
    try:
        words = parse_json(graph.notes.get("metadata", "{}"))
    except ValueError:
        return {}
    if not isinstance(words, dict):
        return {}
    return {ours: words[theirs] for theirs, ours in _METADATA.items() if isinstance(words.get(theirs), int)}


def _read_sidecar(path: Path) -> dict[str, Any]:
    sidecar = path.with_name(path.name + ".toml")
    if not sidecar.is_file():
        return {}
    try:
        words = parse_toml(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"{sidecar} cannot be read: {reason_of(error)}", advice=_HINT) from error
    if unknown := sorted(words.keys() - _KINDS.keys()):
        raise EngineError(f"{sidecar} has unknown words: {', '.join(unknown)}", advice=_HINT)
    return words
