"""Find engines by name through entry points, `livecam.engines` and `livecam.voices`, ours and others' alike."""

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from pathlib import Path
from typing import Any

from livecam.core.errors import EngineError
from livecam.core.ports import (
    EngineBuilder,
    FaceFinder,
    FaceRecogniser,
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
FACE_FINDER = "face"
RECOGNISER = "recogniser"
DEFAULT_TEXTURE_ENGINE = "photo"
DEFAULT_VOICE_ENGINE = "grain"
SPARE_VOICE_ENGINE = "vocoder"
VOICE_NETWORKS = "onnx"


_CALLED = {ENHANCERS: "enhancer", VOICES: "voice engine", DENOISERS: "denoiser"}


def engine_names() -> list[str]:
    """Names of all installed engines."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def texture_engines() -> list[tuple[str, str]]:
    """Name of every installed maker of textures, and the first line of its module."""
    found = []
    for name in engine_names():
        if name != FACE_FINDER:
            about = sys.modules[_factory(name).__module__].__doc__ or ""
            found.append((name, about.partition("\n")[0]))
    return found


def open_engine_builder() -> EngineBuilder:
    """Who builds models for TensorRT.

    Raises:
        EngineError: It is not installed or does not load.
    """
    builder = _factory(BUILDER, BUILDERS)()
    if not isinstance(builder, EngineBuilder):
        raise EngineError(f"the engine '{BUILDER}' builds nothing", hint="livecam doctor")
    return builder


def _factory(name: str, group: str = GROUP) -> Callable[..., Any]:
    points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=group)}
    if name not in points:
        known = ", ".join(n for n in sorted(points) if n != FACE_FINDER) or "none"
        hint = f"choose one of: {known}" if points else "install livecam: scripts/setup run, in its folder"
        raise EngineError(f"there is no {_CALLED.get(group, 'engine')} named '{name}'", hint=hint)
    try:
        factory: Callable[..., Any] = points[name].load()
    except ImportError as error:
        raise EngineError(f"the engine '{name}' does not load: {error}", hint="livecam doctor") from error
    return factory


def _given(factory: Callable[..., Any], argument: str | None, refused: EngineError) -> Any:
    """What a factory makes, of an argument where there is one; `refused` is raised where it takes none."""
    if argument is None:
        return factory()
    if not signature(factory).parameters:
        raise refused
    return factory(argument)


def open_face_finder() -> FaceFinder:
    """The detector and mesh network.

    Raises:
        EngineError: It is not installed or does not load.
    """
    finder = _factory(FACE_FINDER)()
    if not isinstance(finder, FaceFinder):
        raise EngineError(f"the engine '{FACE_FINDER}' is no face finder", hint="livecam doctor")
    return finder


def open_recogniser(model: Path) -> FaceRecogniser:
    """A face recogniser over a network somebody brings.

    Raises:
        EngineError: The file cannot be read or holds no such network.
    """
    recogniser = _factory(RECOGNISER, JUDGES)(model)
    if not isinstance(recogniser, FaceRecogniser):
        raise EngineError(f"the engine '{RECOGNISER}' is no face recogniser", hint="livecam doctor")
    return recogniser


def open_texture_engine(name: str) -> TextureEngine:
    """The engine of that name, given what stands after a colon ("onnx:MODEL.onnx"); "auto" takes the embedded one.

    Raises:
        EngineError: It is unknown, does not load, makes no textures, or takes nothing after a colon.
    """
    own_name, colon, argument = name.partition(":")
    factory = _factory(DEFAULT_TEXTURE_ENGINE if own_name == "auto" else own_name)
    refused = EngineError(f"the engine '{own_name}' takes nothing after a colon", hint=f"--engine {own_name}")
    engine = _given(factory, argument if colon else None, refused)
    if not isinstance(engine, TextureEngine):
        raise EngineError(f"the engine '{name}' makes no face textures", hint="livecam run --engine photo …")
    return engine


def open_enhancer(name: str) -> TextureEnhancer | None:
    """The enhancer of that name, given what stands after a colon ("onnx:MODEL.onnx"); None for "off".

    Raises:
        EngineError: It is unknown or does not load.
    """
    if name == "off":
        return None
    own_name, colon, argument = name.partition(":")
    factory = _factory(own_name, ENHANCERS)
    refused = EngineError(f"the enhancer '{own_name}' takes nothing after a colon", hint=f"--enhance {own_name}")
    enhancer = _given(factory, argument if colon else None, refused)
    if not isinstance(enhancer, TextureEnhancer):
        raise EngineError(f"'{name}' enhances no textures", hint="livecam run --enhance detail …")
    return enhancer


def open_voice_maker(name: str = DEFAULT_VOICE_ENGINE) -> VoiceMaker:
    """The voice engine's maker of that name.

    Raises:
        EngineError: It is unknown, does not load, or does not make voices from statistics.
    """
    maker = _factory(name, VOICES)()
    if not isinstance(maker, VoiceMaker):
        raise EngineError(f"the voice engine '{name}' makes no voices of statistics", hint="livecam voice list")
    return maker


def open_denoiser(name: str) -> VoiceEngine:
    """What takes noise out of sound before it is converted: as an engine, it gives back what it is given, cleaner.

    Raises:
        EngineError: It is unknown or does not load.
    """
    denoiser: VoiceEngine = _factory(name, DENOISERS)()
    return denoiser


def open_voice_networks(name: str = VOICE_NETWORKS) -> VoiceNetworks:
    """Who speaks with networks: "onnx", or "onnx@PROVIDER".

    Raises:
        EngineError: It is unknown, does not load, is told a provider that is not here, or speaks with no networks.
    """
    own_name, at, provider = name.partition("@")
    factory = _factory(own_name, VOICES)
    refused = EngineError(f"the voice engine '{own_name}' runs in one place only", hint=f"--voice-engine {own_name}")
    networks = _given(factory, provider if at else None, refused)
    if not isinstance(networks, VoiceNetworks):
        raise EngineError(f"the voice engine '{own_name}' speaks with no networks", hint="--voice-engine onnx")
    return networks
