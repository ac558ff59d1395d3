"""Train the refiner within a given time.

    python -m training.refine.train --work WORK --minutes 40

Reads WORK/pairs, also files that come while it runs, and WORK/heldout. Writes WORK/refine.pt, the running mean of the
weights, every three minutes with the figures on the people held out. No recogniser takes part.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from livecam.core.refinement import LIGHT_STEP_PX, RefinePlane
from training.refine.judge import compare, judge, refine, say
from training.refine.net import RefineNet
from training.refine.pairs import Pairs, as_floats, load_pairs

BATCH, RATE, WARMUP_STEPS = 16, 2e-3, 100
MEAN_SHARE, CHECK_EVERY_S = 0.005, 180
_COLOURS = slice(0, RefinePlane.DRAWN)


@dataclass(frozen=True, slots=True)
class Batch:
    """Planes, wanted colours and the weight of each pixel."""

    planes: Tensor
    wanted: Tensor
    weight: Tensor


def take_batch(pairs: Pairs, random: np.random.Generator) -> Batch:
    """Return random pairs, mirrored, moved, in other light and with noise."""
    chosen = np.sort(random.integers(0, len(pairs), BATCH))
    planes = torch.from_numpy(as_floats(pairs.planes[chosen]))
    wanted = torch.from_numpy(pairs.target[chosen].astype(np.float32) / 255)
    zone = torch.from_numpy(pairs.zone[chosen].astype(np.float32))[:, None]
    colours, masks = planes[:, _COLOURS], planes[:, RefinePlane.DRAWN :]
    if random.random() < 0.7:
        gain = random.uniform(0.5, 1.2, (BATCH, 1, 1, 1)) * random.uniform(0.93, 1.07, (BATCH, 3, 1, 1))
        by = torch.from_numpy(gain.astype(np.float32))
        colours, wanted = (colours * torch.cat([by, by], 1)).clamp(0, 1), (wanted * by).clamp(0, 1)
    if random.random() < 0.3:
        curve = float(random.uniform(0.8, 1.25))
        colours, wanted = colours.clamp_min(1e-3) ** curve, wanted.clamp_min(1e-3) ** curve
    if random.random() < 0.3:
        noise = torch.randn_like(colours[:, :3]) * float(random.uniform(0.002, 0.012))
        colours = torch.cat([(colours[:, :3] + noise).clamp(0, 1), colours[:, 3:]], 1)
    parts = [torch.cat([colours, masks], 1), wanted, zone]
    if random.random() < 0.5:
        parts = [part.flip(-1) for part in parts]
    if random.random() < 0.7:
        move = tuple(int(k) for k in random.integers(-LIGHT_STEP_PX // 3, LIGHT_STEP_PX // 3 + 1, 2))
        parts = [torch.roll(part, move, (2, 3)) for part in parts]
    weight = 0.3 + parts[0][:, RefinePlane.OVAL :] + 2 * parts[2]
    return Batch(parts[0], parts[1], weight)


def random_features() -> nn.Sequential:
    """Return frozen random layers, for what a picture looks like.

    No network that was trained on faces is needed.
    """
    layers = nn.Sequential(
        nn.Conv2d(3, 24, 3, 1, 1), nn.ReLU(), nn.Conv2d(24, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 48, 3, 2, 1)
    )
    return layers.to(memory_format=torch.channels_last).requires_grad_(False)


def measure_loss(net: RefineNet, batch: Batch, features: nn.Sequential) -> Tensor:
    """Return the sum of errors in colour, structure, local contrast and features."""
    found = refine(net, batch.planes)
    structure, variance, goal = compare(found, batch.wanted)
    contrast = ((variance + 1e-5).sqrt() - (goal + 1e-5).sqrt()).abs()
    with torch.autocast("cpu", torch.bfloat16):
        looks = [features(each.contiguous(memory_format=torch.channels_last)) for each in (found, batch.wanted)]
    weighted = (batch.weight * ((found - batch.wanted).abs() + 0.7 * structure + 0.5 * contrast)).mean()
    return weighted + 0.3 * (looks[0] - looks[1]).abs().mean()


class Training:
    """A network, the running mean of its weights, and the pairs."""

    def __init__(self, work: Path, start: Path | None) -> None:
        self._work, self._files = work, list[Path]()
        self._net, self._mean = (RefineNet().to(memory_format=torch.channels_last) for _ in range(2))
        if start is not None:
            self._net.load_state_dict(torch.load(start))
        self._mean.load_state_dict(self._net.state_dict())
        self._steps = torch.optim.Adam(self._net.parameters(), RATE, (0.9, 0.99))
        self._features, self._random = random_features(), np.random.default_rng()
        self._heldout = load_pairs(sorted((work / "heldout").glob("*.npz")))
        self._pairs = self._read_pairs()

    def _read_pairs(self) -> Pairs:
        self._files = sorted((self._work / "pairs").glob("*.npz"))
        return load_pairs(self._files)

    def run(self, minutes: float) -> None:
        """Train until the time is over."""
        begin, step, check_s = time.monotonic(), 0, 60.0
        while (spent_s := time.monotonic() - begin) < 60 * minutes:
            self._step(step, spent_s / (60 * minutes))
            step += 1
            if spent_s > check_s:
                check_s = spent_s + CHECK_EVERY_S
                self._check(f"{spent_s / 60:.0f} min, {step} steps, {len(self._pairs)} pairs")
        self._check(f"end, {step} steps")

    def _step(self, number: int, part: float) -> None:
        for group in self._steps.param_groups:
            group["lr"] = RATE * min(1.0, (number + 1) / WARMUP_STEPS) * (0.5 + 0.5 * math.cos(math.pi * part))
        self._steps.zero_grad()
        measure_loss(self._net, take_batch(self._pairs, self._random), self._features).backward()
        nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self._steps.step()
        with torch.no_grad():
            for mean, weight in zip(self._mean.parameters(), self._net.parameters(), strict=True):
                mean.lerp_(weight, MEAN_SHARE if number > 300 else 10 * MEAN_SHARE)

    def _check(self, when: str) -> None:
        """Save, judge, and read pairs that have come."""
        torch.save(self._mean.state_dict(), self._work / "refine.pt")
        print(f"{when}: {say(judge(self._mean, self._heldout))}", flush=True)
        if sorted((self._work / "pairs").glob("*.npz")) != self._files:
            self._pairs = self._read_pairs()


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--start", type=Path, help="A checkpoint to begin with.")
    args = parser.parse_args()
    torch.set_num_threads(1)
    Training(args.work, args.start).run(args.minutes)


if __name__ == "__main__":
    main()
