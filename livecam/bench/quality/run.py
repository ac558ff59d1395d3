"""Measure picture quality: personas on a clip, each frame against the camera's."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.bench.quality.figures import (
    Quality,
    Tracking,
    compute_identity,
    compute_quality,
    compute_tracking,
)
from livecam.bench.quality.follow import FollowedFace, Truth, follow, load_sample_truth
from livecam.bench.quality.metrics import grey_outside
from livecam.bench.quality.watch import Watcher
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError
from livecam.core.files.own_files import MADE_BY
from livecam.core.persona import Persona
from livecam.core.places import redact_paths
from livecam.core.ports import FaceFinder, FaceRecogniser
from livecam.core.report import SCHEMA
from livecam.devices.media.sample import load_sample_scenes
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import make_random_persona
from livecam.plugins import open_face_finder, open_recogniser

SAMPLE = "sample"
GALLERY = 40


@dataclass(frozen=True, slots=True)
class QualityResult:
    """The figures of every persona and of the tracker, and the machine."""

    settings: Mapping[str, object]
    personas: Sequence[Quality]
    tracking: Tracking | None
    identity_model: str | None
    machine: Mapping[str, object] = field(default_factory=describe_machine)

    def to_json(self) -> str:
        """Return one object; figures that could not be measured are null."""
        shown = {"schema": SCHEMA, **MADE_BY, **redact_paths(asdict(self))}
        return json.dumps(_without_nan(shown), indent=2, default=str)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def run_quality(
    settings: Settings, personas: Sequence[str], identity_models: Sequence[Path], tell: Callable[[str], None]
) -> QualityResult:
    """Play the clip of `settings.camera` with each built-in persona.

    `tell` is called with what is measured next.

    Raises:
        CameraError: The clip cannot be read or shows no face.
        EngineError: A network fails, or the identity model is none.
    """
    finder = open_face_finder()
    recognisers = [open_recogniser(file) for file in identity_models]
    try:
        tell("where the face is")
        faces = follow(settings.camera, finder)
        if not faces:
            raise CameraError(f"no face was found in {settings.camera}", command="livecam bench quality")
        truth = load_sample_truth() if settings.camera == SAMPLE else None
        judges = [
            _Judge(file.name, one, *_gallery(personas, one))
            for file, one in zip(identity_models, recognisers, strict=True)
        ]
        measured = []
        for who, name in enumerate(personas):
            tell(f"{name} on {settings.camera}")
            measured.append(_measure(replace(settings, persona=name), faces, truth, finder, judges, who))
    finally:
        finder.close()
    scenes = load_sample_scenes()
    tracking = None if truth is None else compute_tracking(faces, truth, scenes["still"], scenes["turn"])
    known = {key: value for key, value in settings.known.items() if key != "persona"}
    names = ", ".join(judge.model for judge in judges)
    return QualityResult(known, measured, tracking, names or None)


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """A recogniser and its galleries (GALLERY, k).

    They are of whole photos, and of photos with all but the face grey.
    """

    model: str
    recogniser: FaceRecogniser
    gallery: NDArray[np.float32]
    faces: NDArray[np.float32]


def _measure(
    settings: Settings,
    faces: Mapping[int, FollowedFace],
    truth: Truth | None,
    finder: FaceFinder,
    judges: Sequence[_Judge],
    who: int,
) -> Quality:
    """Measure one persona over the whole clip."""
    replay = Replay(settings, open_parts(settings, ManualClock(), paced=False))
    watcher = Watcher(finder, [judge.recogniser for judge in judges])
    try:
        for frame, sent in replay.run():
            if sent.seq == frame.seq and frame.seq in faces:
                hidden = None if truth is None else truth.points[frame.seq][truth.hidden[frame.seq], :2]
                watcher.observe(frame, sent.pixels, faces[frame.seq], hidden)
        report = replay.report()
    finally:
        replay.parts.close()
    frames = report.frames
    counts = {
        "frames": frames.captured,
        "held": frames.held,
        "face_lost": frames.face_lost,
        "unswapped_shown": frames.unswapped_shown,
    }
    identities = [
        compute_identity(looks, judge.gallery, who, judge.faces, judge.model)
        for looks, judge in zip(watcher.watched.looks, judges, strict=True)
        if looks.whole
    ]
    return compute_quality(settings.persona or "", watcher.watched, counts, identities, report.head)


def _gallery(personas: Sequence[str], recogniser: FaceRecogniser) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return embeddings (GALLERY, k) of photos of synthetic people.

    Of whole photos, and of photos with all but the face grey.

    The measured personas come first.
    """
    others = [name for name in builtin_names() if name not in personas]
    photos: list[Persona] = [open_builtin(name) for name in (*personas, *others)]
    photos += [make_random_persona(seed) for seed in range(GALLERY - len(photos))]
    whole = np.stack([recogniser.embed(p.photo.pixels, _solid(p)) for p in photos])
    grey = [recogniser.embed(grey_outside(p.photo.pixels, _solid(p)), _solid(p)) for p in photos]
    return whole, np.stack(grey)


def _solid(persona: Persona) -> NDArray[np.float32]:
    """Return the photo's points (468, 3).

    A photo has no depth, and the recogniser needs none.
    """
    return np.column_stack([persona.photo.points, np.zeros(len(persona.photo.points))]).astype(np.float32)
