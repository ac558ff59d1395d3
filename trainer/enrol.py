"""Enrol a face for training.

Read clips or the camera, choose pictures, ask for consent of its own kind, keep both.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.app.clip_faces import SeenCount, follow_face, read_frames
from livecam.app.consent import ask_kind
from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.consent.training_record import TRAINING, TrainingRecord
from livecam.core.clock import NS_PER_S, SystemClock
from livecam.core.errors import CameraError, ConsentError, PersonaError
from livecam.core.face import Points
from livecam.core.frame import Frame
from livecam.core.persona import PersonaKind
from livecam.core.ports import FaceFinder, FrameSource
from livecam.core.prompter import Progress, Prompter
from livecam.devices.source import open_source
from livecam.enrollment.face_match import SAME_SHAPE, measure_shape_distance
from livecam.personas.photo.photo_file import hash_file
from livecam.personas.record_store import hash_bytes
from livecam.plugins import open_face_finder
from trainer.coverage import Item, describe_coverage, measure_coverage, missing_items
from trainer.manage import training_store
from trainer.material import BLOCK_NS, HELD_EVERY, Material, material_to_bytes
from trainer.quality import Collector

_LOG = logging.getLogger(__name__)
RATE_HZ: Final = 12.0
LONGEST_S: Final = 3 * 3600.0
_STEP_S: Final = 4.0
_ROUNDS: Final = 2
_PERSON_NS: Final = 4 * NS_PER_S
_OTHERS: Final = 0.25
_TELL_EVERY: Final = 100
"""Pictures between two lines of progress: coverage of a thousand takes a third of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """What was kept.

    Attributes:
        record: The consent record.
        coverage: What the pictures show.
        remarks: What a person should know, one sentence each.
        pictures: Their number.
    """

    record: TrainingRecord
    coverage: tuple[Item, ...]
    remarks: tuple[str, ...]
    pictures: int


def enrol_clips(
    settings: Settings, name: str, clips: Sequence[Path], prompter: Prompter, progress: Progress
) -> Enrolled:
    """Enrol the face of clips or folders of pictures.

    Args:
        settings: Answer and data folder.
        name: What the enrolment is called: the persona's name, or the operator's.
        clips: Of one person; read at a dozen pictures a second.
        prompter: Answers which person they show.
        progress: Shows how far it is.

    Raises:
        CameraError: A clip cannot be read.
        PersonaError: The name is not one, or too little of the face is seen.
        ConsentError: No answer, or it was taken back for one of the clips.
    """
    store = training_store(settings)
    store.check_name(name)
    sources = tuple(_hash_source(clip) for clip in clips)
    store.check_sources(name, sources)
    collector, count, begin_ns = Collector(), SeenCount(), 0
    with closing(open_face_finder(settings.trusted)) as finder:
        for clip in clips:
            with progress.task(f"reading {clip.name}") as task:
                seen = follow_face(read_frames(clip, RATE_HZ, LONGEST_S, count), finder, count)
                for number, face in enumerate(seen):
                    collector.add(face.frame.pixels, face.mesh, begin_ns + face.frame.captured_ns)
                    if number % _TELL_EVERY == 0:
                        shown = describe_coverage(measure_coverage(collector.finish()))
                        task.update(text=f"reading {clip.name}: {len(collector)} pictures kept; {shown}")
            begin_ns = _next_begin_ns(begin_ns + count.end_ns)
    shown = ", ".join(clip.name for clip in clips)
    return _keep(settings, name, shown, sources, collector, count, prompter)


def enrol_camera(settings: Settings, name: str, prompter: Prompter, progress: Progress) -> Enrolled:
    """Enrol the person in front of the camera.

    Say what to do, and ask again for what is missing.

    Raises:
        CameraError: The camera does not open or deliver.
        PersonaError, ConsentError: As `enrol_clips`.
    """
    store, clock = training_store(settings), SystemClock()
    store.check_name(name)
    collector, count = Collector(), SeenCount()
    with ExitStack() as opened:
        finder: FaceFinder = opened.enter_context(closing(open_face_finder(settings.trusted)))
        camera = open_source(settings.camera, size_wh=settings.size_wh, rate_hz=settings.fps, clock=clock, paced=False)
        opened.callback(camera.close)
        if not camera.live:
            raise CameraError(
                f"{camera.name} is a recording", command=f"livecam train enrol {name} --clip {settings.camera}"
            )
        with progress.task("watching the camera"):
            frames = _guided(camera, lambda: measure_coverage(collector.finish()), prompter.say)
            for face in follow_face(frames, finder, count):
                collector.add(face.frame.pixels, face.mesh, face.frame.captured_ns)
    return _keep(settings, name, "the camera", (), collector, count, prompter)


def _guided(
    source: FrameSource, coverage: Callable[[], tuple[Item, ...]], tell: Callable[[str], None]
) -> Iterator[Frame]:
    """Yield a camera's pictures while a person is asked for one thing after another."""
    for round_number in range(_ROUNDS):
        wanted = coverage() if round_number == 0 else missing_items(coverage())
        for item in wanted:
            tell(f"{item.ask} ({_STEP_S:.0f} s)" if round_number == 0 else f"once more: {item.ask}")
            yield from _frames_for(source, int(_STEP_S * NS_PER_S))


