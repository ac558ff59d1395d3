"""Texts are put into a PNG without touching its picture."""

import cv2
import numpy as np
import pytest

from livecam.core.png_text import XMP, add_png_texts, make_source_xmp, read_png_texts

PICTURE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
PNG = cv2.imencode(".png", PICTURE)[1].tobytes()


def test_the_picture_stays_and_the_texts_are_there():
    data = add_png_texts(PNG, {"Comment": "naïve", "AIGC": "1", XMP: make_source_xmp("http://x/y")})
    assert (cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) == PICTURE).all()
    assert "Comment\0\0\0\0\0naïve".encode() in data
    assert b"tEXtAIGC\x001" in data
    assert b'DigitalSourceType="http://x/y"' in data
    assert add_png_texts(PNG, {}) == PNG


@pytest.mark.parametrize("data", [b"", PNG[:20], b"\xff\xd8" + PNG])
def test_what_is_no_png_is_refused(data):
    with pytest.raises(ValueError, match="no PNG"):
        add_png_texts(data, {"Comment": "a"})


@pytest.mark.parametrize("keyword", ["", "k" * 80])
def test_a_keyword_has_its_length(keyword):
    with pytest.raises(ValueError, match="1 to 79"):
        add_png_texts(PNG, {keyword: "a"})


def test_texts_that_were_written_are_read_and_nothing_else():
    texts = {"Comment": "naïve", "AIGC": '{"Label": "1"}'}
    data = add_png_texts(PNG, texts)
    assert read_png_texts(data) == texts
    assert read_png_texts(PNG) == {}


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_file_that_is_cut_off_or_is_none_gives_what_is_there(cut):
    data = add_png_texts(PNG, {"Comment": "words"})
    assert all("Comment".startswith(keyword) for keyword in read_png_texts(data[:cut]))
    assert read_png_texts(b"\xff\xd8" + data[:cut]) == {}
