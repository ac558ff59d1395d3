"""A fake of each port, scripted by data.

Tests of livecam and of plug-ins use them without a camera or a model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock, ManualClock
from livecam.core.errors import CameraError, EngineError, OutputError, SoundError
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Points
from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.persona import Persona
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts
from livecam.core.texture import FaceTexture
from livecam.core.topology import CANONICAL

FAKE_RATE_HZ = 48_000


def fake_face_points(centre_xy: tuple[float, float], eye_distance_px: float) -> Points:
    """Return the mean face (468, 3) float32, frontal, at `centre_xy`."""
    return np.asarray(CANONICAL * eye_distance_px + np.array([*centre_xy, 0]), np.float32)


class FakeSource:
    """Plays a list of pictures at a steady rate on a clock.

    It raises an error in the list at its turn.
    """

    name = "fake camera"
    live = True

    def __init__(
        self, script: Iterable[Pixels | CameraError], rate_hz: float = 30.0, clock: Clock | None = None
    ) -> None:
        self.rate_hz = rate_hz
        self.closed = False
        self._script = iter(script)
        self._clock = clock or ManualClock()
        self._seq = -1
        self._due_ns = self._clock.now_ns()

    def read(self) -> Frame | None:
        """Return the next picture at its time; None at the end of the script."""
        item = next(self._script, None)
        if item is None or self.closed:
            return None
        self._due_ns += int(NS_PER_S / self.rate_hz)
        self._clock.sleep_until_ns(self._due_ns)
        if isinstance(item, CameraError):
            raise item
        self._seq += 1
        return Frame(item, self._clock.now_ns(), self._seq)

    def close(self) -> None:
        """End the script."""
        self.closed = True


class FakeSink:
    """Keeps what it receives; refuses at the sends in `fail_at`."""

    name = "fake sink"

    def __init__(self, size_wh: tuple[int, int], fail_at: Sequence[int] = (), keep: int | None = None) -> None:
        self.size_wh = size_wh
        self.frames: list[MarkedFrame] = []
        self.sends = 0
        self.closed = False
        self._fail_at = frozenset(fail_at)
        self._keep = keep

    def send(self, frame: MarkedFrame) -> None:
        """Keep the picture."""
        if not isinstance(frame, MarkedFrame):
            raise TypeError(f"sinks take MarkedFrame only, got {type(frame).__name__}")
        if frame.size_wh != self.size_wh:
            raise ValueError(f"size must be {self.size_wh}, got {frame.size_wh}")
        if self.closed:
            raise OutputError("the fake sink is closed", advice="open it again")
        self.sends += 1
        if self.sends - 1 in self._fail_at:
            raise OutputError("the fake sink was set to fail", advice="take the number out of fail_at")
        self.frames.append(frame)
        if self._keep is not None:
            del self.frames[: -self._keep]

    def close(self) -> None:
        """Accept nothing more."""
        self.closed = True


class FakeSegmenter:
    """Segments an ellipse around the mesh as head, and what is below it as body.

    `script` has other answers for the first calls: shares (6, n, n), an error to raise, or None for the usual one.
    """

    _SIDE = 80

    def __init__(self, script: Sequence[NDArray[np.float32] | EngineError | None] = ()) -> None:
        self.closed = False
        self.looks = 0
        self._script = list(script)

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return the next answer of the script, then the usual one."""
        answer = self._script[self.looks] if self.looks < len(self._script) else None
        self.looks += 1
        if isinstance(answer, EngineError):
            raise answer
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        side = float(np.max(high - low)) * 2.7
        scale = np.float32(self._SIDE / side)
        corner = (low + high) / 2 - side / 2
        to_map = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]], np.float32)
        return HeadParts(self._usual() if answer is None else answer, to_map)

    def _usual(self) -> NDArray[np.float32]:
        rows, columns = np.mgrid[0 : self._SIDE, 0 : self._SIDE].astype(np.float32)
        middle = self._SIDE / 2
        head = ((columns - middle) / 20) ** 2 + ((rows - middle + 4) / 24) ** 2 < 1
        body = ~head & (rows > middle + 16) & (np.abs(columns - middle) < 8 + 2.0 * (rows - middle - 16))
        shares = np.zeros((CLASS_COUNT, self._SIDE, self._SIDE), np.float32)
        shares[HeadClass.HEAD], shares[HeadClass.CLOTHES] = head, body
        shares[HeadClass.BACKGROUND] = ~head & ~body
        return shares

    def close(self) -> None:
        """Free nothing."""
        self.closed = True


