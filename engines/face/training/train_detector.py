"""Train the face detector for a given time and write it as ONNX.

    python -m engines.face.training.train_detector --data DIR --outlines outlines.npz --minutes 75 --out detector.onnx

The learning rate follows the clock, so a run of any length ends well. `--resume` goes on from a checkpoint.
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
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from engines.face.training.detector_clips import loaded
from engines.face.training.detector_data import Composer, Scene, view
from engines.face.training.detector_faces import FacePhoto, Picture, load_photo
from engines.face.training.detector_loss import batch_loss
from engines.face.training.detector_net import DetectorNet, export
from engines.face.training.detector_targets import targets

HELD_OUT_FACES, HELD_OUT_EVERY = "stylegan2_realorfake", 5
PEAK_RATE, WARM_STEPS, MEMORY = 2e-3, 100, 0.998
MINED_SCORE, MINED_FROM, MINED_MOST = 0.15, 320, 400
Batch = tuple[Tensor, list[Tensor]]


@dataclass(frozen=True, slots=True)
class Material:
    """What the pictures are made of."""

    faces: list[FacePhoto]
    empty: list[Picture]
    frames: list[Scene]


def empty_pictures(data: Path, held_out: bool) -> list[Picture]:
    """Pictures without faces; every fifth is held out."""
    files = sorted((data / "negatives").rglob("*.jpg"))
    return [cv2.imread(str(f)) for i, f in enumerate(files) if (i % HELD_OUT_EVERY == 0) == held_out]


def photos(data: Path, outlines: Path, held_out: bool) -> list[FacePhoto]:
    """Labelled photos; one source is held out as a whole."""
    with np.load(outlines) as file:
        names, points, masks = file["files"], file["points"], file["masks"]
    wanted = [i for i, name in enumerate(names) if (HELD_OUT_FACES in str(name)) == held_out]
    return [load_photo(data / str(names[i]), points[i], masks[i]) for i in wanted]


class Stream(IterableDataset[tuple[NDArray[np.uint8], list[NDArray[np.float32]]]]):
    """Endless training pictures."""

    def __init__(self, material: Material, side_px: int, mined: list[Picture], seed: int) -> None:
        self._composer = Composer(material.faces, material.empty, material.frames, side_px, mined)
        self._seed = seed

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], list[NDArray[np.float32]]]]:
        rng = np.random.default_rng(self._seed)
        while True:
            scene = self._composer.scene(rng)
            yield scene.picture.transpose(2, 0, 1), targets(scene)


def mined_views(net: nn.Module, empty: list[Picture], side_px: int, count: int, seed: int) -> list[Picture]:
    """Views without a face in which the network sees one, the worst first."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, Picture]] = []
    for _ in range(count // 16):
        views = [view(empty[rng.integers(len(empty))], side_px, rng) for _ in range(16)]
        with torch.no_grad():
            outputs = net(torch.from_numpy(np.stack(views)).permute(0, 3, 1, 2).float())
        scores = torch.stack([o.sigmoid().amax((1, 2, 3)) for o in outputs[::3]]).amax(0)
        found += [(float(s), v) for s, v in zip(scores, views, strict=True) if s > MINED_SCORE]
    return [v for _, v in sorted(found, key=lambda pair: -pair[0])]


def averaged(mean: nn.Module, net: nn.Module, step: int) -> None:
    """Move the running mean of the weights towards the present ones."""
    keep = min(MEMORY, (1 + step) / (10 + step))
    with torch.no_grad():
        for m, p in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if m.dtype.is_floating_point:
                m.mul_(keep).add_(p, alpha=1 - keep)
            else:
                m.copy_(p)


def batches(material: Material, side_px: int, size: int, mined: list[Picture], seed: int) -> Iterator[Batch]:
    """Batches made in a process of their own."""
    stream = Stream(material, side_px, mined, seed)
    return iter(DataLoader(stream, batch_size=size, num_workers=1, prefetch_factor=4))


@dataclass(slots=True)
class Trainer:
    """One run of training; `mean` is the network to keep."""

    net: DetectorNet
    mean: DetectorNet
    material: Material
    side_px: int
    batch: int
    seed: int

    def run(self, seconds: float, file: Path, mine_every_s: float) -> None:
        """Train until the time is over; each round begins with mining and ends with saving the mean network."""
        optimiser = torch.optim.AdamW(self.net.parameters(), PEAK_RATE, weight_decay=1e-4)
        mined: list[Picture] = []
        start, step = time.monotonic(), 0
        self.mean.eval()
        while (spent := time.monotonic() - start) < seconds:
            new = mined_views(self.mean, self.material.empty, self.side_px, MINED_FROM, self.seed + step)
            mined = (new + mined)[:MINED_MOST]
            print(f"{len(new)} of {MINED_FROM} empty views mined, {len(mined)} kept", flush=True)
            feed = batches(self.material, self.side_px, self.batch, mined, self.seed + step)
            until = min(spent + mine_every_s, seconds)
            step = self.round(feed, optimiser, start, until, seconds, step)
            torch.save({"mean": self.mean.state_dict()}, file.with_suffix(".pt"))
            export(copy.deepcopy(self.mean), file)

    def round(
        self, feed: Iterator[Batch], optimiser: torch.optim.Optimizer, start: float, until: float, end: float, step: int
    ) -> int:
        """Train until `until` seconds after the start; returns the number of steps made so far."""
        self.net.train()
        shown = np.zeros(3)
        while (spent := time.monotonic() - start) < until:
            rate = PEAK_RATE * min(1, (step + 1) / WARM_STEPS) * (0.505 + 0.495 * math.cos(math.pi * spent / end))
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
            averaged(self.mean, self.net, step)
            now = np.array([loss.score.item(), loss.box.item(), loss.points.item()])
            shown = now if not shown.any() else 0.98 * shown + 0.02 * now
            if step % 100 == 0:
                text = "score {:.3f} box {:.3f} points {:.3f}".format(*shown)
                print(f"{step} {spent:.0f} s {text} {step * self.batch / spent:.0f} pictures/s", flush=True)
        return step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--outlines", type=Path, required=True, help="made by detector_faces")
    parser.add_argument("--clips", type=Path, help="made by detector_clips")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--mine-every-minutes", type=float, default=8)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    torch.manual_seed(args.seed)
    net = DetectorNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(net)
    if args.resume:
        saved = torch.load(args.resume)
        net.load_state_dict(saved["mean"])
        mean.load_state_dict(saved["mean"])
    material = Material(
        photos(args.data, args.outlines, False),
        empty_pictures(args.data, False),
        loaded(args.clips) if args.clips else [],
    )
    print(f"{len(material.faces)} faces, {len(material.empty)} empty pictures, {len(material.frames)} frames")
    trainer = Trainer(net, mean, material, args.side, args.batch, args.seed)
    trainer.run(args.minutes * 60, args.out, args.mine_every_minutes * 60)


if __name__ == "__main__":
    main()
