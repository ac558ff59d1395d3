"""How near a trained model comes to the true swap: `python -m benchmarks.trained.exact_swap FOLDER [--minutes 5]`.

FOLDER has `operator.mp4` and `persona.mp4` of `training.synthetic.pair`: two drawn people who do the same, so the face
that the persona makes while the operator makes theirs is known. The models learn from three of four blocks of two
seconds; the fourth is drawn for the operator's pictures and compared with the persona's.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.trained.drawn import (
    ProcessorClock,
    as_textures,
    choose_photo,
    compare_traits,
    draw_by,
    draw_on_clip,
    measure_lids,
    read_once,
    time_texture_ms,
    train_within,
    with_live_openings,
)
from engines.swap.trained.model import TrainedModel
from livecam.core.clock import NS_PER_S
from livecam.host.machine import describe_machine
from livecam.video.atlas.detail import GAIN, read_detail
from livecam.video.atlas.openings import measure_open
from livecam.video.atlas.unroll import atlas_of
from trainer.basis import find_calm, texel_weights
from trainer.crops import move_into_crop
from trainer.examples import export_examples, prepare
from trainer.linear import export_linear, train_linear
from trainer.material import Material, is_held_out

if TYPE_CHECKING:
    from trainer.network.classic import ClassicLearner

Floats = NDArray[np.float32]
SHUT = 0.45
HALF_SHUT = (0.35, 0.6)


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
    return found | ({"lids_right_in_texture": round(_lids_right(made, persona, driver), 3)} if own_eyes else {})


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
    wider = np.array([max(measure_open(points)[1:]) for points in driver.points])
    shut, is_open = wider < 0.5, wider >= 1
    true = np.array([persona.settled(k)[0][lids] for k in range(len(persona))], np.float32) / GAIN
    to = [np.abs(np.array(made)[:, lids] - true[state].mean(0)).mean((1, 2)) for state in (shut, is_open)]
    # Shut lids are few: they count as much as all open ones together.
    return float(((to[0] < to[1])[shut].mean() + (to[1] < to[0])[is_open].mean()) / 2)


def judge_lids(true: Material, drawn: Material) -> dict[str, float]:
    """Return how often drawn lids are as the true persona's, both read by the mesh off pictures.

    Lids that are half shut in truth do not count: nothing says which of the two they are.
    """
    wanted, found = measure_lids(true.points), measure_lids(drawn.points)
    shut, is_open = wanted < HALF_SHUT[0], wanted > HALF_SHUT[1]
    return {
        "right": round(float(((found < SHUT) == shut)[shut | is_open].mean()), 3),
        "shut_right": round(float((found[shut] < SHUT).mean()), 3),
        "open_right": round(float((found[is_open] >= SHUT).mean()), 3),
        "shut": int(shut.sum()),
        "open": int(is_open.sum()),
    }


def train_network(
    persona: Material, operator: Material, minutes: float, stop_s: float, folder: Path
) -> tuple[dict[str, bytes], dict[str, object]]:
    """Return the network as files, as it is and in 8 bits, and how it was trained."""
    from trainer.network.export import export_network
    from trainer.network.learner import NetworkLearner

    clock = ProcessorClock()
    begin_ns = clock.now_ns()
    learner = NetworkLearner(persona, operator, clock)
    ready_ns = clock.now_ns()
    session, ended = train_within(learner, folder, "exact", minutes, stop_s)
    weights = sum(p.numel() for p in learner.net.parameters())
    files = {"network": export_network(learner), "network_8_bits": export_network(learner, lighter=True)}
    return files, {
        "prepared_cpu_s": round((ready_ns - begin_ns) / NS_PER_S, 1),
        "trained_cpu_s": round(session.progress.trained_ns / NS_PER_S, 1),
        "batches": session.progress.steps,
        "half_precision": learner.is_half,
        "weights": weights,
        "ended": ended.why,
    }


def train_classic(
    persona: Material, operator: Material, minutes: float, stop_s: float, folder: Path
) -> tuple["ClassicLearner", dict[str, object]]:
    """Return the classic network, and how it was trained."""
    from trainer.network.classic import ClassicLearner

    learner = ClassicLearner(persona, operator)
    session, ended = train_within(learner, folder, "classic", minutes, stop_s)
    return learner, {
        "trained_cpu_s": round(session.progress.trained_ns / NS_PER_S, 1),
        "batches": session.progress.steps,
        "weights": sum(p.numel() for p in learner.net.parameters()),
        "ended": ended.why,
    }


def draw_classic(learner: "ClassicLearner", driver: Material, true: Material) -> list[Floats]:
    """Return what the classic method makes of the driver's crops, in the atlas by the true persona's mesh."""
    assert driver.crops is not None
    made = np.clip(np.rint(learner.swap(driver.crops)), 0, 255).astype(np.uint8)
    seen = [read_detail(crop, move_into_crop(points)) for crop, points in zip(made, true.points, strict=True)]
    return [one.detail.astype(np.float32) / GAIN for one in seen]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=5.0, help="of processor time for the network; 0: none")
    parser.add_argument("--classic", type=float, default=0.0, help="minutes of processor time for the classic method")
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
    photo = with_live_openings([choose_photo(persona.select(~held), linear.calm)] * len(driver), driver)
    mean = with_live_openings([linear.calm.detail] * len(driver), driver)
    by_linear = TrainedModel(Path("linear.onnx"), export_linear(linear, calm_driver))
    drawn = {"photo": photo, "calm_mean": mean, "linear": with_live_openings(draw_by(by_linear, driver), driver)}
    begin_ns = clock.now_ns()
    files = {"examples": export_examples(prepare(persona, operator.select(~held)).model)}
    examples_s = (clock.now_ns() - begin_ns) / NS_PER_S
    found: dict[str, object] = {
        "machine": describe_machine(),
        "pictures": {"learned": int((~held).sum()), "held_out": int(held.sum())},
        "linear_s": round(linear_s, 2),
        "examples_s": round(examples_s, 2),
        "own_held_out_gain_of_linear": round(held_out.gain, 3),
    }
    if given.minutes > 0:
        networks, found["network"] = train_network(
            persona, operator.select(~held), given.minutes, given.stop, given.folder / "run"
        )
        files |= networks
    models, clip = {"photo": by_linear}, given.folder / "operator.mp4"
    for name, data in files.items():
        (given.folder / f"{name}.onnx").write_bytes(data)
        models[name] = TrainedModel(Path(f"{name}.onnx"), data)
        drawn[name] = draw_by(models[name], driver)
    seen = {name: draw_on_clip(clip, as_textures(drawn[name], driver, model), driver) for name, model in models.items()}
    found["lids"] = {name: judge_lids(true, one) for name, one in seen.items()}
    found["follows"] = {name: compare_traits(true, one) for name, one in seen.items()}
    found["ms"] = {name: time_texture_ms(clip, model, driver) for name, model in models.items() if name != "photo"}
    if given.classic > 0:
        learner, found["classic"] = train_classic(
            persona, operator.select(~held), given.classic, given.stop, given.folder / "run-classic"
        )
        drawn["classic"] = draw_classic(learner, driver, true)
    found["apart"] = {
        name: compare(made, true, driver, name.startswith(("examples", "network", "classic")))
        for name, made in drawn.items()
    }
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
