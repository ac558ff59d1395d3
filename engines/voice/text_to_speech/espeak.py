"""Read text aloud with eSpeak NG, a program of the system.

It is GPL-3.0, run as it is and never linked. The text goes to its standard input, so no shell and no option ever sees
it. Markup (SSML) stays off.
"""

import shutil
import subprocess
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
        self._program, self._voice = find_program(), _VOICES.get(language, language)
        self.name = f"{PROGRAM} ({self._voice})"

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        Raises:
            EngineError: The program fails, hangs, or speaks for longer than a sentence can last.
        """
        wav = run_program(self._program, ("--stdout", "-z", "-v", self._voice), sentence)
        if wav[:4] != b"RIFF" or len(wav) <= _HEADER_BYTES:
            raise EngineError(f"{PROGRAM} gave no sound", command=f"{PROGRAM} --version")
        if len(wav) > 2 * _FILE_HZ * _LONGEST_S:
            raise EngineError(f"{PROGRAM} spoke for more than {_LONGEST_S} s", advice="use shorter sentences")
        rate_hz = int.from_bytes(wav[24:28], "little")
        even = len(wav) - (len(wav) - _HEADER_BYTES) % 2
        return resample(np.frombuffer(wav[_HEADER_BYTES:even], "<i2") / np.float32(32768), rate_hz)


def find_program() -> str:
    """Return the path of the program.

    Raises:
        EngineError: It is not installed.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        raise EngineError(f"{PROGRAM} is not installed: typed text cannot be spoken", command=INSTALL)
    return found


def run_program(program: str, options: tuple[str, ...], sentence: str) -> bytes:
    """Return what the program writes about a sentence.

    Raises:
        EngineError: It fails or hangs.
    """
    command = [program, "--stdin", "-b", "1", *options]
    try:
        done = subprocess.run(command, input=sentence.encode(), capture_output=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{PROGRAM} does not speak: {reason_of(error)}", command=f"{PROGRAM} --version") from error
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().split("\n")[-1] or f"exit code {done.returncode}"
        raise EngineError(f"{PROGRAM} does not speak: {why}", command=f"{PROGRAM} --version")
    return done.stdout


def open_synthesizer(language: str) -> EspeakSynthesizer:
    """Entry point `espeak-ng`."""
    return EspeakSynthesizer(language)
