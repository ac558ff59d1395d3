"""The sample with a second head or cuts in it, through a session with the real networks; frames are late as planted.

The clock is moved by hand: what is late is late on every machine. A judge compares what the sink got, once it has been
H.264, with what the camera gave.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

import av
import cv2
import numpy as np

from livecam.app.components import Components
from livecam.app.session import Session
from livecam.bench.bare_faces import BareFaces
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.face import Points
from livecam.core.fakes import FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import MarkedFrame, Pixels
from livecam.core.ports import FaceFinder
from livecam.devices.media.sample import SAMPLE_CLIP
from tests.session.stage import synthetic_persona

SIZE_WH: Final = (640, 360)
OPENING_S: Final = 2.2
Scene = Callable[[int], tuple[Pixels, list[Points]]]


@cache
def people() -> tuple[list[Pixels], Points]:
    """Forty pictures of the sample at half size, and the box of the face that stays inside it."""
    pictures = []
    with av.open(str(SAMPLE_CLIP)) as clip:
        for number, picture in enumerate(clip.decode(video=0)):
            if number == 40:
                break
            pictures.append(cv2.resize(picture.to_ndarray(format="bgr24"), SIZE_WH, interpolation=cv2.INTER_AREA))
    return pictures, np.float32([255, 108, 383, 262])


def person(number: int) -> Pixels:
    """The sample, back and forth."""
    pictures, _ = people()
    place = number % (2 * len(pictures) - 2)
    return pictures[place if place < len(pictures) else 2 * len(pictures) - 2 - place]


def with_second(pixels: Pixels, centre_xy: tuple[float, float], face_px: float) -> tuple[Pixels, Points]:
    """A copy with the sample's head, mirrored, pasted in: its face so high, there; and the face's box."""
    left, top, right, bottom = 235, 75, 407, 295
    head = people()[0][0][top:bottom, left:right][:, ::-1]
    head = cv2.resize(head, None, fx=face_px / 154, fy=face_px / 154, interpolation=cv2.INTER_AREA)
    height, width = head.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    soft = np.clip(8 * (1 - (2 * x / width - 1) ** 2 - (2 * y / height - 1) ** 2), 0, 1)[..., None]
    x0, y0 = round(centre_xy[0] - width / 2), round(centre_xy[1] - height / 2)
    wide = cv2.copyMakeBorder(pixels, height, height, width, width, cv2.BORDER_CONSTANT)
    part = wide[y0 + height : y0 + 2 * height, x0 + width : x0 + 2 * width]
    part[:] = (part * (1 - soft) + head * soft).astype(np.uint8)
    reach = np.float32([0.41 * face_px, 0.5 * face_px])
    middle = np.float32(centre_xy)
    return wide[height:-height, width:-width].copy(), np.concatenate([middle - reach, middle + reach])


@dataclass(frozen=True)
class Late:
    """How late frames are: `ms` after their capture, in `spell` of every `of` frames."""

    ms: int = 0
    spell: int = 0
    of: int = 1

    def at(self, number: int) -> int:
        """By how many milliseconds this frame is late."""
        return self.ms if number % self.of < self.spell else 0


@dataclass
class Played:
    """What was sent, by number of the frame that the camera had given last, and the judge's word on it."""

    session: Session
    sent: list[tuple[int, MarkedFrame]]
    likeness: list[float]

    @property
    def bare(self) -> list[int]:
        """Frames at which a live face was on the screen."""
        return [n for (n, _), like in zip(self.sent, self.likeness, strict=True) if like >= 0.8]


def play(
    scene: Scene,
    finder: FaceFinder,
    frames: int,
    late: Late,
    rate_hz: float = 30.0,
    act: Callable[[Session, int], None] = lambda session, number: None,
    camera: Callable[[Pixels, int], Pixels] = lambda pixels, number: pixels,
    **settings: object,
) -> Played:
    """Play a scene through a session turn by turn; the first OPENING_S seconds show the person alone.

    `act` does something to the session before a frame, `camera` to what the camera gives of it.
    """
    clock, sink = ManualClock(1), FakeSink(SIZE_WH, keep=None)
    opening = round(OPENING_S * rate_hz)
    given = (camera(_at(scene, n - opening)[0], n - opening) for n in range(opening + frames))
    source = FakeSource(given, rate_hz, clock)
    parts = Components(persona=synthetic_persona(), finder=finder, engine=FakeTextureEngine(), source=source, sink=sink)
    session = Session(Settings(persona="sam", fps=rate_hz, **settings), parts, clock)  # type: ignore[arg-type]
    sent: list[tuple[int, MarkedFrame]] = []
    number = 0
    while session.capture.turn():
        act(session, number - opening)
        if number >= opening:
            clock.advance_ns(late.at(number) * NS_PER_MS)
        session.process.turn()
        session.writer.turn()
        sent.append((number - opening, sink.frames[-1]))
        sink.frames.clear()
        number += 1
    return Played(session, sent, judged(scene, [(n, picture.pixels) for n, picture in sent]))


def _at(scene: Scene, number: int) -> tuple[Pixels, list[Points]]:
    return scene(number) if number >= 0 else (person(number), [people()[1]])


def judged(scene: Scene, sent: Sequence[tuple[int, Pixels]]) -> list[float]:
    """How like a live face every sent picture is, as a viewer gets it."""
    judge = BareFaces(remembered=60)
    seen, likeness = -1_000, []
    for (number, _), picture in zip(sent, as_h264([pixels for _, pixels in sent]), strict=True):
        for n in range(max(seen + 1, number - 60), number + 1):
            judge.remember(*_at(scene, n))
        seen = number
        likeness.append(judge.likeness(picture))
    return likeness


def as_h264(pictures: Sequence[Pixels]) -> Iterator[Pixels]:
    """The pictures encoded as a file sink does, and decoded."""
    kept = BytesIO()
    with av.open(kept, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=30, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuv420p"
        for pixels in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgr24")))
        out.mux(stream.encode(None))
    kept.seek(0)
    with av.open(kept) as back:
        yield from (picture.to_ndarray(format="bgr24") for picture in back.decode(video=0))
