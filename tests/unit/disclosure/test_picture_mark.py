import numpy as np
import pytest

from livecam.disclosure.picture import Marker, Plates, label_height_px, render_label


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1280, 720), (640, 360), (360, 640), (320, 240), (64, 48), (20, 16)])
def test_the_plate_is_a_twentieth_of_the_shorter_side_and_twenty_pixels(size_wh):
    assert label_height_px(size_wh) >= min(max(20, min(size_wh) * 0.05), size_wh[1])


@pytest.mark.parametrize("background", [0, 255, 128, "noise"])
def test_the_plate_is_there_on_any_background_and_looks_the_same(background):
    rng = np.random.default_rng(0)
    pixels = (
        rng.integers(0, 256, (720, 1280, 3), np.uint8)
        if background == "noise"
        else np.full((720, 1280, 3), background, np.uint8)
    )
    marked = Marker((1280, 720)).mark(pixels, 5, 6)
    shown = render_label(label_height_px((1280, 720)))
    found = [
        (y, x)
        for y in range(30)
        for x in range(1280 - shown.shape[1] - 30, 1280 - shown.shape[1])
        if np.array_equal(marked.pixels[y : y + shown.shape[0], x : x + shown.shape[1]], shown)
    ]
    assert len(found) == 1
    assert (marked.captured_ns, marked.seq) == (5, 6)


def test_the_plate_reads_white_on_black():
    shown = render_label(36)
    assert shown.min() == 0 and shown.max() == 255
    assert 0.1 < (shown > 128).mean() < 0.5


@pytest.mark.parametrize("corner", ["top-right", "top-left", "bottom-right", "bottom-left"])
def test_the_plate_stands_in_its_corner(corner):
    marked = Marker((640, 360), corner).mark(np.full((360, 640, 3), 128, np.uint8), 0, 0)
    changed = (np.abs(marked.pixels.astype(int) - 128) > 4).any(2)
    changed[Plates((640, 360), corner).places[0]] = False
    ys, xs = np.nonzero(changed)
    assert (ys.mean() < 180) == corner.startswith("top")
    assert (xs.mean() < 320) == corner.endswith("left")


def test_a_tiny_picture_is_marked_too():
    marked = Marker((20, 16)).mark(np.full((16, 20, 3), 128, np.uint8), 0, 0)
    assert (marked.pixels != 128).any(2).mean() > 0.5


def test_another_size_is_refused():
    with pytest.raises(ValueError, match="size"):
        Marker((640, 360)).mark(np.zeros((36, 64, 3), np.uint8), 0, 0)


def test_marked_pixels_cannot_be_changed_any_more():
    marked = Marker((64, 48)).mark(np.zeros((48, 64, 3), np.uint8), 0, 0)
    with pytest.raises(ValueError, match="read-only"):
        marked.pixels[0, 0] = 255


def test_cards_are_marked_and_can_be_stamped_again():
    marker = Marker((640, 360))
    card = marker.make_card("Standby", "The picture comes back as soon as it can", 3)
    later = marker.restamp(card, 9)
    assert (card.captured_ns, later.captured_ns) == (3, 9)
    assert later.pixels is not None and np.shares_memory(later.pixels, card.pixels)
    assert (card.pixels[:60, 400:] == 255).any()


def test_an_icon_is_next_to_the_words_and_leaves_them():
    icon, size_wh = np.full((30, 90, 3), 200, np.uint8), (640, 360)
    for corner in ("top-right", "bottom-left"):
        field = np.full((360, 640, 3), 128, np.uint8)
        plain, with_icon = (Plates(size_wh, corner, "AI MODIFIED", each) for each in (None, icon))
        assert plain.places[0] == with_icon.places[0]
        with_icon.draw(field)
        rows, columns = with_icon.places[1]
        words = render_label(label_height_px(size_wh))
        np.testing.assert_array_equal(field[rows, columns][:, -words.shape[1] :], words)
        added = columns.stop - columns.start - words.shape[1]
        assert 0 < added <= 2 * words.shape[0] and (field[rows, columns][:, :added] == 200).any()
