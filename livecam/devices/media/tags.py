"""Read the metadata of a video or sound file, and define what livecam writes."""

from collections.abc import Mapping
from typing import BinaryIO, Final

from livecam.core.errors import DeviceError
from livecam.core.files.own_files import COMMENTS
from livecam.core.label import Label
from livecam.devices.media.container import open_container

# "comment" is what players show; "AIGC" is the implicit label of GB 45438-2025, Label 1: content made with AI.
_AIGC: Final = '{"Label": "1", "ContentProducer": "livecam"}'
_LONGEST: Final = 2000
_MOST: Final = 200


def written(label: Label) -> Mapping[str, str]:
    """Return the tags of a video or picture with that label."""
    return {"comment": COMMENTS[label], "AIGC": _AIGC}


def list_tags(file: BinaryIO) -> dict[str, str]:
    """Return the tags of the open file and of its streams by name.

    It is empty where they cannot be read.
    """
    try:
        container = open_container(file, "")
    except (DeviceError, OSError):
        return {}
    with container:
        tags = dict(container.metadata)
        for stream in container.streams:
            tags |= {name: value for name, value in stream.metadata.items() if name not in tags}
        return {name[:_LONGEST]: value[:_LONGEST] for name, value in list(tags.items())[:_MOST]}
