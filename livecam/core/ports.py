"""Ports: what a source, a sink, a face finder and an engine promise.

`livecam.core.fakes` has one of each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Points
from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.outline import OutlineReading
from livecam.core.persona import Persona
from livecam.core.segmentation import HeadParts
from livecam.core.texture import FaceTexture
from livecam.core.voice import NetworkTrial, SentenceSpan, VoiceModel, VoiceStatistics


@runtime_checkable
class FrameSource(Protocol):
    """A camera, a clip or a folder of pictures."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def rate_hz(self) -> float:
        """Pictures per second it really delivers; for a clip, its own rate."""
        ...

    @property
    def live(self) -> bool:
        """Whether it is a camera.

        A camera's frames come at their own time and are lost when not read.
        """
        ...

    def read(self) -> Frame | None:
        """Block for the next frame; None when a clip has ended.

        Raises:
            CameraError: The device is gone or delivers nothing; reading again tries again.
        """
        ...

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        ...


@runtime_checkable
class HasRemarks(Protocol):
    """A source with remarks on what it has read."""

    @property
    def remarks(self) -> Sequence[str]:
        """Sentences for a person, each once."""
        ...


@runtime_checkable
class FrameSink(Protocol):
    """A virtual camera, a file or nothing at all. The size is fixed for its life."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height it takes."""
        ...

    def send(self, frame: MarkedFrame) -> None:
        """Hand over one picture; returns when the device has it.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun (a file is playable afterwards); may be called twice."""
        ...


class AudioWriter(Protocol):
    """The sound of a video that is being written."""

    def send(self, block: MarkedBlock) -> None:
        """Append sound at `captured_ns`, on the clock of the pictures.

        Raises:
            OutputError: The disk is full or gone.
        """
        ...


@runtime_checkable
class FaceFinder(Protocol):
    """A detector and a dense mesh network."""

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return all faces of the whole frame, best score first.

        `quick` looks at half the resolution, for a quarter of the cost: it may miss small faces and find false ones.
        It is meant for every frame, to notice that another person has come in.
        """
        ...

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return faces of which a part alone is in the picture as yet, in these strips.

        They reach beyond the edge.

        A third of a face scores 0.5 at least. Other things may too: a caller waits, and does not follow them.
        """
        ...

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the mesh near the hint; its score says whether a face is there."""
        ...

    def close(self) -> None:
        """Free the networks; may be called twice."""
        ...


@runtime_checkable
class HeadSegmenter(Protocol):
    """Tells a head and its hair from body, room and things in front."""

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return what is where round a head.

        Args:
            pixels: (h, w, 3) uint8 BGR.
            points: (468, 2 or 3) the mesh in its pixels.
            last: (n, n) 0..1 where the head was in the look before, `HeadParts.head`; None for a first look.

        Raises:
            EngineError: It cannot; the next picture may be tried.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...


@runtime_checkable
class FaceRecogniser(Protocol):
    """Judges whom a picture shows, in benchmarks and consent checks."""

    def embed(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        """(k,) embedding of unit length of the face with these mesh points (468, 3)."""
        ...


@runtime_checkable
class OutlineNetwork(Protocol):
    """Judges whether the outline of a face shows a seam, for `livecam verify` alone."""

    def judge(self, pixels: Pixels, points: Points) -> OutlineReading:
        """Return traces of a seam round the face (468, 3) in a picture.

        Raises:
            EngineError: The network failed.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...


