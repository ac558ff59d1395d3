"""Read and write what `livecam calibrate avsync` measured.

It is how much older a camera's pictures are than their timestamps, by microphone.
"""

import json
from pathlib import Path
from typing import Final

from livecam.core.errors import DeviceError
from livecam.core.files.lock import lock_folder
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import private_folder, replace_file

FILE: Final = "avsync.json"
COMMAND: Final = "livecam calibrate avsync"
_SCHEMA: Final = 1


def read_offsets(folder: Path) -> dict[tuple[str, str], float]:
    """Return milliseconds by camera and microphone; empty without measurements.

    Raises:
        DeviceError: It cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        words = parse_json(path.read_text(encoding="utf-8"))
        if words["schema"] != _SCHEMA:
            raise ValueError(f"schema {words['schema']}")
        return {(each["camera"], each["microphone"]): float(each["offset_ms"]) for each in words["offsets"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DeviceError(f"{path} cannot be read", advice=f"run: {COMMAND}, or delete {path}") from error


def write_offset(folder: Path, camera: str, microphone: str, offset_ms: float) -> Path:
    """Add an offset to those of other devices, atomically; return the file.

    Raises:
        OutputError: It cannot be written.
    """
    with lock_folder(private_folder(folder)):
        try:
            kept = read_offsets(folder)
        except DeviceError:
            kept = {}
        kept[camera, microphone] = offset_ms
        rows = [{"camera": pair[0], "microphone": pair[1], "offset_ms": each} for pair, each in kept.items()]
        replace_file(folder / FILE, (json.dumps({"schema": _SCHEMA, "offsets": rows}, indent=2) + "\n").encode())
    return folder / FILE


def offset_for(folder: Path, camera: str, microphone: str, asked_ms: float | None) -> tuple[float, tuple[str, ...]]:
    """Return the requested, measured or zero offset of a run, with remarks.

    Raises:
        DeviceError: The measured ones cannot be read.
    """
    if asked_ms is not None:
        return asked_ms, ()
    found = read_offsets(folder).get((camera, microphone))
    if found is None:
        return 0.0, ()
    return found, (f"lips: pictures of {camera} are {found:.0f} ms older than they say, as {COMMAND} found",)
