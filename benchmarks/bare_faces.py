"""Look for live faces in the files that live runs write: strangers who come, cuts, quiet and next to busy processes.

    python benchmarks/bare_faces.py                       every case, a table, benchmarks/results/bare-faces.json
    python benchmarks/bare_faces.py --only pop-in --seconds 40        these cases again; the others' rows stay
    python benchmarks/bare_faces.py --code ../before      the same clips through another checkout

Each case is a clip made from the sample; `livecam run` plays it as a camera, in real time with all its threads, into a
file. The judge compares every picture of that file with what the clip shows. Its control is the clip itself, of which
it must find every picture. The exit code is 1 when a picture was bare, nothing was shown or the control was too blind.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from livecam.bench.bare_faces import BareFaces
from livecam.bench.pictures import preload, reflect_index
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names

RESULTS: Final = Path(__file__).parent / "results" / "bare-faces.json"
SAMPLE_WH: Final = (1280, 720)
USER: Final = np.float32([510, 216, 766, 524])
"""The box of the sample's face in its first frames."""
HEAD: Final = (470, 150, 814, 590)
PERSONS, STEADY_S, WALK_S, WALK_PX = 16, 3.0, 2.0, 1480
CONTROL: Final = 0.99
START: Final = "from livecam.cli import main; main()"
Shown = tuple[Pixels, list[Points]]


@dataclass(frozen=True)
class Case:
    """A clip and what it is played next to; `scene` is "pop-in", "walk-in", or "cut" with the frames between two."""

    scene: str
    rate_hz: int = 30
    size_wh: tuple[int, int] = SAMPLE_WH
    busy: int = 0

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.scene}, {self.rate_hz} fps, {self.size_wh[1]}p, {self.busy} busy"


@dataclass(frozen=True)
class Row:
    """What came of a case: pictures of the file, those with a live face, and the share the judge finds in the clip.

    `new` counts the pictures that were drawn and sent: without any a machine was too busy to show what it would leak.
    """

    case: str
    pictures: int
    new: int
    bare: int
    most_like: float
    control: float
    held_share: float
    unswapped_shown: int
    levels: Mapping[str, int]
    load_1min: float


CASES: Final = [
    Case("pop-in"),
    Case("pop-in", busy=3),
    Case("pop-in", size_wh=(1920, 1080)),
    Case("pop-in", size_wh=(1920, 1080), busy=3),
    Case("pop-in", 60),
    Case("pop-in", 60, busy=3),
    Case("pop-in", 120),
    Case("pop-in", 120, busy=3),
    Case("walk-in"),
    Case("walk-in", busy=3),
    Case("walk-in", size_wh=(1920, 1080)),
    Case("walk-in", 60),
    Case("walk-in", 120),
    Case("cut 7"),
    Case("cut 7", busy=3),
    Case("cut 14", 60),
    Case("cut 28", 120),
    Case("cut 60", busy=3),
    Case("cut 7", size_wh=(1920, 1080)),
]


