"""Every call hears the notice once; a listener who was away for a mute does not hear it again."""

from livecam.core.clock import NS_PER_S
from livecam.timing.listeners import AGAIN_NS, Audience


def test_a_new_listener_gets_the_notice_once():
    audience = Audience()
    assert not audience.update([], 0)
    assert audience.update(["Zoom"], NS_PER_S)
    for second in range(2, 4 * AGAIN_NS // NS_PER_S, 10):
        assert not audience.update(["Zoom"], second * NS_PER_S)


def test_another_program_gets_the_notice_though_one_listens_already():
    audience = Audience()
    audience.update(["Zoom"], 0)
    assert audience.update(["Zoom", "OBS"], 1)
    assert not audience.update(["OBS"], 2)


def test_a_mute_is_not_a_new_call_and_five_minutes_away_are():
    audience = Audience()
    audience.update(["Zoom"], 0)
    audience.update([], 10)
    assert not audience.update(["Zoom"], AGAIN_NS - 1)
    assert audience.update(["Zoom"], 2 * AGAIN_NS)


def test_the_notice_is_owed_until_it_was_spoken():
    audience = Audience()
    audience.update(["Zoom"], 0)
    audience.update(["Zoom"], 1)
    assert audience.owed
    audience.confirm_notice()
    assert not audience.owed
