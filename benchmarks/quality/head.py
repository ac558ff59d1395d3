"""Measure mode head next to swap: who is seen, what is left of the live head, the outline's calm, the cost.

    python benchmarks/quality/head.py --recogniser MODEL.onnx --clips sample CLIP ... --personas robin toni

One line per clip, persona and mode. "persona" and "live" are cosines of an outside recogniser on the aligned crop,
"wide" the cosine to the live person with the crop zoomed out 1.4 times: hair, ears and chin. "left" is the share of the
live head that was neither taken out nor covered, mean and worst. "unrest" is the rms of the second difference in time
in a ring round the skull, output over live. "draw" is the median of the render stage in milliseconds. --keep writes
every sixth live and sent picture into a folder, for the judge of `training/segment/judge_left.py`.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder, FaceRecogniser
from livecam.host.machine import describe_machine
from livecam.personas.built_in import open_builtin
from livecam.plugins import open_face_finder, open_recogniser
from livecam.video.head.geometry import HeadGeometry

EVERY_FRAMES: Final = 6
FIRST_FRAME: Final = 8
ZOOM: Final = 1.4
MODES: Final = ("swap", "head")
Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class HeadFigures:
    """One clip with one persona in one mode."""

    clip: str
    persona: str
    mode: str
    pictures: int
    held: int
    guessed: int
    to_persona: float
    to_live: float
    wide_to_live: float
    left_mean: float
    left_worst: float
    unrest: float
    draw_ms: float

    def __str__(self) -> str:
        """As it stands in the table."""
        return (
            f"{self.clip[:14]:<14} {self.persona:<7} {self.mode:<5} {self.pictures:>4} pictures, {self.held} held, "
            f"{self.guessed} guessed; persona {self.to_persona:.2f} live {self.to_live:.2f} "
            f"wide {self.wide_to_live:.2f}; "
            f"left {self.left_mean:.1%} / {self.left_worst:.1%}; unrest {self.unrest:.2f}; draw {self.draw_ms:.1f} ms"
        )


class Watcher:
    """Collects what the figures are made of."""

    def __init__(
        self, finder: FaceFinder, recogniser: FaceRecogniser, photo: Embedding, keep: Path | None = None
    ) -> None:
        self._finder, self._recogniser, self._photo, self._keep = finder, recogniser, photo, keep
        self.looks: list[tuple[float, float, float]] = []
        self.pictures = 0
        self._greys: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
        self._squares: list[tuple[float, float]] = []

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
        narrow, wide = ([self._embed(p, mesh, zoom) for p in (frame.pixels, sent)] for zoom in (1.0, ZOOM))
        self.looks.append((
            float(narrow[1] @ self._photo), float(narrow[0] @ narrow[1]), float(wide[0] @ wide[1])
        ))  # fmt: skip

    def _embed(self, pixels: Pixels, mesh: FaceMesh, zoom: float) -> Embedding:
        middle = mesh.points.mean(0)
        return self._recogniser.embed(pixels, (middle + (mesh.points - middle) * np.float32(zoom)).astype(np.float32))

    def _watch_unrest(self, frame: Frame, sent: Pixels, mesh: FaceMesh) -> None:
        """Keep three neighbouring frames; sum the squares of their second difference round the skull."""
        pair = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).astype(np.float32) for p in (frame.pixels, sent)]
        self._greys = [*self._greys, (pair[0], pair[1])][-3:]
        if len(self._greys) < 3 or self.pictures < FIRST_FRAME:
            return
        ring = _ring(mesh, pair[0].shape)
        squares = [float(((a - 2 * b + c)[ring] ** 2).mean()) for a, b, c in zip(*self._greys, strict=True)]
        self._squares.append((squares[0], squares[1]))

    @property
    def unrest(self) -> float:
        """Output over live; NaN when too short."""
        if not self._squares:
            return float("nan")
        live, out = np.sqrt(np.array(self._squares).mean(0))
        return float(out / max(live, 0.1))


def _ring(mesh: FaceMesh, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    geometry = HeadGeometry.of(mesh.points)
    skull, face = np.zeros(shape[:2], np.uint8), np.zeros(shape[:2], np.uint8)
    geometry.draw_skull(skull)
    geometry.draw_face(face)
    face = cv2.dilate(face, np.ones((9, 9), np.uint8))
    return np.asarray((skull > 0) & (face == 0) & (np.arange(shape[0])[:, None] < mesh.points[152, 1]))


def measure(
    clip: str, persona: str, mode: str, judges: tuple[FaceFinder, FaceRecogniser], most: int, keep: Path | None = None
) -> HeadFigures:
    """Play a clip and measure."""
    finder, recogniser = judges
    photo = open_builtin(persona).photo
    solid = np.column_stack([photo.points, np.zeros(len(photo.points))]).astype(np.float32)
    if keep is not None:
        keep = keep / f"{Path(clip).stem}_{persona}_{mode}"
        keep.mkdir(parents=True, exist_ok=True)
    watcher = Watcher(finder, recogniser, recogniser.embed(photo.pixels, solid), keep)
    settings = Settings(camera=clip, persona=persona, mode=mode, sink="null")  # type: ignore[arg-type]
    replay = Replay(settings, open_parts(settings, ManualClock(), paced=False))
    try:
        for number, (frame, sent) in enumerate(replay.run()):
            if sent.seq == frame.seq:
                watcher.observe(frame, sent.pixels)
            if number + 1 >= most:
                break
        report = replay.report()
    finally:
        replay.parts.close()
    looks = np.array(watcher.looks).reshape(-1, 3)
    means = looks.mean(0) if len(looks) else np.full(3, np.nan)
    head, nan = report.head, float("nan")
    left = (nan, nan) if head is None else (head.left_mean, head.left_worst)
    return HeadFigures(
        Path(clip).stem, persona, mode, watcher.pictures, report.frames.held, 0 if head is None else head.guessed,
        *(float(v) for v in means), *left, watcher.unrest, report.stage_ms.get("render", {}).get("p50", nan),
    )  # fmt: skip


def rows(args: argparse.Namespace) -> Iterator[HeadFigures]:
    """Yield the figures of every clip, persona and mode."""
    judges = open_face_finder(), open_recogniser(args.recogniser)
    for clip in args.clips:
        for persona in args.personas:
            for mode in args.modes:
                yield measure(clip, persona, mode, judges, args.frames, args.keep)


def main(argv: Sequence[str] | None = None) -> None:
    """Read the arguments, print the table, write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recogniser", type=Path, required=True)
    parser.add_argument("--clips", nargs="+", default=["sample"])
    parser.add_argument("--personas", nargs="+", default=["robin"])
    parser.add_argument("--modes", nargs="+", default=list(MODES))
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args(argv)
    found = []
    for row in rows(args):
        found.append(row)
        print(row, flush=True)
    if args.json is not None:
        shown = {"machine": describe_machine(), "rows": [asdict(row) for row in found]}
        args.json.write_text(json.dumps(shown, indent=2))


if __name__ == "__main__":
    main()
