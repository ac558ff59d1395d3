"""Read inputs, outputs, operators and weights of an ONNX file without a library.

Field numbers are those of onnx.proto (ONNX, Apache-2.0). Nothing is loaded; a model of a gigabyte takes milliseconds.
"""

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
from numpy.typing import NDArray

from engines.onnx import wire
from engines.onnx.places import list_external_files
from livecam.core.errors import EngineError

FLOAT32, UINT8, INT32, INT64, BOOL, FLOAT16, FLOAT64 = 1, 2, 6, 7, 9, 10, 11
_LARGEST_BYTES = 2**31
_DEEPEST = 64
_ANOTHER = "run: livecam models, or export it again: docs/engines.md"


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output: its name, ONNX element type and shape.

    0 stands for a size that is not fixed.
    """

    name: str
    element: int
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name} {'x'.join(str(n) if n else '?' for n in self.shape)}"


@dataclass(frozen=True, slots=True)
class Weight:
    """An initializer, and where its bytes are: in the model's file or another one."""

    name: str
    element: int
    shape: tuple[int, ...]
    begin: int
    end: int
    external: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """An ONNX file, unloaded.

    Attributes:
        path: The file.
        inputs, outputs: Without the weights that old files list among them.
        weights: In the order of the file.
        operators: Types, in the order of the file.
        ends_in: For each output, the type of the operator that makes it.
        notes: The file's own metadata.
        used: Names that its operators take, also those within branches and loops.
        places: Files with external weights, by the names it gives them.
    """

    path: Path
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    weights: tuple[Weight, ...]
    operators: tuple[str, ...]
    ends_in: Mapping[str, str]
    notes: Mapping[str, str]
    used: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()

    def read_floats(self, weight: Weight) -> NDArray[np.float32]:
        """Return a weight as the file holds it; newly allocated.

        Raises:
            EngineError: It is not stored as plain float32 or float16 bytes of its shape.
        """
        kind = {FLOAT32: np.float32, FLOAT16: np.float16}.get(weight.element)
        if kind is None or weight.external is not None:
            raise EngineError(
                f"the weight {weight.name} of {self.path.name} is not stored as plain floats", advice=_ANOTHER
            )
        with self.path.open("rb") as file:
            file.seek(weight.begin)
            values = np.frombuffer(file.read(weight.end - weight.begin), kind)
        if values.size != int(np.prod(weight.shape)):
            raise EngineError(f"the weight {weight.name} of {self.path.name} is not of its own shape", advice=_ANOTHER)
        return values.reshape(weight.shape).astype(np.float32)

    @property
    def summary(self) -> str:
        """Inputs and outputs in one line."""
        return f"inputs {_listed(self.inputs)}; outputs {_listed(self.outputs)}"


def _listed(values: Sequence[Value]) -> str:
    return ", ".join(map(str, values)) or "none"


def read_graph(path: Path) -> Graph:
    """Look into a file.

    Raises:
        EngineError: It is missing, empty, larger than ONNX allows, cut short or no ONNX at all, or wants weights from
            outside its folder.
    """
    try:
        size = path.stat().st_size
        if not path.is_file() or size == 0 or size > _LARGEST_BYTES:
            raise EngineError(f"{path} is no ONNX file: {size} bytes", advice=_ANOTHER)
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as data,
        ):
            return parse_graph(path, data)
    except FileNotFoundError as error:
        raise EngineError(f"there is no model {path}", advice="name a file that is there") from error
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}", advice="choose another file") from error


def parse_graph(path: Path, data: memoryview) -> Graph:
    """Return what the bytes of a file hold.

    Raises:
        EngineError: They are no ONNX model, or want weights from outside the file's folder.
    """
    try:
        graph = _graph(path, data)
        places = sorted(set(list_external_files(data)))
    except wire.BrokenFile as error:
        raise EngineError(f"{path} is no complete ONNX file: {error}", advice=_ANOTHER) from error
    _refuse_outside(path, places)
    return replace(graph, places=tuple(places))


def _refuse_outside(path: Path, places: Iterable[str]) -> None:
    """Refuse a link in the model's folder that leads outside the user's folders.

    A link may lead to another folder of the user's, as in a hub's cache.
    """
    for place in places:
        names = PurePosixPath(place), PureWindowsPath(place)
        if any(name.is_absolute() or name.drive or ".." in name.parts for name in names):
            raise EngineError(f"{path.name} wants its weights from outside its folder: {place}", advice=_ANOTHER)
        target = (path.parent / place).resolve()
        if not (target.is_relative_to(path.parent.resolve()) or _in_the_same_cache(path, target)):
            raise EngineError(
                f"{path.name} wants its weights from outside its folder: {place} leads to {target}",
                advice=f"copy both into one folder: cp -L {path} {path.parent / place} FOLDER/",
            )


