"""Another program on this machine that wants the same devices: a process of its own, which follows orders."""

import subprocess
import sys

_PROGRAM = """
import sys
from livecam.core.errors import LivecamError
from livecam.devices import open_sink, open_source
held = []
print("ready", flush=True)
for line in sys.stdin:
    verb, *words = line.split()
    try:
        if verb == "sink":
            held.append(open_sink("auto", (int(words[0]), int(words[1])), 30.0))
        elif verb == "camera":
            held.append(open_source(words[0]))
            held[-1].read()
        else:
            while held:
                held.pop().close()
        print("done", flush=True)
    except LivecamError as error:
        print(error, flush=True)
"""


class OtherProgram:
    """Takes "sink WIDTH HEIGHT", "camera INDEX" and "let-go"; answers "done" or the error's line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._read() == "ready"  # loading it takes an emulated guest ten seconds and more

    @property
    def pid(self) -> int:
        return self._process.pid

    def asked(self, order: str) -> str:
        """Tell it, and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate()
