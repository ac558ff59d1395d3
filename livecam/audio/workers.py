"""The two threads of a live voice: one listens and converts, one plays.

Threads call `run`, tests call `turn`.
"""

from collections import deque
from threading import Event
from typing import Final, Protocol

import numpy as np

from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.audio.playout_buffer import PlayoutBuffer
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.timing.drift import DriftControl
from livecam.timing.meter import Meter
from livecam.timing.reserve import Reserve, ReserveConfig

MARGIN: Final = round(ReserveConfig().least * RATE_HZ)
"""Lowest reserve of the device against jitter of arrival: 10 ms."""
_ASKED_EVERY: Final = 20
STALE_NS: Final = 200 * NS_PER_MS
"""Excess age over the youngest recent block from which a block is dropped."""
_PATIENCE_NS: Final = 6 * NS_PER_MS
"""How long playback waits for late sound.

A device that has just taken a block has more to play from.
"""
_YOUNGEST_OF: Final = 4000
_HOP_NS: Final = HOP * NS_PER_S // RATE_HZ


class Microphone(Protocol):
    """A source of sound; None where nothing can be heard just now."""

    def read(self, count: int) -> AudioBlock | None:
        """Wait for the next samples."""
        ...


class Speaker(Protocol):
    """A sink of sound that sets the pace."""

    @property
    def waiting_ns(self) -> int:
        """How long sound that is sent now waits."""
        ...

    def send(self, block: MarkedBlock) -> None:
        """Wait for room, then hand a block over."""
        ...