@runtime_checkable
class TextureEngine(Protocol):
    """Makes the persona's face texture; the renderer does the rest."""

    @property
    def live(self) -> bool:
        """Whether `refresh` makes a new texture for a frame.

        False: the first one serves for ever.
        """
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name.

        Its model, where that runs, how long it takes.
        """
        ...

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the first texture, from the photo alone.

        Raises:
            PhotoError: The photo cannot be used; the hint says what would.
        """
        ...

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return a texture made for this very frame.

        Only called when `live`, from one thread of its own.

        Raises:
            EngineError: No texture can be made of this frame; the next may be tried.
        """
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


@runtime_checkable
class TextureEnhancer(Protocol):
    """Makes a texture of an engine finer."""

    @property
    def costly(self) -> bool:
        """Whether it runs only when the budget has room; False: always."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name."""
        ...

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the same face for the same frame, finer.

        Called from the thread of the engine.

        Raises:
            EngineError: It cannot; the texture serves as it is.
        """
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


@runtime_checkable
class EngineBuilder(Protocol):
    """Builds models for one machine, and knows which it built."""

    def list_built(self) -> Iterable[tuple[str, str, str]]:
        """Return every built model: its file, its key, and its folder.

        Raises:
            EngineError: They cannot be read.
        """
        ...

    def build(self, model: Path, tell: Callable[[int], None]) -> Path:
        """Build one and keep it; `tell` is called with the seconds it has taken so far.

        Raises:
            EngineError: It cannot be built here.
        """
        ...


@runtime_checkable
class VoiceEngine(Protocol):
    """Speaks with the persona's voice, block by block.

    Any block size gives the same samples.
    """

    @property
    def latency_samples(self) -> int:
        """Samples by which the output lags the input; known once prepared."""
        ...

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Allocate for blocks of up to `hop` samples.

        Raises:
            EngineError: A rate it does not take.
        """
        ...

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the converted block, as many samples as went in."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


@runtime_checkable
class SoundSource(Protocol):
    """A microphone, or a recording that stands in for one: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def xruns(self) -> int:
        """How often sound was lost because it was not read in time."""
        ...

    def read(self, count: int) -> AudioBlock | None:
        """Block for the next `count` samples, (count, 1).

        None when a recording has ended.

        Raises:
            SoundError: The device is gone.
        """
        ...

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        ...


@runtime_checkable
class SoundSink(Protocol):
    """A virtual microphone, a file or nothing at all: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def xruns(self) -> int:
        """How often it ran out of sound."""
        ...

    @property
    def waiting_ns(self) -> int:
        """Time between sending a sample and hearing it."""
        ...

    def send(self, block: MarkedBlock) -> None:
        """Send the next sound.

        Returns when the device has room for it, so it sets the pace.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun; may be called twice."""
        ...


@runtime_checkable
class VoiceMaker(Protocol):
    """Learns voices from recordings and makes engines that speak with them."""

    def learn(
        self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[SentenceSpan] = ()
    ) -> VoiceStatistics:
        """Return the statistics of one person's speech (n,).

        `readings` say where known sentences are read.

        Raises:
            EngineError: A rate it does not take.
            VoiceError: Too little speech in it.
        """
        ...

    def make_engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """Return an engine that turns the speaker's voice into the target's."""
        ...


@runtime_checkable
class VoiceNetworks(Protocol):
    """Speaks with networks that people bring."""

    def read(self, path: Path, pitch_hz: float = 0.0) -> VoiceModel:
        """Read the network in a file, known by its bytes from now on.

        `pitch_hz` says how high its voice speaks.

        Raises:
            EngineError: It is none, or a network it goes with is not here.
        """
        ...

    def check(self, model: VoiceModel) -> Mapping[str, object]:
        """Return a description of it, without loading it.

        Raises:
            EngineError: As `read`.
            ConsentError: It is another file than the one that was read.
        """
        ...

    def run_trial(self, model: VoiceModel) -> NetworkTrial:
        """Return the description and the time it takes here.

        Raises:
            EngineError: It does not run.
        """
        ...

    def make_engine(self, model: VoiceModel, speaker_hz: float, live: bool) -> VoiceEngine:
        """Return an engine that speaks with its voice.

        `speaker_hz` is 0 where the speaker's pitch is unknown.

        Args:
            live: Whether sound must not wait for it: then it gives silence instead of being late.

        Raises:
            EngineError: It does not load.
        """
        ...

    def close(self) -> None:
        """Let go of all its engines; may be called twice."""
        ...


@runtime_checkable
class SpeechSynthesizer(Protocol):
    """Reads typed sentences aloud, in a voice of its own that is never heard."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        The caller passes sentences of `livecam.core.typed_text.split_sentences` only.

        Raises:
            EngineError: It cannot be spoken.
        """
        ...
