"""Draw the visible plates and the cards.

A plate is in a corner. A badge is low and right of the middle. There call programs do not cut it or cover it with
controls, and a near face does not reach it.
"""

from typing import Final, Literal

import cv2
import numpy as np

from livecam.core.frame import Pixels
from livecam.disclosure.picture.label_text import AI, WORDS

Corner = Literal["top-right", "top-left", "bottom-right", "bottom-left"]
PLATE_TEXT: Final = WORDS["en"].plate
PLATE_SHARE: Final = 0.05
PLATE_MIN_PX: Final = 20
BADGE_SHARE: Final = 0.15
# A tile of 9:16 is the narrowest cut of a wide picture; of a high one, a square is the lowest.
_NARROWEST: Final = 9 / 16
# Names reach to 0.4 of a tile, the badge from there to _BADGE_RIGHT.
_BADGE_WIDEST: Final = 0.56
_SMALLEST_WITH_BADGE: Final = 144
_BADGE_RIGHT: Final = 0.98
_BADGE_BOTTOM_WIDE, _BADGE_BOTTOM, _BADGE_BOTTOM_TALL = 0.98, 0.86, 0.76
_WHITE, _GREY = (255, 255, 255), (190, 190, 190)
_BOLD, _REGULAR = 700, 400


def _width_px(text: str, height_px: int, weight: int) -> int:
    return int(cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), height_px, weight)[2])


def _write(pixels: Pixels, text: str, centre_xy: tuple[int, int], height_px: int, weight: int, grey: bool) -> None:
    """Write one line around a centre."""
    origin = centre_xy[0] - _width_px(text, height_px, weight) // 2, centre_xy[1] + height_px * 36 // 100
    cv2.putText(pixels, text, origin, _GREY if grey else _WHITE, cv2.FontFace("sans"), height_px, weight)


