"""Measure mode head next to swap: who is seen, what is left of the live head, the outline's calm, the cost.

    python benchmarks/quality/head.py --recogniser MODEL.onnx --clips sample CLIP ... --personas robin toni

One line per clip, persona and mode. "left" is the share of the live head that was neither taken out nor covered, mean
and worst. "unrest" is the rms of the second difference in time in a ring round the skull, output over live. "draw" is
the median of the render stage in milliseconds. Then a line for each recogniser and way of looking: "persona" and "live"
are cosines on the aligned crop, "strangers" the mean cosine to 39 other synthetic faces, "first" the share of pictures
nearest to the persona among these 40. The ways are "whole", "grey" (everything outside the face's oval is) and "wide"
(the crop zoomed out 1.4 times: hair, ears and chin). At the end each clip's live person is compared with those of the
other clips: "own" less "others", and how often the own one is the nearest.

--dlib FILE adds dlib's recogniser (`dlib_recogniser.py`). --keep writes every sixth live and sent picture into a
folder, for the judge of `training/segment/judge_left.py`.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.dlib_recogniser import DlibRecogniser
from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.bench.quality.metrics import grey_outside, ring_round_skull
from livecam.bench.quality.run import GALLERY
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder, FaceRecogniser
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import make_random_persona
from livecam.plugins import open_face_finder, open_recogniser

EVERY_FRAMES: Final = 6
FIRST_FRAME: Final = 8
ZOOM: Final = 1.4
MODES: Final = ("swap", "head")
WAYS: Final = ("whole", "grey", "wide")
Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Whom one recogniser sees, one way."""

    judge: str
    way: str
    persona: float
    live: float
    strangers: float
    first: float

    def __str__(self) -> str:
        """As it stands in the table."""
        return (
            f"    {self.judge:<14} {self.way:<5} persona {self.persona:.2f} live {self.live:.2f} "
            f"strangers {self.strangers:.2f} first {self.first:.0%}"
        )


@dataclass(frozen=True)
class HeadFigures:
    """One clip with one persona in one mode."""

    clip: str
    persona: str
    mode: str
    pictures: int
    held: int
    guessed: int
    left_mean: float
    left_worst: float
    unrest: float
    draw_ms: float
    likeness: tuple[Likeness, ...] = ()

    def __str__(self) -> str:
        """As it stands in the table."""
        first = (
            f"{self.clip[:14]:<14} {self.persona:<7} {self.mode:<5} {self.pictures:>4} pictures, {self.held} held, "
            f"{self.guessed} guessed; left {self.left_mean:.1%} / {self.left_worst:.1%}; unrest {self.unrest:.2f}; "
            f"draw {self.draw_ms:.1f} ms"
        )
        return "\n".join([first, *map(str, self.likeness)])


def look_at(recogniser: FaceRecogniser, pixels: Pixels, points: Points, way: str) -> Embedding:
    """What a recogniser sees of a face (468, 2 or 3) in a picture."""
    if way == "grey":
        pixels = grey_outside(pixels, points)
    if way == "wide":
        middle = points.mean(0)
        points = (middle + (points - middle) * np.float32(ZOOM)).astype(np.float32)
    return recogniser.embed(pixels, points)


@dataclass
class Judge:
    """A recogniser, and a gallery (GALLERY, k) for each way; the built-in personas come first."""

    name: str
    recogniser: FaceRecogniser
    gallery: dict[str, Embedding] = field(default_factory=dict)

    def fill(self, faces: Sequence[tuple[Pixels, Points]]) -> None:
        """Look at the gallery's photos."""
        if isinstance(self.recogniser, DlibRecogniser):
            self.recogniser.centre_on(list(faces))
        for way in WAYS:
            self.gallery[way] = np.stack([look_at(self.recogniser, *face, way) for face in faces])

    def rank(self, way: str, sent: Embedding, live: Embedding, persona: str) -> Likeness:
        """Whom it sees in pictures (n, k)."""
        who, likeness = builtin_names().index(persona), sent @ self.gallery[way].T
        strangers = np.delete(likeness, who, axis=1).mean()
        own = (sent * live).sum(1).mean()
        values = (likeness[:, who].mean(), own, strangers, (likeness.argmax(1) == who).mean())
        return Likeness(self.name, way, *(round(float(v), 4) for v in values))


