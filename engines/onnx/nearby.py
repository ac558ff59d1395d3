"""Search the folders of a model for its companions."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from engines.onnx.graph import Graph, read_graph
from livecam.core.errors import EngineError


def find_graphs(folders: Iterable[Path], model: Path) -> Iterator[Graph]:
    """Yield every model in these folders but this one, each once.

    Files that are no model are passed over.
    """
    seen = {model.resolve()}
    for path in sorted(path for folder in folders for path in folder.glob("*.onnx")):
        if path.resolve() in seen:
            continue
        seen.add(path.resolve())
        try:
            graph = read_graph(path)
        except EngineError:
            continue  # no model of any kind, so not the one looked for
        yield graph
