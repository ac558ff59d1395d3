import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.video.mark import Marker
from livecam.video.present import Presenter, PresentRules, Shown

MARKER = Marker((64, 48))


def picture(seq: int = 0):
    return MARKER.mark(np.zeros((48, 64, 3), np.uint8), 0, seq)


@pytest.fixture
def presenter() -> Presenter:
    return Presenter(MARKER, PresentRules(), start_ns=0)


def test_a_run_opens_with_a_card_of_two_seconds(presenter):
    assert presenter.choose(None, 0)[1] is Shown.CARD
    assert presenter.choose(picture(), NS_PER_S)[1] is Shown.CARD
    assert presenter.choose(picture(), 2 * NS_PER_S)[1] is Shown.NEW


def test_without_a_first_picture_the_card_stays(presenter):
    for s in range(100):
        assert presenter.choose(None, s * NS_PER_S)[1] is Shown.CARD


def test_the_last_picture_is_held_then_the_card_comes(presenter):
    last = picture()
    presenter.choose(last, 2 * NS_PER_S)
    held, shown = presenter.choose(None, 5 * NS_PER_S)
    assert (held.seq, shown) == (last.seq, Shown.HELD)
    card, shown = presenter.choose(None, 5 * NS_PER_S + 1)
    assert shown is Shown.CARD
    assert card.captured_ns == 5 * NS_PER_S + 1
    assert presenter.choose(None, 5 * NS_PER_S + 2)[0] is card


def test_a_picture_that_stands_stays_the_same_until_its_mark_changes_its_sign(presenter):
    last = MARKER.mark(np.full((48, 64, 3), 120, np.uint8), 2 * NS_PER_S + 50 * NS_PER_MS, 3)
    presenter.choose(last, 2 * NS_PER_S + 50 * NS_PER_MS)
    assert presenter.choose(None, 2 * NS_PER_S + 390 * NS_PER_MS)[0] is last
    turned = presenter.choose(None, 2 * NS_PER_S + 450 * NS_PER_MS)[0]
    assert turned.seq == last.seq and (turned.pixels != last.pixels).any()
    assert presenter.choose(None, 2 * NS_PER_S + 500 * NS_PER_MS)[0] is turned


def test_a_picture_comes_back_by_itself(presenter):
    presenter.choose(picture(), 2 * NS_PER_S)
    presenter.choose(None, 60 * NS_PER_S)
    assert presenter.choose(picture(7), 61 * NS_PER_S)[1] is Shown.NEW
    assert presenter.choose(None, 70 * NS_PER_S)[0].captured_ns == 70 * NS_PER_S


def test_a_frozen_picture_stays_whatever_comes(presenter):
    kept = picture(1)
    presenter.choose(kept, 2 * NS_PER_S)
    presenter.freeze(True)
    for new, at_s in ((picture(2), 3), (None, 100)):
        frozen, shown = presenter.choose(new, at_s * NS_PER_S)
        assert (frozen.seq, shown) == (kept.seq, Shown.HELD)
    presenter.freeze(False)
    assert presenter.choose(picture(3), 101 * NS_PER_S)[0].seq == 3
