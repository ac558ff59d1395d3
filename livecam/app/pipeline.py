"""The frame pipeline of opened parts: sessions, replays and benchmarks share it."""

import cv2

from livecam.app.components import Components
from livecam.config.setting_groups import DisclosureSettings, DrawingSettings
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import ConsentError
from livecam.core.label import Label, Mode, label_of
from livecam.core.payload import FACE, GENERATED, SYNTHETIC, VOICE, MarkPayload
from livecam.core.persona import Persona, PersonaKind, VerifiedPersona
from livecam.devices.media.door import read_still
from livecam.disclosure.picture import Marker
from livecam.timing.budget import Budget, BudgetConfig, Level
from livecam.timing.meter import Meter
from livecam.video.parallel import ThreadedParallel
from livecam.video.pipeline.frame_pipeline import Appearance, FramePipeline
from livecam.video.pipeline.texture_maker import InlineTextureProvider, TextureMaker
from livecam.video.pipeline.texture_provider import TextureProvider
from livecam.video.talking.face_finder import TRACKING
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig


def vouched_for(persona: Persona) -> VerifiedPersona:
    """Return the persona as verified by the store.

    Raises:
        ConsentError: It was made on the spot: no record says by what right it is shown.
    """
    if isinstance(persona, VerifiedPersona):
        return persona
    raise ConsentError(
        f"no record was checked for the persona {persona.name}: only what the store gives out is shown",
        advice="run: livecam persona add PHOTO, then PersonaStore(...).load(NAME)",
    )


def build_marker(settings: DisclosureSettings, size_wh: tuple[int, int], payload: MarkPayload) -> Marker:
    """Return the marking stage of a session or replay.

    Raises:
        DeviceError: The icon next to the label's words is no picture that can be read.
    """
    icon = settings.label_icon
    pixels = None if icon is None else read_still(icon, "--label-icon takes a picture")
    return Marker(size_wh, settings.plate_corner, payload, settings.language, pixels)


def payload_of(persona: Persona, session: int, mode: Mode, voice: bool = False) -> MarkPayload:
    """Return the payload of the marks of a run.

    Plate, cards and manifest follow from it. `voice` says whether the voice is altered too.
    """
    synthetic, generated = persona.kind is PersonaKind.SYNTHETIC, label_of(mode) is Label.GENERATED
    return MarkPayload(FACE | SYNTHETIC * synthetic | VOICE * voice | GENERATED * generated, session)


def build_step(
    drawing: DrawingSettings,
    rate_hz: float,
    parts: Components,
    marker: Marker,
    meter: Meter,
    clock: Clock,
    textures: TextureProvider | None = None,
    mirror: bool = False,
) -> FramePipeline:
    """Build the step that a session, a replay and a benchmark share.

    Without `textures` the step makes those of a live engine itself, one for every frame.
    """
    # Waking OpenCV's pool for pictures of this size takes a third more processor time and saves a tenth of the wait.
    cv2.setNumThreads(1)
    parallel = ThreadedParallel()
    rules = TrackerConfig(all_faces=drawing.faces == "all") if parts.mouth is None else TRACKING
    tracker = FaceTracker(parts.finder, rules, parallel)
    look = Appearance(
        name=parts.persona.name,
        texture=parts.engine.prepare(parts.persona),
        photo=parts.persona.photo,
        strength=drawing.strength,
        mirror=mirror,
        mode=drawing.mode,
        own_tone=drawing.skin == "persona",
        head=parts.head,
    )
    if textures is None and parts.engine.live:
        textures = InlineTextureProvider(TextureMaker(parts.engine, meter, enhancer=parts.enhancer))
    top = _top_level(parts)
    budget = Budget(BudgetConfig(int(NS_PER_S / rate_hz), top=top), dict(parts.costs_ns))
    networks = (parts.segmenter, parts.refiner)
    return FramePipeline(tracker, marker, budget, look, meter, clock, parallel, textures, *networks)


def _top_level(parts: Components) -> Level:
    """Return the highest level that these parts have."""
    if not parts.engine.live:
        return Level.RENDER if parts.refiner is None else Level.REFINE
    return Level.ENHANCE if parts.enhancer is not None and parts.enhancer.costly else Level.REFRESH
