"""Build a TensorRT engine.

In a process of its own, which may take minutes, gigabytes, or be killed.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import onnxruntime

from engines.onnx.brought import open_model_copy
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import choose_provider, find_provider
from engines.onnx.runner import Runner
from engines.swap.neural.contracts import match_contract
from engines.swap.neural.tensorrt_cache import engines_folder, list_engines, make_key, write_key
from livecam.core.errors import EngineError
from livecam.core.files.writing import own_folder

_EVERY_S = 1.0


class TensorRtBuilder:
    """Builds and lists TensorRT engines."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or engines_folder()

    def list_built(self) -> Iterator[tuple[str, str, str]]:
        """Yield each engine's model, its key and its folder.

        Raises:
            EngineError: A folder cannot be read.
        """
        for built in list_engines(self._root):
            yield built.model, f"TensorRT {built.key.tensorrt}, {built.key.gpu}", str(built.folder)

    def build(self, model: Path, tell: Callable[[int], None]) -> Path:
        """Build and keep the engine of a model.

        Args:
            model: The ONNX file.
            tell: Called every second with the seconds so far.

        Returns:
            The engine's folder.

        Raises:
            EngineError: The file is no swap model, TensorRT or the GPU is not there, or the build failed.
        """
        graph = read_graph(model)
        match_contract(graph)
        key = make_key(graph)
        choose_provider("tensorrt", onnxruntime.get_available_providers())
        folder = self._root / key.folder
        own_folder(folder)
        _in_a_process(
            [sys.executable, "-P", "-m", "engines.swap.neural.tensorrt_build", str(model), str(folder)], model, tell
        )
        write_key(folder, model.name, key)
        return folder


def _in_a_process(command: list[str], model: Path, tell: Callable[[int], None]) -> None:
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        seconds = 0
        while True:
            try:
                _, said = process.communicate(timeout=_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                seconds += 1
                tell(seconds)
    if process.returncode:
        last = (said.strip().splitlines() or ["it said nothing"])[-1]
        raise EngineError(
            f"TensorRT built no engine of {model.name} (code {process.returncode}): {last}",
            advice=f"add --engine onnx:{model}@cuda",
        )


def open_builder() -> TensorRtBuilder:
    """Entry point `tensorrt` of the group `livecam.builders`."""
    return TensorRtBuilder()


def build_in_this_process(graph: Graph, folder: Path) -> None:
    """Build in this process.

    ONNX Runtime's TensorRT provider leaves its engine in the folder.

    Raises:
        EngineError: It does not load.
    """
    provider = find_provider("tensorrt")
    with open_model_copy(graph.path, provider) as model:
        Runner(graph, provider, cache_folder=str(folder), model=model.model).close()


if __name__ == "__main__":
    build_in_this_process(read_graph(Path(sys.argv[1])), Path(sys.argv[2]))
