"""The label as a viewer's tile shows it, read by a stranger to it: cut, small, under a call's controls, at 300 kbit/s.

Needs tesseract (apt-get install tesseract-ocr); what it cannot be asked for is skipped by name. Contrast needs none.
"""

import shutil
import subprocess
from functools import cache

import cv2
import numpy as np
import pytest

from livecam.core.label import Label
from livecam.core.payload import FACE, GENERATED, MarkPayload
from livecam.disclosure.picture import Marker, Plates
from livecam.disclosure.picture.label_text import words_of
from tests.unit.disclosure.scenes import PERIOD_NS, scene
from tests.unit.video.calls import after_a_call

SIZE_WH, CALL_WH, KBPS, PICTURES = (1280, 720), (640, 360), 300, 20
FLAGS = {Label.MODIFIED: FACE, Label.GENERATED: FACE | GENERATED}
BACKGROUNDS = {"dark": 15, "middle": 128, "bright": 235}
CUTS = {"16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "9:16": 9 / 16}
# What a tile shows over the picture: x0, y0, x1, y1 in shares of the tile. Of their web clients, as drawn rectangles.
OVERLAYS = {
    "none": (),
    "Zoom: name, more": ((0.01, 0.92, 0.35, 0.99), (0.8, 0.01, 0.99, 0.1)),
    "Meet: name, microphone": ((0.02, 0.91, 0.4, 0.98), (0.88, 0.02, 0.98, 0.12)),
    "Teams: name, more, pin": ((0.0, 0.92, 0.38, 1.0), (0.82, 0.0, 1.0, 0.12), (0.0, 0.0, 0.1, 0.1)),
}
BLOCK, LINE = "6", "7"
TESSERACT = shutil.which("tesseract")
needs_tesseract = pytest.mark.skipif(TESSERACT is None, reason="tesseract is not there: apt-get install tesseract-ocr")


@cache
def received(label, language="en", background=128, size_wh=SIZE_WH):
    """(h, w, 3) uint8: the last of some pictures after a call at 360 lines."""
    marker = Marker(size_wh, payload=MarkPayload(FLAGS[label], 7), language=language)
    run = (marker.mark(p, n * PERIOD_NS, n).pixels for n, p in enumerate(scene(size_wh, PICTURES, background)))
    return after_a_call(run, CALL_WH if size_wh[0] > size_wh[1] else CALL_WH[::-1], KBPS)[-1]


def tile(pixels, cut, overlay="none", height_px=None):
    """The middle of a picture in another shape, smaller if wanted, with a program's controls over it."""
    height, width = pixels.shape[:2]
    wide, tall = min(width, round(height * CUTS[cut])), min(height, round(width / CUTS[cut]))
    left, top = (width - wide) // 2, (height - tall) // 2
    shown = pixels[top : top + tall, left : left + wide].copy()
    for x0, y0, x1, y1 in OVERLAYS[overlay]:
        corners = [(int(x * shown.shape[1]), int(y * shown.shape[0])) for x, y in ((x0, y0), (x1, y1))]
        cv2.rectangle(shown, *corners, (32, 32, 32), -1)
    if height_px is None:
        return shown
    return cv2.resize(
        shown, (round(height_px * shown.shape[1] / shown.shape[0]), height_px), interpolation=cv2.INTER_AREA
    )


def badge_in(shown, language, label, lines, enlarged):
    """The inside of the badge of a tile of a wide picture, black on white and enlarged."""
    (rows, columns), _ = Plates(SIZE_WH, "top-right", words_of(label, language).plate).places
    scale, height = shown.shape[0] / SIZE_WH[1], rows.stop - rows.start
    first, last = rows.start + lines[0] * height, rows.start + lines[1] * height
    half = (columns.stop - columns.start) * 0.45 * scale
    centre = shown.shape[1] / 2 + ((columns.start + columns.stop) / 2 - SIZE_WH[0] / 2) * scale
    grey = cv2.resize(
        cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_LANCZOS4
    )
    inside = grey[
        int(first * scale * enlarged) : int(last * scale * enlarged),
        int((centre - half) * enlarged) : int((centre + half) * enlarged),
    ]
    return cv2.copyMakeBorder(255 - inside, 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=255)


def read(picture, mode):
    """What tesseract reads; sans letters: a capital I is the same stroke as a small l and a bar."""
    data = cv2.imencode(".png", picture)[1].tobytes()
    command = [str(TESSERACT), "-", "-", "--psm", mode]
    text = subprocess.run(command, input=data, capture_output=True, check=True, timeout=120).stdout.decode()
    return text.translate(str.maketrans("l|", "II")).upper()


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("label", list(Label))
@pytest.mark.parametrize("overlay", list(OVERLAYS))
@pytest.mark.parametrize("cut", list(CUTS))
def test_the_whole_label_is_read_in_every_cut_under_all_controls(cut, overlay, label):
    shown = tile(received(label), cut, overlay)
    assert " ".join(read(badge_in(shown, "en", label, (0.06, 0.96), 4), BLOCK).split()) == label


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("background", list(BACKGROUNDS))
@pytest.mark.parametrize("cut", list(CUTS))
def test_ai_is_read_in_a_tile_of_ninety_lines(cut, background):
    """The other words are too small there: below four pixels a letter."""
    shown = tile(received(Label.MODIFIED, background=BACKGROUNDS[background]), cut, height_px=90)
    assert read(badge_in(shown, "en", Label.MODIFIED, (0.1, 0.66), 12), LINE).strip(" .\n") == "AI"


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "nl", "pl", "pt"])
def test_ai_is_read_in_the_language_of_the_audience(language):
    shown = tile(received(Label.GENERATED, language), "9:16")
    assert read(badge_in(shown, language, Label.GENERATED, (0.06, 0.64), 4), LINE).strip(" .\n") == "AI"


