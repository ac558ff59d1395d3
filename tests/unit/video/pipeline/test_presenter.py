import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.disclosure.picture import Marker
from livecam.video.pipeline.presenter import PresentConfig, Presenter, Shown

MARKER = Marker((64, 48))


def picture(seq: int = 0):
    return MARKER.mark(np.zeros((48, 64, 3), np.uint8), 0, seq)


@pytest.fixture
def presenter() -> Presenter:
    return Presenter(MARKER, PresentConfig(), start_ns=0)


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
    presenter.confirm(last.seq, last.captured_ns)
    held, shown = presenter.choose(None, 5 * NS_PER_S)
    assert (held.seq, shown) == (last.seq, Shown.HELD)
    card, shown = presenter.choose(None, 5 * NS_PER_S + 1)
    assert shown is Shown.CARD
    assert card.captured_ns == 5 * NS_PER_S + 1
    assert presenter.choose(None, 5 * NS_PER_S + 2)[0] is card


def test_a_held_picture_is_unchanged_until_its_mark_changes_sign(presenter):
    last = MARKER.mark(np.full((48, 64, 3), 120, np.uint8), 2 * NS_PER_S + 50 * NS_PER_MS, 3)
    presenter.confirm(last.seq, last.captured_ns)
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


MS_APART = 100


def shown(presenter: Presenter, new: int | None, ms: int) -> int:
    """The number of the picture that goes out, that of the frame taken `new` tenths of a second in; -1 for a card."""
    made = None if new is None else MARKER.mark(np.zeros((48, 64, 3), np.uint8), new * MS_APART * NS_PER_MS, new)
    return presenter.choose(made, 2 * NS_PER_S + ms * NS_PER_MS)[0].seq


def clean(presenter: Presenter, seq: int) -> None:
    presenter.confirm(seq, seq * MS_APART * NS_PER_MS)


def ran(presenter: Presenter, *sent: int) -> None:
    """Send pictures of frames, a tenth of a second apart, and find frame 10 clean."""
    for seq in sent:
        if seq == 10:
            clean(presenter, seq)
        assert shown(presenter, seq, MS_APART * seq) == seq


def test_a_stranger_takes_back_what_no_later_look_found_clean(presenter):
    ran(presenter, 6, 7, 8, 9, 10, 11, 12)
    assert presenter.withdraw(13, overlooked=False) == range(8, 14)
    assert [shown(presenter, None, ms) for ms in (1300, 1400, 3000)] == [7, 7, 7]


def test_without_a_settled_picture_the_card_replaces_a_withdrawn_one(presenter):
    assert shown(presenter, 0, 0) == 0
    presenter.withdraw(1, overlooked=False)
    assert shown(presenter, None, 100) == -1


def test_a_withdrawn_picture_that_still_arrives_is_not_shown(presenter):
    ran(presenter, 7, 8, 9, 10)
    presenter.withdraw(13, overlooked=False)
    assert shown(presenter, 12, 1200) == 7
    assert shown(presenter, 14, 1400) == 14


def test_a_picture_no_look_confirmed_stands_for_a_moment_only(presenter):
    ran(presenter, 7, 10, 11)
    assert [shown(presenter, None, ms) for ms in (1150, 1200, 1201, 1400)] == [11, 11, 7, 7]


def test_a_picture_a_look_confirmed_stands(presenter):
    ran(presenter, 7, 10, 11)
    clean(presenter, 12)
    assert [shown(presenter, None, ms) for ms in (1150, 1500, 3000)] == [11, 11, 11]


def test_what_may_have_shown_a_stranger_is_counted_with_its_repeats(presenter):
    ran(presenter, 7, 10, 11)
    for new in (None, 12, None):
        shown(presenter, new, 1200)
    presenter.withdraw(20, overlooked=True)
    assert presenter.unswapped_shown == 4
    for _ in range(3):
        shown(presenter, None, 1300)
    presenter.withdraw(21, overlooked=True)
    assert presenter.unswapped_shown == 4


def test_a_look_that_would_have_seen_the_stranger_before_counts_nothing(presenter):
    ran(presenter, 7, 10, 11)
    presenter.withdraw(12, overlooked=False)
    assert presenter.unswapped_shown == 0


def test_a_frozen_picture_that_is_withdrawn_goes_too(presenter):
    ran(presenter, 7, 10, 11)
    presenter.freeze(True)
    presenter.withdraw(12, overlooked=False)
    assert shown(presenter, None, 1200) == 7