def gallery_faces() -> list[tuple[Pixels, Points]]:
    """Photos of the built-in personas and of random ones, with their points (468, 3)."""
    names = builtin_names()
    people = [*(open_builtin(name) for name in names), *(make_random_persona(n) for n in range(GALLERY - len(names)))]
    return [(p.photo.pixels, np.column_stack([p.photo.points, np.zeros(468)]).astype(np.float32)) for p in people]


class Watcher:
    """Collects what the figures are made of."""

    def __init__(self, finder: FaceFinder, judges: Sequence[Judge], keep: Path | None = None) -> None:
        self._finder, self._judges, self._keep = finder, judges, keep
        self.looks: dict[tuple[str, str], list[tuple[Embedding, Embedding]]] = {}
        self.pictures = 0
        self._greys: list[NDArray[np.float32]] = []
        self._squares: list[NDArray[np.float32]] = []

    def observe(self, frame: Frame, sent: Pixels) -> None:
        """Take in a frame and the new picture that was sent for it."""
        boxes = self._finder.detect(frame)
        if not boxes:
            return
        mesh = self._finder.mesh(frame, boxes[0])
        self.pictures += 1
        if self.pictures % EVERY_FRAMES == 0 and self.pictures > FIRST_FRAME:
            self._look(frame, sent, mesh)
        self._watch_unrest(frame, sent, mesh)

    def _look(self, frame: Frame, sent: Pixels, mesh: FaceMesh) -> None:
        if self._keep is not None:
            for name, pixels in (("live", frame.pixels), ("sent", sent)):
                cv2.imwrite(str(self._keep / f"{frame.seq:04d}_{name}.png"), pixels)
        for judge in self._judges:
            for way in WAYS:
                pair = tuple(look_at(judge.recogniser, p, mesh.points, way) for p in (sent, frame.pixels))
                self.looks.setdefault((judge.name, way), []).append((pair[0], pair[1]))

    def _watch_unrest(self, frame: Frame, sent: Pixels, mesh: FaceMesh) -> None:
        """Keep three neighbouring frames; sum the squares of their second difference round the skull."""
        pair = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in (frame.pixels, sent)]).astype(np.float32)
        self._greys = [*self._greys, pair][-3:]
        if len(self._greys) < 3 or self.pictures < FIRST_FRAME:
            return
        first, middle, last = self._greys
        ring = ring_round_skull(mesh.points, frame.pixels.shape)
        self._squares.append(((first - 2 * middle + last)[:, ring] ** 2).mean(1))

    @property
    def unrest(self) -> float:
        """Output over live; NaN when too short."""
        if not self._squares:
            return float("nan")
        live, out = np.sqrt(np.mean(self._squares, axis=0))
        return float(out / max(live, 0.1))


Looks = dict[tuple[str, str], tuple[Embedding, Embedding]]


