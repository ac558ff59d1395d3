"""A thousand hostile and odd inputs through `verify --signs`: each must end in an answer or in one clear error.

    python -m benchmarks.signs.odd_inputs --inputs 1000 --json benchmarks/results/signs-odd.json

Four in ten are valid files of every kind that `verify` reads, broken at random. The others are whole and odd, or cut
off: see `odd_clips`. Started again it goes on where it stopped. Files are decoded in the box that stays open, as in
`verify` itself; text, JSON and page are made of every answer.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
import traceback
from collections import Counter
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np

from benchmarks.signs.odd_clips import FORMS, Maker, read_faces
from livecam.app.signs import findings_to_dict
from livecam.cli.signs_page import make_signs_page
from livecam.cli.signs_text import signs_as_text
from livecam.core.errors import LivecamError
from livecam.core.ports import FaceFinder
from livecam.host.machine import describe_machine
from livecam.plugins import open_face_finder, open_outline_network
from livecam.verify import verify
from livecam.verify.signs.findings import find_signs
from livecam.verify.signs.observer import SPARSE_NS, FaceObserver
from livecam.verify.signs.sound_of_clip import read_speech
from tests.fuzzing import Broken, seeds
from tests.fuzzing import look_at_broken as draw_broken

PER_ROUND, BROKEN_OF_ROUND = 50, 20
BROKEN_FORM = "broken file"


class Figures:
    """What came of the inputs, by their form."""

    def __init__(self, found: dict[str, object]) -> None:
        self.rounds = int(found.get("rounds", 0))
        forms = found.get("forms", {})
        self.forms = {name: Counter(forms.get(name, {})) for name in (BROKEN_FORM, *FORMS)}
        self.crashes: list[str] = list(found.get("crashes", []))
        self.slowest_s = float(found.get("slowest_s", 0.0))
        self._outline = open_outline_network()

    def look(self, path: Path, form: str, finder: FaceFinder) -> None:
        """Examine a file as the command does, and count what it ends in."""
        begin_s = time.process_time()
        try:
            self.forms[form][self._answer(path, finder)] += 1
        except Exception:
            self.forms[form]["crashed"] += 1
            self.crashes.append(f"{form}, round {self.rounds}, {path.name}: {traceback.format_exc()[-900:]}")
        self.slowest_s = max(self.slowest_s, time.process_time() - begin_s)

    def _answer(self, path: Path, finder: FaceFinder) -> str:
        try:
            speech = read_speech(path) if path.is_file() else None
            observer = FaceObserver(finder, self._outline, SPARSE_NS if speech is None else 0)
            verify(path, observer.add)
        except LivecamError as error:
            assert str(error).strip() and "\n" not in str(error) and error.help_text, "the line is not clear"
            return "one clear line"
        findings = find_signs(observer.finish(speech))
        text = signs_as_text(findings)
        json.dumps(findings_to_dict(findings), allow_nan=False)
        make_signs_page(path.name, "", findings)
        assert len(max(text.splitlines(), key=len)) <= 80, "a line is too long"
        return "measured" if findings.measured else "answered: nothing to measure"

    def as_dict(self) -> dict[str, object]:
        total = sum(self.forms.values(), Counter())
        return {
            "machine": describe_machine(),
            "inputs": sum(total.values()),
            "total": dict(total),
            "forms": {name: dict(counts) for name, counts in self.forms.items()},
            "crashes": self.crashes,
            "slowest_s": round(self.slowest_s, 2),
            "rounds": self.rounds,
        }


def look_at_broken(figures: Figures, originals: dict[str, bytes], folder: Path, finder: FaceFinder) -> None:
    def look(broken: Broken) -> None:
        file, content = broken.content(originals)
        (folder / file).write_bytes(content)
        figures.look(folder / file, BROKEN_FORM, finder)

    draw_broken(figures.rounds, BROKEN_OF_ROUND, look)


def look_at_odd(figures: Figures, faces: list[np.ndarray], folder: Path, finder: FaceFinder) -> None:
    count = PER_ROUND - BROKEN_OF_ROUND
    first = figures.rounds * count % len(FORMS)
    for number, (name, write) in enumerate(islice(cycle(FORMS.items()), first, first + count)):
        place = folder / "odd"
        place.mkdir()
        maker = Maker(np.random.default_rng([figures.rounds, number]), faces)
        figures.look(write(maker, place), name, finder)
        shutil.rmtree(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--at-most-s", type=float, default=1e9, help="stop after so many seconds; start again to go on")
    parser.add_argument("--json", type=Path, required=True)
    given_ = parser.parse_args()
    os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
    cv2.setNumThreads(1)
    figures = Figures(json.loads(given_.json.read_text()) if given_.json.exists() else {})
    end_s, faces = time.monotonic() + given_.at_most_s, read_faces()
    with tempfile.TemporaryDirectory(prefix="odd-signs-") as name, closing(open_face_finder()) as finder:
        folder = Path(name)
        (folder / "seeds").mkdir()
        originals = seeds(folder / "seeds")
        while figures.rounds * PER_ROUND < given_.inputs and time.monotonic() < end_s:
            look_at_broken(figures, originals, folder, finder)
            look_at_odd(figures, faces, folder, finder)
            figures.rounds += 1
            given_.json.write_text(json.dumps(figures.as_dict(), indent=1) + "\n")
            print(figures.rounds * PER_ROUND, "inputs", len(figures.crashes), "crashes", flush=True)
    raise SystemExit(bool(figures.crashes))


if __name__ == "__main__":
    main()
