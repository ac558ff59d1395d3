"""Mark the sample, put it through what a call does, read it again; and what marking costs here."""

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
from livecam.devices.media.sample import sample_reel
from livecam.disclosure.picture import Marker, Plates
from livecam.disclosure.picture_reader.reader import MarkReader, Reading
from livecam.disclosure.sound.notice import sentence
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD, WINDOW_S, SoundMark, read_sound
from livecam.host.machine import machine
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
class Survived:
    """What was left of a mark.

    Attributes:
        bits_right: Of `bits`.
        score: The reader's, against its `threshold`.
        found: Whether the score reached it.
    """

    bits_right: int
    bits: int
    score: float
    threshold: float
    found: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time, all threads: milliseconds per picture with the plate, percent of one core for sound."""

    picture_ms: Mapping[str, Mapping[str, float]]
    sound_percent: float


@dataclass(frozen=True, slots=True)
class MarksResult:
    """A run of the marks' benchmark."""

    machine: Mapping[str, object]
    picture: Mapping[str, Survived]
    sound: Mapping[str, Survived]
    cost: Cost
    psnr_db: float

    def to_json(self) -> str:
        """All of it."""
        return json.dumps({"schema": 1, **MADE_BY, **asdict(self)}, indent=2, default=str)


def run_marks(quick: bool, tell: Tell = lambda what: None) -> MarksResult:
    """Measure; `quick` takes a few cases only. `tell` is called with what is being measured."""
    cv2.setNumThreads(1)
    tell("the cost")
    cost = Cost({name: picture_cost_ms(size) for name, size in COST_SIZES.items()}, sound_cost_percent())
    plain = sample(pictures.LARGE_WH, COUNT)
    run = marked(plain)
    worst = min(psnr_db(before, after) for before, (after, _) in zip(plain, run, strict=True))
    seen = {}
    for name in pictures.QUICK if quick else pictures.available():
        tell(name)
        seen[name] = survived(pictures.CASES[name](run))
    heard, speech = {}, marked_sound()
    for name in sounds.QUICK if quick else sounds.available():
        tell(name)
        heard[name] = survived_sound(sounds.CASES[name](speech))
    return MarksResult(machine(), seen, heard, cost, round(worst, 1))


def sample(size_wh: tuple[int, int], count: int) -> list[np.ndarray]:
    """The first pictures of the sample clip."""
    reel = sample_reel(size_wh)
    found: list[np.ndarray] = []
    while len(found) < count and reel.grab() is not None:
        found.append(reel.retrieve())
    reel.close()
    return found


def marked(plain: Sequence[np.ndarray]) -> pictures.Run:
    """The pictures with mark and plate, from a time on that is no round number."""
    height, width = plain[0].shape[:2]
    marker, period_ns = Marker((width, height), payload=PAYLOAD), pictures.PERIOD_NS
    return [
        (marker.mark(pixels.copy(), 123_456_789 + n * period_ns, n, faces).pixels, n * period_ns)
        for n, (pixels, faces) in enumerate(zip(plain, faces_in(plain), strict=True))
    ]


def faces_in(plain: Sequence[np.ndarray]) -> Iterator[list[Points]]:
    """The boxes of the faces in each picture, as a session gives them to the mark; looked for in every eighth."""
    finder, boxes = open_face_finder(), list[Points]()
    try:
        for n, pixels in enumerate(plain):
            if n % _LOOK_EVERY == 0:
                frame = Frame(np.asarray(pixels, np.uint8), n * pictures.PERIOD_NS, n)
                boxes = [finder.mesh(frame, box).box_xyxy for box in finder.detect(frame)]
            yield boxes
    finally:
        finder.close()


def survived(run: pictures.Run) -> Survived:
    """What a reader makes of eight seconds."""
    reader, reading = MarkReader(searches=1), None
    for pixels, at_ns in run:
        reading = reading or reader.add(pixels, at_ns)
    reading = reading or reader.rest()
    if reading is None:
        raise EngineError("the pictures were too few to be read", command="livecam bench marks")
    return _judged(reading)


def _judged(reading: Reading) -> Survived:
    right = sum(a == b for a, b in zip(reading.bits, PAYLOAD.bits(), strict=True))
    return Survived(right, len(reading.bits), round(reading.score, 1), reading.threshold, reading.marked)


def marked_sound() -> sounds.Sound:
    """The spoken notice over and over, marked; the first samples left out, so that no cycle begins at 0."""
    notice = np.concatenate([sentence(sounds.RATE_HZ), np.zeros(sounds.RATE_HZ // 4)])
    speech = np.resize(notice, _SOUND_S * sounds.RATE_HZ).astype(np.float32)
    block = AudioBlock(speech[:, None], sounds.RATE_HZ, 0, 0)
    return np.asarray(SoundMark(SESSION).process(block).samples[7_333:, 0], np.float32)


def survived_sound(samples: sounds.Sound) -> Survived:
    """What a reader makes of sixteen seconds."""
    reading = read_sound(samples[: int(WINDOW_S * sounds.RATE_HZ)])
    if reading is None:
        raise EngineError("the sound was too short to be read", command="livecam bench marks")
    right = 16 - (reading.session ^ SESSION).bit_count()
    return Survived(right, 16, round(reading.score, 1), SOUND_THRESHOLD, reading.marked)


def picture_cost_ms(size_wh: tuple[int, int]) -> Mapping[str, float]:
    """Median and 95th percentile of marking a picture of the sample, plate included, after the first."""
    marker, times = Marker(size_wh, payload=PAYLOAD), []
    for n, pixels in enumerate(sample(size_wh, _COST_PICTURES)):
        begin_ns = process_cpu_ns()
        marker.mark(pixels, n * pictures.PERIOD_NS, n)
        times.append((process_cpu_ns() - begin_ns) / NS_PER_MS)
    return {f"p{q}": round(float(np.percentile(times[1:], q)), 2) for q in (50, 95)}


def sound_cost_percent() -> float:
    """Processor time of marking sound in blocks of 10 ms, as a share of its length."""
    mark, speech = SoundMark(SESSION), np.resize(sentence(sounds.RATE_HZ), 5 * sounds.RATE_HZ).astype(np.float32)
    begin_ns = process_cpu_ns()
    for first in range(0, len(speech), _BLOCK):
        mark.process(AudioBlock(speech[first : first + _BLOCK, None], sounds.RATE_HZ, first, 0))
    return round((process_cpu_ns() - begin_ns) / NS_PER_MS / (10 * len(speech) / sounds.RATE_HZ), 2)


def psnr_db(before: np.ndarray, after: np.ndarray) -> float:
    """Peak signal to noise of the mark itself: where plate and badge stand is left out."""
    height, width = before.shape[:2]
    apart = before.astype(np.float32) - after
    for place in Plates((width, height), "top-right").places:
        apart[place] = 0
    return float(10 * np.log10(255**2 / max(float(np.mean(apart**2)), 1e-9)))
