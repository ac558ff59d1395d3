"""The metadata a video or sound file carries, and what livecam writes there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from av.error import FFmpegError

from livecam.core.own_files import COMMENT
from livecam.devices.container import open_container

# "comment" is what players show; "AIGC" is the implicit label of GB 45438-2025, Label 1: content made with AI.
WRITTEN: Final[Mapping[str, str]] = {
    "comment": COMMENT,
    "AIGC": '{"Label": "1", "ContentProducer": "livecam"}',
}


def tags_of(path: Path) -> dict[str, str]:
    """The tags of the file and of its streams by name; none where it cannot be opened."""
    try:
        container = open_container(path)
    except (FFmpegError, OSError):
        return {}
    with container:
        tags = dict(container.metadata)
        for stream in container.streams:
            tags |= {name: value for name, value in stream.metadata.items() if name not in tags}
        return tags
