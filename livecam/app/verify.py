"""What a file, a camera or the screen carries of marks, for people and programs."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify import Verdict, chance, verify, verify_camera, verify_screen
from livecam.verify.watch import CAMERA


def examine_target(what: str | None, seconds: float) -> Verdict:
    """Look for marks.

    Args:
        what: A file, a folder, a device file or "camera:" and an index or name; None for the screen.
        seconds: How long a camera or the screen is watched.

    Raises:
        UsageError: The file cannot be read.
        DeviceError: The camera or the screen cannot be seen.
    """
    if what is None:
        return verify_screen(seconds)
    if Path(what).is_char_device() or (what.startswith(CAMERA) and not Path(what).is_file()):
        return verify_camera(what, seconds)
    return verify(Path(what).expanduser())


def verdict_to_dict(name: str, verdict: Verdict) -> dict[str, Any]:
    """Return what was found as plain types, with the name of what was looked at."""
    payload = verdict.payload
    return {
        "schema": 1,
        "file": name,
        "marked": verdict.marked,
        "message": None
        if payload is None
        else {"version": payload.version, "flags": payload.flags, "session": payload.session},
        "picture": [
            {
                "begin_s": reading.begin_ns / 1e9,
                "marked": reading.marked,
                "score": round(reading.score, 2),
                "threshold": reading.threshold,
                "chance": chance(reading.score, reading.threshold),
                "place": [reading.place.left, reading.place.top, reading.place.width, reading.place.height],
                "mirrored": reading.place.mirrored,
            }
            for reading in verdict.readings
        ],
        "sound": [
            {
                "begin_s": sound.begin_s,
                "marked": sound.marked,
                "score": round(sound.score, 2),
                "threshold": SOUND_THRESHOLD,
                "session": sound.session,
                "speed": round(sound.speed, 4),
            }
            for sound in verdict.sounds
        ],
        "manifest": None if verdict.manifest is None else asdict(verdict.manifest),
        "metadata": list(verdict.metadata),
        "remarks": list(verdict.remarks),
        "plate": {"likeness": [round(likeness, 3) for likeness in verdict.plates], "seen": verdict.plates_seen},
    }
