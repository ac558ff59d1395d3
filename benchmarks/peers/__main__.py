"""livecam next to stand-ins for what people use, on the same frames of the sample camera, in the same run.

    python -m benchmarks.peers [--landmarker face_landmarker.task] [--json peers.json]

A stand-in does what the other program is described to do, with networks of the same size and random weights: its time
means something, its picture does not. No figure here is a measurement of another program. Needs the extra `dev`;
with --landmarker also `train`: MediaPipe's face mesh alone, which is no stand-in but the program itself.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.peers.mesh_alone import MeshAlone
from benchmarks.peers.standins import Livecam, Peer, Puppeteer, StaleBoxSwap, WarpAndClone, five
from livecam.bench.pictures import preload
from livecam.bench.quality import metrics
from livecam.bench.quality.figures import compute_quality
from livecam.bench.quality.follow import follow, load_sample_truth
from livecam.bench.quality.watch import Watcher
from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock, process_cpu_ns
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.devices.media.sample import load_sample_scenes
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.plugins import open_face_finder, open_texture_engine

SIZE_WH, SCENE, WARMUP = (1280, 720), "turn", 3
PERIOD_NS = NS_PER_S // 30


@dataclass(frozen=True, slots=True)
class Row:
    """One peer's figures: milliseconds a frame, frames late, output over input."""

    name: str
    note: str
    frames: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    lag_frames: float | None
    flicker_ratio: float | None
    pose_error_deg: float | None
    expression_error: float | None


def measure(peer: Peer, frames: Sequence[Frame], finder: FaceFinder, limit: int) -> Row:
    """Run a peer over frames of the sample's turning head, at most `limit` of them."""
    truth, faces = load_sample_truth(), follow("sample", finder)
    watcher, clock = Watcher(finder, None), SystemClock()
    spent, cpu, used = [], [], []
    for n, frame in enumerate(frames[: limit + WARMUP]):
        begin, begin_cpu = clock.now_ns(), process_cpu_ns()
        picture = peer.draw(frame, truth.points[frame.seq])
        if n >= WARMUP:
            spent.append((clock.now_ns() - begin) / NS_PER_MS)
            cpu.append((process_cpu_ns() - begin_cpu) / NS_PER_MS)
            used.append(peer.used)
            if peer.shows and frame.seq in faces:
                watcher.observe(frame, picture, faces[frame.seq])
    counts = dict.fromkeys(("frames", "held", "face_lost", "unswapped_shown"), 0)
    quality = compute_quality(peer.name, watcher.watched, counts, None) if peer.shows else None
    true = np.stack([five(truth.points[f.seq]).ravel() for f in frames[WARMUP : WARMUP + len(used)]])
    placed = [points.ravel() for points in used if points is not None]
    enough = len(placed) == len(true) and len(true) > 12
    return Row(
        peer.name,
        peer.note,
        len(spent),
        *(round(float(np.percentile(spent, p)), 1) for p in (50, 95)),
        round(float(np.median(cpu)), 1),
        metrics.lag_frames(np.stack(placed), true) if enough else None,
        *((quality.flicker_ratio, quality.pose_error_deg, quality.expression_error) if quality else (None,) * 3),
    )


def show(rows: Sequence[Row], console: Console) -> None:
    """The table; the first row is the measure."""
    table = Table(title=f"a frame of {SIZE_WH[0]}x{SIZE_WH[1]}, a turning head", title_justify="left")
    for heading in ("", "p50 ms", "p95 ms", "cpu ms", "x ours", "lag", "flicker", "pose", "expr."):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=bool(heading))
    for row in rows:
        figures = (row.lag_frames, row.flicker_ratio, row.pose_error_deg, row.expression_error)
        table.add_row(
            row.name,
            *(f"{v:.1f}" for v in (row.p50_ms, row.p95_ms, row.cpu_ms, row.p50_ms / rows[0].p50_ms)),
            *("-" if v is None else f"{v:.2f}" for v in figures),
        )
    console.print(table)
    for row in rows:
        console.print(f"{row.name}: {row.note}, {row.frames} frames", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--slow-frames", type=int, default=24, help="of the stand-ins with networks")
    parser.add_argument("--landmarker", type=Path, help="MediaPipe's .task file")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    console, scene = Console(), load_sample_scenes()[SCENE]
    pictures = preload("sample", SIZE_WH, len(scene), scene.start)
    frames = [Frame(picture, n * PERIOD_NS, scene.start + n) for n, picture in enumerate(pictures)]
    persona, finder = open_builtin(builtin_names()[0]), open_face_finder()
    ways: list[tuple[Callable[[], Peer], int]] = [
        (lambda: Livecam(finder, open_texture_engine("auto"), persona, SIZE_WH), len(frames)),
        (lambda: WarpAndClone(finder, persona), len(frames)),
        (StaleBoxSwap, given.slow_frames),
        (Puppeteer, given.slow_frames),
    ]
    if given.landmarker:
        ways.append((lambda: MeshAlone(given.landmarker), len(frames)))
    rows = []
    with console.status("starting") as status:
        for make, limit in ways:
            peer = make()
            status.update(peer.name)
            rows.append(measure(peer, frames, finder, limit))
    finder.close()
    show(rows, console)
    if given.json:
        result = {"machine": describe_machine(), "rows": [asdict(row) for row in rows]}
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
