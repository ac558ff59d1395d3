"""Read the in-picture mark: what swings at its pace, where the marked picture lies, which message agrees best."""

from livecam.video.mark_reader.plate import LIKENESS_THRESHOLD, PlateReader, plate_likeness
from livecam.video.mark_reader.reader import HOP_NS, SEARCHES, WINDOW_NS, MarkReader, Reading, readings

__all__ = [
    "HOP_NS",
    "LIKENESS_THRESHOLD",
    "SEARCHES",
    "WINDOW_NS",
    "MarkReader",
    "PlateReader",
    "Reading",
    "plate_likeness",
    "readings",
]
