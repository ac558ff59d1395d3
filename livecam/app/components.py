"""Open the parts of a run.

Parts open in the order in which the user should learn that one fails.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from livecam.app.no_camera import NO_CAMERA, check_no_camera, open_talking_face
from livecam.app.persona_choice import PersonaChoice, choose_persona
from livecam.audio.process.components import VoiceComponents, open_voice
from livecam.config.av_profile import offset_for
from livecam.config.file_conflicts import check_files
from livecam.config.machine_profile import COMMAND as CALIBRATE
from livecam.config.machine_profile import PHOTO, Calibrated, usable
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.clock import Clock
from livecam.core.errors import CameraError, EngineError, PersonaError, UsageError
from livecam.core.frame import Frame
from livecam.core.label import Label, label_of
from livecam.core.persona import Persona
from livecam.core.ports import (
    AudioWriter,
    FaceFinder,
    FrameSink,
    FrameSource,
    HeadSegmenter,
    TextureEngine,
    TextureEnhancer,
)
from livecam.devices.media.recorded_source import has_sound, read_remarks
from livecam.devices.sink import ChosenSink, choose_sink
from livecam.devices.source import open_source
from livecam.personas.model_store import ModelStore
from livecam.personas.store import PersonaStore
from livecam.plugins import open_enhancer, open_face_finder, open_head_segmenter, open_texture_engine
from livecam.timing.budget import Level
from livecam.video.head.cutout import HeadCutout, cut_out_head, name_faults
from livecam.video.talking.face_finder import LOOK_BACK_MS
from livecam.video.talking.mouth_track import MouthTrack

_REMOTE = ("grpc://", "grpcs://")
TRAINED = "trained"
"""The engine of models that `livecam train` made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The open parts of a run: persona, engines, source and sink.

    Attributes:
        remarks: Lines the user should read before the run.
        recording: Takes what the sink takes.
        sounds: Sound writers of the files that have sound.
        av_offset_ms: How much older the camera's pictures are than their timestamps.
        files: Every video file that sink and recording write.
        voice: What the live voice needs; None without one.
        enhancer: Refines the engine's textures.
        costs_ns: Initial expected cost of each level, from this machine's calibration.
        store: The user's personas.
        mouth: How the voice moves the persona's mouth, where there is no camera.
        segmenter: Separates heads from the background, in mode "head".
        head: The persona's head, in mode "head".
    """

    persona: Persona
    finder: FaceFinder
    engine: TextureEngine
    source: FrameSource
    sink: FrameSink
    remarks: tuple[str, ...] = ()
    recording: FrameSink | None = None
    files: tuple[Path, ...] = ()
    voice: VoiceComponents | None = None
    costs_ns: Mapping[Level, int] = field(default_factory=dict)
    enhancer: TextureEnhancer | None = None
    sounds: tuple[AudioWriter, ...] = ()
    av_offset_ms: float = 0.0
    store: PersonaStore | None = None
    mouth: MouthTrack | None = None
    segmenter: HeadSegmenter | None = None
    head: HeadCutout | None = None

    def close(self) -> None:
        """Close everything, whatever fails on the way.

        The sink closes first, so that a recording is finished.

        Raises:
            LivecamError: What closing one of them raised, after the others are closed.
        """
        with ExitStack() as rest:
            networks = (self.voice, self.finder, self.segmenter, self.enhancer, self.engine)
            for part in (*networks, self.source, self.sink, self.recording):
                if part is not None:
                    rest.callback(part.close)


class PeekableSource:
    """A source that reads its first frames ahead, and still returns them in order.

    A run learns from them the size of the pictures and who is in them.
    """

    def __init__(self, source: FrameSource) -> None:
        """Read the first frame.

        Raises:
            CameraError: The source holds none.
        """
        first = source.read()
        if first is None:
            raise CameraError(f"{source.name} holds no pictures", command="livecam devices")
        self.name, self.rate_hz, self.live = source.name, source.rate_hz, source.live
        self.size_wh = first.size_wh
        self._ahead = deque([first])
        self._source = source

    def look_ahead(self, count: int) -> Sequence[Frame]:
        """Return the next `count` frames, or as many as there are.

        `read` returns a clip's frames again, but not a camera's.

        Raises:
            CameraError: The device is gone.
        """
        while len(self._ahead) < count and (frame := self._source.read()) is not None:
            self._ahead.append(frame)
        seen = tuple(self._ahead)
        if self.live:
            self._ahead.clear()
        return seen

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks about what the source changed or lost so far."""
        return read_remarks(self._source)

    @property
    def has_sound(self) -> bool:
        """Whether the source has sound with its pictures that it leaves out."""
        return has_sound(self._source)

    def read(self) -> Frame | None:
        """Return the frames that were read ahead, then the rest."""
        return self._ahead.popleft() if self._ahead else self._source.read()

    def close(self) -> None:
        """Close the source."""
        self._source.close()


