"""The voice in a recording: at the time it was spoken, whatever a disk does."""

from base64 import b64encode
from threading import Event

import numpy as np

from livecam.audio.process.recording import RecordedVoice
from livecam.core.audio import MarkedBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.errors import OutputError

STEP = 4800


class Kept:
    """A file that takes sound until it is full."""

    def __init__(self, most: int = 1000) -> None:
        self.blocks: list[MarkedBlock] = []
        self.tries, self._most = 0, most

    def send(self, block: MarkedBlock) -> None:
        self.tries += 1
        if len(self.blocks) >= self._most:
            raise OutputError("the disk is full", advice="free some space")
        self.blocks.append(block)


def piece(number: int, spoken_ns: int) -> dict[str, object]:
    data = b64encode(np.full(STEP, number, "<i2").tobytes()).decode()
    return {"first_sample": number * STEP, "spoken_ns": spoken_ns, "data": data}


def test_sound_is_put_where_it_was_spoken_plus_the_camera_latency():
    kept = Kept()
    voice = RecordedVoice([kept], 20.0)
    for number in range(5):
        voice.take(piece(number, NS_PER_S + number * NS_PER_S // 10))
    assert not kept.blocks
    voice.turn()
    assert [block.captured_ns for block in kept.blocks] == [
        NS_PER_S + 20 * NS_PER_MS + number * NS_PER_S // 10 for number in range(5)
    ]
    assert kept.blocks[3].samples[0, 0] > 0


def test_a_recording_that_fails_gets_no_more_and_the_others_do():
    full, good = Kept(most=1), Kept()
    voice = RecordedVoice([full, good], 0.0)
    for number in range(4):
        voice.take(piece(number, number * NS_PER_S // 10))
    voice.turn()
    assert full.tries == 2 and len(good.blocks) == 4


def test_a_recording_takes_part_from_when_it_is_added_until_it_is_removed():
    first, later = Kept(), Kept()
    voice = RecordedVoice([first], 0.0)
    for number, change in enumerate((None, voice.add, None, voice.remove, None)):
        if change is not None:
            change(later)
        voice.take(piece(number, number * NS_PER_S // 10))
        voice.turn()
    assert (len(first.blocks), len(later.blocks)) == (5, 2)
    voice.remove(later)


def test_at_the_end_what_came_last_is_written():
    kept, stopping = Kept(), Event()
    voice = RecordedVoice([kept], 0.0)
    voice.take(piece(0, 0))
    stopping.set()
    voice.run(stopping)
    assert len(kept.blocks) == 1


def test_while_it_runs_it_writes_what_comes():
    kept = Kept()
    voice = RecordedVoice([kept], 0.0)
    voice.take(piece(0, 0))
    turns = iter((False, True))

    class Stopping(Event):
        def wait(self, timeout: float | None = None) -> bool:
            return next(turns)

    voice.run(Stopping())
    assert len(kept.blocks) == 1
