"""Read text aloud with eSpeak NG, a program of the system.

It is GPL-3.0, run as it is and never linked. The text goes to its standard input, so no shell and no option ever sees
it. Markup (SSML) stays off.
"""

import shutil
import subprocess
import weakref
from contextlib import suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.text_to_speech.samples import resample
from livecam.core.errors import EngineError
from livecam.core.files.errors import reason_of

PROGRAM: Final = "espeak-ng"
INSTALL: Final = "sudo apt install espeak-ng"
_VOICES: Final = {"en": "en-us", "fr": "fr-fr"}
_FILE_HZ: Final = 22_050
_LONGEST_S: Final = 90
_PATIENCE_S: Final = 15.0
_HEADER_BYTES: Final = 44


class EspeakSynthesizer:
    """Speaks one language with eSpeak NG, a process for each sentence.

    Attributes:
        name: The program and its language.
    """

    def __init__(self, language: str) -> None:
        """Find the program.

        Raises:
            EngineError: It is not installed.
        """
        voice = _VOICES.get(language, language)
        self._program, self.name = EspeakProgram("--stdout", "-z", "-v", voice), f"{PROGRAM} ({voice})"

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        Raises:
            EngineError: The program fails, hangs, or speaks for longer than a sentence can last.
        """
        wav = self._program.run(sentence)
        if wav[:4] != b"RIFF" or len(wav) <= _HEADER_BYTES:
            raise EngineError(f"{PROGRAM} gave no sound", command=f"{PROGRAM} --version")
        if len(wav) > 2 * _FILE_HZ * _LONGEST_S:
            raise EngineError(f"{PROGRAM} spoke for more than {_LONGEST_S} s", advice="use shorter sentences")
        rate_hz = int.from_bytes(wav[24:28], "little")
        even = len(wav) - (len(wav) - _HEADER_BYTES) % 2
        return resample(np.frombuffer(wav[_HEADER_BYTES:even], "<i2") / np.float32(32768), rate_hz)


class EspeakProgram:
    """Runs eSpeak NG once for each sentence.

    The process for the next sentence is started ahead. It has loaded its voice when the sentence comes.
    """

    def __init__(self, *options: str) -> None:
        """Find the program; `options` are those of every run.

        Raises:
            EngineError: It is not installed.
        """
        found = shutil.which(PROGRAM)
        if found is None:
            raise EngineError(f"{PROGRAM} is not installed: typed text cannot be spoken", command=INSTALL)
        self._command = [found, "--stdin", "-b", "1", *options]
        self._waiting: list[subprocess.Popen[bytes]] = []
        weakref.finalize(self, _end_all, self._waiting)

    def run(self, sentence: str) -> bytes:
        """Return what the program writes about a sentence.

        Raises:
            EngineError: It fails or hangs.
        """
        try:
            if self._waiting:
                code, answer, _ = _ask(self._waiting.pop(), sentence)
                if code == 0:
                    self._start_next()
                    return answer
            # One that waited may have been ended since: only a fresh one says what is wrong.
            code, answer, errors = _ask(self._start(), sentence)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError(
                f"{PROGRAM} does not speak: {reason_of(error)}", command=f"{PROGRAM} --version"
            ) from error
        if code:
            why = errors.decode(errors="replace").strip().split("\n")[-1] or f"exit code {code}"
            raise EngineError(f"{PROGRAM} does not speak: {why}", command=f"{PROGRAM} --version")
        self._start_next()
        return answer

    def _start_next(self) -> None:
        with suppress(OSError):  # the next sentence is spoken by a fresh one then
            self._waiting.append(self._start())

    def _start(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe)


def _ask(process: subprocess.Popen[bytes], sentence: str) -> tuple[int, bytes, bytes]:
    """Return exit code, output and errors of a process that is given a sentence."""
    try:
        answer, errors = process.communicate(sentence.encode(), timeout=_PATIENCE_S)
    except BaseException:
        _end(process)
        raise
    return process.returncode, answer, errors


def _end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    while processes:
        _end(processes.pop())


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def open_synthesizer(language: str) -> EspeakSynthesizer:
    """Entry point `espeak-ng`."""
    return EspeakSynthesizer(language)
