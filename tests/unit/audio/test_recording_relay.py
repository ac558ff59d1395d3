"""Marked sound on its way to a recording."""

from dataclasses import asdict

import numpy as np

from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.audio.recording_relay import MOST_BLOCKS, RecordingRelay, chunk_from_dict
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.fakes import FakeVoiceEngine, alternate_sign
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.disclosure.sound.watermark import read_windows
from tests.sounds import talking

AFTER_NOTICE = 10 * RATE_HZ
SESSION = 0xBEEF
HOP_NS = HOP * NS_PER_S // RATE_HZ
LATE_NS = SoundMarker(1).latency_samples * NS_PER_S // RATE_HZ


def relay() -> RecordingRelay:
    return RecordingRelay(SoundMarker(SESSION, AFTER_NOTICE))


def block(number: int, later_ns: int = 0, sound: np.ndarray | None = None) -> AudioBlock:
    samples = np.full(HOP, 0.1) if sound is None else sound[number * HOP : (number + 1) * HOP]
    at_ns = NS_PER_S + number * HOP_NS + later_ns
    return AudioBlock(samples.astype(np.float32)[:, None], RATE_HZ, number * HOP, at_ns)


def test_chunks_keep_their_time_and_survive_being_text():
    kept, sound = relay(), talking(1.0, RATE_HZ, 120)
    for number in range(4):
        kept.put(block(number, sound=sound))
    (piece,) = kept.fetch()
    again = chunk_from_dict(asdict(piece))
    assert (again.first_sample, again.count, again.spoken_ns) == (0, 4 * HOP, NS_PER_S - LATE_NS)
    back, outgoing = again.to_block(77), SoundMarker(SESSION, AFTER_NOTICE)
    assert isinstance(back, MarkedBlock) and back.captured_ns == 77
    said = np.concatenate([outgoing.mark(block(number, sound=sound)).samples for number in range(4)])
    assert np.abs(back.samples - said).max() <= 0.5 / 32767 + 1e-7
    assert list(kept.fetch()) == []


def test_where_sound_was_left_out_there_is_silence_and_the_time_is_kept():
    kept = relay()
    kept.put(block(0))
    kept.put(block(1, later_ns=100 * NS_PER_MS))
    (piece,) = kept.fetch()
    assert piece.count == 2 * HOP + RATE_HZ // 10


def test_after_a_long_absence_a_new_piece_begins():
    kept = relay()
    kept.put(block(0))
    kept.put(block(1, later_ns=60 * NS_PER_S))
    first, second = kept.fetch()
    assert second.spoken_ns - first.spoken_ns == 60 * NS_PER_S + HOP_NS
    assert second.first_sample == HOP


def test_what_is_not_fetched_is_not_kept_for_ever():
    kept = relay()
    for number in range(MOST_BLOCKS + 100):
        kept.put(block(number))
    assert sum(piece.count for piece in kept.fetch()) == MOST_BLOCKS * HOP


def test_a_line_relays_what_is_converted_marked_however_fast_it_is_played():
    kept, sound = relay(), talking(20.0, RATE_HZ, 120)
    line = VoicePipeline(FakeVoiceEngine(480), kept)
    pieces = []
    for number in range(len(sound) // HOP):
        line.process(block(number, sound=sound), 1.004)
        pieces += kept.fetch()
    heard = np.concatenate([piece.to_block(0).samples[:, 0] for piece in pieces])
    assert pieces[0].spoken_ns == NS_PER_S - 10 * NS_PER_MS - LATE_NS
    late = 480 + SoundMarker(1).latency_samples
    assert np.corrcoef(heard[late:], alternate_sign(sound[:, None])[: len(heard) - late, 0])[0, 1] > 0.95
    assert {reading.session for reading in read_windows(heard) if reading.marked} == {SESSION}
