"""Read the in-picture mark.

Detect the carrier, find the marked picture, decode the best message.
"""

from livecam.disclosure.picture_reader.label import LIKENESS_THRESHOLD, LabelReader, match_label
from livecam.disclosure.picture_reader.reader import HOP_NS, SEARCHES, WINDOW_NS, MarkReader, MarkReading, read_marks

__all__ = [
    "HOP_NS",
    "LIKENESS_THRESHOLD",
    "SEARCHES",
    "WINDOW_NS",
    "LabelReader",
    "MarkReader",
    "MarkReading",
    "match_label",
    "read_marks",
]
