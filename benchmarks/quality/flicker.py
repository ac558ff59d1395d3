"""How calm the drawn skin is: rms second difference in time of bare skin, before and after, over a clip.

    python benchmarks/quality/flicker.py CLIP... [--persona robin] [--frames 150]

Skin is read at mesh points smoothed over time, so a moving head does not count; output below input means the persona
flickers less than the camera's own picture. Prints one line of JSON per clip.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from engines.face.finder import open_finder
from engines.swap.photo.engine import PhotoEngine
from livecam.core.frame import Frame
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import open_builtin
from livecam.video.render.lighting import SkinSamples
from livecam.video.render.renderer import FaceRenderer
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig

SMOOTH_FRAMES = 3.0
PERIOD_NS = 33_000_000


def play(clip: Path, texture: FaceTexture, frames: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pictures before and after, with the mesh points, of every frame with a face."""
    source, tracker = cv2.VideoCapture(str(clip)), FaceTracker(open_finder(), TrackerConfig())
    renderer, seen = FaceRenderer(), []
    for seq in range(frames):
        read, pixels = source.read()
        if not read:
            break
        frame = Frame(pixels, seq * PERIOD_NS, seq)
        for tracked in tracker.detect(frame)[:1]:
            out = pixels.copy()
            renderer.draw(frame, tracked.mesh, texture, out)
            seen.append((pixels, out, tracked.mesh.points))
    return seen


def smooth_points(points: np.ndarray) -> np.ndarray:
    """Points (n, 468, 3) averaged over neighbouring frames."""
    reach = int(3 * SMOOTH_FRAMES)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTH_FRAMES) ** 2)
    padded = np.concatenate([points[:1].repeat(reach, 0), points, points[-1:].repeat(reach, 0)])
    return sum(k * padded[i : i + len(points)] for i, k in enumerate(kernel / kernel.sum()))


def flicker(seen: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Grey levels of the input and of the output."""
    samples = SkinSamples()
    bare = samples.bareness > 0.9
    values = []
    for (before, after, raw), points in zip(seen, smooth_points(np.array([s[2] for s in seen])), strict=True):
        places = samples.at(points[:, :2].astype(np.float32))[None]
        sigma = max(1.0, float(np.ptp(raw[:, 1])) / 64) * 0.5
        both = [cv2.remap(cv2.GaussianBlur(p, (0, 0), sigma), places, None, cv2.INTER_LINEAR) for p in (before, after)]
        values.append([b[0].astype(np.float32).mean(1)[bare] for b in both])
    run = np.array(values)
    second = run[1:-1] - (run[:-2] + run[2:]) / 2
    rms = np.sqrt((second**2).mean((0, 2)))
    return float(rms[0]), float(rms[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--persona", default="robin")
    parser.add_argument("--frames", type=int, default=150)
    args = parser.parse_args()
    texture = PhotoEngine().prepare(open_builtin(args.persona))
    for clip in args.clips:
        seen = play(clip, texture, args.frames)
        before, after = flicker(seen)
        print(json.dumps({"clip": clip.name, "frames": len(seen), "in": round(before, 3), "out": round(after, 3)}))


if __name__ == "__main__":
    main()
