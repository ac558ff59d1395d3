"""Say what marks a file, a camera or the screen carries, and how certain that is."""

from livecam.verify.verdict import Verdict, false_alarm_chance, verify
from livecam.verify.watch import verify_camera, verify_screen

__all__ = ["Verdict", "false_alarm_chance", "verify", "verify_camera", "verify_screen"]
