"""What the status line says of a live voice."""

from types import SimpleNamespace

import pytest

from livecam.cli.status import status_line
from livecam.core.report import Report

CONTROLS = SimpleNamespace(persona="robin", strength=0.9, frozen=False, mirrored=False, note="")


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
    assert said in line.split(" | ")[-1]


def test_without_a_voice_nothing_is_said_of_it():
    assert "voice" not in status_line(Report(), CONTROLS)