def open_parts(settings: Settings, clock: Clock, *, paced: bool, choice: PersonaChoice | None = None) -> Components:
    """Open what the settings name; close it again when a later part fails.

    Args:
        settings: What is opened.
        clock: Stamps the pictures.
        paced: Whether it is a live run.
        choice: The persona, where it was chosen before; else the one of the settings.

    Raises:
        UsageError: Neither a face nor a persona is named, or a file is named twice.
        LivecamError: What the parts raise.
    """
    check_files(settings)
    check_no_camera(settings)
    choice = choice or choose_persona(settings)
    with ExitStack() as opened:
        finder = open_face_finder(settings.trusted)
        opened.callback(finder.close)
        persona = choice.open(finder)
        mouth = None
        if settings.camera == NO_CAMERA:
            finder.close()
            finder, mouth = open_talking_face()
        segmenter, head = _open_head(settings, persona, opened)
        known, stale = usable(settings.data_folder or data_folder())
        engine, unasked = open_persona_engine(settings, persona, known)
        opened.callback(engine.close)
        enhancer = open_enhancer(settings.enhance, settings.trusted)
        if enhancer is not None:
            opened.callback(enhancer.close)
        camera = open_source(settings.camera, size_wh=settings.size_wh, rate_hz=settings.fps, clock=clock, paced=paced)
        opened.callback(camera.close)
        source = PeekableSource(camera)
        size_wh = even(settings.size_wh or source.size_wh)
        voice = open_voice(settings) if paced else None
        if voice is not None:
            opened.callback(voice.close)
        offset_ms, measured = _find_offset(settings, source.name, voice, mouth)
        spoken = settings.voice != "off" or (settings.sound == "keep" and not paced)
        label = label_of(settings.mode)
        chosen = choose_sink(settings.sink, size_wh, settings.fps, clock=clock, sound=spoken, label=label)
        opened.callback(chosen.sink.close)
        parallel = open_recording(settings.record, chosen.file, size_wh, settings.fps, spoken, label)
        opened.pop_all()
    files = tuple(path for path in (chosen.file, settings.record) if path is not None)
    if enhancer is not None and not engine.live:
        unasked = (*unasked, f"--enhance {settings.enhance} waits for a neural engine: the photo is as sharp as it is")
    unasked = (*unasked, *(() if head is None else name_faults(head)))
    remarks = (*unasked, *stale, *chosen.remarks, *(voice.remarks if voice is not None else ()), *measured)
    # What frames are expected to cost steers a live run only: a replay is the same on every machine.
    costs_ns = known.costs_ns(size_wh) if known is not None and paced else {}
    opened_files = (chosen,) if parallel is None else (chosen, parallel)
    return Components(
        persona=persona,
        finder=finder,
        engine=engine,
        source=source,
        sink=chosen.sink,
        remarks=remarks,
        recording=None if parallel is None else parallel.sink,
        files=files,
        voice=voice,
        costs_ns=costs_ns,
        enhancer=enhancer,
        sounds=tuple(each.sound for each in opened_files if each.sound is not None),
        av_offset_ms=offset_ms,
        store=choice.store,
        mouth=mouth,
        segmenter=segmenter,
        head=head,
    )


