"""Find engines by name through the entry points of every package.

The groups are `livecam.engines`, `livecam.voices` and their like.
"""

import sys
from collections.abc import Callable, Collection
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from typing import Any

from livecam.core.errors import EngineError, remedy
from livecam.core.plugin_origins import OWN_PACKAGE, is_replacement, is_trusted, package_of
from livecam.core.ports import (
    EngineBuilder,
    FaceFinder,
    FaceRecogniser,
    FaceRefiner,
    HeadSegmenter,
    OutlineNetwork,
    SpeechSynthesizer,
    TextureEngine,
    TextureEnhancer,
    VoiceEngine,
    VoiceMaker,
    VoiceNetworks,
)

GROUP = "livecam.engines"
VOICES = "livecam.voices"
JUDGES = "livecam.judges"
BUILDERS = "livecam.builders"
BUILDER = "tensorrt"
ENHANCERS = "livecam.enhancers"
DENOISERS = "livecam.denoisers"
SYNTHESIZERS = "livecam.synthesizers"
DETECTORS = "livecam.detectors"
FACE_FINDER = "face"
RECOGNISER = "recogniser"
SEGMENTERS = "livecam.segmenters"
HEAD_SEGMENTER = "head"
REFINERS = "livecam.refiners"
REFINER = "face"
OUTLINE = "outline"
DEFAULT_TEXTURE_ENGINE = "photo"
DEFAULT_VOICE_ENGINE = "grain"
SPARE_VOICE_ENGINE = "vocoder"
VOICE_NETWORKS = "onnx"


_CALLED = {ENHANCERS: "enhancer", VOICES: "voice engine", DENOISERS: "denoiser", SYNTHESIZERS: "speech synthesizer"}


