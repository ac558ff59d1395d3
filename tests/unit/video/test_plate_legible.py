"""The plate read by a stranger to it, after a call's codec: tesseract (apt-get install tesseract-ocr)."""

import io
import shutil
import subprocess
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from livecam.video.mark import PLATE_TEXT, Marker
from tests.unit.video.scenes import PERIOD_NS, RATE_HZ, scene

SIZE_WH, CALL_WH, KBPS = (1280, 720), (640, 360), 300
X264 = {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline", "maxrate": "300k", "bufsize": "300k"}
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


def after_a_call(pictures):
    """The last picture of a run at CALL_WH and KBPS."""
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ, options=X264)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *CALL_WH, "yuv420p", KBPS * 1000
        for n, pixels in enumerate(pictures):
            small = cv2.resize(pixels, CALL_WH, interpolation=cv2.INTER_AREA)
            frame = av.VideoFrame.from_ndarray(np.asarray(small, np.uint8), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(io.BytesIO(data.getvalue())) as container:
        return list(container.decode(video=0))[-1].to_ndarray(format="bgr24")


def words_in(pixels):
    large = cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    picture = cv2.imencode(".png", large)[1].tobytes()
    command = [str(TESSERACT), "-", "-", "--psm", "7"]
    return subprocess.run(command, input=picture, capture_output=True, check=True, timeout=60).stdout.decode().strip()


@pytest.mark.slow
@pytest.mark.parametrize("corner", ["top-right", "bottom-left"])
@pytest.mark.parametrize("background", list(BACKGROUNDS))
def test_the_plate_is_legible_after_a_call_of_360_lines_at_300_kbits(background, corner):
    marker = Marker(SIZE_WH, corner)
    pictures = BACKGROUNDS[background](60)
    last = after_a_call(marker.mark(pixels, n * PERIOD_NS, n).pixels for n, pixels in enumerate(pictures))
    rows = slice(5, 26) if corner.startswith("top") else slice(334, 355)
    columns = slice(505, 635) if corner.endswith("right") else slice(5, 135)
    # Sans letters: a capital I is the same stroke as a small l and a bar.
    read = words_in(last[rows, columns]).translate(str.maketrans("l|", "II"))
    assert PLATE_TEXT in read
