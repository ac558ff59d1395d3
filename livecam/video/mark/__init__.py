"""The marks of a picture: the plate people read and the in-picture mark machines read; `docs/mark-format.md`."""

from livecam.video.mark.carrier import READABLE_HZ, sign_at
from livecam.video.mark.marker import Marker
from livecam.video.mark.plate import PLATE_TEXT, Corner, plate, plate_height_px
from livecam.video.mark.words import WORDS, Language

__all__ = ["PLATE_TEXT", "READABLE_HZ", "WORDS", "Corner", "Language", "Marker", "plate", "plate_height_px", "sign_at"]
