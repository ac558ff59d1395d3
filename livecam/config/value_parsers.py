"""Parse the values of settings.

Each parser takes the written form or its own result. It raises ValueError for anything else.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livecam.config.paths import expanded

_MOST_CAMERAS = 1 << 31


def parse_text(value: Any) -> str:
    """Return text that is not blank."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


def parse_path(value: Any) -> Path:
    """Return a path, its home folder expanded."""
    return value if isinstance(value, Path) else expanded(parse_text(value))


def parse_truth(value: Any) -> bool:
    """Return a truth value."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def parse_camera(value: Any) -> str:
    """Return the index, path or word of a camera."""
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_CAMERAS
    return str(value) if is_index else parse_text(value)


def parse_sink(value: Any) -> str:
    """Return where pictures go."""
    if not re.fullmatch(r"auto|virtualcam(:.+)?|pipewire|null|file:.+", parse_text(value), re.DOTALL):
        raise ValueError
    return str(value)


def parse_voice_sink(value: Any) -> str:
    """Return where the voice goes."""
    if not re.fullmatch(r"auto|null|(device|file):.+", parse_text(value), re.DOTALL):
        raise ValueError
    return str(value)


def parse_size(value: Any) -> tuple[int, int]:
    """Return width and height in even pixels."""
    if isinstance(value, tuple):
        value = "x".join(map(str, value))
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", parse_text(value))
    if not match:
        raise ValueError
    width, height = int(match[1]), int(match[2])
    if not (64 <= width <= 7680 and 64 <= height <= 4320) or width % 2 or height % 2:
        raise ValueError
    return width, height


def parse_number(lowest: float, highest: float) -> Callable[[Any], float]:
    """Return a parser of numbers between two limits, both allowed."""

    def parse(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise ValueError
        return float(value)

    return parse


def parse_one_of(*words: str) -> Callable[[Any], str]:
    """Return a parser of one of these words."""

    def parse(value: Any) -> str:
        if isinstance(value, bool) or str(value) not in words:
            raise ValueError
        return str(value)

    return parse


def parse_web_address(value: Any) -> str:
    """Return an address of the web."""
    address = parse_text(value)
    if not address.startswith(("http://", "https://")):
        raise ValueError
    return address


def parse_kind(value: Any) -> Any:
    """Return the kind of a persona."""
    # Personas come with NumPy. Its import would double the time of `livecam --help`.
    from livecam.core.persona import PersonaKind

    return PersonaKind(value)
