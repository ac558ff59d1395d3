"""The marks of a picture.

They are the plate for people and the in-picture mark for machines; see `docs/mark-format.md`.
"""

from livecam.disclosure.picture.carrier import READABLE_HZ, sign_at
from livecam.disclosure.picture.label import PLATE_TEXT, Corner, Plates, label_height_px, render_label
from livecam.disclosure.picture.label_text import WORDS, Language
from livecam.disclosure.picture.marker import Marker

__all__ = [
    "PLATE_TEXT",
    "READABLE_HZ",
    "WORDS",
    "Corner",
    "Language",
    "Marker",
    "Plates",
    "label_height_px",
    "render_label",
    "sign_at",
]
