"""Make every clip, measure it, and keep what was measured; the clip itself is deleted.

    python -m benchmarks.signs.measure --data FOLDER --work FOLDER [--part 0/2]
    python -m benchmarks.signs.measure --data FOLDER --work FOLDER --stills WORK/outline_faces.npz

Started again it goes on where it stopped. The second form measures portraits as stills, which sway after they were
altered.
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
from benchmarks.signs.sources import RATE_HZ, Source, list_sources, list_stills, sway
from engines.face.crop import cut, fit_square_to_points, matrix_to_crop
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.outline import OutlineReading
from livecam.core.ports import FaceFinder
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.plugins import open_face_finder
from livecam.verify.signs.observer import SPARSE_NS, FaceObserver
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig

COSTLY = "clone"
"""Takes ten times as long as the others: done for every other clip."""
STILL_NS = 200_000_000
MOVING_METHODS = ("slow", "stale-box", "head", "trained")
"""Look like others in a still, or cannot be drawn on one."""


class KeptCrops:
    """Stands in for the outline network, and keeps what it would look at."""

    def __init__(self) -> None:
        self.crops: list[Pixels] = []

    def judge(self, pixels: Pixels, points: np.ndarray) -> OutlineReading:
        to_crop = matrix_to_crop(fit_square_to_points(points))
        self.crops.append(cut(pixels, to_crop))
        return OutlineReading(0.0, np.zeros((16, 16), np.float32), to_crop)

    def close(self) -> None:
        pass


def track(pictures: Sequence[Pixels], finder: FaceFinder) -> list[tuple[Frame, FaceMesh | None]]:
    """Every picture with the smoothed mesh that livecam's tracker gives it; a single one with its mesh."""
    if len(pictures) == 1:
        frame = Frame(pictures[0], 0, 0)
        boxes = finder.detect(frame)
        return [(frame, finder.mesh(frame, max(boxes, key=lambda box: box.area_px)) if boxes else None)]
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


def observe(path: Path, finder: FaceFinder, still: bool) -> dict[str, object]:
    """What the observer measures of a file."""
    kept = KeptCrops()
    observer = FaceObserver(finder, kept, STILL_NS if still else SPARSE_NS)
    for pixels, at_ns in decode(path):
        observer.add(pixels, at_ns)
    seen = observer.finish()
    looks = [replace(look, crop=None, outline=None, seam=None) for look in seen.looks]
    return {"observation": replace(seen, looks=looks), "crops": np.array(kept.crops)}


def file_of(work: Path, source: Source, method: str, quality: Quality) -> Path:
    """Where it is kept."""
    return work / f"{source.name}--{method}--{quality.name.replace('/', '').replace(' ', '')}.pickle"


def chosen_sources(given: argparse.Namespace) -> list[tuple[int, Source]]:
    """What this process measures, with its number."""
    every = list_sources(given.data / "footage") if given.stills is None else list_stills(given.data, given.stills)
    part, parts = map(int, given.part.split("/"))
    names = given.source.split(",") if given.source else [source.name for source in every]
    return [
        (number, source)
        for number, source in enumerate(every)
        if number % parts == part and number % given.every == 0 and source.name in names
    ]


def is_tried(method: str, number: int, source: Source) -> bool:
    """Whether a method is tried on a source."""
    return method not in MOVING_METHODS if source.still else method != COSTLY or number % 2 == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with footage and training pictures")
    parser.add_argument("--stills", type=Path, help="measure portraits that are held out of these faces")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1", help="which of how many processes this is")
    parser.add_argument("--qualities", default="", help="these alone, by the beginnings of their names, with commas")
    parser.add_argument("--source", default="", help="these alone, with commas")
    parser.add_argument("--methods", default=",".join(METHODS), help="these alone, with commas")
    parser.add_argument("--every", type=int, default=1, help="every so many sources alone")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    given.work.mkdir(parents=True, exist_ok=True)
    wanted = [q for q in QUALITIES if not given.qualities or q.name.startswith(tuple(given.qualities.split(",")))]
    with closing(open_face_finder()) as finder, tempfile.TemporaryDirectory(prefix="signs-") as folder:
        for number, source in chosen_sources(given):
            tracked: list[tuple[Frame, FaceMesh | None]] = []
            for method in (m for m in given.methods.split(",") if is_tried(m, number, source)):
                files = [(quality, file_of(given.work, source, method, quality)) for quality in wanted]
                files = [(quality, file) for quality, file in files if not file.exists()]
                if not files:
                    continue
                tracked = tracked or track(list(source.pictures()), finder)
                drawn = altered(tracked, method, number)
                drawn = sway(drawn) if source.still else drawn
                for quality, file in files:
                    clip = Path(folder) / "clip.mp4"
                    encode(drawn, quality, clip)
                    kept = observe(clip, finder, source.still)
                    clip.unlink()
                    about = {"source": source, "method": method, "quality": quality.name}
                    file.with_suffix(".part").write_bytes(pickle.dumps({**kept, **about}))
                    file.with_suffix(".part").replace(file)
                print(source.name, method, flush=True)


if __name__ == "__main__":
    main()
