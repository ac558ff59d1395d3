"""Measure a shipped mesh network on faces it was never trained on.

    python -m training.face.evaluate_mesh --onnx FILE --data DIR --work WORK [--heads FOLDER] [--json OUT]

WORK/heldout comes from rerender.py and clips.py, FOLDER holds shards of rendered heads (render_heads.py) from photos of
the held-out set. Errors are per cent of the distance between the outer eye corners.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engines.face.crop import CROP_PX, cut, fit_square_to_points, matrix_to_crop, points_to_crop, points_to_frame
from training.face.mesh_errors import Looker, Points, crops_of, errors
from training.face.mesh_net import MAP_PX
from training.face.occluders import Sprite, glasses, paste, sprites
from training.face.samples import backdrop_sample, face_sample, misplaced_sample
from training.face.shards import Shard, load

Figures = dict[str, float]
YAW_EDGES_DEG = (0, 15, 30, 45, 66)
SHUT_BELOW = 0.05
LIDS = ((159, 145, 33, 133), (386, 374, 362, 263))
STILL_FRAMES, STILL_NOISE, STILL_FACES = 30, 3.0, 40
NEGATIVES = 2000


def looker(onnx_file: Path) -> Looker:
    """Open a shipped network as a function of crops (n, 128, 128, 3)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(onnx_file), options, providers=["CPUExecutionProvider"])

    def look(crops: NDArray[np.uint8]) -> tuple[Points, Points, Points]:
        outputs = [session.run(None, {"crop": c.transpose(2, 0, 1)[None].astype(np.float32)}) for c in crops]
        points, presence, cover = (np.concatenate([o[k] for o in outputs]) for k in range(3))
        return points, presence[:, 0], cover[:, 0]

    return look


def spread(values: Points) -> Figures:
    """Return mean, 95th percentile and number of values."""
    return {"mean": float(values.mean()), "p95": float(np.percentile(values, 95)), "n": len(values)}


def accuracy(look: Looker, shard: Shard, flat_eyes: bool) -> dict[str, Figures]:
    """Return errors of points and lid gaps on exactly placed crops."""
    crops, truth = crops_of(shard)
    found = errors(look(crops)[0], truth, flat_eyes)
    return {"points_percent": spread(found.points), "lids_percent": spread(found.lids)}


def by_yaw(look: Looker, shard: Shard) -> dict[str, Figures]:
    """Return errors on turned views, by the added turn; eye distance in space."""
    crops, truth = crops_of(shard)
    found = errors(look(crops)[0], truth, flat_eyes=False).points
    yaw = np.abs(shard.yaw_deg)
    return {f"{a}-{b} deg": spread(found[(yaw >= a) & (yaw < b)]) for a, b in pairwise(YAW_EDGES_DEG)}


def lid_opening(points: Points) -> Points:
    """Return height over width of both eyes, averaged, of meshes (n, 468, 3)."""
    ratios = []
    for upper, lower, a, b in LIDS:
        height = np.linalg.norm((points[:, upper] - points[:, lower])[:, :2], axis=1)
        ratios.append(height / np.linalg.norm(points[:, a] - points[:, b], axis=1))
    return np.asarray(np.mean(ratios, axis=0), np.float32)


def lids(look: Looker, shard: Shard) -> dict[str, Figures]:
    """Return the detected eye opening of shut and open eyes, with the truth."""
    crops, truth = crops_of(shard)
    found, opened = lid_opening(look(crops)[0]), np.array(shard.eyes_open)
    kinds = {"shut": opened < SHUT_BELOW, "open": opened > 0.95}
    return {
        k: {"found": float(found[m].mean()), "p95": float(np.percentile(found[m], 95)), "n": int(m.sum())}
        | {"truth": float(lid_opening(truth)[m].mean())}
        for k, m in kinds.items()
        if m.any()
    }


def presence(look: Looker, shard: Shard, backdrops: list[NDArray[np.uint8]], stock: list[Sprite]) -> Figures:
    """Return the shares of missed faces and of false faces at 0.5.

    Crops have the disturbances of training.
    """
    rng = np.random.default_rng(5)
    size = len(shard.jpg)
    faces = [face_sample(shard.picture(i % size), shard.points[i % size], True, stock, rng) for i in range(600)]
    away = [misplaced_sample(shard.picture(i % size), shard.points[i % size], stock, rng).crop for i in range(600)]
    nothing = [backdrop_sample(backdrops[i % len(backdrops)], stock, rng).crop for i in range(NEGATIVES)]
    seen, wrong, none = (look(np.stack(c))[1] for c in ([f.crop for f in faces if f.face > 0], away, nothing))
    return {
        "faces_missed_percent": float((seen < 0.5).mean() * 100),
        "misplaced_accepted_percent": float((wrong >= 0.5).mean() * 100),
        "negatives_accepted_percent": float((none >= 0.5).mean() * 100),
    }