def measure(
    clip: str,
    persona: str,
    mode: str,
    finder: FaceFinder,
    judges: Sequence[Judge],
    most: int,
    keep: Path | None = None,
) -> tuple[HeadFigures, Looks]:
    """Play a clip and measure; what each judge saw of output and live picture (n, k) comes too."""
    if keep is not None:
        keep = keep / f"{Path(clip).stem}_{persona}_{mode}"
        keep.mkdir(parents=True, exist_ok=True)
    watcher = Watcher(finder, judges, keep)
    settings = Settings(camera=clip, persona=persona, mode=mode, sink="null")  # type: ignore[arg-type]
    replay = Replay(settings, open_parts(settings, ManualClock(), paced=False))
    try:
        waiting: dict[int, Frame] = {}
        for number, (frame, sent) in enumerate(replay.run()):
            waiting[frame.seq] = frame
            # A doubtful picture is sent two frames later.
            if (shown := waiting.pop(sent.seq, None)) is not None:
                watcher.observe(shown, sent.pixels)
                waiting = {seq: kept for seq, kept in waiting.items() if seq > sent.seq}
            if number + 1 >= most:
                break
        report = replay.report()
    finally:
        replay.parts.close()
    looks = {key: (np.stack([a for a, _ in row]), np.stack([b for _, b in row])) for key, row in watcher.looks.items()}
    likeness = tuple(
        judge.rank(way, *looks[judge.name, way], persona)
        for judge in judges
        for way in WAYS
        if (judge.name, way) in looks
    )
    head, nan = report.head, float("nan")
    left = (nan, nan) if head is None else (head.left_mean, head.left_worst)
    return HeadFigures(
        Path(clip).stem, persona, mode, watcher.pictures, report.frames.held, 0 if head is None else head.guessed,
        *left, round(watcher.unrest, 3), report.stage_ms.get("render", {}).get("p50", nan), likeness,
    ), looks  # fmt: skip


def compare_people(seen: dict[tuple[str, str], Looks], key: tuple[str, str], mode: str) -> dict[str, float] | None:
    """How near outputs are to their own live person and to those of other clips."""
    rows = {clip: looks[key] for (clip, shown), looks in seen.items() if shown == mode and key in looks}
    if len(rows) < 3:
        return None
    people = {clip: live.mean(0) / np.linalg.norm(live.mean(0)) for clip, (_, live) in rows.items()}
    own, others, nearest = [], [], []
    for clip, (sent, _) in rows.items():
        rest = np.stack([sent @ person for other, person in people.items() if other != clip])
        mine = sent @ people[clip]
        own.append(mine.mean())
        others.append(rest.mean())
        nearest.append((mine > rest.max(0)).mean())
    named = {"own": own, "others": others, "own_is_nearest": nearest}
    found = {name: round(float(np.mean(values)), 4) for name, values in named.items()}
    return {**found, "own_minus_others": round(found["own"] - found["others"], 4), "people": len(rows)}


def rows(args: argparse.Namespace, judges: Sequence[Judge]) -> Iterator[tuple[HeadFigures, Looks]]:
    """Yield the figures of every clip, persona and mode."""
    finder = open_face_finder()
    for clip in args.clips:
        for persona in args.personas:
            for mode in args.modes:
                yield measure(clip, persona, mode, finder, judges, args.frames, args.keep)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, print the table, write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recogniser", type=Path, required=True)
    parser.add_argument("--dlib", type=Path, help="dlib_face_recognition_resnet_model_v1.dat")
    parser.add_argument("--clips", nargs="+", default=["sample"])
    parser.add_argument("--personas", nargs="+", default=["robin"])
    parser.add_argument("--modes", nargs="+", default=list(MODES))
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args(argv)
    judges = [Judge(args.recogniser.stem, open_recogniser(args.recogniser))]
    if args.dlib is not None:
        judges.append(Judge("dlib", DlibRecogniser(args.dlib)))
    faces = gallery_faces()
    for judge in judges:
        judge.fill(faces)
    found, seen = [], {}
    for row, looks in rows(args, judges):
        found.append(row)
        seen[row.clip, row.mode] = looks
        print(row, flush=True)
    people = {
        f"{mode} {judge.name} {way}": compared
        for mode in args.modes
        for judge in judges
        for way in WAYS
        if (compared := compare_people(seen, (judge.name, way), mode)) is not None
    }
    for name, figures in people.items():
        print(name, figures)
    if args.json is not None:
        shown = {"machine": describe_machine(), "rows": [asdict(row) for row in found], "people": people}
        args.json.write_text(json.dumps(shown, indent=2) + "\n")


if __name__ == "__main__":
    main()
