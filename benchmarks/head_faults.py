"""Plant faults in sessions of mode head and count live faces and live hair in what is sent.

    python benchmarks/head_faults.py                       10,000 frames, benchmarks/results/head-faults.json
    python benchmarks/head_faults.py --frames 1000 --first 7 --json FILE

Each session is the stage of `tests/session`: a scripted camera and segmentation network, and a judge of every picture
that is sent. Live faces and hair carry a noise by which the judge knows them. After the opening every frame has a
chance of a fault: of the network (it sees nothing, everything, noise, no numbers, or fails), of the camera (gone,
stalled), of the sink, of the face finder, of who is there (no one, two people, a head at the edge, one that jumps).
The control is the same judge on the camera's pictures. The exit code is 1 when something live was sent, when nothing
was shown or when the control was too blind.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from livecam.core.errors import EngineError
from livecam.core.segmentation import HeadClass
from livecam.host.machine import describe_machine
from tests.session.stage import LEAK_CORRELATION, SIZE_WH, Shot, noise_shown, perform, picture_of
from tests.session.test_head_mode import all_of, noise

RESULTS: Final = Path(__file__).parent / "results" / "head-faults.json"
FRAMES_PER_SESSION: Final = 500
RIGHT_FOR: Final = 66
"""Frames without a fault at the start of each session: the opening card is over by then."""
MOST_FAILURES: Final = 8
CONTROL: Final = 0.99
LOOKS: Final = {
    "sees nothing": lambda _: all_of(HeadClass.BACKGROUND),
    "sees a head everywhere": lambda _: all_of(HeadClass.HEAD),
    "sees things in front": lambda _: all_of(HeadClass.FRONT),
    "sees clothes": lambda _: all_of(HeadClass.CLOTHES),
    "sees noise": noise,
    "answers no numbers": lambda _: np.full_like(all_of(HeadClass.HEAD), np.nan),
    "fails": lambda _: _failure(),
}
SHOTS: Final[dict[str, dict[str, Any]]] = {
    "no face": {"faces": ()},
    "two faces": {"faces": ((90.0, 100.0), (230.0, 100.0))},
    "head at the edge": {"faces": ((292.0, 110.0),)},
    "head below the edge": {"faces": ((160.0, 190.0),)},
    "head jumps": {"faces": ((70.0, 120.0),)},
    "finder fails": {"engine_fails": True},
    "camera stalls": {"stall_ms": 900},
    "camera gone": {"camera_gone": True},
    "sink blocks": {"sink_ms": 700},
}


@dataclass(frozen=True)
class Row:
    """All sessions together.

    Attributes:
        frames, faulty: Frames that the camera delivered, and those with a fault in them.
        sent, new: Pictures sent, and those with a new head.
        live_faces, live_hair: Pictures in which the judge finds them.
        left_worst: The largest share of a live head that a session says it left.
        guessed: Pictures in which the live head was guessed.
        control: Share of the camera's pictures in which the judge finds the live face.
        faults: Frames by fault.
    """

    sessions: int
    frames: int
    faulty: int
    sent: int
    new: int
    held: int
    live_faces: int
    live_hair: int
    left_worst: float
    guessed: int
    control: float
    faults: dict[str, int]


def draw_script(rng: np.random.Generator) -> tuple[list[Shot], list[Any], Counter[str]]:
    """Shots, the network's answers and the faults of one session, by chance."""
    shots, looks, planted = [], [], Counter[str]()
    here = np.array([160.0, 110.0])
    left, shot_fault, look_fault = 0, None, None
    for number in range(FRAMES_PER_SESSION):
        here = np.clip(here + rng.normal(0, 3, 2), (100, 90), (220, 130))
        if number >= RIGHT_FOR and left == 0:
            left = int(rng.integers(1, 25))
            shot_fault = rng.choice([*SHOTS, *[None] * len(SHOTS)])
            look_fault = rng.choice([*LOOKS, *[None] * len(LOOKS)])
            # A finder that fails for seconds ends a session; that is another test.
            left = min(left, MOST_FAILURES) if shot_fault == "finder fails" else left
        left = max(left - 1, 0)
        given = {"faces": (tuple(map(float, here)),), "hairy": True, **SHOTS.get(shot_fault or "", {})}
        given["stall_ms"] = given.get("stall_ms", 0) * int(rng.random() < 0.2)
        given["sink_ms"] = given.get("sink_ms", 0) * int(rng.random() < 0.2)
        shots.append(Shot(**given))
        looks.append(None if look_fault is None else LOOKS[look_fault](number))
        planted.update(fault for fault in (shot_fault, look_fault) if fault is not None)
        planted["any"] += shot_fault is not None or look_fault is not None
    return shots, looks, planted


def _failure() -> EngineError:
    return EngineError("the network was set to fail", command="livecam doctor")


def run_sessions(frames: int, first: int) -> Row:
    """Play sessions until so many frames are through."""
    counts, planted, worst, seen = Counter[str](), Counter[str](), 0.0, []
    sessions = -(-frames // FRAMES_PER_SESSION)
    for number in range(sessions):
        shots, looks, faults = draw_script(np.random.default_rng(first + number))
        session, sink = perform(shots, looks=looks, mode="head")
        report, planted = session.report(), planted + faults
        counts.update(
            frames=len(shots), sent=report.frames.sent, new=report.frames.new, held=report.frames.held,
            faces=len(sink.leaks), hair=len(sink.hair), guessed=0 if report.head is None else report.head.guessed,
        )  # fmt: skip
        worst = max(worst, 0.0 if report.head is None else report.head.left_worst)
        inside = [s for s in shots[::10] if s.faces and max(s.faces[0]) < SIZE_WH[0] - 40 and s.faces[0][1] < 150]
        seen += [noise_shown(picture_of(s), s.faces[0]) > LEAK_CORRELATION for s in inside]
        print(f"{number + 1}/{sessions}: {counts['faces']} live faces, {counts['hair']} with live hair", flush=True)
    faulty = planted.pop("any", 0)
    return Row(
        sessions, counts["frames"], faulty, counts["sent"], counts["new"], counts["held"], counts["faces"],
        counts["hair"], worst, counts["guessed"], round(float(np.mean(seen)), 4), dict(sorted(planted.items())),
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Read the arguments, print the row and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=2026, help="seed of the first session")
    parser.add_argument("--json", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    row = run_sessions(args.frames, args.first)
    print(row)
    args.json.write_text(json.dumps({"machine": describe_machine(), **asdict(row)}, indent=1) + "\n")
    return int(bool(row.live_faces or row.live_hair) or not row.new or row.control < CONTROL)


if __name__ == "__main__":
    sys.exit(main())
