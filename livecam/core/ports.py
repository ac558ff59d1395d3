"""Ports: the contracts of sources, sinks, face finders and engines.

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
from livecam.core.persona import Persona
from livecam.core.segmentation import HeadParts
from livecam.core.texture import FaceTexture
from livecam.core.voice import NetworkTrial, SentenceSpan, VoiceModel, VoiceStatistics


@runtime_checkable
class FrameSource(Protocol):
    """A camera, a clip or a folder of pictures."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def rate_hz(self) -> float:
        """Pictures per second it really delivers; for a clip, its own rate."""
        ...

    @property
    def live(self) -> bool:
        """Whether it is a camera.

        Frames of a camera come at their own time, and are lost when not read.
        """
        ...

    def read(self) -> Frame | None:
        """Wait for and return the next frame; None when a clip has ended.

        Raises:
            CameraError: The device is gone or delivers nothing; reading again tries again.
        """
        ...

    def close(self) -> None:
        """Close the device; may be called twice."""
        ...


@runtime_checkable
class HasRemarks(Protocol):
    """A source with remarks on what it has read."""

    @property
    def remarks(self) -> Sequence[str]:
        """Sentences for the user, each once."""
        ...


@runtime_checkable
class FrameSink(Protocol):
    """A virtual camera, a file or no output; its size never changes."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height it takes."""
        ...

    def send(self, frame: MarkedFrame) -> None:
        """Send a picture; return when the device has it.

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

        `quick` uses half the resolution, for a quarter of the cost. It may miss small faces and find false ones. It
        is meant for every frame, to notice that another person has come in.
        """
        ...

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return faces that are only partly in the picture, in these strips.

        They reach beyond the edge. A third of a face scores 0.5 at least. Other things may too: a caller waits, and
        does not follow them.
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
    """Separates a head and its hair from body, background and things in front."""

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return the segments around a head.

        Args:
            pixels: (h, w, 3) uint8 BGR.
            points: (468, 2 or 3) the mesh in its pixels.
            last: (n, n) 0..1 the head in the previous segmentation, `HeadParts.head`; None for the first.

        Raises:
            EngineError: It failed; the next picture may be tried.
        """
        ...

    def close(self) -> None:
        """Free the network; may be called twice."""
        ...


@runtime_checkable
class FaceRecogniser(Protocol):
    """Compares the faces in pictures, in benchmarks and consent checks."""

    def embed(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        """Return the embedding (k,), of unit length, of the face with this mesh (468, 3)."""
        ...


@runtime_checkable
class OutlineNetwork(Protocol):
    """Judges whether the outline of a face shows a seam, for `livecam verify` alone."""

    def judge(self, pixels: Pixels, points: Points) -> tuple[float, NDArray[np.float32]]:
        """Return a logit and a map (16, 16), 0..1, of the face (468, 3) in a picture.

        A high logit is evidence of a seam; the map says where.

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

        False: the first one is used always.
        """
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name.

        That is its model, its execution provider and its times.
        """
        ...

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the first texture, from the photo alone.

        Raises:
            PhotoError: The photo cannot be used; the hint names what can.
        """
        ...

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return a texture made for this frame.

        Only called when `live`, from a thread of its own.

        Raises:
            EngineError: No texture can be made of this frame; the next may be tried.
        """
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


@runtime_checkable
class TextureEnhancer(Protocol):
    """Refines a texture of an engine."""

    @property
    def costly(self) -> bool:
        """Whether it runs only when the budget has room; False: always."""
        ...

    @property
    def facts(self) -> Mapping[str, object]:
        """What a report says about it, by name."""
        ...

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the same face for the same frame, with more detail.

        Called from the thread of the engine.

        Raises:
            EngineError: It failed; the texture can be used unchanged.
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
        """Build a model and keep it; call `tell` with the seconds so far.

        Raises:
            EngineError: It cannot be built here.
        """
        ...


@runtime_checkable
class VoiceEngine(Protocol):
    """Speaks with the persona's voice, block by block.

    The size of blocks does not change the samples.
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
    """A microphone, or a recording in its place: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def xruns(self) -> int:
        """How often sound was lost because it was not read in time."""
        ...

    def read(self, count: int) -> AudioBlock | None:
        """Wait for and return the next samples (count, 1); None when a recording ended.

        Raises:
            SoundError: The device is gone.
        """
        ...

    def close(self) -> None:
        """Close the device; may be called twice."""
        ...


@runtime_checkable
class SoundSink(Protocol):
    """A virtual microphone, a file or no output: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """Name for people."""
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
        """Send the next sound; return when the device has room for it.

        So the device sets the pace.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun; may be called twice."""
        ...


@runtime_checkable
class VoiceMaker(Protocol):
    """Learns voices from recordings and opens engines that speak with them."""

    def learn(
        self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[SentenceSpan] = ()
    ) -> VoiceStatistics:
        """Return the statistics of one person's speech (n,).

        `readings` says where known sentences are read.

        Raises:
            EngineError: An unsupported rate.
            VoiceError: Too little speech in it.
        """
        ...

    def make_engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """Return an engine that converts the speaker's voice to the target's."""
        ...


@runtime_checkable
class VoiceNetworks(Protocol):
    """Speaks with networks of the user's."""

    def read(self, path: Path, pitch_hz: float = 0.0) -> VoiceModel:
        """Read the network in a file; its bytes identify it from now on.

        `pitch_hz` is the pitch of its voice.

        Raises:
            EngineError: It is not a voice network, or a network it requires is missing.
        """
        ...

    def check(self, model: VoiceModel) -> Mapping[str, object]:
        """Return a description of it, without loading it.

        Raises:
            EngineError: As `read`.
            ConsentError: The file is not the one that was read.
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

        Args:
            model: The network.
            speaker_hz: Pitch of the speaker; 0 where it is unknown.
            live: Whether sound must not wait for it: then it returns silence instead of being late.

        Raises:
            EngineError: It does not load.
        """
        ...

    def close(self) -> None:
        """Close all its engines; may be called twice."""
        ...


@runtime_checkable
class SpeechSynthesizer(Protocol):
    """Reads typed sentences aloud, in its own voice that is never heard."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        The caller passes only sentences of `livecam.core.typed_text.split_sentences`.

        Raises:
            EngineError: It cannot be spoken.
        """
        ...
