"""A stage for sessions: scripted camera, faces and faults on a manual clock, no threads, a judge for every picture.

Live faces carry a fixed noise tile over nose and cheeks. A persona has no such noise, so where the judge finds it in a
sent picture, a real face was shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.app.components import Components
from livecam.app.no_camera import open_talking_face
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError, EngineError
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.fakes import FakeFinder, FakeSegmenter, FakeSink, FakeSource, FakeTextureEngine, fake_face_points
from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.texture import FaceTexture
from livecam.core.topology import CANONICAL, UV
from livecam.video.head.cutout import cut_out_head
from tests.personas import verified

SIZE_WH = (320, 240)
EYE_DISTANCE_PX = 64
TILE_PX = 40
HAIR_UP_PX = 74
LEAK_CORRELATION = 0.5
_RNG = np.random.default_rng(11)
TILE = cv2.GaussianBlur(_RNG.normal(0, 60, (TILE_PX, TILE_PX)).astype(np.float32), (0, 0), 1.2)[..., None]
TILE = TILE / TILE.std() * 40


@dataclass(frozen=True)
class Shot:
    """One frame of the script: where the faces are, and what goes wrong."""

    faces: tuple[tuple[float, float], ...] = ((160.0, 100.0),)
    camera_gone: bool = False
    engine_fails: bool = False
    stall_ms: int = 0
    sink_ms: int = 0
    hairy: bool = False

    @property
    def hair(self) -> tuple[tuple[float, float], ...]:
        """The faces that have hair with noise in it."""
        return self.faces if self.hairy else ()


def picture_of(shot: Shot) -> Pixels:
    """The camera's picture: a wall and plain heads with noise on them."""
    width, height = SIZE_WH
    pixels = np.full((height, width, 3), (96, 104, 110), np.uint8)
    for centre in shot.faces:
        points = fake_face_points(centre, EYE_DISTANCE_PX)
        cv2.fillPoly(pixels, [cv2.convexHull(points[:, :2].astype(np.int32))], (120, 150, 190))
        window = tile_window(centre)
        pixels[window] = np.clip(pixels[window] + TILE, 0, 255).astype(np.uint8)
    for centre in shot.hair:
        window = tile_window(hair_at(centre))
        pixels[window] = np.clip(90 + TILE, 0, 255).astype(np.uint8)
    return pixels


def hair_at(centre_xy: tuple[float, float]) -> tuple[float, float]:
    """The point of the tile over a face's forehead and above it."""
    return centre_xy[0], centre_xy[1] - HAIR_UP_PX


def tile_window(centre_xy: tuple[float, float]) -> tuple[slice, slice]:
    """Where the noise of a face is: below the eyes."""
    left, top = int(centre_xy[0]) - TILE_PX // 2, int(centre_xy[1]) + 6
    return slice(top, top + TILE_PX), slice(left, left + TILE_PX)


def noise_shown(picture: Pixels, centre_xy: tuple[float, float]) -> float:
    """Correlation of the picture with the live face's noise, 0..1."""
    patch = picture[tile_window(centre_xy)].astype(np.float32).mean(2)
    patch = patch - cv2.GaussianBlur(patch, (0, 0), 4)
    wanted = TILE[..., 0] - cv2.GaussianBlur(TILE[..., 0], (0, 0), 4)
    if patch.std() < 0.5:
        return 0.0
    return abs(float(np.corrcoef(patch.ravel(), wanted.ravel())[0, 1]))


def synthetic_persona(name: str = "sam", kind: PersonaKind = PersonaKind.SYNTHETIC) -> VerifiedPersona:
    """A smooth drawn face, eyes and mouth its own."""
    pixels = np.full((256, 256, 3), (110, 140, 200), np.uint8)
    for x in (80, 176):
        cv2.circle(pixels, (x, 90), 14, (60, 50, 40), -1)
    texture = FaceTexture(pixels, (UV * 255).astype(np.float32), CANONICAL, eyes_and_mouth="own")
    record = ConsentRecord(PersonaKind.SYNTHETIC, "", "a drawing", None, None)  # type: ignore[arg-type]
    return verified(Persona(name, kind, texture, record))


