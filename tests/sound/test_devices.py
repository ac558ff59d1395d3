"""The adapters on a real sound server."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from livecam.audio.outgoing import Outgoing
from livecam.core.audio import AudioBlock
from livecam.core.clock import SystemClock
from livecam.core.errors import OutputError, SoundError
from livecam.core.ports import SoundSink, SoundSource
from livecam.devices import pulse_server
from livecam.devices.pulse import PulseMicrophone, PulseSpeaker, present
from livecam.devices.pulse_server import LABEL, SINK, SOURCE, VirtualMicrophone
from livecam.devices.sound_devices import find_microphone, find_voice_output
from tests.sound.server import SoundServer, until
from tests.sound.tap import RATE_HZ, Tap
from tests.sounds import talking, write_wav

HOP = 240


def tone(outgoing: Outgoing, number: int) -> object:
    at = np.arange(number * HOP, (number + 1) * HOP)
    samples = (0.3 * np.sin(2 * np.pi * 1000 * at / RATE_HZ)).astype(np.float32)[:, None]
    return outgoing.mark(AudioBlock(samples, RATE_HZ, number * HOP, 0))


def peak_hz(sound: np.ndarray) -> float:
    half = sound[-RATE_HZ // 2 :]
    return float(np.argmax(np.abs(np.fft.rfft(half * np.hanning(len(half))))) * RATE_HZ / len(half))


def test_what_is_sent_is_heard_by_who_selects_the_virtual_microphone(here: SoundServer):
    assert present() and pulse_server.running()
    microphone = VirtualMicrophone()
    try:
        here.await_source(SOURCE)
        assert f"Description: {LABEL}\n" in here.call("pactl", "list", "sources").stdout
        speaker, outgoing = PulseSpeaker(SINK, SystemClock()), Outgoing(1, 10 * RATE_HZ)
        tap = Tap(here, SOURCE)
        number = 0
        while tap.seconds < 2:
            speaker.send(tone(outgoing, number))
            number += 1
        heard = tap.close()
        assert isinstance(speaker, SoundSink) and 0 <= speaker.waiting_ns < 3_000_000_000
        speaker.close()
        speaker.close()
        assert peak_hz(heard) == pytest.approx(1000, abs=3)
        with pytest.raises(OutputError, match="not there"):
            speaker.send(tone(outgoing, 0))
    finally:
        microphone.close()
    until(lambda: SOURCE not in here.call("pactl", "list", "short", "sources").stdout.split(), "an end of it")
    with pytest.raises(OutputError, match="it is gone"):
        PulseSpeaker(SINK, SystemClock())


def test_a_microphone_hears_and_dates_what_it_hears(here: SoundServer):
    clock = SystemClock()
    microphone = PulseMicrophone("testmic", clock)
    blocks = [microphone.read(HOP) for _ in range(300)]
    late_ms = (clock.now_ns() - blocks[-1].captured_ns) / 1e6
    assert isinstance(microphone, SoundSource)
    assert [block.first_sample for block in blocks] == list(range(0, 300 * HOP, HOP))
    assert late_ms > 0
    microphone.close()
    with pytest.raises(SoundError, match="not there"):
        microphone.read(HOP)


def test_a_microphone_that_is_pulled_out_is_an_error_and_is_found_again(here: SoundServer):
    plug = "module-remap-source", "source_name=headset", "master=mic_feed.monitor", "channels=1"
    number = here.call("pactl", "load-module", *plug).stdout.strip()
    here.await_source("headset")
    assert find_microphone("headset") == "pulse:headset"
    microphone = PulseMicrophone("headset", SystemClock())
    microphone.read(HOP)
    here.call("pactl", "unload-module", number)
    until(lambda: "headset" not in here.call("pactl", "list", "short", "sources").stdout.split(), "the plug pulled")
    microphone.close()
    with pytest.raises(SoundError, match="it is gone"):
        PulseMicrophone("headset", SystemClock())
    again = here.call("pactl", "load-module", *plug).stdout.strip()
    here.await_source("headset")
    PulseMicrophone("headset", SystemClock()).close()
    here.call("pactl", "unload-module", again)


def test_our_own_voice_is_no_microphone_even_when_it_is_the_default(here: SoundServer):
    output = find_voice_output("auto")
    try:
        here.await_source(SOURCE)
        here.call("pactl", "set-default-source", SOURCE)
        until(lambda: pulse_server.default_source() == SOURCE, "the default")
        assert find_microphone("default") == "pulse:testmic"
    finally:
        output.close()


def test_what_a_killed_livecam_left_behind_is_taken_over_and_one_that_runs_is_respected(here: SoundServer):
    code = "from livecam.devices.pulse_server import VirtualMicrophone as V; V(); import os; os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    here.await_source(SOURCE)
    microphone = VirtualMicrophone()
    modules = here.call("pactl", "list", "short", "modules").stdout
    assert modules.count(f"sink_name={SINK} ") == 1
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "another livecam" in done.stderr
    microphone.close()
    assert f"sink_name={SINK} " not in here.call("pactl", "list", "short", "modules").stdout


def test_a_call_that_goes_on_when_livecam_has_ended_hears_silence_not_the_default_microphone(
    here: SoundServer, tmp_path: Path
):
    here.call("pactl", "set-default-source", "testmic")
    recording = write_wav(tmp_path / "talk.wav", talking(20, RATE_HZ, 120))
    microphone = VirtualMicrophone()
    here.await_source(SOURCE)
    player = here.popen("paplay", "--device=mic_feed", str(recording))
    call, natural = Tap(here, SOURCE), Tap(here, "testmic")
    until(lambda: call.seconds > 0.5, "sound")
    microphone.close()
    assert microphone.stays
    until(lambda: call.seconds > 2 and natural.seconds > 2, "sound")
    VirtualMicrophone().close()
    until(lambda: call.seconds > 3, "sound")
    heard, spoken = call.close(), natural.close()
    player.terminate()
    player.wait()
    assert np.abs(spoken).max() > 0.1
    assert not heard.any()
    until(lambda: pulse_server._listeners() == 0, "the end of the call")
    VirtualMicrophone().close()
    assert f"sink_name={SINK} " not in here.call("pactl", "list", "short", "modules").stdout
