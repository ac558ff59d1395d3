"""How well the mouth follows a voice: python benchmarks/voice/lips.py CLIP… [--json PATH]

Every CLIP shows one person who speaks. The opening that is estimated from the sound is compared with the opening of the
mesh that livecam finds in the pictures: correlation at the best lag within a quarter of a second, which is a property
of the clip's own sound and pictures, and at none.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.audio.lips.estimator import MouthEstimator
from livecam.core import topology
from livecam.core.clock import NS_PER_S
from livecam.core.frame import Frame
from livecam.devices.media.pictures import open_reel
from livecam.devices.media.speech import read_sound
from livecam.host.machine import describe_machine
from livecam.plugins import open_face_finder

Floats = NDArray[np.float64]
RATE_HZ, BLOCK = 48_000, 480
MOST_LAG_S = 0.25
SLOW_S = 2.0
"""Slower changes are of the pose, or a smile."""


def mouth_seen(clip: Path) -> tuple[Floats, Floats]:
    """Seconds and openings of the pictures with a face."""
    finder, reel = open_face_finder(), open_reel(clip, rate_hz=30.0, size_wh=None, once=True)
    seen: list[tuple[float, float]] = []
    number = 0
    while (at_ns := reel.grab()) is not None:
        frame = Frame(reel.retrieve(), at_ns, number)
        number += 1
        if boxes := finder.detect(frame):
            mesh = finder.mesh(frame, boxes[0])
            seen.append((at_ns / NS_PER_S, topology.opening_ratio(mesh.points, topology.MOUTH_OPENING)))
    finder.close()
    times_s, openings = zip(*seen, strict=True)
    return np.array(times_s), np.array(openings)


def mouth_heard(clip: Path) -> tuple[Floats, Floats]:
    """Seconds and openings every 10 ms, from the sound."""
    sound, estimator = read_sound(clip), MouthEstimator()
    shapes = [
        shape
        for at in range(0, len(sound), BLOCK)
        for shape in estimator.hear(sound[at : at + BLOCK], at * NS_PER_S // RATE_HZ)
    ]
    return np.array([shape.at_ns / NS_PER_S for shape in shapes]), np.array([shape.opening for shape in shapes])


def without_slow(times_s: Floats, values: Floats) -> Floats:
    """Values less their mean over two seconds."""
    near = np.abs(times_s[:, None] - times_s[None]) < SLOW_S / 2
    return values - (near @ values) / near.sum(1)


def compare(clip: Path) -> dict[str, object]:
    (seen_s, seen), (heard_s, heard) = mouth_seen(clip), mouth_heard(clip)
    seen = without_slow(seen_s, seen)

    def likeness(lag_s: float) -> float:
        shifted = without_slow(seen_s, np.interp(seen_s - lag_s, heard_s, heard))
        return float(np.corrcoef(seen, shifted)[0, 1])

    lags_s = np.arange(-MOST_LAG_S, MOST_LAG_S + 0.001, 0.01)
    best_s = max(map(float, lags_s), key=likeness)
    return {
        "clip": clip.stem,
        "pictures": len(seen),
        "correlation": likeness(0.0),
        "correlation_at_best_lag": likeness(best_s),
        "best_lag_ms": round(1000 * best_s),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = []
    for clip in given.clips:
        rows.append(compare(clip))
        print(json.dumps(rows[-1]), flush=True)
    if given.json:
        result = {"schema": 1, "machine": describe_machine(), "rows": rows}
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
