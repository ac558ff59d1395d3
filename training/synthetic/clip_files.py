"""Write the sample clip's frames as a video, and their ground truth as arrays."""

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np

from training.synthetic import performance

SIZE_WH = (1280, 720)
CRF = 24
SUBPIXELS, LIMIT_PX = 16, 2000
VISIBLE_SHARE, COVERED_SHARE = 0.5, 0.03


def encode(frames: Path, file: Path, numbers: Sequence[int], fps: int) -> None:
    """Encode the pictures of a folder as H.264."""
    with av.open(str(file), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(CRF), "preset": "slow"})
        stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuv420p"
        for number in numbers:
            picture = np.asarray(cv2.imread(str(frames / f"{number:03d}.png")), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


def write_truth(frames: Path, file: Path, numbers: Sequence[int], fps: int) -> None:
    """Join the ground truth of all frames.

    README.md next to the clip names the fields.
    """
    facts = [np.load(frames / f"{number:03d}.npz") for number in numbers]
    points, hidden, pose = (np.array([f[name] for f in facts]) for name in ("points", "hidden", "pose_degrees"))
    inside = ((points[..., :2] >= 0) & (points[..., :2] < SIZE_WH)).all(-1).mean(1)
    scenes = {name: (round(a * fps), round(b * fps)) for name, (a, b) in performance.SCENES.items()}
    np.savez_compressed(
        file,
        points=np.round(np.clip(points, -LIMIT_PX, LIMIT_PX) * SUBPIXELS).astype(np.int16),
        subpixels=np.int16(SUBPIXELS),
        inside=inside.astype(np.float32),
        visible=inside >= VISIBLE_SHARE,
        covered=hidden.mean(1) >= COVERED_SHARE,
        hidden=hidden,
        pose_degrees=pose.astype(np.float32),
        scene=np.array(list(scenes)),
        scene_frames=np.array(list(scenes.values()), np.int16),
        fps=np.int16(fps),
    )