class StagedFinder(FakeFinder):
    """A finder that fails on the given frames."""

    def __init__(self, shots: list[Shot]) -> None:
        super().__init__([[fake_face_points(c, EYE_DISTANCE_PX) for c in shot.faces] for shot in shots])
        self._failing = {n for n, shot in enumerate(shots) if shot.engine_fails}

    def detect(self, frame: Frame, quick: bool = False) -> list[FaceBox]:
        self._fail(frame)
        return list(super().detect(frame, quick))

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        self._fail(frame)
        return super().mesh(frame, hint)

    def _fail(self, frame: Frame) -> None:
        if frame.seq in self._failing:
            raise EngineError("the network was set to fail", command="livecam doctor")


@dataclass
class Outcome:
    """What was sent and what the judge saw."""

    session: Session
    sent: list[MarkedFrame] = field(default_factory=list)
    leaks: list[int] = field(default_factory=list)


class JudgedSink(FakeSink):
    """Looks at every picture as it is sent; keeps only the last few."""

    def __init__(self, shots: list[Shot], clock: ManualClock) -> None:
        super().__init__(SIZE_WH, keep=4)
        self.leaks: list[int] = []
        self.hair: list[int] = []
        self.shown: list[int] = []
        self._shots, self._clock = shots, clock

    def send(self, frame: MarkedFrame) -> None:
        super().send(frame)
        if frame.seq < 0:
            self.shown.append(-1)
            return
        shot = self._shots[frame.seq]
        self.shown.append(frame.seq)
        if any(noise_shown(frame.pixels, centre) > LEAK_CORRELATION for centre in shot.faces):
            self.leaks.append(frame.seq)
        if any(noise_shown(frame.pixels, hair_at(centre)) > LEAK_CORRELATION for centre in shot.hair):
            self.hair.append(frame.seq)
        self._clock.advance_ns(shot.sink_ms * 1_000_000)


def frames_of(shots: list[Shot]) -> list[Shot]:
    """The shots the camera really delivers: `seq` counts these."""
    return [shot for shot in shots if not shot.camera_gone]


def script(shots: Iterable[Shot], clock: ManualClock) -> Iterator[Pixels | CameraError]:
    """What the camera delivers; a stall lets time pass before its picture."""
    for shot in shots:
        clock.advance_ns(shot.stall_ms * 1_000_000)
        yield (
            CameraError("the camera was pulled out", command="livecam devices")
            if shot.camera_gone
            else picture_of(shot)
        )


def perform(
    shots: list[Shot], looks: Sequence[NDArray[np.float32] | EngineError | None] = (), **settings: object
) -> tuple[Session, JudgedSink]:
    """Play the shots through a real session, turn by turn; `looks` are what a head's segmenter answers, in turn.

    With the camera "none" the shots are what a camera would deliver that should not be open.
    """
    clock = ManualClock(1)
    seen = frames_of(shots)
    sink = JudgedSink(seen, clock)
    source = FakeSource(script(shots, clock), 30.0, clock)
    persona = synthetic_persona()
    segmenter = FakeSegmenter(script=looks) if settings.get("mode") == "head" else None
    talks = settings.get("camera") == "none"
    finder, mouth = open_talking_face() if talks else (StagedFinder(seen), None)
    parts = Components(
        persona=persona, finder=finder, mouth=mouth, engine=FakeTextureEngine(), source=source, sink=sink,
        segmenter=segmenter, head=None if segmenter is None else cut_out_head(persona.photo, FakeSegmenter()),
    )  # fmt: skip
    session = Session(Settings(persona="sam", **settings), parts, clock)  # type: ignore[arg-type]
    while session.capture.turn():
        session.process.turn()
        session.writer.turn()
    return session, sink
