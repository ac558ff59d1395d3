"""What the status line says of a live voice."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from livecam.cli.status import status_line, summary
from livecam.core.report import Report
from livecam.core.voice_report import LipSync, VoiceNames, VoiceReport
from livecam.core.voice_stats import VoiceStats

CONTROLS = SimpleNamespace(persona="robin", strength=0.9, frozen=False, mirrored=False, mode="swap", note="")


def together(after_ms: float, alarm: bool = False) -> VoiceReport:
    lips = LipSync(sound_after_picture_ms=after_ms, alarm=alarm)
    return VoiceReport(stats=VoiceStats(latency_ms={"p50": 91.6}), lip_sync=lips)


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        (together(24.2), "voice 92 ms, lips +24 ms"),
        (together(90.0, alarm=True), "lips +90 ms APART"),
        (VoiceReport(), "voice starting"),
        (VoiceReport(trouble="the microphone usb is not there"), "voice: the microphone usb is not there"),
    ],
)
def test_the_voice_says_how_late_it_is_or_why_it_is_silent(audio, said):
    line = status_line(Report(audio=audio), CONTROLS)
    assert said in line.split(" | ")[2]


def test_without_a_voice_nothing_is_said_of_it():
    assert "voice" not in status_line(Report(), CONTROLS)


NAMES = VoiceNames("cedar", output="livecam AI voice")
STATS = VoiceStats(underflows=2, faults=0, dropped_ms=40.0)
LIVE = VoiceReport(names=NAMES, stats=STATS, restarts=1)
HEARD = replace(together(24.2), names=NAMES, stats=replace(STATS, latency_ms={"p50": 91.6}), restarts=1)


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        (HEARD, "voice cedar, latency p50 92, p95 - ms, +24 ms after the picture; 2 times out"),
        (replace(LIVE, trouble="the headset is gone"), "; at the end: the headset is gone"),
        (VoiceReport(names=NAMES, trouble="the audio process ended"), "not heard: the audio process ended"),
        (VoiceReport(names=NAMES), "it had not started"),
    ],
)
def test_the_end_says_how_the_voice_was(audio, said):
    assert said in summary(Report(audio=audio))


def test_without_a_voice_the_end_says_nothing_of_it():
    assert "voice" not in summary(Report())


def test_a_voice_far_from_the_speakers_own_is_reported_at_the_end():
    said = summary(
        Report(audio=replace(LIVE, stats=replace(STATS, remark="this voice speaks 12 semitones higher than you")))
    )
    assert said.splitlines()[-1] == "note: this voice speaks 12 semitones higher than you"


def test_a_virtual_microphone_that_stays_is_named():
    said = summary(Report(audio=replace(LIVE, output_stays=True)))
    assert said.splitlines()[-1].startswith("note: livecam AI voice stays, muted, for programs that know it")
