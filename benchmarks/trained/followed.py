"""How well a drawn face follows the live one, by MediaPipe's landmarker, and which person a recogniser sees.

Neither had any part in what is judged. Gaze counts only where the live eyes are open: a shut eye looks nowhere.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.judge import Landmarker
from engines.face.recogniser import open_recogniser
from livecam.core.frame import Pixels

Floats = NDArray[np.float32]
GROUPS = {
    "brows": range(1, 6),
    "lids": (9, 10),
    "gaze": range(11, 19),
    "mouth": range(23, 51),
}
"""MediaPipe's numbers of the blendshapes of each part of the face; jaw and lips are the mouth."""
_BLINKS = (9, 10)
_OPEN = 0.35
_LEAST_SPREAD = 0.03
"""A blendshape that moves less in the live clip is noise and does not count."""


def read_blendshapes(pictures: Sequence[Pixels], landmarker: Path) -> Floats:
    """Return what the landmarker sees (k, 52); NaN where it finds no face."""
    judge, rows = Landmarker(landmarker), []
    for picture in pictures:
        seen = judge.look(picture)
        rows.append(np.full(52, np.nan) if seen is None else seen.blendshapes)
    return np.asarray(rows, np.float32)


def compare_blendshapes(live: Floats, drawn: Floats) -> Mapping[str, dict[str, float]]:
    """Return for each part the mean correlation and difference of those blendshapes (k, 52) that move.

    `error` is the difference of what moves, each over its own mean: another person's brows read as an expression that
    never changes. `apart` has that, too. `moving` is how many shapes move.
    """
    found, seen = {}, np.isfinite(live).all(1) & np.isfinite(drawn).all(1)
    for name, which in GROUPS.items():
        counted = seen & (live[:, _BLINKS].max(1) < _OPEN) if name == "gaze" else seen
        a, b = live[counted][:, list(which)], drawn[counted][:, list(which)]
        moving = a.std(0) > _LEAST_SPREAD if len(a) else np.zeros(len(which), np.bool_)
        a, b = a[:, moving], b[:, moving]
        follows = [_correlate(a[:, k], b[:, k]) for k in range(a.shape[1])]
        found[name] = {
            "correlation": round(float(np.mean(follows)), 3) if follows else float("nan"),
            "error": round(float(np.abs((a - a.mean(0)) - (b - b.mean(0))).mean()), 4) if follows else float("nan"),
            "apart": round(float(np.abs(a - b).mean()), 4) if follows else float("nan"),
            "moving": int(moving.sum()),
        }
    return found


def _correlate(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))


def recognise(pictures: Sequence[Pixels], points: Floats, recogniser: Path) -> Floats:
    """Return the embeddings (k, n) of faces with their meshes (k, 468, 3)."""
    judge = open_recogniser(recogniser)
    return np.array([judge.embed(picture, one) for picture, one in zip(pictures, points, strict=True)], np.float32)


def compare_identity(drawn: Floats, persona: Floats, live: Floats) -> dict[str, float]:
    """Return mean cosines of drawn faces (k, n) to the mean of the persona's pictures and to that of the live ones."""
    means = [one.mean(0) / np.linalg.norm(one.mean(0)) for one in (persona, live)]
    to_persona, to_live = (round(float((drawn @ mean).mean()), 3) for mean in means)
    return {"to_persona": to_persona, "to_live": to_live, "gap": round(to_persona - to_live, 3)}