def _frames_for(source: FrameSource, length_ns: int) -> Iterator[Frame]:
    end_ns: int | None = None
    while (frame := source.read()) is not None:
        end_ns = end_ns or frame.captured_ns + length_ns
        if frame.captured_ns >= end_ns:
            return
        yield frame


def _keep(
    settings: Settings,
    name: str,
    shown: str,
    sources: tuple[str, ...],
    collector: Collector,
    count: SeenCount,
    prompter: Prompter,
) -> Enrolled:
    """Check what was collected, ask for consent, and keep both."""
    store, material = training_store(settings), collector.finish()
    if not len(material):
        raise PersonaError(f"{shown} shows no face to learn from: {_reasons(collector, count)}", advice=_BETTER)
    remarks = _describe_losses(collector, count)
    material, strangers = _without_strangers(material)
    if strangers > _OTHERS:
        raise PersonaError(
            f"{shown} shows more than one person: {strangers:.0%} of it is not the face it begins with",
            advice="enrol each person by clips of their own",
        )
    if strangers:
        remarks = (*remarks, f"{strangers:.0%} of the pictures were left out: the face is another one there")
    kind = settings.consent or ask_kind(shown, TRAINING, "which person {} shows", prompter)
    _check_persona(settings, name, material, kind)
    data = material_to_bytes(material)
    record = store.save(name, data, kind, sources or (hash_bytes(data),))
    _LOG.info("training %s enrolled: %s, %d pictures", name, kind, len(material))
    return Enrolled(record, measure_coverage(material), remarks, len(material))


_BETTER: Final = "use a clip of one person in soft light, the face at least 100 pixels high"


def _hash_source(path: Path) -> str:
    """Return the hash of a clip, or of the pictures of a folder in order."""
    if path.is_dir():
        return hash_bytes("".join(hash_file(each) for each in sorted(path.iterdir()) if each.is_file()).encode())
    return hash_file(path)


def _next_begin_ns(end_ns: int) -> int:
    """Return where the next clip begins, so that its blocks are its own."""
    whole = BLOCK_NS * HELD_EVERY
    return -(-end_ns // whole) * whole


def _reasons(collector: Collector, count: SeenCount) -> str:
    found = dict(collector.dropped)
    if count.faceless:
        found["no face"] = count.faceless
    if count.troubled:
        found["several faces"] = count.troubled
    return (
        ", ".join(f"{number} {reason}" for reason, number in sorted(found.items(), key=lambda one: -one[1])) or "none"
    )


def _describe_losses(collector: Collector, count: SeenCount) -> tuple[str, ...]:
    lines = [f"{len(collector)} of {count.frames} pictures kept; left out: {_reasons(collector, count)}"]
    return (*lines, *dict.fromkeys(count.remarks))


def _without_strangers(material: Material) -> tuple[Material, float]:
    """Return the pictures of the person that is seen first.

    And the part of them that shows another.
    """
    block = material.at_ns // _PERSON_NS
    blocks = [np.flatnonzero(block == one) for one in np.unique(block)]
    means = [_mean_shape(material, frames) for frames in blocks]
    first = next((mean for mean, frames in zip(means, blocks, strict=True) if len(frames) >= _LEAST_OF_BLOCK), means[0])
    is_other = np.zeros(len(material), bool)
    for mean, frames in zip(means, blocks, strict=True):
        if len(frames) >= _LEAST_OF_BLOCK and measure_shape_distance(first, mean) > _OTHER_SHAPE:
            is_other[frames] = True
    return material.select(~is_other), float(is_other.mean())


_LEAST_OF_BLOCK: Final = 8
_OTHER_SHAPE: Final = 0.6
"""Distance of two seconds' mean shapes from which they are of two persons: grimaces of one reach 0.45."""


def _mean_shape(material: Material, frames: NDArray[np.intp]) -> Points:
    return np.asarray(np.median(material.shapes[frames], axis=0), np.float32)


def _check_persona(settings: Settings, name: str, material: Material, kind: PersonaKind) -> None:
    """Refuse pictures of another person than the persona of that name.

    Where there is no such persona, any will do.

    Raises:
        PersonaError: They do not show it.
        ConsentError: The answer is another one than the persona's.
    """
    store = persona_store(settings)
    if name not in store.names():
        return
    persona = store.load(name)
    if persona.kind is not kind:
        raise ConsentError(
            f"the persona {name} is of the kind {persona.kind}, these pictures were said to be {kind}",
            advice="enrol them under another name",
        )
    if persona.photo.shape is None:
        return
    distance = measure_shape_distance(persona.photo.shape, _mean_shape(material, np.arange(len(material))))
    if distance > SAME_SHAPE + 0.1:
        raise PersonaError(
            f"these pictures do not show the persona {name} (distance {distance:.2f}, at most {SAME_SHAPE + 0.1})",
            advice="enrol them under another name, or improve the persona: livecam persona improve NAME CLIP",
        )
