"""The helper process: questions as lines of JSON on standard input.

Answers in whatever order they are ready.
"""

import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import IO, Any

from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.files.reading import parse_json
from livecam.core.priority import lower_priority
from livecam.core.supervisor import exit_process
from livecam.studio.helper.actions import action_named

_THREADS = 4
_AT_ONCE = ("personas", "voices", "questions")
"""What a person waits for; everything else gives way to a session that runs."""


def main() -> int:
    """Answer until the input ends."""
    # Native code may write to the standard output: it gets the other one, and the line is ours alone.
    words = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    folder, lock = Path(sys.argv[1]), Lock()

    def answer(line: str) -> None:
        asked = parse_json(line)
        said = {"number": asked["number"], **answered(asked["do"], folder, asked["words"])}
        _say(words, lock, said)

    with ThreadPoolExecutor(_THREADS) as pool:
        for line in sys.stdin:
            pool.submit(answer, line)
    return 0


def answered(name: str, folder: Path, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer, or the error that the server raises."""
    if name not in _AT_ONCE:
        lower_priority()
    try:
        return {"answer": action_named(name)(folder, **words)}
    except (OSError, UnicodeError) as error:
        return _error(system_error(error))
    except LivecamError as error:
        return _error(error)
    except Exception as error:
        return {"error": "EngineError", "says": f"unexpected {type(error).__name__}: {error}", "hint": "livecam doctor"}


def _error(error: LivecamError) -> dict[str, Any]:
    return {"error": type(error).__name__, "says": str(error), "hint": error.help_text}


def _say(words: IO[str], lock: Lock, said: Mapping[str, Any]) -> None:
    with lock:
        words.write(json.dumps(said, default=str) + "\n")
        words.flush()


if __name__ == "__main__":
    exit_process(main())
