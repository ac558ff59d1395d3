"""How near a trained model comes to the true swap: `python -m benchmarks.trained.exact_swap FOLDER [--minutes 5]`.

FOLDER has `operator.mp4` and `persona.mp4` of `training.synthetic.pair`: two drawn people who do the same, so the face
that the persona makes while the operator makes theirs is known. The models learn from three of four blocks of two
seconds; the fourth is drawn for the operator's pictures and compared with the persona's.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.trained.model import TrainedModel
from livecam.app.clip_faces import SeenCount, read_frames
from livecam.core.clock import NS_PER_S, SystemClock, process_cpu_ns
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.topology import LEFT_EYE_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.host.machine import describe_machine
from livecam.plugins import open_face_finder
from livecam.video.atlas.detail import GAIN, read_detail
from livecam.video.atlas.openings import measure_open
from livecam.video.atlas.unroll import atlas_of
from trainer.basis import find_calm, texel_weights
from trainer.linear import export_linear, train_linear
from trainer.material import Material, is_held_out, material_from_bytes, material_to_bytes
from trainer.session import Session

Floats = NDArray[np.float32]
SHUT = 0.45


class ProcessorClock(SystemClock):
    """Counts this process's own time on a processor: other programs do not count."""

    def now_ns(self) -> int:
        return process_cpu_ns()


def read_material(clip: Path) -> Material:
    """Return every picture of a clip in the atlas, none left out."""
    count, points, detail, at_ns, tones = SeenCount(), [], [], [], []
    with closing(open_face_finder()) as finder:
        hint: FaceBox | FaceMesh | None = None
        for frame in read_frames(clip, 30.0, 3600.0, count):
            # There is one face, drawn: no tracker has to tell it from others.
            hint = finder.mesh(frame, hint or finder.detect(frame)[0])
            mesh = finder.mesh(frame, hint)
            seen = read_detail(frame.pixels, mesh.points)
            points.append(mesh.points)
            detail.append(seen.detail)
            tones.append(seen.tone)
            at_ns.append(frame.captured_ns)
    tone = np.median(tones, axis=0).astype(np.float32)
    return Material(np.array(points, np.float32), np.array(detail), np.array(at_ns, np.int64), tone)


def read_once(clip: Path) -> Material:
    """Return the pictures of a clip, kept next to it from the first time on."""
    kept = clip.with_suffix(".npz")
    if not kept.exists():
        kept.write_bytes(material_to_bytes(read_material(clip)))
    return material_from_bytes(kept.read_bytes(), clip.name)


