"""Find engines by name through the entry-point group `livecam.engines`, ours and other people's alike."""

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from pathlib import Path
from typing import Any

from livecam.core.errors import EngineError
from livecam.core.ports import EngineBuilder, FaceFinder, FaceRecogniser, TextureEngine, TextureEnhancer, VoiceMaker

GROUP = "livecam.engines"
JUDGES = "livecam.judges"
BUILDERS = "livecam.builders"
BUILDER = "tensorrt"
ENHANCERS = "livecam.enhancers"
FACE_FINDER = "face"
RECOGNISER = "recogniser"
DEFAULT_TEXTURE_ENGINE = "photo"
DEFAULT_VOICE_ENGINE = "grain"


def engine_names() -> list[str]:
    """Names of all installed engines."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def texture_engines() -> list[tuple[str, str]]:
    """Name of every installed maker of textures, and the first line of its module."""
    found = []
    for name in engine_names():
        if name not in (FACE_FINDER, DEFAULT_VOICE_ENGINE):
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
        known = ", ".join(n for n in sorted(points) if n not in (FACE_FINDER, DEFAULT_VOICE_ENGINE)) or "none"
        hint = f"choose one of: {known}" if points else "install livecam as a package: pip install ."
        raise EngineError(f"there is no {'enhancer' if group == ENHANCERS else 'engine'} named '{name}'", hint=hint)
    try:
        factory: Callable[..., Any] = points[name].load()
    except ImportError as error:
        raise EngineError(f"the engine '{name}' does not load: {error}", hint="livecam doctor") from error
    return factory


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
    if colon and not signature(factory).parameters:
        raise EngineError(f"the engine '{own_name}' takes nothing after a colon", hint=f"--engine {own_name}")
    engine = factory(argument) if colon else factory()
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
    if colon and not signature(factory).parameters:
        raise EngineError(f"the enhancer '{own_name}' takes nothing after a colon", hint=f"--enhance {own_name}")
    enhancer = factory(argument) if colon else factory()
    if not isinstance(enhancer, TextureEnhancer):
        raise EngineError(f"'{name}' enhances no textures", hint="livecam run --enhance detail …")
    return enhancer


def open_voice_maker(name: str = DEFAULT_VOICE_ENGINE) -> VoiceMaker:
    """The voice engine's maker of that name.

    Raises:
        EngineError: It is unknown, does not load, or is not about voices.
    """
    maker = _factory(name)()
    if not isinstance(maker, VoiceMaker):
        raise EngineError(f"the engine '{name}' makes no voices", hint="livecam doctor")
    return maker
