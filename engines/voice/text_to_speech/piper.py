"""Read text aloud with a Piper voice that the user has.

It has the phonemes of eSpeak NG, then a network (VITS). `VOICE.onnx` takes numbers of phonemes and gives sound.
`VOICE.onnx.json` next to it says which number a phoneme has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import read_graph
from engines.voice.neural.net import Net
from engines.voice.text_to_speech.espeak import EspeakProgram
from engines.voice.text_to_speech.samples import resample
from livecam.core.errors import EngineError
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_json, read_at_most

_PAD, _BEGIN, _END = "_", "^", "$"
_MOST_BYTES: Final = 1 << 20
_LONGEST_S: Final = 90
_ADVICE: Final = "name a Piper voice that has its VOICE.onnx.json next to it"


@dataclass(frozen=True, slots=True, eq=False)
class PiperVoice:
    """What the file next to a voice says.

    Attributes:
        rate_hz: Of its sound.
        language: Voice of eSpeak NG that makes its phonemes.
        numbers: Numbers of each phoneme.
        scales: Noise, length and noise of the durations.
        speakers: How many it has; the first is taken.
    """

    rate_hz: int
    language: str
    numbers: Mapping[str, Sequence[int]]
    scales: tuple[float, float, float]
    speakers: int

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it.

        Raises:
            EngineError: There is none, or it is not one of a Piper voice.
        """
        try:
            return cls._parse(parse_json(read_at_most(path, _MOST_BYTES)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise EngineError(
                f"{path.name} does not describe a Piper voice: {reason_of(error)}", advice=_ADVICE
            ) from error

    @classmethod
    def _parse(cls, plain: Mapping[str, Any]) -> Self:
        how = plain.get("inference", {})
        scales = tuple(float(how.get(name, usual)) for name, usual in _SCALES.items())
        numbers = {str(key): [int(each) for each in value] for key, value in plain["phoneme_id_map"].items()}
        if not {_PAD, _BEGIN, _END} <= numbers.keys():
            raise ValueError("it lacks the phonemes that begin and end a sentence")
        rate_hz = int(plain["audio"]["sample_rate"])
        if not 8000 <= rate_hz <= 96_000:
            raise ValueError(f"its rate is {rate_hz} Hz")
        language = str(plain["espeak"]["voice"])
        if not language.replace("-", "").isalnum():
            raise ValueError("its language is none")
        return cls(rate_hz, language, numbers, (scales[0], scales[1], scales[2]), int(plain.get("num_speakers", 1)))

    def number(self, phonemes: str) -> list[int]:
        """Return the numbers of a sentence.

        A phoneme that the voice does not know is left out.
        """
        row = [*self.numbers[_BEGIN], *self.numbers[_PAD]]
        for phoneme in phonemes:
            if phoneme in self.numbers:
                row += [*self.numbers[phoneme], *self.numbers[_PAD]]
        return [*row, *self.numbers[_END]]


_SCALES: Final = {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8}


class PiperSynthesizer:
    """Speaks with a Piper voice.

    Attributes:
        name: The file's name.
    """

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises:
            EngineError: It is no Piper voice, or eSpeak NG is not installed.
        """
        self._voice = PiperVoice.read(path.with_name(f"{path.name}.json"))
        self._phonemes = EspeakProgram("-q", "--ipa", "-v", self._voice.language)
        graph = read_graph(path)
        inputs = {value.name for value in graph.inputs}
        if not {"input", "input_lengths", "scales"} <= inputs <= {"input", "input_lengths", "scales", "sid"}:
            raise EngineError(f"{path.name} has not the inputs of a Piper voice", advice=_ADVICE)
        self._net, self._has_speakers, self.name = Net(graph), "sid" in inputs, f"piper ({path.name})"

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        Raises:
            EngineError: The network or eSpeak NG fails, or it speaks for longer than a sentence can last.
        """
        said = self._phonemes.run(sentence)
        end = sentence[-1:] if sentence[-1:] in ".!?,;:" else "."
        phonemes = " ".join(said.decode(errors="replace").split()) + end
        row = np.array([self._voice.number(phonemes)], np.int64)
        given = {"input": row, "input_lengths": np.array([row.shape[1]]), "scales": np.array(self._voice.scales)}
        if self._has_speakers:
            given["sid"] = np.zeros(1, np.int64)
        (sound, *_) = self._net(given).values()
        sound = np.asarray(sound, np.float32).reshape(-1)
        if not np.isfinite(sound).all() or len(sound) > _LONGEST_S * self._voice.rate_hz:
            raise EngineError(f"{self.name} gave no speech", advice="choose another --synthesizer")
        return resample(np.clip(sound, -1, 1), self._voice.rate_hz)


def open_synthesizer(language: str, path: str) -> PiperSynthesizer:
    """Entry point `piper`; the voice has a language of its own."""
    if not Path(path).name:
        raise EngineError("no Piper voice is named", advice="add --synthesizer piper:PATH/VOICE.onnx")
    return PiperSynthesizer(Path(path).expanduser())
