"""Complete names of personas, voices, cameras and engines, and fixed words."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

import typer

from livecam.config.paths import data_folder
from livecam.config.setting import Setting
from livecam.core.built_in_names import BUILT_IN_PERSONAS, BUILT_IN_VOICES
from livecam.core.errors import LivecamError
from livecam.host.video_nodes import video_nodes

Completion = Callable[[typer.Context, str], list[Any]]
_WORD: Final = re.compile(r"[a-z0-9-]+")
_ENGINES: Final = {"engine": ("livecam.engines", ("auto", "onnx:")), "voice-engine": ("livecam.voices", ("auto",))}


def complete_persona(ctx: typer.Context, incomplete: str) -> list[Any]:
    """Return the personas with names that begin so, the user's first."""
    return _beginning([*_stored(ctx, "personas"), *BUILT_IN_PERSONAS], incomplete)


def complete_voice(ctx: typer.Context, incomplete: str) -> list[Any]:
    """Return the voices with names that begin so, the user's first."""
    return _beginning([*_stored(ctx, "voices"), *BUILT_IN_VOICES], incomplete)


def complete_camera(ctx: typer.Context, incomplete: str) -> list[Any]:
    """Return the indexes of the cameras, each with its name, and "sample"."""
    try:
        cameras = [(str(node.index), node.name) for node in video_nodes() if not node.is_virtual]
    except OSError:
        cameras = []
    return [pair for pair in (*cameras, ("sample", "built-in clip")) if pair[0].startswith(incomplete)]


def complete_own_voice(ctx: typer.Context, incomplete: str) -> list[Any]:
    """Return the user's voices with names that begin so."""
    return _beginning(_stored(ctx, "voices"), incomplete)


def complete_voice_setting(ctx: typer.Context, incomplete: str) -> list[Any]:
    """Return the voices with names that begin so, and "off"."""
    return [*complete_voice(ctx, incomplete), *_beginning(["off"], incomplete)]


_NAMES: Final[Mapping[str, Completion]] = {
    "persona": complete_persona,
    "camera": complete_camera,
    "own-voice": complete_own_voice,
    "voice": complete_voice_setting,
}


def completion_of(setting: Setting) -> Completion | None:
    """Return what completes a setting; None for a file or a number."""
    if setting.key in _NAMES:
        return _NAMES[setting.key]
    if setting.key not in _ENGINES and not _fixed_words(setting):
        return None
    return lambda ctx, incomplete: _beginning([*_engines(setting.key), *_fixed_words(setting)], incomplete)


def _fixed_words(setting: Setting) -> list[str]:
    """Return the words a value may be, from a list such as "swap or puppet"."""
    parts = re.split(r", | or ", setting.expects)
    chosen = [part for part in parts if _WORD.fullmatch(part)]
    return chosen if len(chosen) > 1 or setting.key in ("microphone", "voice-sink") else []


def _engines(key: str) -> Iterator[str]:
    if key in _ENGINES:
        group, words = _ENGINES[key]
        yield from words
        yield from (point.name for point in entry_points(group=group) if point.name not in ("face", "onnx", "slow"))


def _stored(ctx: typer.Context, kind: str) -> list[str]:
    """Return names of the user's folders; the command checks whether one may be used."""
    try:
        given = ctx.params.get("data_folder")
        folder = Path(given) if given else data_folder()
        return sorted(path.name for path in (folder / kind).iterdir() if (path / "record.json").is_file())
    except (OSError, LivecamError):
        return []


def _beginning(words: list[str], incomplete: str) -> list[Any]:
    return [word for word in dict.fromkeys(words) if word.startswith(incomplete)]
