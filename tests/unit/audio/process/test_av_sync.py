"""Measurements in, waits out, between a scripted voice and scripted pictures."""

from dataclasses import asdict
from threading import Event
from types import SimpleNamespace

from livecam.audio.process.av_sync import AvSyncController
from livecam.core.clock import NS_PER_MS
from livecam.timing.av_sync import AvSync
from tests.unit.audio.process.test_monitor import Watched


def lips(picture_ms: float | None, least_ms: float | None) -> tuple[AvSyncController, SimpleNamespace, Watched]:
    watched = Watched()
    watched.pass_s(0.1)
    watched.started[0].say(least_ms=least_ms, now_ms=None if least_ms is None else least_ms + 5)
    ready_ns = None if picture_ms is None else round(picture_ms * NS_PER_MS)
    pictures = SimpleNamespace(ready_ns=ready_ns, shown_ns=ready_ns, show_after_ns=0)
    return AvSyncController(watched.voice, pictures, AvSync()), pictures, watched


def test_sound_waits_for_a_slow_picture():
    synced, pictures, watched = lips(150.0, 90.0)
    synced.turn()
    assert watched.started[0].reported == [80.0] and pictures.show_after_ns == 0
    assert asdict(synced.report()) == {
        "sound_after_picture_ms": -55.0, "aim_ms": 20.0, "sound_waits_ms": 80.0, "picture_waits_ms": 0.0, "alarm": True,
    }  # fmt: skip


def test_a_quick_picture_waits_for_the_sound_and_keeps_doing_so():
    synced, pictures, _ = lips(25.0, 80.0)
    for _ in range(3):
        synced.turn()
        assert pictures.show_after_ns == 55 * NS_PER_MS


def test_without_sound_or_picture_nothing_is_moved():
    for synced, pictures, watched in (lips(None, 90.0), lips(25.0, None)):
        synced.turn()
        assert pictures.show_after_ns == 0 and watched.started[0].reported == []
        assert synced.report().sound_after_picture_ms is None


def test_it_ends_with_the_session():
    synced, _, _ = lips(25.0, 95.0)
    stopping = Event()
    stopping.set()
    synced.run(stopping)
