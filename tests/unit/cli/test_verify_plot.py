"""The plot of what was seen: written as picture and page, and only where it can be."""

import base64
import re

import cv2
import numpy as np
import pytest

from livecam.cli.verify_plot import _FOUND, _LIMIT, _NOT, draw
from livecam.core.payload import FACE, MarkPayload
from livecam.disclosure.picture_reader import MarkReading
from livecam.disclosure.picture_reader.place import Place
from livecam.disclosure.sound.watermark import SoundReading
from livecam.verify import Verdict
from tests.clips import numbered


def reading(score, payload=None, against=0.0):
    agreed = np.full((18, 36), 3.0, np.float32)
    agreed[:, : int(36 * against)] *= -1
    margins = np.linspace(0.5, 2, 32).astype(np.float32)
    return MarkReading(0, score >= 12, score, 12.0, payload, Place(0, 0, 1, 1), (1,) * 32, margins, agreed)


def painted(sheet, colour):
    """Pixels of a colour."""
    return int((sheet == np.array(colour, np.uint8)).all(2).sum())


def test_cells_that_agree_are_green_and_others_red():
    marked, half = (draw("a", Verdict((reading(20.0, MarkPayload(FACE, 1), share),))) for share in (0.0, 0.5))
    assert painted(marked, _FOUND) > 2 * painted(half, _FOUND) * 0.8
    assert painted(half, _LIMIT) > 20 * painted(marked, _LIMIT)


def test_a_message_that_is_not_whole_is_not_green():
    sheet = draw("a", Verdict((reading(5.0),)))
    assert painted(sheet, _NOT) > 1000


def test_a_sound_has_its_scores_and_no_cells():
    sheet = draw("a", Verdict(sounds=(SoundReading(0.0, True, 12.0, 7, 1.0, 1.0),)))
    assert painted(sheet, _FOUND) > 50 and painted(sheet, _LIMIT) < 100


@pytest.fixture
def still(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), numbered(3, (320, 240)))
    return tmp_path / "a.png"


def test_picture_and_page_show_the_same(livecam, still, tmp_path):
    assert livecam("verify", still, "--plot", "seen.png").code == 1
    livecam("verify", still, "--plot", "seen.html")
    page = (tmp_path / "seen.html").read_text()
    assert "not marked" in page and "picture watermark" in page
    embedded = re.search(r"base64,([^\"]+)", page)
    assert embedded is not None
    assert base64.b64decode(embedded[1]) == (tmp_path / "seen.png").read_bytes()


@pytest.mark.parametrize(("words", "why"), [(("--plot", "a.gif"), "no plot"), (("--plot", "no/a.png"), "no plot")])
def test_a_plot_that_cannot_be_written_is_reported_before_the_work(livecam, still, words, why):
    said = livecam("verify", still, *words)
    assert said.code == 2 and why in said.err


def test_a_plot_that_is_in_the_way_is_reported(livecam, still, tmp_path):
    (tmp_path / "folder.png").mkdir()
    said = livecam("verify", still, "--plot", "folder.png")
    assert said.code == 3 and "was not written" in said.err


@pytest.mark.parametrize("words", [(), ("a.png", "--screen")])
def test_one_thing_is_looked_at(livecam, still, words):
    said = livecam("verify", *words)
    assert said.code == 2 and "--screen" in said.err


def test_a_camera_that_is_not_there_is_a_device_error(livecam):
    said = livecam("verify", "camera:Unknown", "--seconds", 1)
    assert said.code == 3 and "Unknown" in said.err
