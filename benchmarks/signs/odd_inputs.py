"""A thousand hostile and odd inputs through `verify --signs`: each must end in an answer or in one clear error.

    python -m benchmarks.signs.odd_inputs --inputs 1000 --json odd.json

Broken files of every kind that `verify` reads, and clips with no face, many faces, black, one picture, no sound, sound
only, wild sizes and rates.
"""

import argparse
import json
import tempfile
import traceback
from contextlib import closing
from pathlib import Path

import av
import cv2
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from livecam.core.errors import LivecamError
from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.plugins import open_face_finder, open_outline_network
from livecam.verify import verify
from livecam.verify.signs.findings import find_signs
from livecam.verify.signs.observer import SPARSE_NS, FaceObserver
from livecam.verify.signs.sound_of_clip import read_speech
from livecam.verify.signs.words import summarise
from tests.fuzzing import BROKEN, Broken, seeds

SIZES_WH = ((16, 16), (64, 48), (640, 40), (40, 640), (322, 242), (1280, 720))
KINDS = ("black", "white", "noise", "one face", "two faces", "nine faces", "face that comes and goes", "upside down")


def heads() -> list[np.ndarray]:
    """Pictures of the synthetic person of the sample."""
    reader, kept = cv2.VideoCapture(str(SAMPLE_CLIP)), []
    for _ in range(20):
        kept.append(reader.read()[1])
    reader.release()
    return kept


def odd_picture(kind: str, size_wh: tuple[int, int], number: int, faces: list[np.ndarray], rng: np.random.Generator):
    width, height = size_wh
    if kind in ("black", "white"):
        return np.full((height, width, 3), 255 * (kind == "white"), np.uint8)
    if kind == "noise" or (kind == "face that comes and goes" and number % 3 == 0):
        return rng.integers(0, 255, (height, width, 3), np.uint8)
    face = faces[number % len(faces)]
    tiles = {"two faces": 2, "nine faces": 3}.get(kind, 1)
    whole = np.tile(face, (tiles if kind == "nine faces" else 1, tiles, 1))
    whole = cv2.resize(whole, size_wh, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(whole[::-1]) if kind == "upside down" else whole


def write_odd(path: Path, rng: np.random.Generator, faces: list[np.ndarray]) -> str:
    """A clip that is whole and odd; what it is, in words."""
    kind, size_wh = str(rng.choice(KINDS)), SIZES_WH[rng.integers(len(SIZES_WH))]
    count, rate = int(rng.choice([1, 2, 5, 25, 100])), int(rng.choice([1, 5, 25, 60, 240]))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": str(rng.integers(10, 50))})
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="mono") if rng.random() < 0.3 else None
        for number in range(count):
            pixels = odd_picture(kind, size_wh, number, faces, rng)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgr24")))
        out.mux(stream.encode(None))
        if sound is not None:
            wave = (rng.normal(0, rng.choice([0, 0.01, 0.9]), (1, 1024)) * 0.5).astype(np.float32)
            for number in range(int(rng.integers(1, 100))):
                frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
                frame.sample_rate, frame.pts = 48_000, 1024 * number
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
    return f"{kind} {size_wh} {count} pictures at {rate} Hz"


class Figures:
    def __init__(self) -> None:
        self._outline = open_outline_network()
        self.answers = self.refusals = 0
        self.crashes: list[str] = []

    def look(self, path: Path, about: str, finder) -> None:
        try:
            speech = read_speech(path)
            observer = FaceObserver(finder, self._outline, SPARSE_NS if speech is None else 0)
            verify(path, observer.add)
            said = summarise(find_signs(observer.finish(speech)))
            assert said and "\n" not in said
            self.answers += 1
        except LivecamError as error:
            assert str(error).strip() and error.help_text
            self.refusals += 1
        except Exception:
            self.crashes.append(f"{about}: {traceback.format_exc()[-600:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given_ = parser.parse_args()
    cv2.setNumThreads(1)
    figures, faces, rng = Figures(), heads(), np.random.default_rng(given_.seed)
    with tempfile.TemporaryDirectory(prefix="odd-signs-") as name, closing(open_face_finder()) as finder:
        folder = Path(name)
        (folder / "seeds").mkdir()
        originals = seeds(folder / "seeds")

        @seed(given_.seed)
        @settings(
            max_examples=given_.inputs // 2,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(broken=BROKEN)
        def look_at_broken(broken: Broken) -> None:
            file, content = broken.content(originals)
            (folder / file).write_bytes(content)
            figures.look(folder / file, file, finder)

        look_at_broken()
        for _ in range(given_.inputs - given_.inputs // 2):
            path = folder / "odd.mp4"
            figures.look(path, write_odd(path, rng, faces), finder)
    found = {"answers": figures.answers, "refusals": figures.refusals, "crashes": figures.crashes}
    print(json.dumps(found, indent=1))
    if given_.json is not None:
        given_.json.write_text(json.dumps(found, indent=1) + "\n")
    raise SystemExit(bool(figures.crashes))


if __name__ == "__main__":
    main()
