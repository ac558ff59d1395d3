"""Train the mesh network within a given time.

    python -m training.face.train_mesh --data DIR --work WORK --minutes 70 [--extra FOLDER]

Two single-threaded processes share each batch: on a busy machine they wait for each other once a step instead of once a
layer. Needs WORK/shards and WORK/heldout (rerender.py, clips.py); writes WORK/mesh.pt every few minutes, the running
mean of the weights under "mean", and figures on the set that is never trained on.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import distributed
from torch.utils.data import DataLoader

from training.face.mesh_errors import errors_of
from training.face.mesh_loss import loss
from training.face.mesh_net import MeshNet
from training.face.muon import Muon
from training.face.sample_stream import Batch, SampleStream
from training.face.shards import load

MIDDLE = np.array([63.5, 63.5, 0], np.float32)
HALF_CROP_PX = 64
WARMUP_STEPS = 200
CHECKPOINT_EVERY_S = 150
PROCESSES = 2
MEAN_DECAY = 0.998
SHAPES_FOR_START = 6000


def start(net: MeshNet, stream: SampleStream) -> None:
    """Set the last layer to the principal directions of the expected meshes."""
    shapes = ((stream.shapes(SHAPES_FOR_START) - MIDDLE) / HALF_CROP_PX).reshape(SHAPES_FOR_START, -1)
    mean = shapes.mean(0)
    _, spread, directions = np.linalg.svd(shapes - mean, full_matrices=False)
    scale = spread / np.sqrt(SHAPES_FOR_START)
    count = net.coefficients.out_features
    net.start_from(mean, (directions * scale[:, None])[:count])


def optimizers(net: MeshNet, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the convolutions between first and heads, AdamW for the rest."""
    inner = [w for w in net.stages.parameters() if w.ndim == 4] + [net.coefficients.weight]
    inner += [w for part in (net.squeeze, net.detail) for w in part.parameters() if w.ndim == 4]
    chosen = {id(w) for w in inner}
    rest = [w for w in net.parameters() if id(w) not in chosen]
    return [Muon(inner, lr), torch.optim.AdamW(rest, lr, weight_decay=1e-4)]


def set_rate(optimizer_list: list[torch.optim.Optimizer], lr: float) -> None:
    """Set one learning rate for all parameters."""
    for optimizer in optimizer_list:
        for group in optimizer.param_groups:
            group["lr"] = lr


def average_gradients(net: MeshNet) -> None:
    """Replace every gradient by its mean over the processes."""
    gradients = [w.grad for w in net.parameters() if w.grad is not None]
    flat = torch.cat([g.reshape(-1) for g in gradients])
    distributed.all_reduce(flat)
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient) / PROCESSES)


def step(net: MeshNet, batch: Batch, optimizer_list: list[torch.optim.Optimizer]) -> dict[str, float]:
    """Learn from one batch; return the parts of its loss."""
    crop, *targets = batch
    pictures = crop.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
    parts = loss(net(pictures), (targets[0], targets[1], targets[2], targets[3]))
    for optimizer in optimizer_list:
        optimizer.zero_grad(set_to_none=True)
    torch.stack(list(parts.values())).sum().backward()
    average_gradients(net)
    for optimizer in optimizer_list:
        optimizer.step()
    return {k: v.item() for k, v in parts.items()}


@torch.no_grad()
def follow(mean: MeshNet, net: MeshNet, count: int) -> None:
    """Move the mean weights towards the present ones."""
    share = 1 - min(MEAN_DECAY, (1 + count) / (10 + count))
    for kept, now in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(now, share)


def report(mean: MeshNet, heldout: Path) -> str:
    """Return the errors on photos and re-rendered views of the held-out set, as text."""
    return "; ".join(f"{k} {errors_of(mean, load(heldout / f'{k}.npz'))}" for k in ("photos", "rerendered"))


def save(path: Path, net: MeshNet, mean: MeshNet) -> None:
    """Write both sets of weights, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"net": net.state_dict(), "mean": mean.state_dict()}, part)
    part.replace(path)


class Rates:
    """Learning rates by the first process's clock: a warm-up, then a cosine."""

    def __init__(self, minutes: float, lr: float) -> None:
        self.seconds, self.lr, self.begun, self.count = minutes * 60, lr, time.monotonic(), 0

    def next(self) -> tuple[float, float]:
        """Return elapsed seconds and the rate, which is below 0 when the time is up.

        All processes get the same.
        """
        elapsed = torch.tensor(time.monotonic() - self.begun, dtype=torch.float64)
        distributed.broadcast(elapsed, 0)
        self.count += 1
        cosine = 0.5 * (1 + np.cos(np.pi * elapsed.item() / self.seconds))
        rate = self.lr * min(1.0, self.count / WARMUP_STEPS) * float(cosine) + 1e-6
        return elapsed.item(), rate if elapsed.item() < self.seconds else -1.0


def begin(args: argparse.Namespace, stream: SampleStream) -> MeshNet:
    """Make the network, from a checkpoint or from the shapes.

    All processes get the same.
    """
    net = MeshNet()
    if args.resume:
        net.load_state_dict(torch.load(args.resume)["mean"])
    else:
        start(net, stream)
    for tensor in net.state_dict().values():
        distributed.broadcast(tensor, 0)
    return net


def run(rank: int, args: argparse.Namespace) -> None:
    """Train in one of the processes; the first keeps the mean, saves and reports."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(args.port)}
    os.setsid()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    distributed.init_process_group("gloo", rank=rank, world_size=PROCESSES)
    share = args.batch // PROCESSES
    stream = SampleStream(args.work / "shards", args.data / "negatives", args.extra, share, args.seed + rank)
    net, mean = begin(args, stream), MeshNet()
    mean.load_state_dict(net.state_dict())
    net = net.to(memory_format=torch.channels_last)
    optimizer_list = optimizers(net, args.lr)
    batches = iter(DataLoader(stream, batch_size=None, num_workers=1, prefetch_factor=6))
    smooth: dict[str, float] = {}
    saved_s, rates = 0.0, Rates(args.minutes, args.lr)
    while (now := rates.next())[1] > 0:
        set_rate(optimizer_list, now[1])
        parts = step(net.train(), next(batches), optimizer_list)
        if rank == 0:
            follow(mean, net, rates.count)
            smooth = {k: 0.98 * smooth.get(k, v) + 0.02 * v for k, v in parts.items()}
            if now[0] - saved_s > CHECKPOINT_EVERY_S:
                saved_s = now[0]
                save(args.work / args.out, net, mean)
                losses = " ".join(f"{k} {v:.3f}" for k, v in smooth.items())
                speed = rates.count * args.batch / now[0]
                print(f"{now[0] / 60:.1f} min, {rates.count} steps, {speed:.0f}/s, {losses}", flush=True)
                print(f"    {report(mean, args.work / 'heldout')}", flush=True)
    if rank == 0:
        save(args.work / args.out, net, mean)
        print(f"done after {rates.count} steps: {report(mean, args.work / 'heldout')}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--extra", type=Path, help="Folder that may receive more shards while this runs.")
    parser.add_argument("--resume", type=Path, help="Checkpoint to continue from.")
    parser.add_argument("--out", default="mesh.pt", help="Name of the checkpoint in WORK.")
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--lr", type=float, default=1.2e-3)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--port", type=int, default=29511)
    args = parser.parse_args()
    torch.multiprocessing.spawn(run, (args,), PROCESSES)


if __name__ == "__main__":
    main()
