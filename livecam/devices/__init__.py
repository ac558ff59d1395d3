"""Cameras, clips, virtual cameras and files.

Only this room uses hardware or containers.
"""

from livecam.devices.sink import open_sink
from livecam.devices.source import open_source

__all__ = ["open_sink", "open_source"]
