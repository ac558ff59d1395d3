"""Which plain metadata say that a file was made with AI.

Anyone can write and remove them. Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from livecam.core.files.reading import parse_json
from livecam.core.png_text import read_png_texts
from livecam.provenance.manifest import AI_SOURCES

_SOURCE: Final = re.compile(rb"digitalsourcetype/(\w{1,60})")
_XMP: Final = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_OWN: Final = re.compile(r"\bAI[- ](modified|generated)\b|\bmade with AI\b", re.IGNORECASE)
_AIGC: Final = "aigc"
_LONGEST: Final = 120


def read_statements(tags: Mapping[str, str], head: bytes) -> tuple[str, ...]:
    """Return the metadata that state the use of AI, each in a few words.

    Args:
        tags: Metadata by name.
        head: The file's first bytes, where pictures carry XMP and PNGs their texts.
    """
    said = [_tag(name, value) for name, value in {**read_png_texts(head), **tags}.items()]
    packets = b"".join(_XMP.findall(head))
    sources = {source.decode("ascii", "replace") for source in _SOURCE.findall(packets)}
    said += [f"IPTC source type {source}" for source in sorted(AI_SOURCES & sources)]
    return tuple(dict.fromkeys(words for words in said if words))


def _tag(name: str, value: str) -> str:
    shown = " ".join(value.split())[:_LONGEST]
    if name.lower() == _AIGC:
        return f"{name}: {shown}" if _label(value) else ""
    source = _SOURCE.search(value.encode("utf-8", "replace"))
    stated = source is not None and source[1].decode("ascii", "replace") in AI_SOURCES
    return f"{name}: {shown}" if stated or _OWN.search(value) else ""


def _label(value: str) -> bool:
    """Whether a label of GB 45438 calls the content AI's.

    1 surely, 2 probably, 3 suspected.
    """
    try:
        said = parse_json(value)
    except ValueError:
        return False
    return isinstance(said, dict) and str(said.get("Label", said.get("label"))) in ("1", "2", "3")
