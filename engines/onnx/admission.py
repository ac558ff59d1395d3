"""A model nobody tried here yet runs in a process of its own first: a hostile file takes that down, not a session."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from engines.onnx.cache import sha256_of
from engines.onnx.providers import CPU
from livecam.core.errors import EngineError, LivecamError
from livecam.core.writing import PRIVATE, own_folder
from livecam.folders import data_folder

LONGEST_S = 600
"""How long a trial that was asked for may take."""
_LONGEST_UNASKED_S = 120
_FAULTY = 4


def admit(path: Path) -> None:
    """Let a file in: at once when it was tried before, else after a trial with bounded memory and time.

    What was tried is known by its hash, in livecam's data folder; where that cannot be written, each start tries anew.

    Raises:
        EngineError: It fails its trial, never ends, or takes its process down.
    """
    mark = tried_folder() / sha256_of(path)
    if mark.is_file():
        return
    in_child(path, CPU.name, longest_s=_LONGEST_UNASKED_S)
    remember(path)


def remember(path: Path) -> bool:
    """Write down that a file passed its trial; False where that cannot be written."""
    try:
        own_folder(tried_folder().parent)
        (own_folder(tried_folder()) / sha256_of(path)).touch(mode=PRIVATE)
    except (OSError, LivecamError):
        return False
    return True


def tried_folder() -> Path:
    """One empty file for each model that passed, named by its hash."""
    return data_folder() / "models" / "tried"


def in_child(path: Path, provider: str, like: Path | None = None, longest_s: float = LONGEST_S) -> Mapping[str, object]:
    """What a trial found, run by `engines.models.check` in a process of its own.

    Args:
        path: The model.
        provider: Where it is tried.
        like: Another form of it that is known to be right.
        longest_s: How long it may take.

    Raises:
        EngineError: It fails its trial, or does not end in time, or its process died of it.
    """
    command = [sys.executable, "-P", "-m", "engines.models.check", str(path), provider]
    command += [] if like is None else [str(like)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=longest_s, check=False)
    except subprocess.TimeoutExpired as error:
        hint = "use another model" if longest_s >= LONGEST_S else f"livecam models check {path}, which waits longer"
        raise EngineError(f"{path.name} was not done after {longest_s} s", hint=hint) from error
    if done.returncode == _FAULTY:
        what, _, hint = done.stderr.strip().rpartition("\n")
        raise EngineError(what.rpartition("\n")[2], hint=hint)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise EngineError(f"{path.name} took its process down (code {done.returncode}): {last}", hint="do not use it")
    said = done.stdout.splitlines()
    if not said:
        raise EngineError(f"{path.name}: its trial ended without a word", hint="livecam doctor")
    found: Mapping[str, object] = json.loads(said[-1])
    return found
