"""Which kind of voice model a graph is.

Recognised by its inputs, outputs and metadata, never by the file's name.

RVC's layouts are those of three exporters: VCClient's (feats, p_len, pitch, pitchf, sid), its fork's that renders the
end alone (also skip_head, return_length, formant_length), and RVC's own old one (phone, phone_lengths, pitch, pitchf,
ds, rnd).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engines.onnx.graph import FLOAT16, FLOAT32, Graph, Value
from engines.voice.neural.worker_limits import ModelStatements, read_statements
from livecam.core.errors import EngineError

CONTENT_WIDTHS: Final = (256, 768)
NOISE_WIDTH: Final = 192
FRAMES_PER_S: Final = 100
_FLOATS: Final = (FLOAT16, FLOAT32)
_LLVC_RATE_HZ: Final = 16_000
_LENGTHS: Final = {"p_len": "feats", "phone_lengths": "phone"}
_TAIL: Final = frozenset({"skip_head", "return_length", "formant_length"})
_PITCHED: Final = frozenset({"pitch", "pitchf"})
_STATE_WORDS: Final = re.compile(r"^(in|out|input|output|new|next|old|prev|cur|current|updated)$")
_KNOWN_TO_BE: Final = (
    "expected one of: RVC (feats 1xTx256 or 768, p_len, perhaps pitch and pitchf, sid, perhaps skip_head, "
    "return_length, formant_length; or phone, phone_lengths, pitch, pitchf, ds, rnd 1x192xT), giving sound; or a "
    "stateful network in the manner of LLVC (sound 1x1xN, and states that come out again under a like name and of the "
    "same shape)"
)


@dataclass(frozen=True, slots=True)
class Rvc:
    """How an RVC export is fed.

    Attributes:
        content: Input of the content's features, and `width` their number.
        length: Input that says how many frames there are.
        pitched: Whether it takes a pitch.
        speaker: Input for which of its voices; "" where there is none.
        noise: Input for noise; "" where the network draws its own.
        tail: Whether it renders the end alone.
        frames: Frames of 10 ms it takes; 0 is any number.
        rate_hz: Of what it gives.
        said: What was said of it.
    """

    content: str
    width: int
    length: str
    pitched: bool
    speaker: str
    noise: str
    tail: bool
    frames: int
    rate_hz: int
    said: ModelStatements


@dataclass(frozen=True, slots=True)
class StatefulContract:
    """How a network that carries its past as named states is fed.

    Attributes:
        sound: Input of the sound, of `shape`.
        made: Output of the sound.
        states: Pairs of input and the output that it is given in the next pass, with its shape.
        chunk: New samples in every pass.
        context: Samples before them that are given once more.
        delay: Samples by which what it gives is behind what it was given.
        rate_hz: Of both.
    """

    sound: str
    shape: tuple[int, ...]
    made: str
    states: tuple[tuple[str, str, tuple[int, ...]], ...]
    chunk: int
    context: int
    delay: int
    rate_hz: int


def match_contract(graph: Graph) -> Rvc | StatefulContract:
    """Return the contract a voice model fulfils.

    Raises:
        EngineError: It fulfils none, or does not say what it must.
    """
    said = read_statements(graph)
    found = _rvc(graph, said) or _carried(graph, said)
    if found is None:
        raise EngineError(f"{graph.path.name} is no voice model: {graph.summary}", advice=_KNOWN_TO_BE)
    return found


def is_voice_model(graph: Graph) -> bool:
    """Whether a graph looks like a voice model, whole or not."""
    names = {value.name for value in graph.inputs}
    return bool(names & _LENGTHS.keys()) or (bool(_pairs(graph)) and _sound_alone(graph) is not None)


def _rvc(graph: Graph, said: ModelStatements) -> Rvc | None:
    inputs = {value.name: value for value in graph.inputs}
    length = next((name for name in _LENGTHS if name in inputs), None)
    if length is None:
        return None
    content = inputs.get(_LENGTHS[length])
    speaker = next((name for name in ("sid", "ds") if name in inputs), "")
    noise = "rnd" if "rnd" in inputs else ""
    known = {_LENGTHS[length], length, *_PITCHED, *_TAIL, speaker, noise}
    tail, pitched = _TAIL & inputs.keys(), _PITCHED & inputs.keys()
    fits = content is not None and len(content.shape) == 3 and content.shape[2] in CONTENT_WIDTHS
    if content is None or not fits or inputs.keys() - known or tail not in (set(), _TAIL) or len(pitched) == 1:
        return None
    if noise and inputs[noise].shape[1:2] not in ((NOISE_WIDTH,), (0,)):
        return None
    if not graph.outputs:
        return None
    if not said.rate_hz or said.rate_hz % FRAMES_PER_S:
        raise EngineError(
            f"{graph.path.name} does not say at which rate it speaks",
            advice=f"say so in {graph.path.name}.toml next to it: rate_hz = 40000 (32000 and 48000 are the others)",
        )
    return Rvc(
        content.name, content.shape[2], length, bool(pitched), speaker, noise, bool(tail), content.shape[1],
        said.rate_hz, said,
    )  # fmt: skip


def _carried(graph: Graph, said: ModelStatements) -> StatefulContract | None:
    pairs = _pairs(graph)
    alone = _sound_alone(graph)
    if not pairs or alone is None:
        return None
    sound, made = alone
    whole, given = sound.shape[-1], made.shape[-1] or said.chunk
    chunk = said.chunk or given
    context = said.context or (max(whole - chunk, 0) if whole else 0)
    if chunk <= 0 or (whole and whole != chunk + context) or given != chunk:
        raise EngineError(
            f"{graph.path.name} does not say how much sound it takes in a pass: {sound}, {made}",
            advice=f"say so in {graph.path.name}.toml next to it, in samples: chunk = 208, context = 32",
        )
    delay = context // 2 if said.delay < 0 else said.delay
    states = tuple((state.name, out.name, state.shape) for state, out in pairs)
    shape = (*sound.shape[:-1], chunk + context)
    return StatefulContract(sound.name, tuple(n or 1 for n in shape), made.name, states, chunk, context, delay,
                   said.rate_hz or _LLVC_RATE_HZ)  # fmt: skip


def _pairs(graph: Graph) -> list[tuple[Value, Value]]:
    """Return states and what they become.

    Inputs with an output of a like name and the same fixed shape.
    """
    outputs = {_stem(value.name): value for value in graph.outputs}
    pairs = []
    for value in graph.inputs:
        out = outputs.get(_stem(value.name))
        if out is not None and 0 not in value.shape and value.element in _FLOATS and out.element == value.element:
            like = len(out.shape) == len(value.shape)
            fixed = like and all(now in (0, before) for now, before in zip(out.shape, value.shape, strict=True))
            if fixed and len(value.shape) > 1:
                pairs.append((value, out))
    return pairs


def _stem(name: str) -> str:
    words = re.split(r"[^a-z0-9]+", name.lower())
    return "_".join(word for word in words if word and not _STATE_WORDS.match(word))


def _sound_alone(graph: Graph) -> tuple[Value, Value] | None:
    """Return the one input and the one output that are sound, not states.

    None unless both are rows of samples.
    """
    pairs = _pairs(graph)
    sound = _row([value for value in graph.inputs if value not in [state for state, _ in pairs]])
    made = _row([value for value in graph.outputs if value not in [out for _, out in pairs]])
    return None if sound is None or made is None else (sound, made)


def _row(values: Sequence[Value]) -> Value | None:
    if len(values) != 1 or values[0].element not in _FLOATS or not values[0].shape:
        return None
    return values[0] if all(n in (0, 1) for n in values[0].shape[:-1]) else None
