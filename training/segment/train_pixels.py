"""Train the pixel network: about a minute of one processor.

    python -m training.segment.train_pixels --work WORK [--samples 2000] [--epochs 12]

Needs WORK/heads.npz (label.py); writes WORK/pixels.pt.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from training.segment.pixel_net import PixelNet, PyramidFeatures
from training.segment.rows import HELDOUT_CLIPS
from training.segment.samples import SampleMaker

BATCH, RATE = 16384, 4e-3
PER_SAMPLE = 420
GROUP = 40

Pixels = tuple[Tensor, Tensor]


@torch.no_grad()
def collect(maker: SampleMaker, features: PyramidFeatures, count: int) -> Pixels:
    """Return features (m, k) and classes (m, 6) of pixels drawn from samples.

    Half of them at borders.
    """
    rows, wanted = [], []
    for _ in range(count // GROUP):
        samples = [maker.one() for _ in range(GROUP)]
        seen, classes, weight = (torch.from_numpy(np.stack(part)) for part in zip(*samples, strict=True))
        found = features(seen.float())
        target = classes.float() / (classes.float().sum(1, keepdim=True) + 1e-6)
        for k in range(GROUP):
            chosen = choose(target[k], weight[k])
            rows.append(found[k].flatten(1)[:, chosen].T.half())
            wanted.append(target[k].flatten(1)[:, chosen].T.half())
    return torch.cat(rows), torch.cat(wanted)


def choose(target: Tensor, weight: Tensor) -> Tensor:
    """Return numbers of known pixels.

    As many at borders between classes as elsewhere.
    """
    most = torch.nn.functional.max_pool2d(target[None], 5, 1, 2)[0]
    border = ((most > 0.5).sum(0) > 1).float()
    known = (weight > 200).float().flatten()
    odds = known * (0.2 + border.flatten() / max(float(border.mean()), 0.02))
    return torch.multinomial(odds + 1e-9, PER_SAMPLE)


def fit(net: PixelNet, pixels: Pixels, epochs: int) -> float:
    """Learn; returns the loss of the last steps."""
    rows, wanted = pixels
    net.norm.train()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
    steps, smooth = epochs * (len(rows) // BATCH), 0.0
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.1)
    for step in range(steps):
        chosen = torch.randint(len(rows), (BATCH,))
        logits = net(rows[chosen].float()[:, :, None, None])[..., 0, 0]
        loss = -(wanted[chosen].float() * torch.log_softmax(logits, 1)).sum(1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        smooth = loss.item() if step == 0 else 0.95 * smooth + 0.05 * loss.item()
    return smooth


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    cv2.setNumThreads(1)
    features = PyramidFeatures().eval()
    pixels = collect(SampleMaker(args.work, 0, frozenset(HELDOUT_CLIPS)), features, args.samples)
    print(f"{len(pixels[0])} pixels, {pixels[0].shape[1]} features", flush=True)
    net = PixelNet(pixels[0].shape[1])
    loss = fit(net, pixels, args.epochs)
    torch.save(net.state_dict(), args.work / "pixels.pt")
    count = sum(parameter.numel() for parameter in net.parameters())
    print(f"loss {loss:.4f}, {count} parameters", flush=True)


if __name__ == "__main__":
    main()
