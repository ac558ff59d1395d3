"""Estimate the live face's light from its low-frequency skin colour.

The estimate is robust, and averaged over time.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.frame import Pixels
from livecam.video.render.sampling import look_up
from livecam.video.render.shape import smooth

_GRID: Final = 40
_SPREAD: Final = 0.19
_WIDE_SPREAD: Final = 0.4
_WIDE_SHARE: Final = 0.02
_NODES: Final = np.linspace(0, 1, 9)
_NODE_SPREAD: Final = 0.07
_LEAST_SUPPORT: Final = 0.15
_LUMA_SPREAD: Final = 0.18
_CHROMA_SPREAD: Final = 0.08
_FLOOR: Final = 4.0
_THIRDS: Final = np.full(3, 1 / 3, np.float32)
_EVERY: Final = 4
_STEADY: Final = 0.25
_SWITCH: Final = (0.04, 0.12)

LogColour = NDArray[np.float32]


class SkinSamples:
    """Places spread evenly over bare skin, each as three mesh points and weights.

    Attributes:
        corners: (n, 3) mesh points.
        shares: (n, 3) their weights, sum 1.
        bareness: (n,) 0..1 how surely the place is skin on any face.
    """

    def __init__(self) -> None:
        steps = (np.arange(_GRID) + 0.5) / _GRID
        places = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
        corners, shares, inside = _barycentric(places.astype(np.float32))
        bareness = _bareness(places)
        keep = inside & (bareness > 0.02)
        self.corners, self.shares, self.bareness = corners[keep], shares[keep], bareness[keep].astype(np.float32)
        self.places = places[keep].astype(np.float32)

    def at(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Interpolate values (468, k) of the mesh points at the samples: (n, k)."""
        return np.asarray(np.einsum("nck,nc->nk", values[self.corners], self.shares), np.float32)


