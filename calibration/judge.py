"""One model against another on the same faces.

How far the pictures are apart, whom they show, which is quicker.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import Graph
from engines.onnx.providers import CPU
from engines.swap.neural.boxed import BoxedRunner
from engines.swap.neural.identity import SIDE_PX, embed_crop
from engines.swap.neural.model import Floats, Passes, SwapModel
from engines.swap.neural.templates import TEMPLATES, similarity
from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock
from livecam.core.frame import Pixels

_LEAST, _MOST = 3, 40
_SPENT_NS = 4 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a lighter model may cost.

    Attributes:
        pixels: Mean difference of a picture, in steps of 256, on the worst of the faces.
        identity: Least cosine between the embeddings of both pictures; only where a network that embeds faces is here.
    """

    pixels: float = 3.0
    identity: float = 0.95


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """What was found; `identity` is None where nothing could tell."""

    pixels: float
    identity: float | None

    def is_within(self, bounds: Bounds) -> bool:
        """Whether that may be."""
        return self.pixels <= bounds.pixels and (self.identity is None or self.identity >= bounds.identity)


NO_PICTURE = PictureDifference(256.0, None)
"""A form that gives no picture at all is as far off as can be."""


def make_pictures(model: SwapModel, crops: Sequence[Pixels], source: Floats | None) -> list[Pixels]:
    """Return what a model makes of each crop.

    Raises:
        EngineError: It fails, or gives no picture.
    """
    return [model.swap(crop, source).picture for crop in crops]


def compare_pictures(
    one: Sequence[Pixels], other: Sequence[Pixels], template: str, embedder: Graph | None
) -> PictureDifference:
    """Return how far pictures (n, n, 3) of the same faces differ, at the worst."""
    pixels = max(float(np.abs(a.astype(np.int16) - b).mean()) for a, b in zip(one, other, strict=True))
    identity = None
    if embedder is not None and template in TEMPLATES:
        with closing(BoxedRunner(embedder, None, CPU, 1)) as runner:
            identity = min(_alike(a, b, template, embedder, runner) for a, b in zip(one, other, strict=True))
    return PictureDifference(round(pixels, 3), identity)


def _alike(one: Pixels, other: Pixels, template: str, embedder: Graph, runner: Passes) -> float:
    to_arcface = similarity(TEMPLATES[template] * len(one), TEMPLATES["arcface_112"] * SIDE_PX)
    a, b = (_unit(embed_crop(embedder, pixels, to_arcface, runner)) for pixels in (one, other))
    return round(float((a * b).sum()), 4)


def _unit(values: Floats) -> NDArray[np.float32]:
    return np.asarray(values / np.linalg.norm(values), np.float32)


def time_in_turn_ms(one: Passes, other: Passes) -> tuple[float, float]:
    """Return the quickest pass of each, run in turn so that a busy moment hits both.

    A few seconds are spent.
    """
    clock = SystemClock()
    times: tuple[list[int], list[int]] = [], []
    while len(times[0]) < _LEAST or (len(times[0]) < _MOST and sum(map(sum, times)) < _SPENT_NS):
        for runner, taken in zip((one, other), times, strict=True):
            begin_ns = clock.now_ns()
            runner.run({})
            taken.append(clock.now_ns() - begin_ns)
    return min(times[0]) / NS_PER_MS, min(times[1]) / NS_PER_MS
