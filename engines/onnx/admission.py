"""Try a new model in a process of its own before a session loads it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from engines.onnx.brought import hash_model
from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU
from livecam.config.paths import data_folder
from livecam.core.errors import EngineError, LivecamError, remedy
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import PRIVATE, own_folder

LONGEST_S = 600
"""How long a trial that was asked for may take."""
_LONGEST_UNASKED_S = 120
_FAULTY = 4


def admit(path: Path) -> str:
    """Let a file in.

    At once when it was tried before, else after a trial with bounded memory and time.

    What was tried is known by its hash and that of its external weights, in livecam's data folder; where that cannot
    be written, each start tries again.

    Returns:
        The hash of what passed: nothing else may be loaded.

    Raises:
        EngineError: It fails its trial, never ends, or takes its process down.
    """
    fingerprint = hash_model(read_graph(path))
    if not (tried_folder() / fingerprint).is_file():
        try_in_child(path, CPU.name, longest_s=_LONGEST_UNASKED_S, fingerprint=fingerprint)
        remember(fingerprint)
    return fingerprint


def remember(fingerprint: str) -> bool:
    """Write down that the model of that hash passed its trial.

    False where that cannot be written.
    """
    try:
        own_folder(tried_folder().parent)
        (own_folder(tried_folder()) / fingerprint).touch(mode=PRIVATE)
    except (OSError, LivecamError):
        return False
    return True


def tried_folder() -> Path:
    """Return the folder with one empty file for each model that passed.

    The files are named by the model's hash.
    """
    return data_folder() / "models" / "tried"


def try_in_child(
    path: Path, provider: str, like: Path | None = None, longest_s: float = LONGEST_S, fingerprint: str = ""
) -> Mapping[str, object]:
    """Return what a trial found, run by `engines.models.check` in a child process.

    Args:
        path: The model.
        provider: Where it is tried.
        like: Another form of it that is known to be right.
        longest_s: How long it may take.
        fingerprint: The hash that the model must have; "" where nothing is known of it.

    Raises:
        EngineError: It fails its trial, or does not end in time, or its process died of it.
    """
    command = [sys.executable, "-P", "-m", "engines.models.check", str(path), provider, fingerprint]
    command += [] if like is None else [str(like)]
    try:
        with tempfile.TemporaryDirectory(prefix="livecam-") as folder:
            environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), folder)}
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=longest_s, check=False, env=environment
            )
    except subprocess.TimeoutExpired as error:
        hint = "use another model" if longest_s >= LONGEST_S else f"livecam models check {path}, which waits longer"
        raise EngineError(f"{path.name} was not done after {longest_s} s", **remedy(hint)) from error
    if done.returncode == _FAULTY:
        what, _, hint = done.stderr.strip().rpartition("\n")
        raise EngineError(what.rpartition("\n")[2], **remedy(hint))
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise EngineError(f"{path.name} took its process down (code {done.returncode}): {last}", advice="do not use it")
    said = done.stdout.splitlines()
    if not said:
        raise EngineError(f"{path.name}: its trial ended without a word", command="livecam doctor")
    found: Mapping[str, object] = parse_json(said[-1])
    return found
