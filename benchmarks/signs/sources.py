"""Untouched clips: footage that is not part of the repository, and the sample of a synthetic person."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from livecam.bench.pictures import reflect_index
from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_CLIP

SECONDS, RATE_HZ = 8.0, 30
COUNT = round(SECONDS * RATE_HZ)


@dataclass(frozen=True)
class Source:
    """Eight seconds of one person.

    Attributes:
        name: Of the file, with its first second where there are several.
        path: The clip.
        begin_s: First second.
        person: A number for everybody who is the same person, as far as is known.
        real: Whether a camera took it.
    """

    name: str
    path: Path
    begin_s: float
    person: str
    real: bool = True

    def pictures(self, count: int = COUNT) -> Iterator[Pixels]:
        """So many pictures (h, w, 3) uint8 BGR; a shorter clip runs back and forth."""
        kept: list[Pixels] = []
        with av.open(str(self.path)) as container:
            first = round(self.begin_s * RATE_HZ)
            for number, frame in enumerate(container.decode(video=0)):
                if number < first:
                    continue
                pixels = frame.to_ndarray(format="bgr24")
                if len(kept) < 120:
                    kept.append(pixels)
                yield pixels
                if number - first + 1 == count:
                    return
            last = number - first + 1
        if last >= 120:
            return
        for number in range(last, count):
            yield kept[reflect_index(number, len(kept))]


def list_sources(footage: Path) -> list[Source]:
    """The sources below a folder of footage, and the sample."""
    found = [
        Source(path.stem, path, 0.0, f"asl-{path.stem}") for path in sorted((footage / "intel_asl_ccby4").glob("*.mkv"))
    ]
    internal = footage / "liveportrait_real_people_INTERNAL"
    for path in sorted(internal.glob("*.mp4")):
        with av.open(str(path)) as container:
            length_s = float(container.duration or 0) / 1e6
        for begin_s in np.arange(0.0, max(length_s - 6.9, 0.1), SECONDS):
            found.append(Source(f"{path.stem}-{begin_s:.0f}", path, float(begin_s), path.stem))
    found.append(Source("sample", SAMPLE_CLIP, 0.0, "sample", real=False))
    return found
