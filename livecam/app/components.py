"""Open the parts of a run.

Parts open in the order in which the user should learn that one fails.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from livecam.app.engine_choice import open_persona_engine
from livecam.app.no_camera import NO_CAMERA, check_no_camera, open_talking_face
from livecam.app.peekable_source import PeekableSource
from livecam.app.persona_choice import PersonaChoice, choose_persona
from livecam.audio.process.components import VoiceComponents, open_voice
from livecam.config.av_profile import offset_for
from livecam.config.file_conflicts import check_files
from livecam.config.machine_profile import Calibrated, usable
from livecam.config.setting_groups import EngineSettings
from livecam.config.settings import Settings
from livecam.core.clock import Clock
from livecam.core.errors import CameraError, UsageError
from livecam.core.label import Label, label_of
from livecam.core.persona import Persona
from livecam.core.ports import (
    AudioWriter,
    FaceFinder,
    FaceRefiner,
    FrameSink,
    FrameSource,
    HeadSegmenter,
    TextureEngine,
    TextureEnhancer,
)
from livecam.devices.sink import ChosenSink, choose_sink
from livecam.devices.source import SAMPLE, open_source
from livecam.personas.store import PersonaStore
from livecam.plugins import open_enhancer, open_face_finder, open_face_refiner, open_head_segmenter
from livecam.timing.budget import Level
from livecam.video.head.cutout import HeadCutout, cut_out_head, name_faults
from livecam.video.talking.face_finder import LOOK_BACK_MS
from livecam.video.talking.mouth_track import MouthTrack


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
        refiner: Makes drawn faces look photographed; None in a mode that draws none.
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
    refiner: FaceRefiner | None = None
    segmenter: HeadSegmenter | None = None
    head: HeadCutout | None = None

    def close(self) -> None:
        """Close everything, whatever fails on the way.

        The sink closes first, so that a recording is finished.

        Raises:
            LivecamError: What closing one of them raised, after the others are closed.
        """
        with ExitStack() as rest:
            networks = (self.voice, self.finder, self.segmenter, self.refiner, self.enhancer, self.engine)
            for part in (*networks, self.source, self.sink, self.recording):
                if part is not None:
                    rest.callback(part.close)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """A source that reads its first frames ahead, and still returns them in order.

    A run learns from them the size of the pictures and who is in them.
    """

    persona: Persona
    finder: FaceFinder
    engine: TextureEngine
    enhancer: TextureEnhancer | None
    mouth: MouthTrack | None
    refiner: FaceRefiner | None
    segmenter: HeadSegmenter | None
    head: HeadCutout | None
    known: Calibrated | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Outputs:
    """Where pictures go, opened: the sink, and the recording that takes the same."""

    sink: ChosenSink
    recording: ChosenSink | None

    @property
    def sounds(self) -> tuple[AudioWriter, ...]:
        """Where the sound of those files goes in that have one."""
        chosen = (self.sink,) if self.recording is None else (self.sink, self.recording)
        return tuple(each.sound for each in chosen if each.sound is not None)


def _open_camera(settings: Settings, clock: Clock, paced: bool) -> FrameSource:
    """Open the camera; advise a live run of the clip that always plays."""
    try:
        return open_source(settings.camera, size_wh=settings.size_wh, rate_hz=settings.fps, clock=clock, paced=paced)
    except CameraError as error:
        if not paced or error.advice is None or SAMPLE in error.advice:
            raise
        advice = f"{error.advice}, or use the built-in clip: --camera {SAMPLE}"
        raise CameraError(str(error), advice=advice) from error


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
    check_files(settings, is_live=paced)
    check_no_camera(settings)
    choice = choice or choose_persona(settings.persona_group, trusted=settings.trusted)
    with ExitStack() as opened:
        drawing = _open_drawing(settings, choice, opened)
        camera = _open_camera(settings, clock, paced)
        opened.callback(camera.close)
        source = PeekableSource(camera)
        size_wh = even(settings.size_wh or source.size_wh)
        voice = _open_voice(settings, opened) if paced else None
        offset_ms, measured = _find_offset(settings, source.name, voice, drawing.mouth)
        outputs = _open_outputs(settings, clock, size_wh, paced, opened)
        opened.pop_all()
    recording = outputs.recording
    return Components(
        persona=drawing.persona,
        finder=drawing.finder,
        engine=drawing.engine,
        source=source,
        sink=outputs.sink.sink,
        remarks=(*drawing.remarks, *outputs.sink.remarks, *(() if voice is None else voice.remarks), *measured),
        recording=None if recording is None else recording.sink,
        files=tuple(path for path in (outputs.sink.file, settings.record) if path is not None),
        voice=voice,
        # What frames are expected to cost steers a live run only: a replay is the same on every machine.
        costs_ns=drawing.known.costs_ns(size_wh) if drawing.known is not None and paced else {},
        enhancer=drawing.enhancer,
        sounds=outputs.sounds,
        av_offset_ms=offset_ms,
        store=choice.store,
        mouth=drawing.mouth,
        refiner=drawing.refiner,
        segmenter=drawing.segmenter,
        head=drawing.head,
    )


def _open_drawing(settings: Settings, choice: PersonaChoice, opened: ExitStack) -> _Drawing:
    """Open the persona and what draws it."""
    mouth: MouthTrack | None = None
    finder = open_face_finder(settings.trusted)
    opened.callback(finder.close)
    persona = choice.open(finder)
    if settings.camera == NO_CAMERA:
        finder.close()
        finder, mouth = open_talking_face()
    segmenter, head = _open_head(settings.engine_group, persona, opened)
    known, stale = usable(settings.folder)
    engine, remarks = open_persona_engine(settings.engine_group, settings.folder, persona, known)
    opened.callback(engine.close)
    enhancer = open_enhancer(settings.enhance, settings.trusted)
    if enhancer is not None:
        opened.callback(enhancer.close)
    if enhancer is not None and not engine.live:
        remarks = (*remarks, f"--enhance {settings.enhance} waits for a neural engine: the photo is as sharp as it is")
    return _Drawing(
        persona=persona,
        finder=finder,
        engine=engine,
        enhancer=enhancer,
        mouth=mouth,
        refiner=_open_refiner(settings, opened),
        segmenter=segmenter,
        head=head,
        known=known,
        remarks=(*remarks, *(() if head is None else name_faults(head)), *stale),
    )


def _open_head(
    settings: EngineSettings, persona: Persona, opened: ExitStack
) -> tuple[HeadSegmenter | None, HeadCutout | None]:
    """Open what mode "head" needs; return nothing in another mode."""
    if settings.mode != "head":
        return None, None
    segmenter = open_head_segmenter(settings.trusted)
    opened.callback(segmenter.close)
    return segmenter, cut_out_head(persona.photo, segmenter)


def _open_refiner(settings: Settings, opened: ExitStack) -> FaceRefiner | None:
    """Open what makes drawn faces look photographed, where one is drawn."""
    if settings.mode == "puppet" or settings.refine == "off":
        return None
    refiner = open_face_refiner(settings.trusted)
    opened.callback(refiner.close)
    return refiner


def _open_voice(settings: Settings, opened: ExitStack) -> VoiceComponents | None:
    """Open the live voice, if there is one."""
    voice = open_voice(settings.voice_group, settings.disclosure_group, settings.folder, settings.trusted)
    if voice is not None:
        opened.callback(voice.close)
    return voice


def _find_offset(
    settings: Settings, camera: str, voice: VoiceComponents | None, mouth: MouthTrack | None
) -> tuple[float, tuple[str, ...]]:
    """Return how much older pictures are than their timestamps, in ms, with remarks."""
    if voice is None:
        return 0.0, ()
    if mouth is not None:
        return LOOK_BACK_MS, ()
    return offset_for(settings.folder, camera, voice.microphone, settings.av_offset_ms)


def _open_outputs(
    settings: Settings, clock: Clock, size_wh: tuple[int, int], paced: bool, opened: ExitStack
) -> _Outputs:
    """Open the sink and the recording."""
    spoken = settings.voice != "off" or (settings.sound == "keep" and not paced)
    label = label_of(settings.mode)
    chosen = choose_sink(settings.sink, size_wh, settings.fps, clock=clock, sound=spoken, label=label)
    opened.callback(chosen.sink.close)
    return _Outputs(chosen, open_recording(settings.record, chosen.file, size_wh, settings.fps, spoken, label))


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
