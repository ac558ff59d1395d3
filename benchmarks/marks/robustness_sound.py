"""What the in-sound mark survives: twenty seconds of each folder's speech, marked, changed, and read.

    python benchmarks/marks/robustness_sound.py FOLDER... > table.md

Prints one row per case and one column per folder: bits right of 16 after sixteen seconds, and the score.
"""

import argparse
from pathlib import Path

import numpy as np
from robustness import shown

from livecam.bench.marks.run import SESSION, read_marked_sound
from livecam.bench.marks.sounds import CASES, RATE_HZ, list_available
from livecam.core.audio import AudioBlock
from livecam.devices.media.speech import read_first_minutes
from livecam.disclosure.sound.watermark import SoundMark


def speech_of(folder: Path) -> np.ndarray:
    sound: list[np.ndarray] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".wav", ".flac")):
        sound.append(read_first_minutes(path, 600.0)[0])
        if sum(map(len, sound)) > 20 * RATE_HZ:
            break
    return np.concatenate(sound)[: 20 * RATE_HZ]


def mark_speech(sound: np.ndarray) -> np.ndarray:
    block = AudioBlock(sound[:, None], RATE_HZ, 0, 0)
    return SoundMark(SESSION).process(block).samples[7_333:, 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    folders = parser.parse_args().folders
    sounds = [mark_speech(speech_of(folder)) for folder in folders]
    print(f"| case | {' | '.join(folder.name for folder in folders)} |\n|---{'|---' * len(folders)}|")
    for name in list_available():
        print(f"| {name} | {' | '.join(shown(read_marked_sound(CASES[name](sound))) for sound in sounds)} |")


if __name__ == "__main__":
    main()