def cover(look: Looker, shard: Shard, stock: list[Sprite]) -> dict[str, Figures]:
    """Return precision and recall of the cover map at 0.5, inside the square.

    Covers are pasted things and drawn glasses.
    """
    rng = np.random.default_rng(6)
    crops, points = crops_of(shard)
    figures = {}
    for kind in ("hands", "objects", "glasses"):
        pasted, truth = [], []
        chosen = [s for s in stock if s.skin == (kind == "hands")]
        for crop, q in zip(crops, points, strict=True):
            blank = np.zeros((CROP_PX, CROP_PX), np.float32)
            thing = chosen[rng.integers(len(chosen))]
            seen, mask = glasses(crop, blank, q, rng) if kind == "glasses" else paste(crop, blank, thing, q, rng)
            pasted.append(seen)
            truth.append(cv2.resize(mask, (MAP_PX, MAP_PX), interpolation=cv2.INTER_AREA) > 0.25)
        found, there = look(np.stack(pasted))[2] > 0.5, np.stack(truth)
        hit = float((found & there).sum())
        figures[kind] = {"precision": hit / max(1, found.sum()), "recall": hit / there.sum()}
    figures["bare"] = {"share_covered": float((look(crops)[2] > 0.5).mean())}
    return figures


def trembling(look: Looker, shard: Shard) -> Figures:
    """Return the standard deviation of points of a still face with camera noise.

    Each crop is placed by the last points.
    """
    rng = np.random.default_rng(7)
    each = []
    for i in np.linspace(0, len(shard.jpg) - 1, STILL_FACES).astype(int):
        picture, q = shard.picture(i), shard.points[i]
        tracks = []
        for _ in range(STILL_FRAMES + 5):
            noisy = np.clip(picture + rng.normal(0, STILL_NOISE, picture.shape), 0, 255).astype(np.uint8)
            matrix = matrix_to_crop(fit_square_to_points(q))
            q = points_to_frame(look(cut(noisy, matrix)[None])[0][0], matrix)
            tracks.append(q[:, :2])
        wobble = np.array(tracks[5:]).std(0)
        each.append(100 * np.linalg.norm(wobble, axis=1).mean() / np.linalg.norm((q[33] - q[263])[:2]))
    return {"percent_of_eye_distance": float(np.mean(each)), "worst_face": float(np.max(each))}


def second_look(look: Looker, shard: Shard) -> Figures:
    """Return errors of the second of two crops.

    The first is misplaced as a detection misplaces it; the second follows the first's points.
    """
    rng = np.random.default_rng(8)
    found, truth = [], []
    for i, q in enumerate(shard.points):
        picture, guess = shard.picture(i), q * np.float32(rng.normal(1, 0.03)) + np.float32(rng.normal(0, 4, 3))
        for _ in range(2):
            matrix = matrix_to_crop(fit_square_to_points(guess))
            guess = points_to_frame(look(cut(picture, matrix)[None])[0][0], matrix)
        matrix = matrix_to_crop(fit_square_to_points(q))
        found.append(points_to_crop(guess, matrix))
        truth.append(points_to_crop(q, matrix))
    return spread(errors(np.array(found), np.array(truth)).points)


def everything(look: Looker, data: Path, work: Path, heads: Path | None) -> dict[str, object]:
    """Return all figures by name."""
    photos, turned, clips = (load(work / "heldout" / f"{k}.npz") for k in ("photos", "rerendered", "clips"))
    backdrops = [np.asarray(cv2.imread(str(f)), np.uint8) for f in sorted((data / "negatives").glob("*/*.jpg"))]
    stock = sprites(np.random.default_rng(9), backdrops, 300)
    figures: dict[str, object] = {
        "photos": accuracy(look, photos, True),
        "photos_after_detection": second_look(look, photos),
        "turned": by_yaw(look, turned),
        "turned_lids": lids(look, turned),
        "clips_against_teacher": accuracy(look, clips, True),
        "presence": presence(look, photos, backdrops, stock),
        "cover": cover(look, photos, stock),
        "trembling": trembling(look, photos),
    }
    for name, shard in ((p.stem, load(p)) for p in sorted(heads.glob("shard_*.npz"))) if heads else ():
        figures[f"heads_{name}"] = accuracy(look, shard, False) | {"lids": lids(look, shard)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    text = json.dumps(everything(looker(args.onnx), args.data, args.work, args.heads), indent=1)
    if args.json:
        args.json.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
