"""A mixture of diagonal Gaussians."""

from dataclasses import dataclass

import numpy as np

from engines.voice.grain.frames import Floats

_ROUNDS = 30
_LEAST_VARIANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Shares (k,), means and variances (k, d)."""

    shares: Floats
    means: Floats
    variances: Floats

    def log_densities(self, points: Floats) -> Floats:
        """(n, k) of points (n, d), weighted by the shares."""
        precise = 1 / self.variances
        constant = -0.5 * (np.log(2 * np.pi * self.variances) + self.means**2 * precise).sum(1) + np.log(self.shares)
        return np.asarray(constant + points @ (self.means * precise).T - 0.5 * points**2 @ precise.T)

    def log_likelihood(self, points: Floats) -> Floats:
        """(n,)."""
        densities = self.log_densities(points)
        most = densities.max(1, keepdims=True)
        return np.asarray(most[:, 0] + np.log(np.exp(densities - most).sum(1)))

    def posteriors(self, points: Floats, sharpness: float = 1.0) -> Floats:
        """(n, k) which Gaussian each point belongs to, flattened by a sharpness under 1."""
        densities = sharpness * self.log_densities(points)
        chances = np.exp(densities - densities.max(1, keepdims=True))
        return np.asarray(chances / chances.sum(1, keepdims=True))


def fit_mixture(points: Floats, shares: Floats, count: int) -> Mixture:
    """Fit `count` Gaussians by expectation maximisation; points (n, d), shares (n,).

    Repeatable.
    """
    rng = np.random.default_rng(0)
    means = points[rng.choice(len(points), count, replace=False, p=shares / shares.sum())]
    middle = np.average(points, 0, shares)
    variances = np.tile(np.average((points - middle) ** 2, 0, shares), (count, 1)) + _LEAST_VARIANCE
    mixture = Mixture(np.full(count, 1 / count), means, variances)
    for _ in range(_ROUNDS):
        belonging = mixture.posteriors(points) * shares[:, None]
        sizes = belonging.sum(0) + 1e-9
        means = belonging.T @ points / sizes[:, None]
        variances = np.maximum(belonging.T @ points**2 / sizes[:, None] - means**2, 0) + _LEAST_VARIANCE
        mixture = Mixture(sizes / sizes.sum(), means, variances)
    return mixture
