import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError, SoundError
from livecam.core.ports import SoundSink, SoundSource
from livecam.devices.media.speech import read_sound
from livecam.devices.sound.file_playback import PacedSoundSink, PlayedRecording
from livecam.disclosure.sound.marker import SoundMarker
from tests.sounds import talking, write_wav

HOP = 480
MS = 1_000_000


def silence() -> AudioBlock:
    return AudioBlock(np.zeros((HOP, 1), np.float32), 48_000, 0, 0)


def test_a_recording_is_spoken_in_real_time_and_again_from_the_beginning(tmp_path):
    clock, path = ManualClock(7), write_wav(tmp_path / "talk.wav", talking(0.05, 48_000, 120))
    microphone = PlayedRecording(path, clock)
    blocks = [microphone.read(HOP) for _ in range(10)]
    assert isinstance(microphone, SoundSource) and microphone.name == "talk.wav"
    assert clock.now_ns() == 7 + 100 * MS
    assert [block.captured_ns for block in blocks] == [7 + 10 * MS * n for n in range(10)]
    np.testing.assert_array_equal(blocks[0].samples, blocks[5].samples)
    np.testing.assert_array_equal(blocks[1].samples[:, 0], read_sound(path)[HOP : 2 * HOP])
    microphone.close()


def test_a_recording_there_is_none_of_is_refused(tmp_path):
    with pytest.raises(SoundError, match="no file"):
        PlayedRecording(tmp_path / "none.wav", ManualClock())


def test_a_file_takes_sound_as_fast_as_it_would_be_heard(tmp_path):
    clock, outgoing = ManualClock(), SoundMarker(1)
    sink = PacedSoundSink(tmp_path / "out.wav", clock)
    for _ in range(10):
        sink.send(outgoing.mark(silence()))
    assert isinstance(sink, SoundSink) and (sink.name, sink.waiting_ns, sink.xruns) == ("out.wav", 0, 0)
    assert clock.now_ns() == 90 * MS
    sink.close()
    sink.close()
    assert len(read_sound(tmp_path / "out.wav")) == 10 * HOP


def test_nothing_unmarked_passes_and_nothing_after_the_end():
    sink = PacedSoundSink(None, ManualClock())
    with pytest.raises(TypeError, match="MarkedBlock"):
        sink.send(silence())
    sink.close()
    with pytest.raises(OutputError, match="closed"):
        sink.send(SoundMarker(1).mark(silence()))
