"""Pull a model.

Fetch, verify, look into it, put it in its place all at once, and pin it.
"""

from dataclasses import dataclass
from pathlib import Path

from engines.models.download import Limits, Progress, download
from engines.onnx.graph import Graph, read_graph
from engines.store.catalogue import LARGEST_BYTES, Entry, read_catalogue
from engines.store.hashes import hash_file
from engines.store.pins import Pins
from livecam.core.errors import EngineError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.own_files import TOML_MARK
from livecam.core.files.writing import own_folder, replace_file


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model that is here.

    Attributes:
        path: Its file.
        fetched: Whether it was fetched now; False: it was here.
        pinned: Its hash, where it was taken from this very file because none was stated; else "".
    """

    path: Path
    fetched: bool
    pinned: str


def is_here(entry: Entry, folder: Path) -> bool:
    """Whether a model in the folder is as it was pulled.

    Raises:
        EngineError: A file of that name is another one.
    """
    path = folder / entry.file
    pins = Pins.of(folder)
    pins.check(path)
    return path.is_file() and bool(pins.sha256_of_entry(entry.name))


def pull(entry: Entry, folder: Path, tell: Progress, again: bool = False, unpinned: bool = False) -> Pulled:
    """Fetch a model unless it is here already.

    Args:
        entry: Which.
        folder: Where models lie; made where it is missing.
        tell: Receives the progress of the download.
        again: Fetch it even if it is here, and take its hash again where only an earlier pull stated it.
        unpinned: Take what comes where no hash is known, and pin it.

    Raises:
        EngineError: It was not fetched in full, is not the file it should be, or no model; or no hash is known of it.
        OutputError: The folder takes no files.
    """
    if not again and is_here(entry, folder):
        return Pulled(folder / entry.file, fetched=False, pinned="")
    own_folder(folder)
    part = folder / (entry.file + ".part")
    pins = Pins.of(folder)
    wanted = entry.sha256 or ("" if again else pins.sha256_of_entry(entry.name))
    if not wanted and not unpinned:
        raise EngineError(
            f"no hash of {entry.name} is known: whatever {entry.url} sends would be taken",
            advice=f"run: livecam models pull {entry.name} --accept-unpinned, which pins the file that comes",
        )
    download(entry.url, part, Limits(LARGEST_BYTES, entry.bytes, resume=bool(wanted)), tell)
    sha256 = hash_file(part)
    if wanted and sha256 != wanted:
        part.unlink()
        raise EngineError(
            f"{entry.url} is not the file it should be: sha256 {sha256[:16]}…, not {wanted[:16]}…, and was deleted",
            advice="run the same command again. If that does not help, its publisher changed it",
        )
    _look_into(entry, part)
    path = folder / entry.file
    with translate_write_errors(path):
        part.replace(path)
    _write_sidecar(entry, path)
    pins.keep(entry.name, path, sha256)
    return Pulled(path, fetched=True, pinned="" if wanted else sha256)


def _look_into(entry: Entry, part: Path) -> None:
    """See that what came is a model with the inputs it should have; else delete it.

    Raises:
        EngineError: It is not.
    """
    try:
        graph = read_graph(part)
        if entry.shapes and entry.shapes != _shapes(graph):
            raise EngineError(f"{entry.url} is another model: {graph.summary}", command="livecam models list")
    except EngineError:
        part.unlink()
        raise


def _shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    return {value.name: value.shape for value in graph.inputs}


def _write_sidecar(entry: Entry, path: Path) -> None:
    """Write the sidecar: the family and the embedder, which the graph does not state."""
    words = {"family": entry.family, "embedder": _embedder_of(entry)}
    lines = [f'{key} = "{value}"' for key, value in words.items() if value]
    if lines:
        replace_file(path.with_name(path.name + ".toml"), (TOML_MARK + "\n".join(lines) + "\n").encode())


def _embedder_of(entry: Entry) -> str:
    if not entry.needs:
        return ""
    known = read_catalogue()
    return next((known[name].file for name in entry.needs if known[name].purpose == "embed"), "")
