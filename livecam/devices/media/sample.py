"""The built-in sample camera.

It shows ten seconds of a synthetic head, with its true mesh.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np

from livecam.core.errors import CameraError
from livecam.devices.media.clip import ClipReel

_FOLDER = Path(str(files("livecam.devices.media"))) / "sample"
SAMPLE_CLIP = _FOLDER / "sample.mp4"
SAMPLE_TRUTH = _FOLDER / "sample.npz"


def open_sample(size_wh: tuple[int, int] | None = None) -> ClipReel:
    """Open the sample clip, in its own size or another.

    Raises:
        CameraError: The installation is incomplete.
    """
    if not SAMPLE_CLIP.is_file():
        raise CameraError("the sample clip is missing", advice="run: scripts/setup run, in livecam's folder")
    return ClipReel(SAMPLE_CLIP.open("rb"), "sample", size_wh=size_wh)


def load_sample_scenes() -> dict[str, range]:
    """Return frames of the sample clip by what they show.

    The scenes are still, talking, turn, tilt, nod, lean, covered, away and dark.
    """
    with np.load(SAMPLE_TRUTH, allow_pickle=False) as truth:
        return {
            str(name): range(int(first), int(end))
            for name, (first, end) in zip(truth["scene"], truth["scene_frames"], strict=True)
        }
