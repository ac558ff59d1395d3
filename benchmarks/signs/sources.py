"""Untouched material: footage and portraits that are not part of the repository, and the sample of a synthetic person.

Portraits are those that the outline network was never trained on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from livecam.bench.pictures import reflect_index
from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_CLIP
from training.detect.faces import PORTRAITS, is_held_out

SECONDS, RATE_HZ = 8.0, 30
COUNT = round(SECONDS * RATE_HZ)
STEP_S = 4.0
"""Windows of a longer clip begin this far apart: they overlap by half."""
SWAY_PX = 2.5


@dataclass(frozen=True)
class Source:
    """Eight seconds of one person.

    Attributes:
        name: Of the file, with its first second where there are several.
        path: The clip.
        begin_s: First second.
        person: A number for everybody who is the same person, as far as is known.
        real: Whether a camera took it.
        still: Whether it is a single picture: only signs of pictures are read off it.
    """

    name: str
    path: Path
    begin_s: float
    person: str
    real: bool = True
    still: bool = False

    def pictures(self, count: int = COUNT) -> Iterator[Pixels]:
        """So many pictures (h, w, 3) uint8 BGR; a shorter clip runs back and forth, a still is one."""
        if self.still:
            pixels = np.asarray(cv2.imread(str(self.path)), np.uint8)
            yield pixels[: len(pixels) // 2 * 2, : pixels.shape[1] // 2 * 2]
            return
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
        for begin_s in np.arange(0.0, max(length_s - 6.9, 0.1), STEP_S):
            found.append(Source(f"{path.stem}-{begin_s:.0f}", path, float(begin_s), path.stem))
    found.append(Source("sample", SAMPLE_CLIP, 0.0, "sample", real=False))
    return found


def list_stills(data: Path, faces: Path) -> list[Source]:
    """The portraits below a folder of training material that were held out.

    Args:
        data: The folder.
        faces: What `training.detect.faces` wrote.
    """
    with np.load(faces) as file:
        names = [str(name) for name in file["files"]]
    held = [name for name, out in zip(names, is_held_out(names), strict=True) if out and PORTRAITS in name]
    paths = [data / "train" / name for name in held]
    return [Source(path.stem, path, 0.0, f"still-{path.stem}", still=True) for path in paths]


def sway(pictures: Sequence[Pixels], count: int = COUNT) -> list[Pixels]:
    """So many copies of a single picture (h, w, 3), as a hand would hold it."""
    (pixels,) = pictures
    at_s = np.arange(count) / RATE_HZ
    across, down = (SWAY_PX * (np.sin(a * at_s) + 0.3 * np.sin(b * at_s + 1)) for a, b in ((1.3, 5.1), (1.7, 6.3)))
    moves = (np.float32([[1, 0, x], [0, 1, y]]) for x, y in zip(across, down, strict=True))
    return [
        np.asarray(cv2.warpAffine(pixels, move, pixels.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101), np.uint8)
        for move in moves
    ]
