"""The in-sound mark: a session's number in the loudness of narrow bands.

`docs/mark-format.md` has the format.
"""

from livecam.disclosure.sound.watermark.reader import (
    SOUND_THRESHOLD,
    WINDOW_S,
    SoundReading,
    read_sound,
    read_windows,
)
from livecam.disclosure.sound.watermark.writer import SoundMark

__all__ = ["SOUND_THRESHOLD", "WINDOW_S", "SoundMark", "SoundReading", "read_sound", "read_windows"]
