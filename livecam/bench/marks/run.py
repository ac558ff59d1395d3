"""Mark the sample, distort it as a call does, read the mark again.

The cost of marking is measured too.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import cv2
import numpy as np

from livecam.bench.marks import pictures, sounds
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_MS, process_cpu_ns
from livecam.core.errors import EngineError
from livecam.core.face import Points
from livecam.core.files.own_files import MADE_BY
from livecam.core.frame import Frame
from livecam.core.payload import FACE, MarkPayload
from livecam.devices.media.sample import open_sample
from livecam.disclosure.picture import Marker, Plates
from livecam.disclosure.picture_reader.reader import MarkReader, MarkReading
from livecam.disclosure.sound.notice import load_sentence
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD, WINDOW_S, SoundMark, read_sound
from livecam.host.machine import describe_machine
from livecam.plugins import open_face_finder

PAYLOAD: Final = MarkPayload(FACE, 0xBEEF)
SESSION: Final = PAYLOAD.session
COUNT: Final = 240
COST_SIZES: Final = {"720p": (1280, 720), "1080p": (1920, 1080)}
_COST_PICTURES: Final = 90
_SOUND_S: Final = 20
_BLOCK: Final = 480
_LOOK_EVERY: Final = 8

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Survival:
    """What remained of a mark.

    Attributes:
        bits_right: Correct bits out of `bits`.
        score: The reader's score, to compare with `threshold`.
        found: Whether the score reached it.
    """

    bits_right: int
    bits: int
    score: float
    threshold: float
    found: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of all threads.

    Milliseconds per picture with the plate, and percent of one core for sound.
    """

    picture_ms: Mapping[str, Mapping[str, float]]
    sound_percent: float


@dataclass(frozen=True, slots=True)
class MarksResult:
    """Result of the marks' benchmark."""

    machine: Mapping[str, object]
    picture: Mapping[str, Survival]
    sound: Mapping[str, Survival]
    cost: Cost
    psnr_db: float

    def to_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps({"schema": 1, **MADE_BY, **asdict(self)}, indent=2, default=str)


def run_marks(quick: bool, tell: Tell = lambda what: None) -> MarksResult:
    """Measure; `quick` runs a few cases only.

    `tell` is called with what is being measured.
    """
    cv2.setNumThreads(1)
    tell("the cost")
    cost = Cost(
        {name: measure_picture_cost_ms(size) for name, size in COST_SIZES.items()}, measure_sound_cost_percent()
    )
    plain = read_sample(pictures.LARGE_WH, COUNT)
    run = mark_pictures(plain)
    worst = min(measure_psnr_db(before, after) for before, (after, _) in zip(plain, run, strict=True))
    seen = {}
    for name in pictures.QUICK if quick else pictures.list_available():
        tell(name)
        seen[name] = read_marked(pictures.CASES[name](run))
    heard, speech = {}, make_marked_sound()
    for name in sounds.QUICK if quick else sounds.list_available():
        tell(name)
        heard[name] = read_marked_sound(sounds.CASES[name](speech))
    return MarksResult(describe_machine(), seen, heard, cost, round(worst, 1))


def read_sample(size_wh: tuple[int, int], count: int) -> list[np.ndarray]:
    """Return the first pictures of the sample clip."""
    reel = open_sample(size_wh)
    found: list[np.ndarray] = []
    while len(found) < count and reel.grab() is not None:
        found.append(reel.retrieve())
    reel.close()
    return found


def mark_pictures(plain: Sequence[np.ndarray]) -> pictures.Run:
    """Return the pictures with mark and label.

    The time of the first is not a round number.
    """
    height, width = plain[0].shape[:2]
    marker, period_ns = Marker((width, height), payload=PAYLOAD), pictures.PERIOD_NS
    return [
        (marker.mark(pixels.copy(), 123_456_789 + n * period_ns, n, faces).pixels, n * period_ns)
        for n, (pixels, faces) in enumerate(zip(plain, find_faces(plain), strict=True))
    ]


