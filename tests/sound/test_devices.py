"""The adapters on a real sound server."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.clock import SystemClock
from livecam.core.errors import OutputError, SoundError
from livecam.core.ports import SoundSink, SoundSource
from livecam.devices.sound import pulse_server
from livecam.devices.sound.devices import find_microphone, find_voice_output
from livecam.devices.sound.pulse import PulseMicrophone, PulseSpeaker, is_installed
from livecam.devices.sound.pulse_server import LABEL, SINK, SOURCE
from livecam.devices.sound.pulse_streams import NOWHERE, list_foreign_streams, list_listeners
from livecam.devices.sound.virtual_microphone import VirtualMicrophone, unplug
from livecam.disclosure.sound.marker import SoundMarker
from tests.sound.server import NEEDED, SoundServer, need, until
from tests.sound.tap import Tap
from tests.sound.timeline import RATE_HZ
from tests.sounds import talking, write_wav

HOP = 240


def tone(outgoing: SoundMarker, number: int) -> object:
    at = np.arange(number * HOP, (number + 1) * HOP)
    samples = (0.3 * np.sin(2 * np.pi * 1000 * at / RATE_HZ)).astype(np.float32)[:, None]
    return outgoing.mark(AudioBlock(samples, RATE_HZ, number * HOP, 0))


def peak_hz(sound: np.ndarray) -> float:
    half = sound[-RATE_HZ // 2 :]
    return float(np.argmax(np.abs(np.fft.rfft(half * np.hanning(len(half))))) * RATE_HZ / len(half))


def test_what_is_sent_is_heard_by_who_selects_the_virtual_microphone(here: SoundServer):
    assert is_installed() and pulse_server.is_running()
    microphone = VirtualMicrophone()
    try:
        here.await_source(SOURCE)
        assert f"Description: {LABEL}\n" in here.call("pactl", "list", "sources").stdout
        speaker, outgoing = PulseSpeaker(SINK, SystemClock()), SoundMarker(1, 10 * RATE_HZ)
        tap = Tap(here, SOURCE)
        number = 0
        while tap.seconds < 2:
            speaker.send(tone(outgoing, number))
            number += 1
        until(lambda: microphone.guard.was_heard, "a listener that is noticed")
        heard = tap.close()
        assert isinstance(speaker, SoundSink) and 0 <= speaker.waiting_ns < 3_000_000_000
        speaker.close()
        speaker.close()
        assert peak_hz(heard) == pytest.approx(1000, abs=3)
        with pytest.raises(OutputError, match="not there"):
            speaker.send(tone(outgoing, 0))
    finally:
        microphone.close()
    assert microphone.stays and unplug() and not unplug()
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
    # The server goes on with another microphone: nothing of it is taken for long.
    with pytest.raises(SoundError, match="it is gone"):
        for _ in range(60 * RATE_HZ // HOP):
            microphone.read(HOP)
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
        until(lambda: pulse_server.read_default_source() == SOURCE, "the default")
        assert find_microphone("default") == "pulse:testmic"
    finally:
        output.close()


def test_a_killed_livecams_microphone_is_taken_over_a_running_ones_not(here: SoundServer):
    code = "from livecam.devices.sound.virtual_microphone import VirtualMicrophone as V; V(); import os; os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    here.await_source(SOURCE)
    microphone = VirtualMicrophone()
    modules = here.call("pactl", "list", "short", "modules").stdout
    assert modules.count(f"sink_name={SINK} ") == 1
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "another livecam" in done.stderr
    microphone.close()
    assert f"sink_name={SINK} " not in here.call("pactl", "list", "short", "modules").stdout


def played_by_another_program(server: SoundServer, sound: Path, *device: str) -> "subprocess.Popen[bytes]":
    """Not a child of ours, since those may play."""
    return server.popen("sh", "-c", " ".join(["paplay", *device, str(sound), "; true"]), start_new_session=True)


@pytest.mark.parametrize("kind", NEEDED)
def test_without_another_output_programs_do_not_play_into_the_call(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    need(kind)
    sound = write_wav(tmp_path / "talk.wav", talking(20, RATE_HZ, 120))
    with SoundServer(kind, devices=()) as bare:
        for name, value in bare.environment.items():
            monkeypatch.setenv(name, value)
        microphone = VirtualMicrophone()
        bare.await_source(SOURCE)
        until(lambda: bare.call("pactl", "get-default-sink").stdout.strip() == NOWHERE, "the default output")
        call = Tap(bare, SOURCE)
        player = played_by_another_program(bare, sound)
        until(lambda: call.seconds > 3, "sound")
        assert not call.close().any()
        os.killpg(player.pid, signal.SIGTERM)
        player.wait()
        microphone.close()
        unplug()


def test_what_another_program_plays_into_the_microphone_is_sent_away(here: SoundServer, tmp_path: Path):
    sound = write_wav(tmp_path / "talk.wav", talking(60, RATE_HZ, 120))
    microphone = VirtualMicrophone()
    here.await_source(SOURCE)
    call = Tap(here, SOURCE)
    player = played_by_another_program(here, sound, f"--device={SINK}")
    until(lambda: "paplay" in here.call("pactl", "list", "sink-inputs").stdout, "the player")
    until(lambda: not list_foreign_streams(), "its move to another output")
    begun_s = call.seconds
    until(lambda: call.seconds > begun_s + 3, "sound")
    assert not call.loud_since(begun_s + 1)
    call.close()
    os.killpg(player.pid, signal.SIGTERM)
    player.wait()
    microphone.close()
    unplug()


def test_a_restarted_server_gets_the_microphone_back(here: SoundServer):
    microphone = VirtualMicrophone()
    here.await_source(SOURCE)
    here.restart()
    here.await_source(SOURCE)
    PulseSpeaker(SINK, SystemClock()).close()
    microphone.close()
    assert SOURCE not in here.call("pactl", "list", "short", "sources").stdout.split()


def test_a_sink_that_is_removed_is_an_error_and_comes_back_by_itself(here: SoundServer):
    microphone = VirtualMicrophone()
    here.await_source(SOURCE)
    speaker, outgoing = PulseSpeaker(SINK, SystemClock()), SoundMarker(1, 10 * RATE_HZ)
    speaker.send(tone(outgoing, 0))
    rows = here.call("pactl", "list", "short", "modules").stdout.splitlines()
    here.call("pactl", "unload-module", next(row.split()[0] for row in rows if f"sink_name={SINK} " in row))
    with pytest.raises(OutputError, match="not there"):
        for number in range(1, 60 * RATE_HZ // HOP):
            speaker.send(tone(outgoing, number))
    speaker.close()
    until(lambda: SINK in pulse_server.list_names("sinks"), "a new sink")
    PulseSpeaker(SINK, SystemClock()).close()
    microphone.close()


@pytest.mark.parametrize("device", [SOURCE, f"{SINK}.monitor"])
def test_who_comes_back_to_the_microphone_after_livecam_finds_it_silent(here: SoundServer, device: str):
    microphone = VirtualMicrophone()
    here.await_source(SOURCE)
    call = Tap(here, device)
    until(lambda: microphone.guard.was_heard, "a listener that is noticed")
    call.close()
    until(lambda: not list_listeners(), "a muted call")
    microphone.close()
    assert microphone.stays
    here.await_source(SOURCE)
    again = Tap(here, device)
    until(lambda: again.seconds > 1, "sound")
    with pytest.raises(OutputError, match="listen to livecam AI voice"):
        unplug()
    assert not again.close().any()
    until(lambda: not list_listeners(), "the end of the call")
    assert unplug()


def test_a_call_after_the_end_hears_silence_not_the_default_microphone(here: SoundServer, tmp_path: Path):
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
    until(lambda: not list_listeners(), "the end of the call")
    unplug()
    assert f"sink_name={SINK} " not in here.call("pactl", "list", "short", "modules").stdout
