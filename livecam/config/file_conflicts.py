"""Check the files of a run: none used twice, none destroyed."""

from collections.abc import Mapping
from pathlib import Path

from livecam.config.paths import expanded
from livecam.config.settings import Settings
from livecam.core.errors import UsageError
from livecam.core.files.errors import translate_name_errors
from livecam.core.files.own_files import check_replaceable
from livecam.core.files.writing import check_place

_FILE = "file:"


def check_files(settings: Settings, *, is_live: bool = True) -> None:
    """Check all files before any is opened for writing.

    Args:
        settings: What names them.
        is_live: Whether it is a run. A replay has other names for its clip and its output.

    Raises:
        UsageError: A file would be overwritten by what is made of it, two outputs are one file, an output is a
            pipe or a device, a file that livecam did not write, or no name.
        OutputError: A place takes no files, or another process writes there now.
    """
    with translate_name_errors():
        inputs, outputs = _inputs(settings, is_live), _outputs(settings, is_live)
        _check_apart(inputs, outputs)
    for option, path in outputs.items():
        check_replaceable(path, option)
        if path.parent.is_dir():  # who opens it says how to make the folder
            check_place(path)


def _check_apart(inputs: Mapping[str, Path], outputs: Mapping[str, Path]) -> None:
    for option, path in outputs.items():
        if option != "--json" and path.exists() and not path.is_file():
            raise UsageError(f"{path} is no file that {option} could write", advice=f"give {option} the path of a file")
        for read_by, other in inputs.items():
            if _same(path, other):
                raise UsageError(
                    f"{option} would overwrite {path}, which {read_by} reads", advice=f"give {option} another path"
                )
    written = list(outputs.items())
    for number, (option, path) in enumerate(written):
        for earlier, other in written[:number]:
            if _same(path, other):
                raise UsageError(f"{earlier} and {option} both write {path}", advice=f"give {option} another path")


def _inputs(settings: Settings, is_live: bool) -> dict[str, Path]:
    engine = settings.engine.removeprefix("onnx:").partition("@")[0]
    named = {
        "the camera" if is_live else "the replay": expanded(settings.camera),
        "--face": settings.face,
        "--microphone": expanded(settings.microphone),
        "--engine": Path(engine),
        "--identity-model": settings.identity_model,
    }
    return {option: path for option, path in named.items() if path is not None and path.is_file()}


def _outputs(settings: Settings, is_live: bool) -> dict[str, Path]:
    """Return the outputs in the order in which they are opened."""
    sink = "--sink" if is_live else "--out"
    named = {
        sink if settings.sink.startswith(_FILE) else "": settings.sink.removeprefix(_FILE),
        "--record": settings.record,
        "--voice-sink" if settings.voice_sink.startswith(_FILE) else "": settings.voice_sink.removeprefix(_FILE),
        "--json": settings.json_path,
    }
    return {option: expanded(path) for option, path in named.items() if option and path is not None}


def _same(one: Path, other: Path) -> bool:
    """Return whether two paths are one file, also through links."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()
