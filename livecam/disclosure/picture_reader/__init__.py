"""Read the in-picture mark: what swings at its pace, where the marked picture lies, which message agrees best."""

from livecam.disclosure.picture_reader.label import LIKENESS_THRESHOLD, PlateReader, plate_likeness
from livecam.disclosure.picture_reader.reader import HOP_NS, SEARCHES, WINDOW_NS, MarkReader, Reading, readings

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
