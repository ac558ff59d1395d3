"""A model that a user brings, read once: the bytes whose hash is known are the bytes that are loaded.

A network that fits into one file and runs on the CPU is loaded from those bytes. What needs files (weights beside it,
an engine that a GPU's provider keeps by the model's name) gets a private copy, hashed while it is written.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engines.onnx.graph import Graph, graph_of, read_graph
from engines.onnx.providers import CPU, Provider
from engines.store.hashes import CHUNK_BYTES, sha256_of
from livecam.core.errors import EngineError


@dataclass(frozen=True, slots=True)
class Brought:
    """A model to load.

    Attributes:
        graph: What it holds; its path is where the user keeps it.
        model: Its bytes, or the path of a private copy.
    """

    graph: Graph
    model: str | bytes


def fingerprint_of(graph: Graph) -> str:
    """Hash of a model with all its weights, also those in files beside it.

    Raises:
        EngineError: A file beside it is missing.
    """
    try:
        beside = {place: sha256_of(graph.path.parent / place) for place in graph.places}
        return _joined(sha256_of(graph.path), beside)
    except OSError as error:
        raise _missing(graph.path, error) from error


def size_with_weights(path: Path) -> int:
    """Bytes of a model's file and of its weights beside it.

    Raises:
        EngineError: It is no model, or a file is missing.
    """
    graph = read_graph(path)
    try:
        return sum(one.stat().st_size for one in (path, *(path.parent / place for place in graph.places)))
    except OSError as error:
        raise _missing(path, error) from error


@contextmanager
def brought(path: Path, provider: Provider, fingerprint: str | None = None) -> Iterator[Brought]:
    """A model, read once; a private copy lasts as long as the block.

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
            raise _missing(path, error) from error
        yield found


def _read(path: Path, provider: Provider, fingerprint: str | None, held: ExitStack) -> Brought:
    data = path.read_bytes()
    graph = graph_of(path, memoryview(data))
    own = hashlib.sha256(data).hexdigest()
    if not graph.places and provider is CPU:
        _same(path, own, fingerprint)
        return Brought(graph, data)
    copy = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="livecam-model-"))) / path.name
    copy.write_bytes(data)
    beside = {place: _copied(path.parent / place, copy.parent / place) for place in graph.places}
    _same(path, _joined(own, beside), fingerprint)
    return Brought(graph, str(copy))


def _copied(source: Path, target: Path) -> str:
    """Copy a file; the hash of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file, target.open("wb") as out:
        return _hashed(file, out)


def _hashed(file: IO[bytes], out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


def _joined(own: str, beside: Mapping[str, str]) -> str:
    """One hash of all; of a model in one file it is that file's."""
    if not beside:
        return own
    return hashlib.sha256("".join([own, *(beside[place] for place in sorted(beside))]).encode()).hexdigest()


def _same(path: Path, found: str, wanted: str | None) -> None:
    if wanted is not None and found != wanted:
        raise EngineError(f"{path.name} changed while it was opened", advice="the same command again")


def _missing(path: Path, error: OSError) -> EngineError:
    if isinstance(error, FileNotFoundError) and error.filename != str(path):
        return EngineError(f"{path.name} lacks its weights: {error.filename}", advice="copy all its files")
    return EngineError(f"{path} cannot be read: {error.strerror}", advice="choose another file")