def render_label(height_px: int, text: str = PLATE_TEXT) -> Pixels:
    """Return the label, (height_px, w, 3) uint8.

    It is white on black with a white rim, so that it is legible on any background.
    """
    letters_px = max(height_px * 62 // 100, 8)
    width = _width_px(text, letters_px, _BOLD)
    picture = np.zeros((height_px, width + height_px * 3 // 4, 3), np.uint8)
    cv2.rectangle(picture, (0, 0), (picture.shape[1] - 1, height_px - 1), _WHITE, max(1, height_px // 18))
    _write(picture, text, (picture.shape[1] // 2, height_px // 2), letters_px, _BOLD, grey=False)
    return picture


def label_height_px(size_wh: tuple[int, int]) -> int:
    """Return 5 % of the shorter side, between 20 px and the picture's height."""
    return min(max(PLATE_MIN_PX, round(min(size_wh) * PLATE_SHARE + 0.5)), size_wh[1])


def _icon_cell(icon: Pixels, height_px: int) -> Pixels:
    """Scale an icon to (height_px, w, 3) uint8, at most twice as wide as high."""
    scale = min(height_px / icon.shape[0], 2 * height_px / icon.shape[1])
    size_wh = max(round(icon.shape[1] * scale), 1), max(round(icon.shape[0] * scale), 1)
    shown = cv2.resize(icon, size_wh, interpolation=cv2.INTER_AREA)
    cell = np.zeros((height_px, size_wh[0], 3), np.uint8)
    top = (height_px - size_wh[1]) // 2
    cell[top : top + size_wh[1]] = shown
    return cell


class Label:
    """The plate in its corner of pictures of one size.

    `place` has the rows and columns it covers.
    """

    def __init__(
        self, size_wh: tuple[int, int], corner: Corner, text: str = PLATE_TEXT, icon: Pixels | None = None
    ) -> None:
        height = label_height_px(size_wh)
        picture = render_label(height, text)
        if icon is not None:
            picture = np.concatenate([_icon_cell(icon, height), picture], axis=1)
        if picture.shape[1] > size_wh[0]:
            picture = cv2.resize(picture, (size_wh[0], height), interpolation=cv2.INTER_AREA).astype(np.uint8)
        gap = min(height // 3, size_wh[0] - picture.shape[1], size_wh[1] - height)
        top = gap if corner.startswith("top") else size_wh[1] - gap - height
        left = gap if corner.endswith("left") else size_wh[0] - gap - picture.shape[1]
        self._picture = picture
        self.place = slice(top, top + height), slice(left, left + picture.shape[1])

    def draw(self, pixels: Pixels) -> None:
        """Draw it into (h, w, 3) uint8 pixels."""
        pixels[self.place] = self._picture


def badge(height_px: int, text: str = PLATE_TEXT, widest_px: int | None = None) -> Pixels:
    """Return the badge, (height_px, w, 3) uint8.

    "AI" is large, the other words are below it, white on black with a white rim.
    """
    words = text.removeprefix(f"{AI} ")
    large, small = max(height_px * 60 // 100, 8), max(height_px * 24 // 100, 6)
    room = None if widest_px is None else widest_px - height_px // 4
    small = small if room is None else _fitting_px(words, room, small)
    width = max(_width_px(words, small, _BOLD), _width_px(AI, large, _BOLD)) + height_px // 4
    picture = np.zeros((height_px, width, 3), np.uint8)
    cv2.rectangle(picture, (0, 0), (width - 1, height_px - 1), _WHITE, max(1, height_px // 40))
    _write(picture, AI, (width // 2, height_px * 36 // 100), large, _BOLD, grey=False)
    _write(picture, words, (width // 2, height_px * 81 // 100), small, _BOLD, grey=False)
    return picture


class Badge:
    """The badge low and right of the middle of pictures of one size.

    `place` has the rows and columns it covers.
    """

    def __init__(self, size_wh: tuple[int, int], text: str = PLATE_TEXT) -> None:
        width, height = size_wh
        column = min(width, height * _NARROWEST)
        tall = round(min(size_wh) * BADGE_SHARE)
        picture = badge(tall, text, int(column * _BADGE_WIDEST))
        bottom = round(height * _badge_bottom(width / height))
        left = int(width / 2 + column * (_BADGE_RIGHT - 0.5)) - picture.shape[1]
        self._picture = picture
        self.place = slice(bottom - tall, bottom), slice(left, left + picture.shape[1])

    def draw(self, pixels: Pixels) -> None:
        """Draw it into (h, w, 3) uint8 pixels."""
        pixels[self.place] = self._picture


def _badge_bottom(aspect: float) -> float:
    """Return the lower end of the badge, in heights, inside every cut."""
    if aspect < 1:
        return _BADGE_BOTTOM_TALL
    return _BADGE_BOTTOM_WIDE if aspect > 1.6 else _BADGE_BOTTOM


class Plates:
    """The plate and, on pictures that have room for it, the badge.

    Attributes:
        places: Rows and columns each of them covers.
    """

    def __init__(
        self, size_wh: tuple[int, int], corner: Corner, text: str = PLATE_TEXT, icon: Pixels | None = None
    ) -> None:
        large = min(size_wh) >= _SMALLEST_WITH_BADGE
        self._plates = (*((Badge(size_wh, text),) if large else ()), Label(size_wh, corner, text, icon))
        self.places = tuple(each.place for each in self._plates)

    def draw(self, pixels: Pixels) -> None:
        """Draw them into (h, w, 3) uint8 pixels."""
        for each in self._plates:
            each.draw(pixels)


def paint_card(size_wh: tuple[int, int], title: str, line: str) -> Pixels:
    """Return a picture (h, w, 3) uint8 BGR with a title and a line.

    It has no mark.
    """
    width, height = size_wh
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = np.linspace((64, 52, 44), (40, 32, 28), height)[:, None, :].astype(np.uint8)
    title_px = _fitting_px(title, width * 9 // 10, height // 11)
    line_px = _fitting_px(line, width * 9 // 10, height // 22)
    _write(pixels, title, (width // 2, height * 46 // 100), title_px, _BOLD, grey=False)
    _write(pixels, line, (width // 2, height * 57 // 100), line_px, _REGULAR, grey=True)
    return pixels


def _fitting_px(text: str, width_px: int, height_px: int) -> int:
    """Return the letter height at which a line fits into `width_px`."""
    return max(6, min(height_px, 100 * width_px // max(_width_px(text, 100, _BOLD), 1)))
