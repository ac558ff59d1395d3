"""Keep lips and voice in sync.

It measures a few times a second, and delays whichever is early.
"""

from threading import Event
from typing import Final, Protocol

from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.core.clock import NS_PER_MS
from livecam.core.voice_report import LipSync
from livecam.timing.av_sync import AvSync

EVERY_S: Final = 0.25


class Pictures(Protocol):
    """A source of pictures with a delay that can be set.

    Attributes:
        ready_ns: Age of the last new picture when it could be sent; None before the first.
        shown_ns: Age of the last new picture when it was sent; None before the first.
        show_after_ns: Age at which pictures are sent; 0 for at once.
    """

    ready_ns: int | None
    shown_ns: int | None
    show_after_ns: int


class AvSyncController:
    """Sets how long sound and pictures wait."""

    def __init__(self, voice: VoiceProcessMonitor, pictures: Pictures, sync: AvSync) -> None:
        self._voice, self._pictures, self._sync = voice, pictures, sync

    def turn(self) -> None:
        """Measure once and set the delays; change nothing without sound or picture."""
        sound_ms, ready_ns = self._voice.least_ms, self._pictures.ready_ns
        if sound_ms is None or ready_ns is None:
            return
        heard_ms, shown_ns = self._voice.latency_ms, self._pictures.shown_ns
        if heard_ms is not None and shown_ns is not None:
            self._sync.observe(shown_ns / NS_PER_MS, heard_ms)
        before = self._sync.waits
        waits = self._sync.plan_waits(ready_ns / NS_PER_MS, sound_ms)
        self._voice.hold(waits.sound_ms)
        if waits is not before:
            self._pictures.show_after_ns = round(self._sync.show_after_ms * NS_PER_MS)

    def run(self, stopping: Event) -> None:
        """Run until the session ends."""
        while not stopping.wait(EVERY_S):
            self.turn()

    def report(self) -> LipSync:
        """Return the figures of the run's report."""
        after_ms, aim_ms, waits = self._sync.sound_after_picture_ms, self._sync.target_offset_ms, self._sync.waits
        return LipSync(
            sound_after_picture_ms=None if after_ms is None else round(after_ms, 1),
            aim_ms=None if aim_ms is None else round(aim_ms, 1),
            sound_waits_ms=round(waits.sound_ms, 1),
            picture_waits_ms=round(waits.picture_ms, 1),
            alarm=self._sync.is_apart,
        )
