"""Train the outline network on unaltered pictures and blends of them.

    python -m training.detect.train --faces WORK/outline_faces.npz --minutes 30 --out WORK/outline.onnx

It sees no swap of any program. What it learns is never a loss, a filter or a choice of a swapper.
"""

import argparse
import copy
import math
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from training.detect.blends import make_sample
from training.detect.faces import PORTRAITS, is_held_out
from training.detect.net import OutlineNet, export
from training.face.averaging import average_weights

BATCH, PEAK_RATE, WARM_STEPS, MEMORY = 32, 2e-3, 100, 0.995
MAP_WEIGHT = 1.0
Batch = tuple[Tensor, Tensor, Tensor]


class Stream(IterableDataset[Batch]):
    """Endless batches: every face once as it is and once blended."""

    def __init__(self, crops: np.ndarray, points: np.ndarray, chances: np.ndarray, seed: int) -> None:
        self._crops, self._points, self._chances, self._seed = crops, points, chances, seed

    def __iter__(self) -> Iterator[Batch]:
        rng = np.random.default_rng(self._seed)
        cv2.setNumThreads(0)
        while True:
            numbers = rng.choice(len(self._crops), BATCH // 2, p=self._chances)
            samples = [
                make_sample(self._crops[n], self._points[n], blended, rng) for n in numbers for blended in (False, True)
            ]
            yield (
                torch.from_numpy(np.stack([s.crop for s in samples])).permute(0, 3, 1, 2),
                torch.tensor([[float(s.blended)] for s in samples]),
                torch.from_numpy(np.stack([s.seam for s in samples]))[:, None],
            )


def area_under_curve(net: OutlineNet, crops: np.ndarray, points: np.ndarray, count: int = 320) -> float:
    """AUC on held-out pictures and blends of them."""
    feed = iter(Stream(crops, points, np.full(len(crops), 1 / len(crops)), 77))
    logits, truths = [], []
    net.eval()
    with torch.no_grad():
        for _ in range(count // BATCH):
            pictures, blended, _ = next(feed)
            logits += net(pictures.float())[0][:, 0].tolist()
            truths += blended[:, 0].tolist()
    found, truth = np.array(logits), np.array(truths) > 0.5
    return float((found[truth][:, None] > found[~truth][None]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", type=Path, help="Weights (.pt) to start from.")
    parser.add_argument("--rate", type=float, default=PEAK_RATE, help="Largest step.")
    parser.add_argument("--bf16", action="store_true", help="Compute in bfloat16: faster on some processors.")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    with np.load(args.faces) as file:
        crops, points, names = file["crops"], file["points"], [str(name) for name in file["files"]]
    held = is_held_out(names)
    # Portraits by cameras count double: there are fewer of them, and they are what is asked about.
    chances = np.array([2.0 if PORTRAITS in name else 1.0 for name in names])[~held]
    net = OutlineNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if args.resume:
        net.load_state_dict(torch.load(args.resume))
    mean = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=1e-3)
    feed = iter(
        DataLoader(
            Stream(crops[~held], points[~held], chances / chances.sum(), args.seed + 1),
            batch_size=None, num_workers=1, prefetch_factor=4,
        )
    )  # fmt: skip
    start, step, shown, seconds = time.monotonic(), 0, np.zeros(2), args.minutes * 60
    while (spent := time.monotonic() - start) < seconds:
        rate = args.rate * min(1, (step + 1) / WARM_STEPS) * (0.505 + 0.495 * math.cos(math.pi * spent / seconds))
        for group in optimiser.param_groups:
            group["lr"] = rate
        pictures, blended, seams = next(feed)
        net.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
            logit, where = net(pictures.float().contiguous(memory_format=torch.channels_last))
        judged = nn.functional.binary_cross_entropy_with_logits(logit.float(), blended * 0.96 + 0.02)
        mapped = nn.functional.binary_cross_entropy_with_logits(where.float(), seams)
        optimiser.zero_grad()
        (judged + MAP_WEIGHT * mapped).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step += 1
        average_weights(mean, net, step, MEMORY)
        now = np.array([judged.item(), mapped.item()])
        shown = now if step == 1 else 0.98 * shown + 0.02 * now
        if step % 100 == 0:
            area = area_under_curve(mean, crops[held], points[held]) if step % 500 == 0 else float("nan")
            print(f"{step} {spent:.0f} s judge {shown[0]:.3f} map {shown[1]:.3f} held out {area:.3f}", flush=True)
        if step % 500 == 0:
            torch.save(mean.state_dict(), args.out.with_suffix(".pt"))
            export(copy.deepcopy(mean), args.out)
    torch.save(mean.state_dict(), args.out.with_suffix(".pt"))
    export(copy.deepcopy(mean), args.out)
    print(f"{step} steps, held out {area_under_curve(mean, crops[held], points[held], 640):.3f}")


if __name__ == "__main__":
    main()
