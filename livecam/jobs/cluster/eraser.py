"""Erases folders when the process that needs them has ended.

A program of its own that imports the standard library alone: its input ends with its parent, however that ends.
Lines of the input are IDs of processes that still write there; they are ended first.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from threading import Event

_TRIES = 50
_PAUSE_S = 0.1


def main(folders: list[str]) -> None:
    """Wait for the end of the input, then erase."""
    pids = [int(line) for line in sys.stdin if line.strip().isdigit()]
    for pid in pids:
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    for _ in range(_TRIES):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if not any(map(os.path.lexists, folders)):
            return
        Event().wait(_PAUSE_S)


if __name__ == "__main__":
    # The signal that ends a group of processes must not end what cleans up after them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    main(sys.argv[1:])
