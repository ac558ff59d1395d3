"""Train the face detector for a given time and write it as ONNX.

    python -m training.face.train_detector --data DIR --outlines outlines.npz --minutes 75 --out detector.onnx

The learning rate follows the clock, so a run of any length ends well. `--resume` goes on from a checkpoint,
or from a written detector (`.onnx`).
"""

import argparse
import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from engines.face.detector import STRIDES
from training.face.averaging import average_weights
from training.face.detector_clips import load_scenes
from training.face.detector_data import Composer, Mistake, Scene, view
from training.face.detector_faces import FacePhoto, Picture, load_photo
from training.face.detector_heads import profiles
from training.face.detector_loss import batch_loss
from training.face.detector_net import DetectorNet, export
from training.face.detector_resume import restore
from training.face.detector_targets import targets

HELD_OUT_FACES, HELD_OUT_EVERY = "stylegan2_realorfake", 5
PEAK_RATE, WARM_STEPS, MEMORY = 2e-3, 100, 0.998
SIDES_PX, BATCHES, SIDE_CHANCES = (192, 320), (16, 6), (0.8, 0.2)
HEADS_WEIGHT = 2
"""How often a rendered head is listed among the photos."""
MINED_SIDE_PX, MINED_SCORE, MINED_FROM, MINED_MOST = 320, 0.25, 500, 3000
Batch = tuple[Tensor, list[Tensor]]


@dataclass(frozen=True, slots=True)
class Material:
    """The sources of the pictures."""

    faces: list[FacePhoto]
    empty: list[Picture]
    frames: list[Scene]


def empty_pictures(data: Path, held_out: bool) -> list[Picture]:
    """Return pictures without faces; every fifth is held out."""
    files = sorted((data / "negatives").rglob("*.jpg"))
    return [cv2.imread(str(f)) for i, f in enumerate(files) if (i % HELD_OUT_EVERY == 0) == held_out]


def photos(data: Path, outlines: Path, held_out: bool) -> list[FacePhoto]:
    """Return labelled photos; one source is held out as a whole."""
    with np.load(outlines) as file:
        names, points, masks = file["files"], file["points"], file["masks"]
    wanted = [i for i, name in enumerate(names) if (HELD_OUT_FACES in str(name)) == held_out]
    return [load_photo(data / str(names[i]), points[i], masks[i]) for i in wanted]


class Stream(IterableDataset[Batch]):
    """Endless training batches.

    Most have many small pictures, some have a few large ones with the largest faces.
    """

    def __init__(self, material: Material, mined: list[Mistake], seed: int) -> None:
        self._composers = [Composer(material.faces, material.empty, material.frames, side, mined) for side in SIDES_PX]
        self._seed = seed

    def __iter__(self) -> Iterator[Batch]:
        rng = np.random.default_rng(self._seed)
        while True:
            kind = rng.choice(len(SIDES_PX), p=SIDE_CHANCES)
            scenes = [self._composers[kind].scene(rng) for _ in range(BATCHES[kind])]
            pictures = np.stack([scene.picture for scene in scenes])
            levels = zip(*(targets(scene) for scene in scenes), strict=True)
            yield (
                torch.from_numpy(pictures).permute(0, 3, 1, 2),
                [torch.from_numpy(np.stack(level)) for level in levels],
            )