def find_faces(plain: Sequence[np.ndarray]) -> Iterator[list[Points]]:
    """Yield the boxes of the faces in each picture, as a session has them.

    The detector runs on every eighth picture.
    """
    finder, boxes = open_face_finder(), list[Points]()
    try:
        for n, pixels in enumerate(plain):
            if n % _LOOK_EVERY == 0:
                frame = Frame(np.asarray(pixels, np.uint8), n * pictures.PERIOD_NS, n)
                boxes = [finder.mesh(frame, box).box_xyxy for box in finder.detect(frame)]
            yield boxes
    finally:
        finder.close()


def read_marked(run: pictures.Run) -> Survival:
    """Read marks from eight seconds of pictures."""
    reader, reading = MarkReader(searches=1), None
    for pixels, at_ns in run:
        reading = reading or reader.add(pixels, at_ns)
    reading = reading or reader.finish()
    if reading is None:
        raise EngineError("the pictures were too few to be read", command="livecam bench marks")
    return _judge(reading)


def _judge(reading: MarkReading) -> Survival:
    right = sum(a == b for a, b in zip(reading.bits, PAYLOAD.bits(), strict=True))
    return Survival(right, len(reading.bits), round(reading.score, 1), reading.threshold, reading.marked)


def make_marked_sound() -> sounds.Sound:
    """Return the spoken notice, repeated and marked.

    The first samples are removed, so that no cycle begins at 0.
    """
    notice = np.concatenate([load_sentence(sounds.RATE_HZ), np.zeros(sounds.RATE_HZ // 4)])
    speech = np.resize(notice, _SOUND_S * sounds.RATE_HZ).astype(np.float32)
    block = AudioBlock(speech[:, None], sounds.RATE_HZ, 0, 0)
    return np.asarray(SoundMark(SESSION).process(block).samples[7_333:, 0], np.float32)


def read_marked_sound(samples: sounds.Sound) -> Survival:
    """Read marks from sixteen seconds of sound."""
    reading = read_sound(samples[: int(WINDOW_S * sounds.RATE_HZ)])
    if reading is None:
        raise EngineError("the sound was too short to be read", command="livecam bench marks")
    right = 16 - (reading.session ^ SESSION).bit_count()
    return Survival(right, 16, round(reading.score, 1), SOUND_THRESHOLD, reading.marked)


def measure_picture_cost_ms(size_wh: tuple[int, int]) -> Mapping[str, float]:
    """Return median and 95th percentile of marking a picture, label included."""
    marker, times = Marker(size_wh, payload=PAYLOAD), []
    for n, pixels in enumerate(read_sample(size_wh, _COST_PICTURES)):
        begin_ns = process_cpu_ns()
        marker.mark(pixels, n * pictures.PERIOD_NS, n)
        times.append((process_cpu_ns() - begin_ns) / NS_PER_MS)
    return {f"p{q}": round(float(np.percentile(times[1:], q)), 2) for q in (50, 95)}


def measure_sound_cost_percent() -> float:
    """Return the processor time of marking blocks of 10 ms, in percent."""
    mark, speech = SoundMark(SESSION), np.resize(load_sentence(sounds.RATE_HZ), 5 * sounds.RATE_HZ).astype(np.float32)
    begin_ns = process_cpu_ns()
    for first in range(0, len(speech), _BLOCK):
        mark.process(AudioBlock(speech[first : first + _BLOCK, None], sounds.RATE_HZ, first, 0))
    return round((process_cpu_ns() - begin_ns) / NS_PER_MS / (10 * len(speech) / sounds.RATE_HZ), 2)


def measure_psnr_db(before: np.ndarray, after: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of the mark itself.

    Plate and badge are excluded.
    """
    height, width = before.shape[:2]
    apart = before.astype(np.float32) - after
    for place in Plates((width, height), "top-right").places:
        apart[place] = 0
    return float(10 * np.log10(255**2 / max(float(np.mean(apart**2)), 1e-9)))
