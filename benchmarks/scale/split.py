"""Whether a long clip may be cut: `python -m benchmarks.scale.split --begin 3,5 --warm-up 0,2`.

A part is replayed from a warm-up before its first frame, with the clip's own frame numbers and times. Its marked
pictures, before encoding, are compared with those of the whole clip.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from livecam.app.replay import open_replay
from livecam.config.settings import resolve

_GREY_LEVEL = 1


class _FromFrame:
    """A source that begins later, with numbers and times as in the whole clip."""

    def __init__(self, source: Any, first: int) -> None:
        self._source, self._left = source, first

    def read(self) -> Any:
        while self._left > 0 and self._source.read() is not None:
            self._left -= 1
        return self._source.read()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def pictures(clip: str, persona: str, size: str, first: int = 0) -> dict[int, np.ndarray]:
    """Return the marked pictures by frame number."""
    given = {"camera": clip, "sink": "null", "persona": persona, "voice": "off", "size": size}
    replay = open_replay(resolve(given, {}).settings)
    replay.parts = replace(replay.parts, source=_FromFrame(replay.parts.source, first))
    try:
        return {frame.seq: shown.pixels.copy() for frame, shown in replay.run()}
    finally:
        replay.close()


def compare(whole: dict[int, np.ndarray], part: dict[int, np.ndarray], begin: int) -> dict[str, object]:
    """Return how many pictures of a part, from its first one on, are those of the whole clip."""
    numbers = [number for number in sorted(whole) if number >= begin and number in part]
    steps = [int(np.abs(whole[n].astype(np.int16) - part[n].astype(np.int16)).max()) for n in numbers]
    equal = sum(step == 0 for step in steps)
    return {
        "frames": len(numbers),
        "equal": round(equal / max(len(numbers), 1), 4),
        "within_one": round(sum(step <= _GREY_LEVEL for step in steps) / max(len(numbers), 1), 4),
        "largest_step": max(steps, default=0),
        "last_unequal_after_begin": max(
            (n - begin for n, step in zip(numbers, steps, strict=True) if step), default=None
        ),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", default="sample")
    parser.add_argument("--persona", default="robin")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--begin", default="3,5")
    parser.add_argument("--warm-up", default="0,1,2")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    whole = pictures(asked.clip, asked.persona, asked.size)
    rows = []
    for begin_s in map(float, asked.begin.split(",")):
        for warm_s in map(float, asked.warm_up.split(",")):
            begin = round(begin_s * asked.rate)
            first = max(begin - round(warm_s * asked.rate), 0)
            part = pictures(asked.clip, asked.persona, asked.size, first)
            rows.append({"begin_s": begin_s, "warm_up_s": warm_s, **compare(whole, part, begin)})
            print(json.dumps(rows[-1]), flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
