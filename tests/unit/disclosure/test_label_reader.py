import cv2
import numpy as np
import pytest

from livecam.disclosure.picture import WORDS, Marker
from livecam.disclosure.picture_reader import LIKENESS_THRESHOLD, LabelReader, match_label
from tests.unit.disclosure.scenes import scene


@pytest.mark.parametrize("size_wh", [(1920, 1080), (640, 480), (360, 640)])
@pytest.mark.parametrize("corner", ["top-right", "bottom-left"])
def test_the_plate_is_seen_in_every_corner_and_size(size_wh, corner):
    marked = Marker(size_wh, corner).mark(next(scene(size_wh, 1)), 0, 0)
    assert match_label(marked.pixels) > LIKENESS_THRESHOLD


def test_a_small_mirrored_jpeg_of_it_is_seen():
    marked = Marker((1280, 720)).mark(next(scene((1280, 720), 1)), 0, 0)
    small = cv2.resize(marked.pixels[:, ::-1], (640, 360), interpolation=cv2.INTER_AREA)
    again = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
    assert match_label(again) > LIKENESS_THRESHOLD


def test_other_pictures_and_other_words_are_not_taken_for_it():
    for seed in range(3):
        assert match_label(next(scene((640, 360), 1, seed=seed))) < LIKENESS_THRESHOLD - 0.1
    words = np.zeros((360, 640, 3), np.uint8)
    cv2.putText(words, "LIVE RECORDED", (450, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2)
    assert match_label(words) < LIKENESS_THRESHOLD


def test_a_picture_smaller_than_a_plate_has_none():
    assert match_label(np.zeros((40, 3, 3), np.uint8)) < LIKENESS_THRESHOLD


def test_the_plate_is_seen_in_a_very_wide_picture():
    marked = Marker((2560, 720)).mark(next(scene((2560, 720), 1)), 0, 0)
    assert match_label(marked.pixels) > LIKENESS_THRESHOLD


@pytest.mark.parametrize("shape", [(2, 5000), (5000, 2), (1, 200_000), (20, 3000)])
def test_a_thread_of_a_picture_is_not_blown_up(shape, monkeypatch):
    sizes = []
    match = cv2.matchTemplate
    monkeypatch.setattr(cv2, "matchTemplate", lambda grey, *rest: sizes.append(grey.size) or match(grey, *rest))
    match_label(np.zeros((*shape, 3), np.uint8))
    assert all(size < 500_000 for size in sizes)


@pytest.mark.parametrize("language", WORDS)
def test_the_plate_is_seen_in_every_language(language):
    marked = Marker((1280, 720), language=language).mark(next(scene((1280, 720), 1)), 0, 0)
    reader = LabelReader(tries=1)
    assert reader.likeness(marked.pixels) > LIKENESS_THRESHOLD
    assert reader.likeness(marked.pixels) > LIKENESS_THRESHOLD


def test_other_pictures_are_not_taken_for_a_plate_in_any_language():
    for seed in range(3):
        assert LabelReader().likeness(next(scene((640, 360), 1, seed=seed))) < LIKENESS_THRESHOLD - 0.1


def test_every_plate_begins_with_ai_and_every_card_fits():
    assert all(words.plate.startswith("AI ") and words.plate == words.plate.upper() for words in WORDS.values())
    for language, words in WORDS.items():
        card = Marker((640, 360), language=language).make_card(*words.opening, 0)
        assert (card.pixels[120:240, :16].std(1) < 4).all(), language


@pytest.mark.parametrize("language", list(WORDS)[::5])
def test_a_sparing_reader_sees_the_plate_in_a_bad_small_picture(language):
    marked = Marker((1280, 720), language=language).mark(next(scene((1280, 720), 1)), 0, 0)
    small = cv2.resize(marked.pixels, (640, 360), interpolation=cv2.INTER_AREA)
    bad = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 15])[1], cv2.IMREAD_COLOR)
    assert LabelReader(tries=1, sparing=True).likeness(bad) > LIKENESS_THRESHOLD


def test_a_sparing_reader_takes_no_other_picture_for_a_plate():
    for seed in range(3):
        assert LabelReader(1, sparing=True).likeness(next(scene((640, 360), 1, seed=seed))) < LIKENESS_THRESHOLD
