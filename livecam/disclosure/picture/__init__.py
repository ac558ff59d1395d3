"""The marks of a picture: the plate people read and the in-picture mark machines read; `docs/mark-format.md`."""

from livecam.disclosure.picture.carrier import READABLE_HZ, sign_at
from livecam.disclosure.picture.label import PLATE_TEXT, Corner, Plates, plate, plate_height_px
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
    "plate",
    "plate_height_px",
    "sign_at",
]
