"""Run the audio process, without pictures or logging.

The main process talks to it by lines of text.
"""

import os
import sys
from typing import TextIO

from livecam.audio.process.main import run
from livecam.core.priority import raise_priority
from livecam.core.supervisor import exit_process


def take_answers() -> TextIO:
    """Reserve standard output for answers.

    Other prints go to standard error.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    sys.exit(exit_process(run(sys.stdin, take_answers(), rise=raise_priority)))
