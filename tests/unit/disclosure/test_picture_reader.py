from importlib import resources
from itertools import islice

import av
import cv2
import numpy as np
import pytest

from livecam.core.payload import FACE, SYNTHETIC, MarkPayload
from livecam.disclosure.picture import Marker
from livecam.disclosure.picture.layout import choose_layout
from livecam.disclosure.picture_reader import read_marks
from livecam.disclosure.picture_reader.carrier_detection import OVERTONES
from livecam.disclosure.picture_reader.decoding import decode
from tests.unit.disclosure.scenes import PERIOD_NS, scene
from tests.unit.video.calls import after_a_call

PAYLOAD = MarkPayload(FACE | SYNTHETIC, 0xBEEF)
SIZE_WH = (640, 360)
COUNT = 240
START_NS = 987_654_321


def marked_run(size_wh=SIZE_WH, count=COUNT, level=110):
    marker = Marker(size_wh, payload=PAYLOAD)
    for n, pixels in enumerate(scene(size_wh, count, level)):
        yield marker.mark(pixels, START_NS + n * PERIOD_NS, n).pixels


@pytest.fixture(scope="module")
def pictures():
    return list(marked_run())


def read(pictures, period_ns=PERIOD_NS, searches=0):
    return list(read_marks(((pixels, n * period_ns) for n, pixels in enumerate(pictures)), searches))


def changed(pictures, change):
    return [np.ascontiguousarray(change(pixels)) for pixels in pictures]


def cut(pixels):
    return pixels[14:-22, 30:-34]


def on_a_wider_card(pixels):
    canvas = np.zeros_like(pixels)
    canvas[36:324, 64:576] = cv2.resize(pixels, (512, 288), interpolation=cv2.INTER_AREA)
    return canvas


def test_a_marked_run_says_its_message(pictures):
    (reading,) = read(pictures)
    assert reading.marked and reading.payload == PAYLOAD
    assert reading.score > 2 * reading.threshold


def test_another_persona_is_another_message_of_the_same_run():
    marker, read_again = Marker(SIZE_WH, payload=PAYLOAD), MarkPayload(FACE, PAYLOAD.session)
    pictures = [marker.mark(pixels, START_NS + n * PERIOD_NS, n).pixels for n, pixels in enumerate(scene(SIZE_WH, 30))]
    marker.set_payload(read_again)
    pictures = [
        marker.mark(pixels, START_NS + n * PERIOD_NS, n).pixels
        for n, pixels in enumerate(scene(SIZE_WH, COUNT), len(pictures))
    ]
    (reading,) = read(pictures)
    assert reading.payload == read_again


