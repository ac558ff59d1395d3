"""The helper process: questions as lines of JSON on standard input.

Answers in whatever order they are ready.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from livecam.core.answer_line import AnswerLine
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
    line, folder = AnswerLine.take_output(), Path(sys.argv[1])

    def answer(question: str) -> None:
        asked = parse_json(question)
        line.say({"number": asked["number"], **answered(asked["do"], folder, asked["words"])})

    with ThreadPoolExecutor(_THREADS) as pool:
        for question in sys.stdin:
            pool.submit(answer, question)
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


if __name__ == "__main__":
    exit_process(main())
