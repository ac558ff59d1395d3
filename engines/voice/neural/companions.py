"""The networks a voice model goes with.

A content encoder, and perhaps one that finds the pitch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from engines.onnx.graph import FLOAT16, FLOAT32, Graph, Value, read_graph
from engines.onnx.nearby import find_graphs
from engines.voice.neural.contracts import CONTENT_WIDTHS, Rvc
from livecam.core.errors import EngineError

Kind = TypeVar("Kind")
MEL_BANDS: Final = 128
_FLOATS: Final = (FLOAT16, FLOAT32)
_FINAL_LAYER = {256: 9, 768: 12}
_CONTENT: Final = "a content encoder (sound 1xN at 16 kHz in, 1xTx{} at 50 frames a second out, such as ContentVec)"
_PITCH: Final = (
    "a pitch network (sound 1xN at 16 kHz, or mel 1xTx128, and threshold in; pitchf 1xT at 100 a second out)"
)


@dataclass(frozen=True, slots=True)
class Encoder:
    """A content encoder.

    Its input of sound with the number of its axes, and the output that is read.
    """

    graph: Graph
    sound: str
    axes: int
    features: str


@dataclass(frozen=True, slots=True)
class PitchNet:
    """A network that finds the pitch: rmvpe takes the sound, fcpe its mel spectrum."""

    graph: Graph
    given: str
    axes: int
    mel: bool
    threshold: str
    pitch: str


def match_encoder(graph: Graph, width: int, layer: int = 0) -> Encoder | None:
    """Return how a graph is read as content encoder with features of a width.

    None when it is none.
    """
    if len(graph.inputs) != 1 or not _is_sound(graph.inputs[0]):
        return None
    wide = [out for out in graph.outputs if len(out.shape) == 3 and out.shape[2] == width]
    if not wide:
        return None
    named = [out for out in wide if out.name.endswith(str(layer or _FINAL_LAYER[width]))]
    sound = graph.inputs[0]
    return Encoder(graph, sound.name, len(sound.shape), (named or wide)[0].name)


def match_pitch_net(graph: Graph) -> PitchNet | None:
    """Return how a graph is read as a network that finds the pitch.

    None when it is none.
    """
    inputs = {value.name: value for value in graph.inputs}
    threshold = inputs.pop("threshold", None)
    if len(inputs) != 1 or not graph.outputs or len(graph.outputs[0].shape) > 3:
        return None
    given, out = next(iter(inputs.values())), graph.outputs[0]
    named = "pitch" in out.name or "f0" in out.name
    if not named or out.element not in _FLOATS or any(n > 1 for n in out.shape):
        return None
    mel = given.element in _FLOATS and len(given.shape) == 3 and given.shape[2] == MEL_BANDS
    if not mel and not _is_sound(given):
        return None
    return PitchNet(graph, given.name, len(given.shape), mel, threshold.name if threshold else "", out.name)


def is_companion(graph: Graph) -> str:
    """Return what a graph is to a voice model, in words; empty when it is neither."""
    if match_pitch_net(graph) is not None:
        return "pitch of a voice"
    widths = [width for width in CONTENT_WIDTHS if match_encoder(graph, width)]
    return f"content encoder ({' and '.join(map(str, widths))} features)" if widths else ""


def find_encoder(contract: Rvc, folders: Iterable[Path], model: Path) -> Encoder:
    """Return the content encoder for a model.

    The one that its sidecar names, or the only one in these folders.

    Raises:
        EngineError: There is none, or more than one.
    """
    what = _CONTENT.format(contract.width)

    def reads(graph: Graph) -> Encoder | None:
        return match_encoder(graph, contract.width, contract.said.layer)

    if contract.said.content:
        return _find_named(contract.said.content, folders, model, reads, what)
    found = [read for graph in find_graphs(folders, model) if (read := reads(graph)) is not None]
    if len(found) == 1:
        return found[0]
    if found:
        raise EngineError(
            f"{model.name} needs one content encoder, there are {len(found)}: "
            + ", ".join(encoder.graph.path.name for encoder in found),
            advice=f'say which in {model.name}.toml next to it: content = "{found[0].graph.path.name}"',
        )
    raise EngineError(
        f"{model.name} needs {what}, and there is none in {model.parent}",
        advice="put the one it was trained with next to it, or among livecam's models: livecam models list",
    )


def find_pitch_net(contract: Rvc, folders: Iterable[Path], model: Path) -> PitchNet | None:
    """Return the pitch network that a model's sidecar names.

    Without one livecam finds the pitch itself.

    Raises:
        EngineError: It is not here, or another kind of network.
    """
    if not (contract.pitched and contract.said.pitch):
        return None
    return _find_named(contract.said.pitch, folders, model, match_pitch_net, _PITCH)


def _find_named(
    name: str, folders: Iterable[Path], model: Path, reads: Callable[[Graph], Kind | None], what: str
) -> Kind:
    for folder in folders:
        if Path(name).name == name and (folder / name).is_file():
            graph = read_graph(folder / name)
            read = reads(graph)
            if read is None:
                raise EngineError(f"{name} is not {what}: {graph.summary}", advice=f"see {model.name}.toml")
            return read
    raise EngineError(f"{model.name} needs {name}, which is not here", advice=f"put it next to {model}")


def _is_sound(value: Value) -> bool:
    """Return a row of samples of any number."""
    shape = value.shape
    if value.element not in _FLOATS or not 1 <= len(shape) <= 3:
        return False
    return shape[-1] == 0 and all(n in (0, 1) for n in shape[:-1])
