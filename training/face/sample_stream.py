"""An endless stream of training batches, made in worker processes.

Batches come from shards and pictures without faces. New shards in the extra folder, shard_*.npz of render_heads.py,
are added while it runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from engines.face.crop import fit_square_to_points, matrix_to_crop, points_to_crop
from training.face.occluders import Sprite, sprites
from training.face.samples import (
    Sample,
    backdrop_sample,
    face_sample,
    misplaced_sample,
    shake_sample,
)
from training.face.shards import Shard, load

FACELESS_SHARE = 0.15
SHARES = {"photos": 0.44, "rerendered": 0.32, "clips": 0.06}
EXTRA_SHARE = 0.18
SPRITE_STOCK = 1200
RESCAN_EVERY_BATCHES = 100
LOWERED_BELOW, LOWERED_ODDS = 0.8, 2.0

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]
Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]


@dataclass(slots=True)
class Source:
    """Pictures of one kind, decoded once, and how often they are drawn.

    Lowered lids are drawn more often.
    """

    shard: Shard
    share: float
    pictures: dict[int, Picture] = field(default_factory=dict)
    odds: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        odds = np.where(np.array(self.shard.eyes_open) < LOWERED_BELOW, LOWERED_ODDS, 1.0)
        self.odds = odds / odds.sum()

    def pick(self, rng: np.random.Generator) -> tuple[Picture, Points, bool]:
        """Draw a picture, its points and whether it is known to be uncovered."""
        index = int(rng.choice(len(self.shard.jpg), p=self.odds))
        if index not in self.pictures:
            self.pictures[index] = self.shard.picture(index)
        return self.pictures[index], self.shard.points[index], self.shard.clean[index]


def sources_in(folder: Path) -> list[Source]:
    """Load the shards of a work folder."""
    found = [
        (load(folder / f"{name}.npz"), share) for name, share in SHARES.items() if (folder / f"{name}.npz").exists()
    ]
    return [Source(shard, share) for shard, share in found]


class SampleStream(IterableDataset[Batch]):
    """Batches (crop, points, face, cover, cover_known) as tensors, batch first.

    Crops are uint8 BGR (n, 128, 128, 3).
    """

    def __init__(self, shards: Path, negatives: Path, extra: Path | None, batch: int, seed: int = 0) -> None:
        self.sources = sources_in(shards)
        self.backdrops = [np.asarray(cv2.imread(str(f)), np.uint8) for f in sorted(negatives.glob("*/*.jpg"))]
        self.extra, self.batch, self.seed = extra, batch, seed
        self.stock: list[Sprite] = sprites(np.random.default_rng(seed), self.backdrops, SPRITE_STOCK)
        self.known: set[Path] = set()
        self.extras: list[Source] = []

    def rescan(self) -> None:
        """Add new shards; their total share of the samples is EXTRA_SHARE."""
        for path in sorted(self.extra.glob("shard_*.npz")) if self.extra else []:
            if path not in self.known:
                self.known.add(path)
                self.extras.append(Source(load(path), 0.0))
        total = sum(len(s.shard.jpg) for s in self.extras)
        for source in self.extras:
            source.share = EXTRA_SHARE * len(source.shard.jpg) / total

    def one(self, rng: np.random.Generator) -> Sample:
        """Draw one sample."""
        everything = self.sources + self.extras
        shares = np.array([s.share for s in everything])
        picture, points, clean = everything[rng.choice(len(everything), p=shares / shares.sum())].pick(rng)
        if rng.random() >= FACELESS_SHARE:
            return face_sample(picture, points, clean, self.stock, rng)
        if rng.random() < 0.45:
            return misplaced_sample(picture, points, self.stock, rng)
        return backdrop_sample(self.backdrops[rng.integers(len(self.backdrops))], self.stock, rng)

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches endlessly; every worker yields its own."""
        cv2.setNumThreads(0)
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            self.rescan()
            for _ in range(RESCAN_EVERY_BATCHES):
                samples = [self.one(rng) for _ in range(self.batch)]
                yield (
                    torch.from_numpy(np.stack([s.crop for s in samples])),
                    torch.from_numpy(np.stack([s.points for s in samples])),
                    torch.tensor([[s.face] for s in samples]),
                    torch.from_numpy(np.stack([s.cover for s in samples])[:, None]),
                    torch.from_numpy(np.stack([s.cover_known for s in samples])[:, None]),
                )

    def shapes(self, count: int) -> Points:
        """Draw meshes (count, 468, 3) in crop pixels, without their pictures.

        They are distributed as the network will see them.
        """
        rng = np.random.default_rng(self.seed)
        self.rescan()
        pools = [p for s in self.sources + self.extras for p in s.shard.points]
        drawn = (pools[i] for i in rng.integers(len(pools), size=count))
        return np.stack([points_to_crop(p, matrix_to_crop(shake_sample(fit_square_to_points(p), rng))) for p in drawn])
