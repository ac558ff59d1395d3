"""The Open Inference Protocol v2, as far as a texture needs it.

Two requests written, two answers read.

Field numbers are those of the KServe project's grpc_predict_v2.proto (Apache-2.0).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx import wire
from engines.onnx.graph import Value

SERVICE: Final = "/inference.GRPCInferenceService/"
METADATA, INFER = SERVICE + "ModelMetadata", SERVICE + "ModelInfer"
KINDS: Final[Mapping[str, tuple[int, type[np.generic]]]] = {
    "FP32": (1, np.float32),
    "UINT8": (2, np.uint8),
    "FP16": (10, np.float16),
}
"""Datatypes on the wire: ONNX's number of the same element, and NumPy's."""
_NAMES = {element: name for name, (element, _) in KINDS.items()}
_PACKED_FP32 = 6
_LARGEST_SIDE = 1 << 14


class BrokenAnswer(ValueError):
    """An answer that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a server says about a model."""

    name: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


def make_metadata_request(model: str) -> bytes:
    """Ask what a model takes and gives."""
    return wire.put_text(1, model)


def parse_metadata(answer: bytes) -> Model:
    """Return what the server says.

    Raises:
        BrokenAnswer: It is no such answer, or of an element that no picture has.
    """
    found: dict[int, list[Value]] = {4: [], 5: []}
    name = ""
    for number, content in _fields(answer):
        if number == 1:
            name = _as_text(content)
        elif number in found:
            found[number].append(_value(content))
    if not found[4] or not found[5]:
        raise BrokenAnswer("the server names no inputs or outputs")
    return Model(name, tuple(found[4]), tuple(found[5]))


def make_infer_request(
    model: str, inputs: Sequence[tuple[Value, NDArray[Any]]], outputs: Sequence[Value], deadline_us: int = 0
) -> bytes:
    """Ask for a pass.

    Tensors travel as plain bytes, in the datatype the model states. `deadline_us` is Triton's parameter `timeout`: a
    request that waited longer is dropped; 0 leaves it to the server.
    """
    timeout = wire.put_text(1, "timeout") + wire.put_bytes(2, wire.put_number(2, deadline_us))
    parameters = wire.put_bytes(4, timeout) if deadline_us else b""
    tensors = b"".join(wire.put_bytes(5, _described(value, array.shape)) for value, array in inputs)
    wanted = b"".join(wire.put_bytes(6, wire.put_text(1, value.name)) for value in outputs)
    raw = b"".join(wire.put_bytes(7, _bytes_of(value, array)) for value, array in inputs)
    return wire.put_text(1, model) + parameters + tensors + wanted + raw


def _described(value: Value, shape: Iterable[int]) -> bytes:
    return wire.put_text(1, value.name) + wire.put_text(2, _NAMES[value.element]) + wire.put_packed(3, shape)


def parse_infer_answer(answer: bytes, outputs: Sequence[Value]) -> list[NDArray[np.float32]]:
    """Return the outputs asked for, in order; a UINT8 picture as 0..1.

    Raises:
        BrokenAnswer: One is missing, or its bytes are not of its shape.
    """
    described: list[tuple[str, str, tuple[int, ...], bytes]] = []
    raw: list[bytes] = []
    for number, content in _fields(answer):
        if number == 5:
            described.append(_tensor(content))
        elif number == 6:
            raw.append(content)
    if raw and len(raw) != len(described):
        raise BrokenAnswer(f"{len(described)} outputs came with {len(raw)} contents")
    made = {
        name: _array(kind, shape, raw[place] if raw else inline)
        for place, (name, kind, shape, inline) in enumerate(described)
    }
    missing = [value.name for value in outputs if value.name not in made]
    if missing:
        raise BrokenAnswer(f"the output {missing[0]} is missing")
    return [made[value.name] for value in outputs]


def _array(kind: str, shape: tuple[int, ...], content: bytes) -> NDArray[np.float32]:
    if kind not in KINDS or any(not 0 < side <= _LARGEST_SIDE for side in shape):
        raise BrokenAnswer(f"an output of {kind} {shape} is no picture")
    element = np.dtype(KINDS[kind][1])
    if prod(shape) * element.itemsize != len(content):
        raise BrokenAnswer(f"an output of {kind} {shape} came with {len(content)} bytes")
    values: NDArray[Any] = np.frombuffer(content, element).reshape(shape)
    return np.asarray(values / 255 if kind == "UINT8" else values, np.float32)


def _tensor(content: bytes) -> tuple[str, str, tuple[int, ...], bytes]:
    name, kind, shape, inline = "", "", list[int](), b""
    data = memoryview(content)
    for field in _read(data):
        if field.number == 1:
            name = wire.text(data, field)
        elif field.number == 2:
            kind = wire.text(data, field)
        elif field.number == 3:
            shape += wire.numbers(data, field)
        elif field.number == 5:
            inline += b"".join(
                bytes(data[inner.begin : inner.end])
                for inner in wire.fields(data, field.begin, field.end)
                if inner.number == _PACKED_FP32
            )
    return name, kind, tuple(shape), inline


def _value(content: bytes) -> Value:
    name, kind, shape, _ = _tensor(content)
    if kind not in KINDS:
        raise BrokenAnswer(f"{name} is of {kind or 'no datatype'}, pictures are of {', '.join(KINDS)}")
    # A size that is not fixed is -1 on the wire, and 0 with us.
    return Value(name, KINDS[kind][0], tuple(side if side <= _LARGEST_SIDE else 0 for side in shape))


def _bytes_of(value: Value, array: NDArray[Any]) -> bytes:
    kind = KINDS[_NAMES[value.element]][1]
    if kind is np.uint8:
        array = np.clip(np.rint(array * 255), 0, 255)
    return np.ascontiguousarray(array, kind).tobytes()


def _fields(answer: bytes) -> Iterable[tuple[int, bytes]]:
    data = memoryview(answer)
    return [(field.number, bytes(data[field.begin : field.end])) for field in _read(data)]


def _read(data: memoryview) -> list[wire.Field]:
    try:
        return list(wire.fields(data, 0, len(data)))
    except wire.BrokenFile as error:
        raise BrokenAnswer(f"the answer is cut short or of another protocol: {error}") from error


def _as_text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
