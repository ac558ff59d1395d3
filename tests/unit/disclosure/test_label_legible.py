"""The plate read by a stranger to it, after a call's codec: tesseract (apt-get install tesseract-ocr)."""

import shutil
import subprocess

import cv2
import numpy as np
import pytest

from livecam.disclosure.picture import PLATE_TEXT, Marker, label_height_px, render_label
from tests.unit.disclosure.scenes import PERIOD_NS, scene
from tests.unit.video.calls import after_a_call

SIZE_WH, CALL_WH, KBPS = (1280, 720), (640, 360), 300
TESSERACT = shutil.which("tesseract")

pytestmark = pytest.mark.skipif(TESSERACT is None, reason="tesseract is not there: apt-get install tesseract-ocr")


def busy(count):
    rng = np.random.default_rng(1)
    letters = np.full((SIZE_WH[1], SIZE_WH[0] * 2, 3), 120, np.uint8)
    for _ in range(900):
        at = int(rng.integers(0, 2 * SIZE_WH[0])), int(rng.integers(0, SIZE_WH[1]))
        colour = tuple(int(level) for level in rng.integers(0, 256, 3))
        cv2.putText(letters, "LIVE 24", at, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.5, 1.5), colour, 2)
    return (letters[:, 3 * n : 3 * n + SIZE_WH[0]].copy() for n in range(count))


BACKGROUNDS = {
    "light": lambda count: scene(SIZE_WH, count, 230),
    "dark": lambda count: scene(SIZE_WH, count, 15),
    "busy": busy,
}


def words_in(pixels):
    large = cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    picture = cv2.imencode(".png", large)[1].tobytes()
    command = [str(TESSERACT), "-", "-", "--psm", "7"]
    return subprocess.run(command, input=picture, capture_output=True, check=True, timeout=60).stdout.decode().strip()


@pytest.mark.slow
@pytest.mark.parametrize("corner", ["top-right", pytest.param("bottom-left", marks=pytest.mark.long)])
@pytest.mark.parametrize("background", list(BACKGROUNDS))
def test_the_plate_is_legible_after_a_call_of_360_lines_at_300_kbits(background, corner):
    marker = Marker(SIZE_WH, corner)
    pictures = BACKGROUNDS[background](60)
    run = (marker.mark(pixels, n * PERIOD_NS, n).pixels for n, pixels in enumerate(pictures))
    last = after_a_call(run, CALL_WH, KBPS)[-1]
    rows = slice(5, 26) if corner.startswith("top") else slice(334, 355)
    wide = render_label(label_height_px(SIZE_WH)).shape[1] * CALL_WH[0] // SIZE_WH[0]
    columns = slice(635 - wide, 635) if corner.endswith("right") else slice(5, 5 + wide)
    # Sans letters: a capital I is the same stroke as a small l and a bar.
    read = words_in(last[rows, columns]).translate(str.maketrans("l|", "II"))
    assert PLATE_TEXT in read
