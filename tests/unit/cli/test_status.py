"""What the status line says of a live voice."""

from types import SimpleNamespace

import pytest

from livecam.cli.status import status_line, summary
from livecam.core.report import Report

CONTROLS = SimpleNamespace(persona="robin", strength=0.9, frozen=False, mirrored=False, mode="swap", note="")


def together(after_ms: float, alarm: bool = False) -> dict[str, object]:
    return {"latency_ms": {"p50": 91.6}, "lip_sync": {"sound_after_picture_ms": after_ms, "alarm": alarm}}


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        (together(24.2), "voice 92 ms, lips +24 ms"),
        (together(90.0, alarm=True), "lips +90 ms APART"),
        ({"restarts": 0, "trouble": None}, "voice starting"),
        ({"trouble": "the microphone usb is not there"}, "voice: the microphone usb is not there"),
    ],
)  # fmt: skip
def test_the_voice_says_how_late_it_is_or_why_it_is_silent(audio, said):
    line = status_line(Report(audio=audio), CONTROLS)
    assert said in line.split(" | ")[2]


def test_without_a_voice_nothing_is_said_of_it():
    assert "voice" not in status_line(Report(), CONTROLS)


LIVE = {
    "voice": "cedar",
    "output": "livecam AI voice",
    "underflows": 2,
    "faults": 0,
    "restarts": 1,
    "dropped_ms": 40.0,
    "trouble": None,
}


@pytest.mark.parametrize(
    ("audio", "said"),
    [
        ({**LIVE, **together(24.2)}, "voice cedar, latency p50 92, p95 - ms, +24 ms after the picture; 2 times out"),
        ({**LIVE, "trouble": "the headset is gone"}, "; at the end: the headset is gone"),
        ({"voice": "cedar", "output": "x", "trouble": "the audio process ended"}, "not heard: the audio process ended"),
        ({"voice": "cedar", "output": "x", "trouble": None}, "it had not started"),
    ],
)
def test_the_end_says_how_the_voice_was(audio, said):
    assert said in summary(Report(audio=audio))


def test_without_a_voice_the_end_says_nothing_of_it():
    assert "voice" not in summary(Report())


def test_a_voice_far_from_the_speakers_own_is_reported_at_the_end():
    said = summary(Report(audio={**LIVE, "remark": "this voice speaks 12 semitones higher than you"}))
    assert said.splitlines()[-1] == "note: this voice speaks 12 semitones higher than you"


def test_a_virtual_microphone_that_stays_is_named():
    said = summary(Report(audio={**LIVE, "output": "livecam AI voice", "output_stays": True}))
    assert said.splitlines()[-1].startswith("note: livecam AI voice stays, muted, for programs that know it")
