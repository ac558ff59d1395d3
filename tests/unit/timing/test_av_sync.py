"""Which of sound and picture waits."""

import pytest

from livecam.timing.av_sync import AvSync, AvSyncConfig, Waits


def settled(picture_ms: float, sound_ms: float, offset_ms: float = 0.0) -> AvSync:
    sync = AvSync(offset_ms)
    for _ in range(20):
        sync.plan_waits(picture_ms, sound_ms)
    return sync


def test_before_anything_was_seen_nothing_waits_and_nothing_is_wrong():
    sync = AvSync()
    assert (sync.waits, sync.target_offset_ms, sync.sound_after_picture_ms, sync.is_apart) == (
        Waits(),
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("picture_ms", "sound_ms", "waits"),
    [
        (25, 50, Waits()),
        (150, 90, Waits(sound_ms=80)),
        (25, 80, Waits(picture_ms=30)),
        (60, 88, Waits()),
        (1000, 90, Waits(sound_ms=500)),
        (25, 300, Waits(picture_ms=100)),
    ],
    ids=["well together", "slow engine", "slow voice", "a little late", "far too slow", "voice far too slow"],
)
def test_whichever_is_early_waits(picture_ms, sound_ms, waits):
    assert settled(picture_ms, sound_ms).waits == waits


@pytest.mark.parametrize("sound_ms", [20, 60, 95, 130])
@pytest.mark.parametrize("picture_ms", [20, 50, 90, 150, 250])
def test_sound_ends_up_to_forty_milliseconds_after_the_picture(picture_ms, sound_ms):
    sync = settled(picture_ms, sound_ms)
    after_ms = sync.target_offset_ms
    assert after_ms is not None
    if sound_ms - picture_ms <= AvSyncConfig().latest + AvSyncConfig().most_picture:
        assert 0 <= after_ms <= 40


def test_a_camera_that_stamps_late_moves_the_sound():
    assert settled(100, 90, offset_ms=40).waits == Waits(sound_ms=70)


def test_one_odd_measurement_changes_nothing_and_small_changes_are_left():
    sync = settled(100, 90)
    before = sync.waits
    sync.plan_waits(100, 400)
    for _ in range(20):
        sync.plan_waits(103, 90)
    assert sync.waits is before


def test_a_picture_that_takes_a_little_longer_is_shown_as_old_as_before():
    sync = settled(25, 80)
    assert sync.show_after_ms == 55 and sync.target_offset_ms == 25
    for _ in range(20):
        sync.plan_waits(40, 80)
    assert sync.show_after_ms == 55 and sync.target_offset_ms == 25
    for _ in range(20):
        sync.plan_waits(70, 80)
    assert sync.show_after_ms == 0 and sync.target_offset_ms == 20


@pytest.mark.parametrize(("sound_ms", "alarm"), [(80, False), (99, True), (20, False), (-1, True)])
def test_what_is_said_is_what_is_met_not_what_is_aimed_at(sound_ms, alarm):
    sync = settled(25, 80, offset_ms=5)
    for _ in range(20):
        sync.observe(30, sound_ms)
    assert sync.sound_after_picture_ms == sound_ms - 35
    assert sync.is_apart is alarm
