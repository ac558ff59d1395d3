"""Second opinions of converted voices, by words and by another speaker judge.

    python benchmarks/quality/voice_second.py SPEECH [A-B …] --words MODEL --json PATH

- A recogniser (Whisper as CTranslate2 has it, `pip install faster-whisper`; MODEL is its folder) says which words are
  heard in the natural, the rebuilt and the converted sentences. What it hears in the natural ones is the reference, so
  its own errors do not count against the voice. Where the text is known (VCTK), its own errors are counted too.
- A second speaker judge, without anything of the first: a mixture of 32 Gaussians of mel-cepstra for each speaker,
  learned from the sentences that are not tested, says whom each converted sentence is most likely of.

PATH is the file of voice.py; its key "second" is written, and voice_tables.py shows it. A pair that is there stays.
"""

import argparse
import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.voice import Person, person
from benchmarks.quality.voice_judge import FILE_HZ, pass_through
from benchmarks.quality.words import count_errors, plain_words
from engines.voice.grain.engine import GrainMaker, open_passthrough
from engines.voice.grain.mixture import Mixture, fit_mixture
from livecam.core.voice import VoiceStatistics

Floats = NDArray[np.float64]
GAUSSIANS, BANDS, KEPT = 32, 30, 20
_FRAME, _HOP, _FFT = 400, 160, 512
_BELOW_LOUDEST = 1e-4
# The two passages that every speaker of VCTK reads first; both are free to copy.
VCTK_TEXTS = {
    "003.wav": "six spoons of fresh snow peas five thick slabs of blue cheese and maybe a snack for her brother bob",
    "008.wav": "these take the shape of a long round arch with its path high above and its two ends apparently beyond "
    "the horizon",
    "011.wav": "when a man looks for something beyond his reach his friends say he is looking for the pot of gold at "
    "the end of the rainbow",
    "016.wav": "the norsemen considered the rainbow as a bridge over which the gods passed from earth to their home in "
    "the sky",
    "019.wav": "since then physicists have found that it is not reflection but refraction by the raindrops which "
    "causes the rainbows",
    "020.wav": "many complicated ideas about the rainbow have been formed",
    "024.wav": "this is a very common type of bow one showing mainly red and yellow with little or no green or blue",
}


class Recogniser:
    """Whisper, greedy, in English."""

    def __init__(self, model: Path) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)

    def words(self, sound: Floats) -> list[str]:
        parts, _ = self._model.transcribe(
            sound.astype(np.float32), language="en", beam_size=1, temperature=0.0, condition_on_previous_text=False,
            without_timestamps=True,
        )  # fmt: skip
        return plain_words(" ".join(part.text for part in parts))


def mel_cepstra(sound: Floats) -> Floats:
    """Return (n, 20) mel-cepstra of the frames with speech, without the loudness."""
    starts = np.arange(0, len(sound) - _FRAME, _HOP)
    frames = sound[starts[:, None] + np.arange(_FRAME)] * np.hanning(_FRAME)
    power = np.abs(np.fft.rfft(frames, _FFT)) ** 2
    mel = 2595 * np.log10(1 + np.fft.rfftfreq(_FFT, 1 / FILE_HZ) / 700)
    middles = np.linspace(mel[1], mel[-1], BANDS + 2)
    bands = np.maximum(0, 1 - np.abs(mel[:, None] - middles[None, 1:-1]) / (middles[1] - middles[0]))
    levels = power.sum(1)
    logs = np.log(power[levels > _BELOW_LOUDEST * levels.max()] @ bands + 1e-10)
    turns = np.cos(np.pi * np.outer(np.arange(BANDS) + 0.5, np.arange(1, KEPT + 1)) / BANDS)
    return np.asarray(logs @ turns)


def learn_mixtures(people: Mapping[str, Person]) -> dict[str, Mixture]:
    """Return what the second judge knows of each speaker."""
    points = {name: mel_cepstra(np.concatenate(list(who.learn.values()))) for name, who in people.items()}
    return {name: fit_mixture(each, np.ones(len(each)), GAUSSIANS) for name, each in points.items()}


def likeliest(mixtures: Mapping[str, Mixture], sound: Floats) -> str:
    """Return the speaker that a sentence is most likely of."""
    points = mel_cepstra(sound)
    return max(mixtures, key=lambda name: float(mixtures[name].log_likelihood(points).mean()))


class SecondJudges:
    """Both judges, and what is computed once for each speaker."""

    def __init__(self, people: Mapping[str, Person], recogniser: Recogniser) -> None:
        self._people, self._recogniser, self._mixtures = people, recogniser, learn_mixtures(people)
        self._learned: dict[str, VoiceStatistics] = {}
        self._said: dict[str, dict[str, list[str]]] = {}

    def opinion(self, own: str, target: str) -> dict[str, Any]:
        """One pair: errors of words, and whom the sentences are of.

        A-A is the voice taken apart and put together.
        """
        tests, said = self._people[own].tests, self._natural_words(own)
        voices = (self._statistics(own), self._statistics(target))
        engine = open_passthrough() if own == target else GrainMaker().make_engine(*voices)
        heard = {name: pass_through(engine, sound)[0] for name, sound in tests.items()}
        of = [likeliest(self._mixtures, sound) for sound in heard.values()]
        known = {name: VCTK_TEXTS[name].split() for name in tests if own.startswith("p") and name in VCTK_TEXTS}
        return {
            "pair": f"{own}-{target}",
            "sentences": len(tests),
            "words": sum(map(len, said.values())),
            "errors": sum(count_errors(said[name], self._recogniser.words(sound)) for name, sound in heard.items()),
            "known_words": sum(map(len, known.values())),
            "known_errors": sum(count_errors(text, said[name]) for name, text in known.items()),
            "as_target": of.count(target),
            "as_speaker": of.count(own),
        }

    def _statistics(self, name: str) -> VoiceStatistics:
        if name not in self._learned:
            whole = np.concatenate(list(self._people[name].learn.values())).astype(np.float32)
            self._learned[name] = GrainMaker().learn(whole, FILE_HZ)
        return self._learned[name]

    def _natural_words(self, name: str) -> dict[str, list[str]]:
        if name not in self._said:
            self._said[name] = {key: self._recogniser.words(sound) for key, sound in self._people[name].tests.items()}
        return self._said[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path)
    parser.add_argument("pairs", nargs="*")
    parser.add_argument("--words", type=Path, required=True, metavar="MODEL")
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    people = {folder.name: person(folder) for folder in sorted(given.speech.iterdir()) if folder.is_dir()}
    judges = SecondJudges(people, Recogniser(given.words))
    result = json.loads(given.json.read_text()) if given.json.is_file() else {}
    rows = list(result.get("second", ()))
    for own, target in [tuple(pair.split("-")) for pair in given.pairs] or list(product(people, people)):
        if f"{own}-{target}" not in {row["pair"] for row in rows}:
            rows.append(judges.opinion(own, target))
            print(json.dumps(rows[-1]), flush=True)
            given.json.write_text(json.dumps({**result, "second": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