def mined_views(net: nn.Module, empty: list[Picture], seed: int) -> list[Mistake]:
    """Return views without a face in which the network finds one, the worst first."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, Mistake]] = []
    for _ in range(MINED_FROM):
        picture = view(empty[rng.integers(len(empty))], MINED_SIDE_PX, rng)
        with torch.no_grad():
            outputs = net(torch.from_numpy(picture)[None].permute(0, 3, 1, 2).float())
        scores = [o[0, 0].sigmoid().numpy() for o in outputs[::3]]
        level = int(np.argmax([score.max() for score in scores]))
        row, column = np.unravel_index(np.argmax(scores[level]), scores[level].shape)
        at_xy = ((column + 0.5) * STRIDES[level], (row + 0.5) * STRIDES[level])
        found.append((float(scores[level].max()), Mistake(picture, at_xy)))
    return [mistake for score, mistake in sorted(found, key=lambda pair: -pair[0]) if score > MINED_SCORE]


def batches(material: Material, mined: list[Mistake], seed: int) -> Iterator[Batch]:
    """Yield batches made in a process of their own."""
    return iter(DataLoader(Stream(material, mined, seed), batch_size=None, num_workers=1, prefetch_factor=4))


@dataclass(slots=True)
class Trainer:
    """One training run; `mean` is the network to keep."""

    net: DetectorNet
    mean: DetectorNet
    material: Material
    seed: int
    peak_rate: float

    def run(self, seconds: float, file: Path, mine_every_s: float) -> None:
        """Train until the time is over.

        Each round begins with mining, and ends with saving the mean network.
        """
        optimiser = torch.optim.AdamW(self.net.parameters(), self.peak_rate, weight_decay=1e-4)
        mined: list[Mistake] = []
        start, step = time.monotonic(), 0
        self.mean.eval()
        while (spent := time.monotonic() - start) < seconds:
            new = mined_views(self.mean, self.material.empty, self.seed + step)
            mined = (new + mined)[:MINED_MOST]
            print(f"{len(new)} of {MINED_FROM} empty views mined, {len(mined)} kept", flush=True)
            feed = batches(self.material, mined, self.seed + step)
            until = min(spent + mine_every_s, seconds)
            step = self.round(feed, optimiser, start, until, seconds, step)
            torch.save({"mean": self.mean.state_dict()}, file.with_suffix(".pt"))
            export(copy.deepcopy(self.mean), file)

    def round(
        self, feed: Iterator[Batch], optimiser: torch.optim.Optimizer, start: float, until: float, end: float, step: int
    ) -> int:
        """Train until `until` seconds after the start; return the steps made so far."""
        self.net.train()
        shown = np.zeros(3)
        while (spent := time.monotonic() - start) < until:
            rate = self.peak_rate * min(1, (step + 1) / WARM_STEPS) * (0.505 + 0.495 * math.cos(math.pi * spent / end))
            for group in optimiser.param_groups:
                group["lr"] = rate
            pictures, truths = next(feed)
            inputs = pictures.float().contiguous(memory_format=torch.channels_last)
            loss = batch_loss(self.net(inputs), truths)
            optimiser.zero_grad()
            loss.total.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
            optimiser.step()
            step += 1
            average_weights(self.mean, self.net, step, MEMORY)
            now = np.array([loss.score.item(), loss.box.item(), loss.points.item()])
            shown = now if not shown.any() else 0.98 * shown + 0.02 * now
            if step % 100 == 0:
                text = "score {:.3f} box {:.3f} points {:.3f}".format(*shown)
                print(f"{step} {spent:.0f} s {text}", flush=True)
        return step


def resume(net: DetectorNet, file: Path | None, material: Material, seed: int) -> None:
    """Start with the weights of a checkpoint or of a written detector."""
    if file is None:
        return
    if file.suffix == ".onnx":
        feed = iter(Stream(material, [], seed))
        pictures = [next(feed)[0] for _ in range(8)]
        restore(net, file, torch.cat([p for p in pictures if p.shape[-1] == SIDES_PX[0]]).float())
    else:
        net.load_state_dict(torch.load(file)["mean"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--outlines", type=Path, required=True, help="Outlines, made by detector_faces.")
    parser.add_argument("--clips", type=Path, help="Clips, made by detector_clips.")
    parser.add_argument("--heads", type=Path, help="Heads, made by detector_heads.")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--mine-every-minutes", type=float, default=8)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="Peak learning rate.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    torch.manual_seed(args.seed)
    net = DetectorNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    material = Material(
        photos(args.data, args.outlines, False) + (profiles(args.heads) if args.heads else []) * HEADS_WEIGHT,
        empty_pictures(args.data, False),
        load_scenes(args.clips) if args.clips else [],
    )
    resume(net, args.resume, material, args.seed)
    mean = copy.deepcopy(net)
    print(f"{len(material.faces)} faces, {len(material.empty)} empty pictures, {len(material.frames)} frames")
    trainer = Trainer(net, mean, material, args.seed, args.rate)
    trainer.run(args.minutes * 60, args.out, args.mine_every_minutes * 60)


if __name__ == "__main__":
    main()