def _open_head(
    settings: Settings, persona: Persona, opened: ExitStack
) -> tuple[HeadSegmenter | None, HeadCutout | None]:
    """Open what mode "head" needs; return nothing in another mode."""
    if settings.mode != "head":
        return None, None
    segmenter = open_head_segmenter(settings.trusted)
    opened.callback(segmenter.close)
    return segmenter, cut_out_head(persona.photo, segmenter)


def _find_offset(
    settings: Settings, camera: str, voice: VoiceComponents | None, mouth: MouthTrack | None
) -> tuple[float, tuple[str, ...]]:
    """Return how much older pictures are than their timestamps, in ms, with remarks."""
    if voice is None:
        return 0.0, ()
    if mouth is not None:
        return LOOK_BACK_MS, ()
    return offset_for(settings.data_folder or data_folder(), camera, voice.microphone, settings.av_offset_ms)


def open_persona_engine(
    settings: Settings, persona: Persona, known: Calibrated | None
) -> tuple[TextureEngine, tuple[str, ...]]:
    """Open the engine of the settings for a persona.

    For "auto" that is the persona's trained model, where it has one that may run.

    Returns:
        The engine, and what a person should know about a choice that was made for them.

    Raises:
        EngineError: The one that was asked for does not open.
    """
    folder = settings.data_folder or data_folder()
    trained = f"{TRAINED}:{folder}"
    if settings.engine == TRAINED:
        return open_texture_engine(trained, settings.trusted), ()
    if settings.engine != "auto" or persona.name not in ModelStore(folder).names():
        return open_engine(settings.engine, known, settings.trusted)
    engine = open_texture_engine(trained, settings.trusted)
    try:
        engine.prepare(persona)
    except (EngineError, PersonaError) as error:
        engine.close()
        other, remarks = open_engine(settings.engine, known, settings.trusted)
        return other, (*remarks, f"engine: the trained model of {persona.name} does not run: {error}")
    return engine, (f"engine: the trained model of {persona.name}; --engine photo for none",)


def open_engine(
    name: str, known: Calibrated | None, trusted: Collection[str] = ()
) -> tuple[TextureEngine, tuple[str, ...]]:
    """Open the engine of that name.

    For "auto" that is the engine which this machine's calibration found best, or the photo.

    Returns:
        The engine, and what a person should know about a choice that was made for them.

    Raises:
        EngineError: The one that was asked for does not open.
    """
    if name.startswith(_REMOTE):
        how = "unencrypted" if name.startswith(_REMOTE[0]) else "encrypted"
        return open_texture_engine(name, trusted), (f"the face in the picture leaves this computer, {how}, for {name}",)
    if name != "auto" or known is None or known.auto == PHOTO:
        return open_texture_engine(name, trusted), ()
    try:
        return open_texture_engine(known.auto, trusted), (
            f"engine: {known.auto}, as {CALIBRATE} found; --engine photo for none",
        )
    except EngineError as error:
        return open_texture_engine(PHOTO, trusted), (f"engine: photo, since {known.auto} does not open: {error}",)


def open_recording(
    path: Path | None,
    taken: Path | None,
    size_wh: tuple[int, int],
    rate_hz: float,
    sound: bool = False,
    label: Label = Label.MODIFIED,
) -> ChosenSink | None:
    """Open the file that is written in addition to the sink; None when none is named.

    Raises:
        UsageError: The sink, `taken`, is the same file.
        OutputError: It cannot be written.
    """
    if path is None:
        return None
    if taken is not None and path.resolve() == taken.resolve():
        raise UsageError(
            f"{path} is the output already", advice="run: livecam run without --record, or to another file"
        )
    return choose_sink(f"file:{path}", size_wh, rate_hz, sound=sound, label=label)


def even(size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the size with odd sides reduced by one.

    Video encoders and cameras want even sides.
    """
    return max(2, size_wh[0] // 2 * 2), max(2, size_wh[1] // 2 * 2)