@pytest.mark.parametrize("searches", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_run_without_a_mark_says_nothing(searches):
    (reading,) = read(scene(SIZE_WH, COUNT), searches=searches)
    assert not reading.marked and reading.payload is None


@pytest.mark.parametrize(
    "change",
    [
        lambda pixels: pixels[:, ::-1],
        lambda pixels: cv2.resize(pixels, (320, 180), interpolation=cv2.INTER_AREA),
        lambda pixels: cv2.convertScaleAbs(pixels, alpha=1.0, beta=30),
        lambda pixels: cv2.convertScaleAbs(pixels, alpha=0.8),
    ],
    ids=["mirrored", "halved", "brighter", "darker"],
)
def test_the_message_stays(pictures, change):
    (reading,) = read(changed(pictures, change))
    assert reading.payload == PAYLOAD


@pytest.mark.slow
@pytest.mark.parametrize("change", [cut, on_a_wider_card, lambda p: cut(p)[:, ::-1]], ids=["cut", "bars", "both"])
def test_the_marked_picture_is_found_where_it_is(pictures, change):
    (reading,) = read(changed(pictures, change), searches=1)
    assert reading.payload == PAYLOAD


@pytest.mark.slow
def test_the_place_of_a_scaled_picture_is_reported(pictures):
    (reading,) = read(changed(pictures, on_a_wider_card), searches=1)
    assert reading.place.left == pytest.approx(0.1, abs=0.02)
    assert reading.place.width == pytest.approx(0.8, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size_wh", "kbps"),
    [
        pytest.param((1280, 720), 600, marks=pytest.mark.long),
        pytest.param((640, 360), 600, marks=pytest.mark.long),
        ((640, 360), 300),  # the poorest of them
    ],
)
def test_the_message_arrives_through_a_call(size_wh, kbps):
    sent = marked_run((1280, 720))
    (reading,) = read(after_a_call(sent, size_wh, kbps))
    assert reading.payload == PAYLOAD


@pytest.mark.slow
def test_the_sample_camera_arrives_through_a_poor_call():
    marker = Marker((1280, 720), payload=PAYLOAD)
    with av.open(str(resources.files("livecam.devices.media") / "sample" / "sample.mp4")) as clip:
        frames = islice(clip.decode(video=0), COUNT)
        sent = [marker.mark(f.to_ndarray(format="bgr24"), n * PERIOD_NS, n).pixels for n, f in enumerate(frames)]
    (reading,) = read(after_a_call(sent, (640, 360), 300))
    assert reading.payload == PAYLOAD


def test_lost_and_fewer_pictures_change_nothing(pictures):
    lost = np.random.default_rng(3).random(COUNT) < 0.05
    gaps = [(pixels, n * PERIOD_NS) for n, pixels in enumerate(pictures) if not lost[n]]
    assert next(read_marks(iter(gaps), searches=0)).payload == PAYLOAD
    (half,) = read(pictures[::2], 2 * PERIOD_NS)
    assert half.payload == PAYLOAD


def test_pictures_lost_without_a_gap_in_time_only_bend_the_carrier(pictures):
    lost = np.random.default_rng(3).random(COUNT) < 0.05
    (reading,) = read([pixels for n, pixels in enumerate(pictures) if not lost[n]])
    assert reading.payload == PAYLOAD


def test_noise_shared_by_all_overtones_agrees_no_more_than_the_carriers():
    rng = np.random.default_rng(0)
    noise = (rng.normal(size=(1, 4, 18, 36)) + 1j * rng.normal(size=(1, 4, 18, 36))).astype(np.complex64)
    alone, shared = (decode(noise.repeat(overtones, axis=0), choose_layout(False)).score for overtones in (1, 4))
    assert shared < 1.15 * alone


def test_overtones_that_say_the_same_make_a_weak_message_clear():
    """The wave is a square one, so that its overtones follow from the carrier; each has noise of its own."""
    rng, plan = np.random.default_rng(0), choose_layout(False)
    signs = plan.signs(PAYLOAD) / plan.sign
    begin = np.exp(0.7j)
    waves = [0.5 * signs * begin**n * np.exp(1j * (n - 1) * np.pi / 2) for n in OVERTONES]
    cells = np.stack([np.tile(wave, (4, 1, 1)) for wave in waves])
    noise = 1.5 * (rng.normal(size=cells.shape) + 1j * rng.normal(size=cells.shape))
    alone, together = (decode((cells + noise)[:count].astype(np.complex64), plan) for count in (1, 4))
    assert together.score > 1.3 * alone.score
    assert together.payload == PAYLOAD


def test_a_long_run_is_read_window_by_window(pictures):
    said = read(pictures + pictures[:96])
    assert [reading.begin_ns for reading in said] == [0, pytest.approx(4e9, abs=PERIOD_NS)]


def test_two_seconds_are_the_least():
    assert read(list(marked_run(count=40))) == []
    (reading,) = read(list(marked_run(count=65)))
    assert reading.marked


def test_a_tall_picture_is_read():
    (reading,) = read(list(marked_run((360, 640))))
    assert reading.payload == PAYLOAD


def test_a_dark_scene_is_read():
    (reading,) = read(list(marked_run(level=25)))
    assert reading.payload == PAYLOAD


def test_a_standing_card_is_read():
    marker = Marker(SIZE_WH, payload=PAYLOAD)
    card = marker.make_card("Standby", "The picture comes back as soon as it can", 0)
    (reading,) = read([marker.restamp(card, n * PERIOD_NS).pixels for n in range(COUNT)])
    assert reading.payload == PAYLOAD


def test_pictures_of_another_size_begin_a_new_window(pictures):
    small = changed(pictures[:100], lambda pixels: pixels[:, :360])
    said = read(pictures[:100] + small)
    assert len(said) == 1 and said[0].begin_ns == 100 * PERIOD_NS