@pytest.mark.parametrize("size_wh", [(1280, 720), (1920, 1080), (640, 480), (640, 360), (720, 1280), (720, 720)])
@pytest.mark.parametrize("label", list(Label))
@pytest.mark.parametrize("language", ["en", "de", "pl", "nl"])
def test_every_cut_keeps_the_whole_badge(size_wh, label, language):
    """Of high pictures down to a square: a wide cut of one leaves a third of its height, which is the face's."""
    width, height = size_wh
    (rows, columns), (plate_rows, plate_columns) = Plates(
        size_wh, "bottom-right", words_of(label, language).plate
    ).places
    for aspect in CUTS.values():
        if width <= height and aspect > 1:
            continue
        wide, tall = min(width, height * aspect), min(height, width / aspect)
        assert columns.start >= (width - wide) / 2 - 1 and columns.stop <= (width + wide) / 2 + 1
        assert rows.start >= (height - tall) / 2 - 1 and rows.stop <= (height + tall) / 2 + 1
    apart = plate_columns.start >= columns.stop or plate_rows.start >= rows.stop
    assert apart, "plate and badge cover each other"


def test_no_programs_controls_cover_the_badge():
    (rows, columns), _ = Plates(SIZE_WH, "top-right").places
    for cut, aspect in CUTS.items():
        wide = min(SIZE_WH[0], SIZE_WH[1] * aspect)
        left = (SIZE_WH[0] - wide) / 2
        for boxes in OVERLAYS.values():
            for x0, y0, x1, y1 in boxes:
                beyond = (
                    left + x1 * wide <= columns.start
                    or left + x0 * wide >= columns.stop
                    or y1 * SIZE_WH[1] <= rows.start
                    or y0 * SIZE_WH[1] >= rows.stop
                )
                assert beyond, cut


def luminance(bgr):
    """WCAG 2.1's relative luminance of (..., 3) uint8, 0..1."""
    share = np.asarray(bgr, np.float64) / 255
    linear = np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.0722, 0.7152, 0.2126])


@pytest.mark.parametrize("background", list(BACKGROUNDS))
def test_contrast_by_wcag_is_above_seven_to_one_after_a_call_on_any_ground(background):
    """Letters against their plate (1.4.3, 1.4.6), and the plate's rim or ground against what is around it (1.4.11)."""
    shown = received(Label.MODIFIED, background=BACKGROUNDS[background])
    for rows, columns in Plates(SIZE_WH, "top-right").places:
        within = [slice(side.start // 2 + 2, side.stop // 2 - 2) for side in (rows, columns)]
        inside = luminance(shown[within[0], within[1]])
        letters, ground = np.percentile(inside, 97), np.percentile(inside, 20)
        assert (letters + 0.05) / (ground + 0.05) >= 7, (letters, ground)
        around = luminance(np.full(3, BACKGROUNDS[background]))
        rim = max((letters + 0.05) / (around + 0.05), (around + 0.05) / (ground + 0.05))
        assert rim >= 3