class CaptureWorker:
    """Reads the microphone, converts, and queues the sound for playback.

    Attributes:
        stage: "listening" while it waits for the microphone, "converting" while the engine works.
        since_ns: When that stage began.
        skipped: Samples of the microphone that were too old to convert.
        peak: The loudest sample of the microphone since it was last set to 0, 0..1.
    """

    def __init__(
        self,
        microphone: Microphone,
        line: VoicePipeline,
        playout: PlayoutBuffer,
        drift: DriftControl,
        meter: Meter,
        clock: Clock,
    ) -> None:
        self._microphone, self._line, self._playout = microphone, line, playout
        self._drift, self._meter, self._clock = drift, meter, clock
        self._last_ns, self._dropped = clock.now_ns(), 0
        self._ages_ns: deque[int] = deque(maxlen=_YOUNGEST_OF // _ASKED_EVERY)
        self._youngest_ns: int | None = None
        self._count, self._pausing = 0, False
        self._cost_ns: int | None = None
        self.skipped = 0
        self.stage, self.since_ns, self.peak = "listening", clock.now_ns(), 0.0

    def turn(self) -> None:
        """Process one block."""
        before_ns = self.since_ns
        self._enter("listening")
        block = self._microphone.read(HOP)
        if block is None:
            self._drift.note_jump()
            return
        self._enter("converting")
        self._meter.add("heard", self.since_ns - before_ns)
        if self._is_stale(block):
            self._skip(block)
            return
        self._pausing = False
        self.peak = max(self.peak, float(np.abs(block.samples).max(initial=0.0)))
        self._playout.put(self._line.process(block, self._speed()))
        self._add_cost(self._clock.now_ns() - self.since_ns)

    def run(self, stopping: Event) -> None:
        """Convert until the session ends."""
        while not stopping.is_set():
            self.turn()

    def _add_cost(self, cost_ns: int) -> None:
        """Count a block, and with every second one the cost of both."""
        self._meter.add("convert", cost_ns)
        self._meter.count("blocks")
        before_ns, self._cost_ns = self._cost_ns, cost_ns if self._cost_ns is None else None
        if before_ns is not None:
            self._meter.add("convert 10 ms", before_ns + cost_ns)

    def _is_stale(self, block: AudioBlock) -> bool:
        """Whether a block is so old that the threads must have been blocked."""
        age_ns = self.since_ns - block.captured_ns
        youngest_ns = age_ns if self._youngest_ns is None else min(self._youngest_ns, age_ns)
        self._youngest_ns, self._count = youngest_ns, self._count + 1
        if self._count % _ASKED_EVERY == 0:
            self._ages_ns.append(age_ns)
            self._youngest_ns = min(self._ages_ns)
        return age_ns > youngest_ns + STALE_NS

    def _skip(self, block: AudioBlock) -> None:
        if not self._pausing:
            self._playout.put(self._line.pause(block))
        self._pausing = True
        self.skipped += len(block.samples)
        self._drift.note_jump()

    def _speed(self) -> float:
        passed_ns, self._last_ns = self.since_ns - self._last_ns, self.since_ns
        if not self._playout.is_playing or self._playout.dropped != self._dropped:
            self._drift.note_jump()
            self._dropped = self._playout.dropped
            return 1.0
        waiting_s, wanted_s = self._playout.queued_samples / RATE_HZ, self._playout.wanted / RATE_HZ
        return self._drift.next_speed(waiting_s, wanted_s, passed_ns / NS_PER_S)

    def _enter(self, stage: str) -> None:
        self.stage, self.since_ns = stage, self._clock.now_ns()


class PlaybackWorker:
    """Marks queued sound and sends it at the device's pace.

    When the queue nearly runs out, it keeps more in reserve.

    Attributes:
        sent: Samples that were played.
        latency_ns: Last measured time from speaking to hearing; None while there is silence.
        least_ns: The same without the wait for the picture.
    """

    def __init__(
        self, playout: PlayoutBuffer, outgoing: SoundMarker, speaker: Speaker, meter: Meter, clock: Clock
    ) -> None:
        self._playout, self._outgoing = playout, outgoing
        self._speaker, self._meter, self._clock = speaker, meter, clock
        self._margin, self._hold, self._turns = MARGIN, 0, 0
        self._underflows, self._reserve = 0, Reserve(clock.now_ns())
        self._sent_ns = clock.now_ns()
        self.latency_ns: int | None = None
        self.least_ns: int | None = None
        self.sent = 0

    def hold_ms(self, milliseconds: float) -> None:
        """Set how long sound waits for the picture."""
        self._hold = round(max(0.0, milliseconds) * RATE_HZ / 1000)
        self._playout.wanted = self._margin + self._hold

    @property
    def held_ms(self) -> float:
        """How long sound waits for the picture."""
        return self._hold * 1000 / RATE_HZ

    def turn(self) -> None:
        """Process one block."""
        self._playout.await_sound(HOP, self._clock, self._clock.now_ns() + _PATIENCE_NS)
        block = self._outgoing.mark(self._playout.take(HOP))
        self._speaker.send(block)
        before_ns, self._sent_ns = self._sent_ns, self._clock.now_ns()
        self._meter.add("played", self._sent_ns - before_ns)
        self.sent += HOP
        self._turns += 1
        if self._turns % _ASKED_EVERY == 0:
            self._measure()
            self._adapt()

    def run(self, stopping: Event) -> None:
        """Play until the session ends."""
        while not stopping.is_set():
            self.turn()

    def _measure(self) -> None:
        origin_ns = self._playout.origin_ns
        if origin_ns is None:
            self.latency_ns = self.least_ns = None
            return
        marking_ns = self._outgoing.latency_samples * NS_PER_S // RATE_HZ
        self.latency_ns = self._clock.now_ns() + self._speaker.waiting_ns - _HOP_NS + marking_ns - origin_ns
        self.least_ns = self.latency_ns - (self._playout.level - self._margin) * NS_PER_S // RATE_HZ
        self._meter.add("sound", self.latency_ns)

    def _adapt(self) -> None:
        underflows = self._playout.underflows
        ran_dry, self._underflows = underflows != self._underflows, underflows
        left_s = self._playout.take_minimum() / RATE_HZ
        margin = round(self._reserve.observe(left_s, ran_dry, self._clock.now_ns()) * RATE_HZ)
        if margin != self._margin:
            self._margin = margin
            self._playout.wanted = margin + self._hold