class Clip:
    """The pictures of a case, by number."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._people = preload("sample", SAMPLE_WH, PERSONS)
        left, top, right, bottom = HEAD
        self._head = np.ascontiguousarray(self._people[0][top:bottom, left:right][:, ::-1])

    def at(self, number: int) -> Shown:
        """A picture of the sample's size and the boxes of the faces in it."""
        steady = round(STEADY_S * self.case.rate_hz)
        # Persons change 30 times a second at any rate.
        person = self._people[reflect_index(number * 30 // self.case.rate_hz, PERSONS)]
        return (person, [USER]) if number < steady else self._change(person, number - steady)

    def _change(self, person: Pixels, number: int) -> Shown:
        kind, _, every = self.case.scene.partition(" ")
        if kind == "cut":
            away = 330 * (number // int(every) % 2)
            return np.ascontiguousarray(np.roll(person, -away, 1)), [USER - np.float32([away, 0, away, 0])]
        if kind == "walk-in":
            share = number / self.case.rate_hz % WALK_S / WALK_S
            return self._add_second(person, (WALK_PX - share * 600, 330.0))
        there = number // self.case.rate_hz % 2
        return self._add_second(person, (1080.0, 330.0)) if there else (person, [USER])

    def _add_second(self, person: Pixels, centre_xy: tuple[float, float], face_px: float = 200.0) -> Shown:
        """A copy with the sample's head, mirrored, pasted in, as far as it is in the picture."""
        scale = face_px / (USER[3] - USER[1])
        head = cv2.resize(self._head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = head.shape[:2]
        y, x = np.mgrid[0:height, 0:width]
        soft = np.clip(8 * (1 - (2 * x / width - 1) ** 2 - (2 * y / height - 1) ** 2), 0, 1)[..., None]
        left, top = round(centre_xy[0] - width / 2), round(centre_xy[1] - height / 2)
        out, middle = person.copy(), np.float32(centre_xy)
        part = out[top : top + height, left : left + width]
        if part.size:
            soft, head = soft[:, : part.shape[1]], head[:, : part.shape[1]]
            part[:] = (part * (1 - soft) + head * soft).astype(np.uint8)
        reach = np.float32([0.41 * face_px, 0.5 * face_px])
        return out, [USER, np.concatenate([middle - reach, middle + reach])]

    def write(self, path: Path, seconds: float) -> None:
        """Encode the clip at its size."""
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=self.case.rate_hz, options={"crf": "18", "preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = *self.case.size_wh, "yuv420p"
            for number in range(round(seconds * self.case.rate_hz)):
                pixels = cv2.resize(self.at(number)[0], self.case.size_wh, interpolation=cv2.INTER_LINEAR)
                out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
            out.mux(stream.encode(None))

    def judge(self) -> BareFaces:
        """Knows every face that the clip shows, wherever a held picture comes from."""
        numbers = range(round((STEADY_S + 2 * max(WALK_S, 2 / 3)) * self.case.rate_hz))
        judge, known = BareFaces(remembered=len(numbers)), set()
        for number in numbers:
            pixels, boxes = self.at(number)
            fresh = [box for box in boxes if (key := self._key(number, box)) not in known and not known.add(key)]
            judge.remember(pixels, fresh)
        return judge

    def _key(self, number: int, box: Points) -> tuple[object, ...]:
        """One for all pictures in which a face looks the same and is in the same place."""
        live = reflect_index(number * 30 // self.case.rate_hz, PERSONS) if box[3] - box[1] > 250 else -1
        return live, *np.round(box).tolist()


def pictures_of(path: Path) -> Iterator[Pixels]:
    """The pictures of a file at the sample's size."""
    with av.open(str(path)) as back:
        for picture in back.decode(video=0):
            pixels = picture.to_ndarray(format="bgr24")
            yield cv2.resize(pixels, SAMPLE_WH, interpolation=cv2.INTER_AREA) if picture.height != 720 else pixels


def play_clip(
    case: Case, clip: Path, folder: Path, seconds: float, code: Path | None
) -> tuple[Path, Mapping[str, object]]:
    """Play a clip in a run of its own; the file it wrote and its report."""
    written, report = folder / "written.mp4", folder / "report.json"
    environ = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
    if code is not None:
        environ["PYTHONPATH"] = str(code.resolve())
    command = [
        sys.executable, "-c", START, "run", "--persona", builtin_names()[0], "--camera", str(clip),
        "--sink", f"file:{written}", "--size", "x".join(map(str, case.size_wh)), "--fps", str(case.rate_hz),
        "--duration", str(seconds), "--json", str(report),
    ]  # fmt: skip
    with ExitStack() as others:
        for _ in range(case.busy):
            other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            others.callback(other.kill)
        done = subprocess.run(command, env=environ, cwd=code, capture_output=True, text=True, check=False)
    # A run in which no face was ever shown says so by its exit code; its file is judged all the same.
    if done.returncode and not report.exists():
        raise SystemExit(f"{case}: {done.stderr[-2000:]}")
    return written, json.loads(report.read_text())


def measure_all(case: Case, seconds: float, code: Path | None) -> Row:
    """Make the clip, play it, judge the file."""
    with tempfile.TemporaryDirectory() as name:
        folder, clip = Path(name), Clip(case)
        clip.write(folder / "clip.mp4", seconds)
        written, report = play_clip(case, folder / "clip.mp4", folder, seconds, code)
        judge, load = clip.judge(), os.getloadavg()[0]
        likeness: list[float] = []
        last: Pixels | None = None
        for pixels in pictures_of(written):
            repeated = last is not None and np.array_equal(last, pixels)
            likeness.append(likeness[-1] if repeated else judge.likeness(pixels))
            last = pixels
        control = [
            judge.has_bare_face(pixels) for n, pixels in enumerate(pictures_of(folder / "clip.mp4")) if n % 7 == 0
        ]
    frames = report["frames"]
    return Row(
        str(case), len(likeness), frames["new"], sum(like >= 0.8 for like in likeness), round(max(likeness), 2),
        round(float(np.mean(control)), 4), round(frames["held"] / max(frames["sent"], 1), 4),
        frames["unswapped_shown"], report.get("levels", {}), round(load, 1),
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--only", default="", help="cases with this in their name")
    parser.add_argument("--code", type=Path, default=None, help="another checkout, to run its program")
    parser.add_argument("--json", type=Path, default=None, help=f"default {RESULTS.name}, with every case of this code")
    given = parser.parse_args()
    rows: dict[str, Row] = {}
    place = given.json or (None if given.code else RESULTS)
    known = json.loads(place.read_text())["rows"] if place is not None and place.exists() else []
    kept = {row["case"]: row for row in known}
    for case in (case for case in CASES if given.only in str(case)):
        row = measure_all(case, given.seconds, given.code)
        rows[row.case] = row
        print(f"{row.case}: {row.bare} of {row.pictures} bare, {row.new} new, most like {row.most_like}, "
              f"control {row.control:.1%}, held {row.held_share:.1%}, unswapped_shown {row.unswapped_shown}, "
              f"{dict(row.levels)}, load {row.load_1min}", flush=True)  # fmt: skip
        if place is not None:
            kept[row.case] = {**asdict(row), "seconds": given.seconds}
            place.write_text(json.dumps({"machine": describe_machine(), "rows": list(kept.values())}, indent=1) + "\n")
    return int(any(row.bare or not row.new or row.control < CONTROL for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