def engine_names() -> list[str]:
    """Return names of all installed engines."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def texture_engines() -> list[tuple[str, str, str]]:
    """Return of every installed maker of textures.

    Its name, its package, and the first line of its module.

    What replaces one of livecam's own is not loaded: its line names its package.
    """
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name == FACE_FINDER:
            continue
        package = str(package_of(point) or "")
        if is_replacement(point):
            found.append((point.name, package, f"refused: the name is {OWN_PACKAGE}'s own"))
            continue
        about = sys.modules[point.load().__module__].__doc__ or ""
        found.append((point.name, package, about.partition("\n")[0]))
    return found


def open_engine_builder() -> EngineBuilder:
    """Return who builds models for TensorRT.

    Raises:
        EngineError: It is not installed or does not load.
    """
    builder = _factory(BUILDER, BUILDERS)()
    if not isinstance(builder, EngineBuilder):
        raise EngineError(f"the engine '{BUILDER}' builds nothing", command="livecam doctor")
    return builder


def _factory(name: str, group: str = GROUP, trusted: Collection[str] = ()) -> Callable[..., Any]:
    points = list(entry_points(group=group))
    named = [point for point in points if point.name == name]
    kind = _CALLED.get(group, "engine")
    if not named:
        known = ", ".join(sorted({point.name for point in points} - {FACE_FINDER})) or "none"
        hint = f"choose one of: {known}" if points else "install livecam: scripts/setup run, in its folder"
        raise EngineError(f"there is no {kind} named '{name}'", **remedy(hint))
    for point in named:
        if is_replacement(point) and not is_trusted(trusted, point):
            package = package_of(point)
            its_name = "" if package is None else package.name
            raise EngineError(
                f"the package {package} registers the {kind} '{name}', which is {OWN_PACKAGE}'s own",
                advice=f"uninstall {its_name}, or say that it may: --trust-plugin {its_name}",
            )
    # One that is trusted comes before livecam's own.
    named.sort(key=is_replacement)
    try:
        factory: Callable[..., Any] = named[-1].load()
    except ImportError as error:
        raise EngineError(f"the engine '{name}' does not load: {error}", command="livecam doctor") from error
    return factory


def _given(factory: Callable[..., Any], argument: str | None, refused: EngineError) -> Any:
    """Return what a factory makes, of an argument where there is one.

    `refused` is raised where it takes none.
    """
    if argument is None:
        return factory()
    if not signature(factory).parameters:
        raise refused
    return factory(argument)


def open_face_finder(trusted: Collection[str] = ()) -> FaceFinder:
    """Return the detector and mesh network.

    Raises:
        EngineError: It is not installed or does not load.
    """
    finder = _factory(FACE_FINDER, trusted=trusted)()
    if not isinstance(finder, FaceFinder):
        raise EngineError(f"the engine '{FACE_FINDER}' is no face finder", command="livecam doctor")
    return finder


def open_recogniser(model: Path, trusted: Collection[str] = ()) -> FaceRecogniser:
    """Return a face recogniser with a network that the user provides.

    Raises:
        EngineError: The file cannot be read or holds no such network.
    """
    recogniser = _factory(RECOGNISER, JUDGES, trusted)(model)
    if not isinstance(recogniser, FaceRecogniser):
        raise EngineError(f"the engine '{RECOGNISER}' is no face recogniser", command="livecam doctor")
    return recogniser


def open_head_segmenter(trusted: Collection[str] = ()) -> HeadSegmenter:
    """Return the network that tells a head from body and room.

    Raises:
        EngineError: It is not installed or does not load.
    """
    segmenter = _factory(HEAD_SEGMENTER, SEGMENTERS, trusted)()
    if not isinstance(segmenter, HeadSegmenter):
        raise EngineError(f"the engine '{HEAD_SEGMENTER}' tells no heads from rooms", command="livecam doctor")
    return segmenter


def open_face_refiner(trusted: Collection[str] = ()) -> FaceRefiner:
    """Return the network that makes a drawn face look photographed.

    Raises:
        EngineError: It is not installed or does not load.
    """
    refiner = _factory(REFINER, REFINERS, trusted)()
    if not isinstance(refiner, FaceRefiner):
        raise EngineError(f"the engine '{REFINER}' refines no faces", command="livecam doctor")
    return refiner


def open_outline_network(trusted: Collection[str] = ()) -> OutlineNetwork | None:
    """Return the network that judges outlines of faces; None where none is installed.

    Raises:
        EngineError: It does not load.
    """
    if all(point.name != OUTLINE for point in entry_points(group=DETECTORS)):
        return None
    network = _factory(OUTLINE, DETECTORS, trusted)()
    if not isinstance(network, OutlineNetwork):
        raise EngineError(f"the engine '{OUTLINE}' judges no outlines", command="livecam doctor")
    return network


def open_texture_engine(name: str, trusted: Collection[str] = ()) -> TextureEngine:
    """Open the engine of that name with the text after a colon.

    As in "onnx:MODEL.onnx"; "auto" takes the embedded one.

    Raises:
        EngineError: It is unknown, does not load, makes no textures, or takes nothing after a colon.
    """
    own_name, colon, argument = name.partition(":")
    factory = _factory(DEFAULT_TEXTURE_ENGINE if own_name == "auto" else own_name, trusted=trusted)
    refused = EngineError(f"the engine '{own_name}' takes nothing after a colon", advice=f"add --engine {own_name}")
    engine = _given(factory, argument if colon else None, refused)
    if not isinstance(engine, TextureEngine):
        raise EngineError(f"the engine '{name}' makes no face textures", advice="add --engine photo")
    return engine


def open_enhancer(name: str, trusted: Collection[str] = ()) -> TextureEnhancer | None:
    """Open the enhancer of that name with the text after a colon.

    As in "onnx:MODEL.onnx"; None for "off".

    Raises:
        EngineError: It is unknown or does not load.
    """
    if name == "off":
        return None
    own_name, colon, argument = name.partition(":")
    factory = _factory(own_name, ENHANCERS, trusted)
    refused = EngineError(f"the enhancer '{own_name}' takes nothing after a colon", advice=f"add --enhance {own_name}")
    enhancer = _given(factory, argument if colon else None, refused)
    if not isinstance(enhancer, TextureEnhancer):
        raise EngineError(f"'{name}' enhances no textures", advice="add --enhance detail")
    return enhancer


def open_voice_maker(name: str = DEFAULT_VOICE_ENGINE, trusted: Collection[str] = ()) -> VoiceMaker:
    """Return the voice engine's maker of that name.

    Raises:
        EngineError: It is unknown, does not load, or does not make voices from statistics.
    """
    maker = _factory(name, VOICES, trusted)()
    if not isinstance(maker, VoiceMaker):
        raise EngineError(f"the voice engine '{name}' makes no voices of statistics", command="livecam voice list")
    return maker


def open_denoiser(name: str, trusted: Collection[str] = ()) -> VoiceEngine:
    """Return what takes noise out of sound before it is converted.

    As an engine, it gives back what it is given, cleaner.

    Raises:
        EngineError: It is unknown or does not load.
    """
    denoiser: VoiceEngine = _factory(name, DENOISERS, trusted)()
    return denoiser


def open_synthesizer(name: str, language: str, trusted: Collection[str] = ()) -> SpeechSynthesizer:
    """Open what reads text of a language aloud, with the text after a colon.

    As in "piper:VOICE.onnx".

    Raises:
        EngineError: It is unknown, does not load, or takes nothing after a colon.
    """
    own_name, colon, argument = name.partition(":")
    factory = _factory(own_name, SYNTHESIZERS, trusted)
    if bool(colon) != (len(signature(factory).parameters) > 1):
        what = "takes nothing after a colon" if colon else "needs the path of a voice after a colon"
        raise EngineError(f"the speech synthesizer '{own_name}' {what}", advice="add --synthesizer espeak-ng")
    made = factory(language, argument) if colon else factory(language)
    if not isinstance(made, SpeechSynthesizer):
        raise EngineError(f"'{own_name}' reads no text aloud", advice="add --synthesizer espeak-ng")
    return made


def open_voice_networks(name: str = VOICE_NETWORKS, trusted: Collection[str] = ()) -> VoiceNetworks:
    """Return who speaks with networks: "onnx", or "onnx@PROVIDER".

    Raises:
        EngineError: It is unknown, does not load, names a provider that is not here, or speaks with no networks.
    """
    own_name, at, provider = name.partition("@")
    factory = _factory(own_name, VOICES, trusted)
    refused = EngineError(
        f"the voice engine '{own_name}' runs in one place only", advice=f"add --voice-engine {own_name}"
    )
    networks = _given(factory, provider if at else None, refused)
    if not isinstance(networks, VoiceNetworks):
        raise EngineError(f"the voice engine '{own_name}' speaks with no networks", advice="add --voice-engine onnx")
    return networks
