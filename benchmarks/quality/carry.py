"""How far a texture is from the true face when the mesh has carried it: `python -m benchmarks.quality.carry`.

On the sample clip, which has a true mesh for every frame. A texture made for one frame is drawn in a later one: what
lay at a point of the true face is then, once carried, off by what the mesh network is wrong by now, less what it was
wrong by then. Next to it: where it would be if it stayed where it was made, as programs do that use an old box again.
"""

import json
import sys

import numpy as np

from livecam.bench.quality.follow import FollowedFace, Truth, follow, load_sample_truth
from livecam.host.machine import describe_machine
from livecam.plugins import open_face_finder

RATE_HZ = 30
ENGINE_MS = (20, 50, 100, 300)


def age_frames(engine_ms: int) -> int:
    """How old a texture is at most when drawn: made for one frame, ready at a later one, in use until the next."""
    pass_frames = -(-engine_ms * RATE_HZ // 1000)
    return 2 * pass_frames


def apart(faces: dict[int, FollowedFace], truth: Truth, age: int) -> dict[str, float]:
    """Mean distance over the face, per cent of the eye distance: median and 95th percentile of the frames."""
    carried, left = [], []
    for now in faces:
        then = now - age
        if then not in faces or not (truth.visible[now] and truth.visible[then]):
            continue
        seen = ~(truth.hidden[now] | truth.hidden[then])
        eyes = np.linalg.norm(truth.points[now, 33, :2] - truth.points[now, 263, :2])
        wrong = [(faces[n].mesh.points - truth.points[n])[seen, :2] for n in (now, then)]
        moved = (truth.points[now] - truth.points[then])[seen, :2]
        carried.append(100 * np.linalg.norm(wrong[0] - wrong[1], axis=1).mean() / eyes)
        left.append(100 * np.linalg.norm(moved, axis=1).mean() / eyes)
    figures = {"age_ms": round(1000 * age / RATE_HZ), "frames": len(carried)}
    for name, values in (("carried", carried), ("left", left)):
        figures |= {f"{name}_p{p}": round(float(np.percentile(values, p)), 2) for p in (50, 95)}
    return figures


def main() -> int:
    finder = open_face_finder()
    faces, truth = dict(follow("sample", finder)), load_sample_truth()
    finder.close()
    found = {f"slow:{ms}ms": apart(faces, truth, age_frames(ms)) for ms in ENGINE_MS}
    print(json.dumps({"machine": describe_machine(), "per cent of the eye distance": found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
