"""List every file that an ONNX model names outside itself.

In initializers, constants, branches and functions.
"""

from collections.abc import Iterator, Mapping

from engines.onnx import wire

_EXTERNAL_DATA = 13
_INSIDE: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Field numbers of onnx.proto by which one kind of message holds another that may name a place."""
_DEEPEST = 64


def list_external_files(data: memoryview) -> Iterator[str]:
    """Yield the `location` of all external data.

    Raises:
        BrokenFile: The bytes are no ONNX model, or graphs lie in graphs without end.
    """
    return _places(data, "model", 0, len(data), _DEEPEST)


def _places(data: memoryview, kind: str, begin: int, end: int, deeper: int) -> Iterator[str]:
    if deeper == 0:
        raise wire.BrokenFile("it has graphs in graphs without end")
    for field in wire.fields(data, begin, end):
        if kind == "tensor" and field.number == _EXTERNAL_DATA:
            entry = {inner.number: wire.text(data, inner) for inner in wire.fields(data, field.begin, field.end)}
            if entry.get(1) == "location":
                yield entry.get(2, "")
        elif field.number in _INSIDE[kind]:
            yield from _places(data, _INSIDE[kind][field.number], field.begin, field.end, deeper - 1)
