"""Make every clip, measure it, and keep what was measured; the clip itself is deleted.

    python -m benchmarks.signs.measure --footage FOLDER --work FOLDER [--part 0/2]

Started again it goes on where it stopped.
"""

import argparse
import pickle
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.signs.codecs import QUALITIES, Quality, decode, encode
from benchmarks.signs.methods import METHODS
from benchmarks.signs.sources import RATE_HZ, SECONDS, Source, list_sources
from engines.face.crop import cut, fit_square_to_points, matrix_to_crop
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.plugins import open_face_finder
from livecam.verify.signs.observer import FaceObserver
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig

COSTLY = "clone"
"""Takes ten times as long as the others: done for every other source."""


class KeptCrops:
    """Stands in for the outline network, and keeps what it would look at."""

    def __init__(self) -> None:
        self.crops: list[Pixels] = []

    def judge(self, pixels: Pixels, points: np.ndarray) -> tuple[float, np.ndarray]:
        self.crops.append(cut(pixels, matrix_to_crop(fit_square_to_points(points))))
        return 0.0, np.zeros((16, 16), np.float32)

    def close(self) -> None:
        pass


def track(pictures: Sequence[Pixels], finder: FaceFinder) -> list[tuple[Frame, FaceMesh | None]]:
    """Every picture with the smoothed mesh that livecam's tracker gives it."""
    tracker, found = FaceTracker(finder, TrackerConfig()), []
    for n, pixels in enumerate(pictures):
        frame = Frame(pixels, round(n * 1e9 / RATE_HZ), n)
        faces = tracker.detect(frame)
        found.append((frame, faces[0].mesh if faces else None))
    return found


def altered(tracked: Sequence[tuple[Frame, FaceMesh | None]], method: str, number: int) -> list[Pixels]:
    """The pictures of a source, altered."""
    persona = open_builtin(builtin_names()[number % len(builtin_names())])
    way = METHODS[method](persona)
    return [way.draw(frame, mesh) for frame, mesh in tracked]


def observe(path: Path, finder: FaceFinder) -> dict[str, object]:
    """What the observer measures of a file."""
    kept = KeptCrops()
    observer = FaceObserver(finder, kept)
    for pixels, at_ns in decode(path):
        observer.add(pixels, at_ns)
    seen = observer.finish()
    looks = [replace(look, crop=None, outline=None, outline_map=None) for look in seen.looks]
    return {"observation": replace(seen, looks=looks), "crops": np.array(kept.crops)}


def file_of(work: Path, source: Source, method: str, quality: Quality) -> Path:
    """Where it is kept."""
    return work / f"{source.name}--{method}--{quality.name.replace('/', '').replace(' ', '')}.pickle"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--footage", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1", help="which of how many processes this is")
    parser.add_argument("--qualities", default="", help="these alone, by the beginnings of their names, with commas")
    parser.add_argument("--source", default="", help="these alone, with commas")
    parser.add_argument("--methods", default="", help="these alone, with commas")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of every source")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    part, parts = map(int, given.part.split("/"))
    given.work.mkdir(parents=True, exist_ok=True)
    wanted = [q for q in QUALITIES if not given.qualities or q.name.startswith(tuple(given.qualities.split(",")))]
    with closing(open_face_finder()) as finder, tempfile.TemporaryDirectory(prefix="signs-") as folder:
        for number, source in enumerate(list_sources(given.footage)):
            if number % parts != part or (given.source and source.name not in given.source.split(",")):
                continue
            tracked: list[tuple[Frame, FaceMesh | None]] = []
            for method in (m for m in METHODS if not given.methods or m in given.methods.split(",")):
                if method == COSTLY and number % 2:
                    continue
                files = [(quality, file_of(given.work, source, method, quality)) for quality in wanted]
                files = [(quality, file) for quality, file in files if not file.exists()]
                if not files:
                    continue
                tracked = tracked or track(list(source.pictures(round(given.seconds * RATE_HZ))), finder)
                drawn = altered(tracked, method, number)
                for quality, file in files:
                    clip = Path(folder) / "clip.mp4"
                    encode(drawn, quality, clip)
                    kept = observe(clip, finder)
                    clip.unlink()
                    about = {"source": source, "method": method, "quality": quality.name}
                    file.with_suffix(".part").write_bytes(pickle.dumps({**kept, **about}))
                    file.with_suffix(".part").replace(file)
                print(source.name, method, flush=True)


if __name__ == "__main__":
    main()