class FakeFinder:
    """Finds the given faces: `faces[seq]` lists the meshes of that frame.

    Later frames repeat the last. With `faces` empty it finds one steady face in the middle of every frame.
    """

    def __init__(self, faces: Sequence[Sequence[Points]] = ()) -> None:
        self.faces = list(faces)
        self.closed = False
        self.detections = 0

    def _points(self, frame: Frame) -> Sequence[Points]:
        if not self.faces:
            width, height = frame.size_wh
            return [fake_face_points((width / 2, height * 0.42), height * 0.18)]
        return self.faces[min(frame.seq, len(self.faces) - 1)]

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return boxes of the faces given for this frame."""
        self.detections += 1
        return [_box(points) for points in self._points(frame)]

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return no faces, or those given for this frame."""
        return []

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the face nearest to the hint, score 0 when none is within its width."""
        left, top, right, bottom = hint.box_xyxy
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        near = min(self._points(frame), key=lambda p: _distance(p, centre), default=None)
        if near is None or _distance(near, centre) > right - left:
            lost = hint.points if isinstance(hint, FaceMesh) else fake_face_points((0, 0), 1)
            return FaceMesh(lost, 0.0, frame.captured_ns)
        return FaceMesh(near, 1.0, frame.captured_ns)

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


def _distance(points: Points, centre: Points) -> float:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return float(np.linalg.norm((low + high) / 2 - centre))


def _box(points: Points) -> FaceBox:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    five = [points[[33, 133], :2].mean(0), points[[362, 263], :2].mean(0), *points[[1, 61, 291], :2]]
    return FaceBox(np.concatenate([low, high]).astype(np.float32), np.array(five, np.float32), 0.99)


class FakeTextureEngine:
    """Returns the photo unchanged; live ones count their refreshes."""

    def __init__(self, live: bool = False) -> None:
        self.live = live
        self.facts: Mapping[str, object] = {}
        self.refreshes = 0
        self.closed = False
        self._texture: FaceTexture | None = None

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the persona's photo."""
        self._texture = persona.photo
        return persona.photo

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return the photo again, made for this frame."""
        if self._texture is None:
            raise RuntimeError("prepare comes before refresh")
        self.refreshes += 1
        photo = self._texture
        return FaceTexture(
            photo.pixels, photo.points, photo.shape, photo.alpha, photo.tone, frame.captured_ns, photo.eyes_and_mouth
        )

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


class FakeEnhancer:
    """Brightens a texture by one step and counts; raises `error` if it has one."""

    def __init__(self, costly: bool = True, error: EngineError | None = None) -> None:
        self.costly, self.error = costly, error
        self.facts: Mapping[str, object] = {"enhance": "fake"}
        self.enhanced, self.closed = 0, False

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the texture, brighter."""
        if self.error is not None:
            raise self.error
        self.enhanced += 1
        return replace(texture, pixels=np.where(texture.pixels < 255, texture.pixels + 1, 255).astype(np.uint8))

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


TURNED_SAMPLES = 8


def alternate_sign(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Negate every other eight samples of sound (n, channels).

    The result is as loud, a different voice, and its own inverse.
    """
    signs = 1 - 2 * (np.arange(len(sound)) // TURNED_SAMPLES % 2)
    return np.asarray(sound * signs[:, None], np.float32)


class FakeVoiceEngine:
    """Returns `alternate_sign` of the voice after a fixed delay."""

    def __init__(self, latency_samples: int = 480) -> None:
        self.latency_samples = latency_samples
        self._past = np.zeros((latency_samples, 1), np.float32)
        self._turned = 0

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Start again."""
        self.reset()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return as many samples as came, `latency_samples` late."""
        channels = block.samples.shape[1]
        if self._past.shape[1] != channels:
            self._past = np.zeros((self.latency_samples, channels), np.float32)
        count, begun = len(block.samples), self._turned % (2 * TURNED_SAMPLES)
        # Counted from the first sample, so that block sizes do not matter.
        given = alternate_sign(np.concatenate([np.zeros((begun, channels), np.float32), block.samples]))[begun:]
        line = np.concatenate([self._past, given])
        self._past, self._turned = line[count:], self._turned + count
        return AudioBlock(line[:count], block.rate_hz, block.first_sample, block.captured_ns)

    def reset(self) -> None:
        """Fill the delay line with silence."""
        self._past, self._turned = np.zeros((self.latency_samples, 1), np.float32), 0


class FakeSoundSource:
    """Plays an array in real time by a clock; fails for the given reads.

    Attributes:
        xruns: Always 0.
    """

    name, xruns = "fake microphone", 0

    def __init__(self, sound: NDArray[np.float32], clock: Clock, fail_at: Sequence[int] = ()) -> None:
        """Take sound (n,) at 48 kHz; `fail_at` has the numbers of reads that raise."""
        self._sound, self._clock, self._fail_at = sound, clock, frozenset(fail_at)
        self._begin_ns, self._place, self._reads = clock.now_ns(), 0, 0
        self.closed = False

    def read(self, count: int) -> AudioBlock | None:
        """Return the next samples at the time they would be spoken.

        The last block may be shorter.
        """
        self._reads += 1
        begin = self._place
        self._place += count
        self._clock.sleep_until_ns(self._begin_ns + self._place * NS_PER_S // FAKE_RATE_HZ)
        if self._reads - 1 in self._fail_at:
            raise SoundError("the microphone is gone", command="livecam devices")
        samples = self._sound[begin : begin + count, None]
        at_ns = self._begin_ns + begin * NS_PER_S // FAKE_RATE_HZ
        return AudioBlock(samples, FAKE_RATE_HZ, begin, at_ns) if len(samples) else None

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


class FakeSoundSink:
    """Keeps what it receives, in real time by a clock; fails for the given sends.

    Attributes:
        sent: Every block.
        xruns: Always 0.
    """

    name, xruns = "fake virtual microphone", 0

    def __init__(self, clock: Clock, fail_at: Sequence[int] = (), waiting_ns: int = 0) -> None:
        self.sent: list[MarkedBlock] = []
        self.waiting_ns = waiting_ns
        self.closed = False
        self._clock, self._fail_at = clock, frozenset(fail_at)
        self._due_ns, self._sends = clock.now_ns(), 0

    def send(self, block: MarkedBlock) -> None:
        """Take a block when the one before it has been played."""
        self._sends += 1
        self._clock.sleep_until_ns(self._due_ns)
        self._due_ns += len(block.samples) * NS_PER_S // block.rate_hz
        if self._sends - 1 in self._fail_at:
            raise OutputError("the virtual microphone is gone", command="livecam doctor")
        self.sent.append(block)

    @property
    def samples(self) -> NDArray[np.float32]:
        """The whole sound (n,)."""
        return np.concatenate([np.zeros(0, np.float32), *(block.samples[:, 0] for block in self.sent)])

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True
