"""A verdict in plain types, as JSON has them."""

from dataclasses import asdict
from typing import Any

from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify.verdict import Verdict, chance


def plain_verdict(name: str, verdict: Verdict) -> dict[str, Any]:
    """What was found in a file of that name."""
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