def _in_the_same_cache(path: Path, target: Path) -> bool:
    """Whether model and weights are links into one folder of a hub's cache."""
    return path.is_symlink() and path.resolve().parent == target.parent


def _graph(path: Path, data: memoryview) -> Graph:
    inside: wire.Field | None = None
    notes: dict[str, str] = {}
    for field in wire.fields(data, 0, len(data)):
        if field.number == 7 and inside is not None:
            raise wire.BrokenFile("there are two graphs in it")
        if field.number == 7:
            inside = field
        elif field.number == 14:
            notes.update([_pair(data, field)])
    if inside is None:
        raise wire.BrokenFile("there is no graph in it")
    weights: list[Weight] = []
    values: dict[int, list[Value]] = {11: [], 12: []}
    operators: list[str] = []
    made_by: dict[str, str] = {}
    used: set[str] = set()
    for field in wire.fields(data, inside.begin, inside.end):
        if field.number == 1:
            operator, made = _node(data, field)
            used.update(_taken(data, field, _DEEPEST))
            operators.append(operator)
            made_by.update(dict.fromkeys(made, operator))
        elif field.number == 5:
            weights.append(_weight(data, field))
        elif field.number in values:
            values[field.number].append(_value(data, field))
    known = {weight.name for weight in weights}
    inputs = tuple(value for value in values[11] if value.name not in known)
    ends_in = {value.name: made_by.get(value.name, "") for value in values[12]}
    return Graph(path, inputs, tuple(values[12]), tuple(weights), tuple(operators), ends_in, notes, frozenset(used))


def _pair(data: memoryview, field: wire.Field) -> tuple[str, str]:
    found = {inner.number: wire.text(data, inner) for inner in wire.fields(data, field.begin, field.end)}
    return found.get(1, ""), found.get(2, "")


def _node(data: memoryview, field: wire.Field) -> tuple[str, list[str]]:
    """Return the operator's type and the names of what it makes."""
    operator, made = "", []
    for inner in wire.fields(data, field.begin, field.end):
        if inner.number == 2:
            made.append(wire.text(data, inner))
        elif inner.number == 4:
            operator = wire.text(data, inner)
    return operator, made


def _taken(data: memoryview, node: wire.Field, deeper: int) -> Iterator[str]:
    """Yield the names that an operator takes, also within its sub-graphs."""
    if deeper == 0:
        raise wire.BrokenFile("it has graphs in graphs without end")
    for field in wire.fields(data, node.begin, node.end):
        if field.number == 1:
            yield wire.text(data, field)
        elif field.number == 5:
            for inner in wire.fields(data, field.begin, field.end):
                if inner.number in (6, 11):
                    for one in wire.fields(data, inner.begin, inner.end):
                        if one.number == 1:
                            yield from _taken(data, one, deeper - 1)


def _weight(data: memoryview, field: wire.Field) -> Weight:
    name, element, shape = "", 0, list[int]()
    place, external = (0, 0), None
    for inner in wire.fields(data, field.begin, field.end):
        if inner.number == 1:
            shape += wire.numbers(data, inner)
        elif inner.number == 2:
            element = inner.value
        elif inner.number in (4, 9):
            place = inner.begin, inner.end
        elif inner.number == 8:
            name = wire.text(data, inner)
        elif inner.number == 13:
            key, value = _pair(data, inner)
            external = value if key == "location" else external
    return Weight(name, element, tuple(shape), *place, external)


def _value(data: memoryview, field: wire.Field) -> Value:
    name, element, shape = "", 0, list[int]()
    for inner in wire.fields(data, field.begin, field.end):
        if inner.number == 1:
            name = wire.text(data, inner)
        elif inner.number == 2:
            for kind in wire.fields(data, inner.begin, inner.end):
                if kind.number == 1:
                    element, shape = _tensor(data, kind)
    return Value(name, element, tuple(shape))


def _tensor(data: memoryview, field: wire.Field) -> tuple[int, list[int]]:
    element, shape = 0, list[int]()
    for inner in wire.fields(data, field.begin, field.end):
        if inner.number == 1:
            element = inner.value
        elif inner.number == 2:
            for dim in wire.fields(data, inner.begin, inner.end):
                sizes = {one.number: one.value for one in wire.fields(data, dim.begin, dim.end)}
                shape.append(sizes.get(1, 0))
    return element, shape
