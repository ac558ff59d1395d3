"""Engines that TensorRT built.

Where they are kept, what they were built for, and whether that is still so.
"""

import ctypes
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import onnxruntime

from engines.onnx.brought import hash_model
from engines.onnx.graph import Graph
from livecam.config.paths import data_folder
from livecam.core.errors import EngineError, remedy
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import replace_file
from livecam.core.install import install_command

KEY_FILE = "built-for.json"
_LIBRARIES = {"linux": ("libnvinfer.so.11", "libnvinfer.so.10"), "win32": ("nvinfer_11.dll", "nvinfer_10.dll")}


@dataclass(frozen=True, slots=True)
class Key:
    """Everything a built engine depends on.

    Another value of any of them makes it worthless.
    """

    model_sha256: str
    shapes: str
    tensorrt: str
    onnxruntime: str
    gpu: str
    driver: str

    @property
    def folder(self) -> str:
        """A name for its folder."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class BuiltEngine:
    """An engine on this disk.

    The file it was built from, what for, and where it is kept.
    """

    model: str
    key: Key
    folder: Path


def engines_folder() -> Path:
    """Return where built engines are kept."""
    return data_folder() / "engines"


def make_key(graph: Graph) -> Key:
    """Return what an engine of this model must be built for on this machine.

    Raises:
        EngineError: There is no TensorRT or no NVIDIA GPU here.
    """
    tensorrt = tensorrt_version()
    gpu, driver = gpu_and_driver()
    return Key(hash_model(graph), graph.summary, tensorrt, onnxruntime.__version__, gpu, driver)


def _in_package(library: str) -> str:
    """Return where pip puts a library of TensorRT, which the loader does not know.

    Its bare name where it did not.
    """
    spec = find_spec("tensorrt_libs")
    folders = (spec.submodule_search_locations if spec else None) or ()
    return next((str(Path(f) / library) for f in folders if (Path(f) / library).is_file()), library)


def tensorrt_version(load: Callable[[str], object] = ctypes.CDLL, version_of: Callable[[str], str] = version) -> str:
    """Return the TensorRT of this machine.

    Its package's version, else its library's name.

    Raises:
        EngineError: Its library does not load.
    """
    for library in _LIBRARIES.get(sys.platform, ()):
        try:
            load(_in_package(library))
        except OSError:
            continue
        try:
            return version_of("tensorrt")
        except PackageNotFoundError:
            return library
    raise EngineError(
        "TensorRT is not on this machine: its library libnvinfer was not found",
        advice=f"run: {install_command('[gpu]')}, which fetches it from NVIDIA, or use --engine onnx:MODEL@cuda",
    )


def gpu_and_driver(ask: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run) -> tuple[str, str]:
    """Name and driver of the first NVIDIA GPU.

    Raises:
        EngineError: There is none, or its driver does not answer.
    """
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        answer = ask(command, capture_output=True, text=True, check=True, timeout=20)
        name, driver = answer.stdout.splitlines()[0].split(", ")
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise EngineError("no NVIDIA GPU answers here", command="nvidia-smi") from error
    return name, driver


def list_engines(root: Path) -> Iterator[BuiltEngine]:
    """Yield all engines kept below a folder.

    Raises:
        EngineError: A key file is broken.
    """
    for file in sorted(root.glob(f"*/{KEY_FILE}")):
        try:
            words = parse_json(file.read_text(encoding="utf-8"))
            yield BuiltEngine(words.pop("model"), Key(**words), file.parent)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise EngineError(f"{file} cannot be read", advice=f"delete the folder {file.parent}") from error


def write_key(folder: Path, model: str, key: Key) -> None:
    """Say what the engine in a folder was built for.

    Last, so that half an engine has none.
    """
    replace_file(folder / KEY_FILE, (json.dumps({"model": model, **asdict(key)}, indent=2) + "\n").encode())


def find_ready_folder(graph: Graph, key: Key, root: Path) -> Path:
    """Return the folder of the engine that was built for exactly this.

    Raises:
        EngineError: None was built, or only for something else: what differs is named.
    """
    hint = f"livecam engines build {graph.path}"
    kept = list(list_engines(root))
    for built in kept:
        if built.key == key:
            return built.folder
    old = [built.key for built in kept if built.model == graph.path.name or built.key.model_sha256 == key.model_sha256]
    if not old:
        raise EngineError(f"no TensorRT engine was built of {graph.path.name} yet", **remedy(hint))
    raise EngineError(
        f"the TensorRT engine of {graph.path.name} is stale: {list_differences(old[-1], key)}", **remedy(hint)
    )


def list_differences(old: Key, new: Key) -> str:
    """Return what changed between two keys, in words."""
    before, now = asdict(old), asdict(new)
    changed: Sequence[str] = [name for name in before if before[name] != now[name]]
    return "; ".join(
        "the model is another file" if name == "model_sha256" else f"{name} was {before[name]}, is {now[name]}"
        for name in changed
    )