def _barycentric(places: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return the triangle of each place (n, 2), its weights, and whether it has one.

    Places are on the unrolled face.
    """
    tri = topology.UV[topology.TRIANGLES]
    a, ab, ac = tri[:, 0], tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0]
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    rel = places[:, None] - a[None]
    b = (rel[..., 0] * ac[:, 1] - rel[..., 1] * ac[:, 0]) / area
    c = (rel[..., 1] * ab[:, 0] - rel[..., 0] * ab[:, 1]) / area
    weights = np.stack([1 - b - c, b, c], -1)
    best = weights.min(-1).argmax(1)
    chosen = weights[np.arange(len(places)), best].astype(np.float32)
    return topology.TRIANGLES[best], chosen, chosen.min(1) > -1e-3


def _bareness(places: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return (n,) 1 on cheeks, forehead, nose and chin.

    It is 0 at brows, eyes, lips and the outline.
    """
    features = np.concatenate([
        topology.RIGHT_BROW, topology.LEFT_BROW, topology.RIGHT_EYE, topology.LEFT_EYE, topology.OUTER_LIPS,
        topology.RIGHT_UPPER_LID, topology.LEFT_UPPER_LID, topology.RIGHT_LOWER_LID, topology.LEFT_LOWER_LID,
        topology.INNER_LIPS,
    ])  # fmt: skip
    near = np.linalg.norm(places[:, None] - topology.UV[None, features], axis=2).min(1)
    edge = np.linalg.norm(places[:, None] - topology.UV[None, topology.OVAL], axis=2).min(1)
    return np.asarray(smooth(near, 0.025, 0.05) * smooth(edge, 0.02, 0.07))


class LightEstimator:
    """Turns samples of a face into the light at its mesh points.

    It has fixed operators and no state. It uses some sixty nodes, so few that the matrix library does not wake its
    threads.
    """

    def __init__(self, samples: SkinSamples) -> None:
        self.samples = samples
        nodes = np.stack(np.meshgrid(_NODES, _NODES), -1).reshape(-1, 2)
        gather = _kernel(nodes, samples.places, _SPREAD) + _WIDE_SHARE * _kernel(nodes, samples.places, _WIDE_SPREAD)
        near = gather.sum(1) > _LEAST_SUPPORT * gather.sum(1).max()
        scatter = _kernel(topology.UV, nodes[near], _NODE_SPREAD)
        self._gather = gather[near]
        self._scatter = scatter / scatter.sum(1, keepdims=True)
        self._at_samples = samples.at(self._scatter)

    def collect(self, log_colour: LogColour, weight: NDArray[np.float32]) -> LogColour:
        """Return log colour (m, 3) at the nodes, of samples (n, 3) and weights (n,)."""
        weighted = np.empty((len(weight), 4), np.float32)
        np.multiply(log_colour, weight[:, None], out=weighted[:, :3])
        weighted[:, 3] = weight
        sums = self._gather @ weighted
        return np.asarray(sums[:, :3] / (sums[:, 3:] + np.float32(1e-9)), np.float32)

    def over_mesh(self, nodes: LogColour) -> LogColour:
        """Return values (m, k) of the nodes at the mesh points, (468, k)."""
        return np.asarray(self._scatter @ nodes, np.float32)

    def at_samples(self, nodes: LogColour) -> LogColour:
        """Return values (m, k) of the nodes at the samples, (n, k)."""
        return np.asarray(self._at_samples @ nodes, np.float32)

    def robust_weight(self, weight: NDArray[np.float32], rest: LogColour) -> NDArray[np.float32]:
        """Return weights, reduced where the colour differs by `rest` (n, 3)."""
        luma = rest @ _THIRDS
        chroma = np.einsum("nc,nc->n", rest, rest) - 3 * luma**2
        return np.asarray(weight / (1 + luma**2 / _LUMA_SPREAD**2 + chroma / _CHROMA_SPREAD**2), np.float32)

    def estimate(self, log_colour: LogColour, weight: NDArray[np.float32]) -> LogColour:
        """Return the light of a single picture.

        There are two passes, the second without outliers of the first.
        """
        return self.over_mesh(self.collect_robust(log_colour, weight))

    def collect_robust(self, log_colour: LogColour, weight: NDArray[np.float32]) -> LogColour:
        """Return the light of a single picture at the nodes, (m, 3)."""
        rest = log_colour - self.at_samples(self.collect(log_colour, weight))
        return self.collect(log_colour, self.robust_weight(weight, rest))


def _kernel(targets: NDArray[np.floating], places: NDArray[np.floating], sigma: float) -> NDArray[np.float32]:
    """Return the Gaussian (m, n) of the distance between two sets of places.

    Places are on the unrolled face.
    """
    squared = ((targets[:, None] - places[None]) ** 2).sum(-1)
    return np.asarray(np.exp(squared / (-2 * sigma**2)), np.float32)


def read_log_colours(picture: Pixels, places_xy: NDArray[np.float32]) -> LogColour:
    """Return log colours (n, 3) of a (h, w, 3) picture at places (n, 2) in pixels."""
    values = look_up(picture, places_xy[None])[0]
    return np.asarray(np.log(values[:, :3].astype(np.float32) + np.float32(_FLOOR)), np.float32)


def to_linear(log_colour: LogColour) -> NDArray[np.float32]:
    """Return colours 0..255 of log colours."""
    return np.maximum(np.exp(log_colour) - np.float32(_FLOOR), 0)


class LiveLight:
    """The light on one live face, averaged over frames.

    A lamp switched on is followed within two frames.
    """

    def __init__(self, maker: LightEstimator) -> None:
        self._maker = maker
        self.reset()

    def reset(self) -> None:
        """Forget the light seen so far."""
        self._nodes: LogColour | None = None

    def update(self, log_colour: LogColour, weight: NDArray[np.float32]) -> LogColour:
        """Add the samples (n, 3) of a frame with their visibility (n,).

        Returns:
            Log light (468, 3) at the mesh points.
        """
        weight = weight * self._maker.samples.bareness + np.float32(1e-6)
        maker = self._maker
        if self._nodes is None:
            self._nodes = maker.collect_robust(log_colour, weight)
            return maker.over_mesh(self._nodes)
        rest = log_colour - maker.at_samples(self._nodes)
        rest -= _median(rest[::_EVERY])
        step = maker.collect(log_colour, maker.robust_weight(weight, rest)) - self._nodes
        change = float(np.abs(maker.over_mesh(np.asarray(step @ _THIRDS, np.float32))).sum()) / len(topology.UV)
        low, high = _SWITCH
        rate = _STEADY + (1 - _STEADY) * min(max((change - low) / (high - low), 0.0), 1.0)
        self._nodes += np.float32(rate) * step
        return maker.over_mesh(self._nodes)


def _median(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the median (k,) of rows (n, k), in a third of NumPy's time."""
    middle = len(values) // 2
    parts = np.partition(values, (middle - 1, middle), axis=0)
    if len(values) % 2:
        return np.asarray(parts[middle], np.float32)
    return np.asarray((parts[middle - 1] + parts[middle]) / np.float32(2), np.float32)
