"""Recordings a voice is learned from: files, folders or sentences read aloud."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.take_quality import TakeQuality
from livecam.core.clock import SystemClock
from livecam.core.errors import SoundError, UsageError
from livecam.core.levels import level_bar
from livecam.core.ports import SoundSource
from livecam.core.prompter import Progress, Prompter
from livecam.core.voice import SentenceSpan
from livecam.devices.sound.devices import find_microphone, open_sound_source
from livecam.personas.reading_sentences import SENTENCES

_SENTENCE_S: Final = 3.0
_LONGEST_S: Final = 15.0
_TRIES: Final = 3
_BLOCK: Final = 2400
_SOUNDS: Final = frozenset((".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".mp4", ".mkv", ".mov", ".webm"))


def files_of(named: Sequence[Path]) -> list[Path]:
    """Return the files that are named, and the sound files of named folders.

    Raises:
        UsageError: A folder without any.
    """
    found: list[Path] = []
    for path in named:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix.lower() in _SOUNDS)
        if not inside:
            raise UsageError(f"there are no recordings in {path}", advice="put WAV files into it")
        found += inside
    return found


def sentence_in(path: Path) -> str | None:
    """Return the sentence that a file is a reading of, by its name.

    sentence-3.wav has the third; other names give None.
    """
    named = re.fullmatch(r"sentence-0*(\d{1,3})", path.stem)
    number = int(named[1]) if named else 0
    return SENTENCES[number - 1] if 0 < number <= len(SENTENCES) else None


def readings_of(sounds: Sequence[NDArray[np.float32]], sentences: Sequence[str | None]) -> list[SentenceSpan]:
    """Return where known sentences are when sounds (n,) are concatenated.

    None marks a sound without a known sentence.
    """
    ends = np.cumsum([len(sound) for sound in sounds]).tolist()
    placed = zip(sounds, sentences, ends, strict=True)
    return [SentenceSpan(sentence, end - len(sound), end) for sound, sentence, end in placed if sentence is not None]


def read_to_the_microphone(named: str, prompter: Prompter, progress: Progress) -> list[NDArray[np.float32]]:
    """Show sentences one by one, and record each until it is good, at 48 kHz.

    Raises:
        SoundError: No microphone, or a sentence that was not good three times.
    """
    place = find_microphone(named)
    prompter.say(f"read {len(SENTENCES)} sentences aloud, as you speak in a call; Ctrl-C ends it and nothing is kept")
    with closing(open_sound_source(place, SystemClock())) as microphone:
        return [_heard(microphone, number, prompter, progress) for number in range(1, len(SENTENCES) + 1)]


def _heard(microphone: SoundSource, number: int, prompter: Prompter, progress: Progress) -> NDArray[np.float32]:
    fault = ""
    for _ in range(_TRIES):
        prompter.say(f"\n{number}/{len(SENTENCES)}  {SENTENCES[number - 1]}")
        take = _taken(microphone, progress)
        if take.fault is None:
            return take.sound
        fault = take.fault
        prompter.say(f"      again, please: {fault}")
    raise SoundError(
        f"sentence {number} was not good {_TRIES} times: {fault}", command="livecam voice test --voice NAME"
    )


def _taken(microphone: SoundSource, progress: Progress) -> TakeQuality:
    take = TakeQuality(_SENTENCE_S, _LONGEST_S)
    with progress.task("listening") as task:
        for sound in _blocks(microphone):
            take.add(sound)
            task.update(text=f"{level_bar(take.level)}  {take.speech_s:.0f} s of speech")
            if take.is_complete:
                break
    return take


def _blocks(microphone: SoundSource) -> Iterator[NDArray[np.float32]]:
    while (block := microphone.read(_BLOCK)) is not None:
        yield block.samples[:, 0]
