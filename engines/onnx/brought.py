"""Read a user's model once.

The bytes that were hashed are the bytes that are loaded.

A network that fits into one file and runs on the CPU is loaded from those bytes. What needs files (external weights,
an engine that a GPU's provider keeps by the model's name) gets a private copy, hashed while it is written.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from engines.onnx.graph import Graph, parse_graph, read_graph
from engines.onnx.providers import CPU, Provider
from engines.store.hashes import hash_file
from livecam.core.errors import EngineError

_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelCopy:
    """A model to load.

    Attributes:
        graph: What it holds; its path is where the user keeps it.
        model: Its bytes, or the path of a private copy.
    """

    graph: Graph
    model: str | bytes


def hash_model(graph: Graph) -> str:
    """Return the hash of a model with all its weights, also external ones.

    Raises:
        EngineError: A file with weights is missing.
    """
    try:
        weights = {place: hash_file(graph.path.parent / place) for place in graph.places}
        return _join_hashes(hash_file(graph.path), weights)
    except OSError as error:
        raise _missing_error(graph.path, error) from error


def measure_size(path: Path) -> int:
    """Return bytes of a model's file and of its external weights.

    Raises:
        EngineError: It is no model, or a file is missing.
    """
    graph = read_graph(path)
    try:
        return sum(one.stat().st_size for one in (path, *(path.parent / place for place in graph.places)))
    except OSError as error:
        raise _missing_error(path, error) from error


@contextmanager
def open_model_copy(path: Path, provider: Provider, fingerprint: str | None = None) -> Iterator[ModelCopy]:
    """Copy a model and read it once.

    The private copy exists as long as the block.

    Args:
        path: The file.
        provider: Where it is to run.
        fingerprint: What it must be; None where nothing was known of it before.

    Raises:
        EngineError: It cannot be read, or is not what it was.
    """
    with ExitStack() as held:
        try:
            found = _read(path, provider, fingerprint, held)
        except OSError as error:
            raise _missing_error(path, error) from error
        yield found


def _read(path: Path, provider: Provider, fingerprint: str | None, held: ExitStack) -> ModelCopy:
    data = path.read_bytes()
    graph = parse_graph(path, memoryview(data))
    own = hashlib.sha256(data).hexdigest()
    if not graph.places and provider is CPU:
        _check_same(path, own, fingerprint)
        return ModelCopy(graph, data)
    copy = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="livecam-model-"))) / path.name
    copy.write_bytes(data)
    weights = {place: _copy(path.parent / place, copy.parent / place) for place in graph.places}
    _check_same(path, _join_hashes(own, weights), fingerprint)
    return ModelCopy(graph, str(copy))


def _copy(source: Path, target: Path) -> str:
    """Copy a file; the hash of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file, target.open("wb") as out:
        return _hash(file, out)


def _hash(file: IO[bytes], out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


def _join_hashes(own: str, weights: Mapping[str, str]) -> str:
    """Return one hash of all; of a model in one file it is that file's."""
    if not weights:
        return own
    return hashlib.sha256("".join([own, *(weights[place] for place in sorted(weights))]).encode()).hexdigest()


def _check_same(path: Path, found: str, wanted: str | None) -> None:
    if wanted is not None and found != wanted:
        raise EngineError(f"{path.name} changed while it was opened", advice="the same command again")


def _missing_error(path: Path, error: OSError) -> EngineError:
    if isinstance(error, FileNotFoundError) and error.filename != str(path):
        return EngineError(f"{path.name} lacks its weights: {error.filename}", advice="copy all its files")
    return EngineError(f"{path} cannot be read: {error.strerror}", advice="choose another file")