def pair_up(operator: Material, persona: Material) -> tuple[Material, Material]:
    """Return the pictures of both that are of the same moments."""
    _, mine, theirs = np.intersect1d(operator.at_ns // 1_000_000, persona.at_ns // 1_000_000, return_indices=True)
    return operator.select(mine), persona.select(theirs)


def compare(made: Sequence[Floats], persona: Material, driver: Material, own_eyes: bool) -> dict[str, float]:
    """Return L1 and DSSIM over the whole face and over eyes and mouth, and how often the lids are right."""
    side, atlas = persona.side_px, atlas_of(persona.side_px)
    weights = texel_weights(side)
    sums = {"l1": 0.0, "dssim": 0.0, "skin_l1": 0.0, "eyes_and_mouth_l1": 0.0}
    for index, picture in enumerate(made):
        true = persona.detail[index].astype(np.float32) / GAIN
        trust = persona.trust(index)
        sums["l1"] += _mean(np.abs(picture - true), weights * trust)
        sums["dssim"] += _mean((1 - _ssim(picture, true)) / 2, weights * trust)
        sums["skin_l1"] += _mean(np.abs(picture - true), weights * trust * (atlas.openings == 0))
        sums["eyes_and_mouth_l1"] += _mean(np.abs(picture - true), (atlas.openings > 0) * trust)
    found = {name: round(value / len(made), 4) for name, value in sums.items()}
    return found | ({"lids_right": round(_lids_right(made, persona, driver), 3)} if own_eyes else {})


def _mean(apart: Floats, weights: Floats) -> float:
    return float((apart * weights[..., None]).sum() / max(3 * float(weights.sum()), 1e-6))


def _ssim(a: Floats, b: Floats) -> Floats:
    def mean(x: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(x, (0, 0), 1.5), np.float32)

    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    common = mean(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + 0.01) * (2 * common + 0.003)
    return np.asarray(top / ((mean_a**2 + mean_b**2 + 0.01) * (var_a + var_b + 0.003)), np.float32)


def _lids_right(made: Sequence[Floats], persona: Material, driver: Material) -> float:
    """Return in which part of the pictures the lids are as the driver's: nearer to shut or to open ones."""
    lids = cv2.dilate((atlas_of(persona.side_px).openings >= 2).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    shut = _is_shut(driver)
    true = persona.detail.astype(np.float32)[:, lids] / GAIN
    to = [np.abs(np.array(made)[:, lids] - true[state].mean(0)).mean((1, 2)) for state in (shut, ~shut)]
    right = (to[0] < to[1]) == shut
    # Shut lids are few: they count as much as all open ones together.
    return float((right[shut].mean() + right[~shut].mean()) / 2)


def _is_shut(material: Material) -> NDArray[np.bool_]:
    ratios = np.array(
        [[opening_ratio(p, four) for four in (RIGHT_EYE_OPENING, LEFT_EYE_OPENING)] for p in material.points]
    )
    return np.asarray((ratios / np.percentile(ratios, 80, axis=0)).max(1) < SHUT)


def draw_by(run: Callable[[Floats, Floats], Floats], driver: Material) -> list[Floats]:
    """Return what a model makes of the driver's pictures (n, n, 3)."""
    atlases = driver.detail.astype(np.float32) / GAIN
    return [
        run(atlas.transpose(2, 0, 1), shape)[:3].transpose(1, 2, 0)
        for atlas, shape in zip(atlases, driver.shapes, strict=True)
    ]


def with_live_openings(made: Sequence[Floats], driver: Material) -> list[Floats]:
    """Return textures with the driver's own eyes and inner mouth, as the renderer leaves them for the photo."""
    openings = atlas_of(driver.side_px).openings
    drawn = []
    for index, picture in enumerate(made):
        live = driver.detail[index].astype(np.float32) / GAIN
        mixed = picture.copy()
        for number, share in enumerate(measure_open(driver.points[index]), 1):
            inside = openings == number
            mixed[inside] += np.float32(share) * (live[inside] - picture[inside])
        drawn.append(mixed)
    return drawn


def train_network(
    persona: Material, operator: Material, minutes: float, stop_s: float, folder: Path
) -> tuple[bytes, dict[str, object]]:
    """Return the network as a file, and how it was trained."""
    from trainer.network.export import export_network
    from trainer.network.learner import NetworkLearner

    clock = ProcessorClock()
    begin_ns = clock.now_ns()
    learner = NetworkLearner(persona, operator, clock)
    ready_ns = clock.now_ns()
    session = Session(folder, "exact", learner, clock, lambda line: print(line, file=sys.stderr, flush=True))
    session.resume()
    ended = session.run(int(minutes * 60 * NS_PER_S), lambda: clock.now_ns() > stop_s * NS_PER_S)
    session.restore_best()
    weights = sum(p.numel() for p in learner.net.parameters())
    return export_network(learner), {
        "prepared_cpu_s": round((ready_ns - begin_ns) / NS_PER_S, 1),
        "trained_cpu_s": round(session.progress.trained_ns / NS_PER_S, 1),
        "batches": session.progress.steps,
        "half_precision": learner.is_half,
        "weights": weights,
        "ended": ended.why,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=5.0, help="of processor time for the network; 0: none")
    parser.add_argument("--stop", type=float, default=1e9, help="after so many seconds of processor; go on later")
    parser.add_argument("--pictures", type=Path, help="write a sheet of held-out pictures")
    given = parser.parse_args()
    clock = ProcessorClock()
    operator, persona = pair_up(*(read_once(given.folder / f"{who}.mp4") for who in ("operator", "persona")))
    held = is_held_out(persona.at_ns)
    driver, true = operator.select(held), persona.select(held)
    begin_ns = clock.now_ns()
    linear, held_out = train_linear(persona)
    linear_s = (clock.now_ns() - begin_ns) / NS_PER_S
    calm_driver = find_calm(operator.select(~held))
    photo = with_live_openings([linear.calm.detail] * len(driver), driver)
    by_linear = TrainedModel(Path("linear.onnx"), export_linear(linear, calm_driver))
    drawn = {"photo": photo, "linear": with_live_openings(draw_by(by_linear.infer, driver), driver)}
    found: dict[str, object] = {
        "machine": describe_machine(),
        "pictures": {"learned": int((~held).sum()), "held_out": int(held.sum())},
        "linear_s": round(linear_s, 2),
        "own_held_out_gain_of_linear": round(held_out.gain, 3),
    }
    if given.minutes > 0:
        data, how = train_network(persona, operator.select(~held), given.minutes, given.stop, given.folder / "run")
        (given.folder / "network.onnx").write_bytes(data)
        network = TrainedModel(Path("network.onnx"), data)
        drawn["network"] = draw_by(network.infer, driver)
        found["network"] = how
    found["apart"] = {name: compare(made, true, driver, name == "network") for name, made in drawn.items()}
    if given.pictures:
        cv2.imwrite(str(given.pictures), make_sheet(driver, true, drawn))
    print(json.dumps(found, indent=2))
    return 0


def make_sheet(driver: Material, true: Material, drawn: dict[str, list[Floats]]) -> NDArray[np.uint8]:
    """Return held-out moments in columns: the operator, the true persona, and what each model made."""
    columns = np.linspace(0, len(driver) - 1, 9).astype(int)
    rows = [driver.detail[columns], true.detail[columns]]
    rows += [np.array([np.clip(np.rint(made[k] * GAIN), 0, 255) for k in columns], np.uint8) for made in drawn.values()]
    return np.asarray(
        np.clip(1.6 * np.vstack([np.hstack(list(row)) for row in rows]).astype(np.float32), 0, 255), np.uint8
    )


if __name__ == "__main__":
    sys.exit(main())
