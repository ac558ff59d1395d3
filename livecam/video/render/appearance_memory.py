"""Remember how the live face looks, point by point, when nothing covers it.

What differs next to a thing belongs to the thing.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.video.render.lighting import LogColour

Shares = NDArray[np.float32]

_LEARN: Final = 0.08
_BARE: Final = 0.05
_LEAST_BARE: Final = 60
_BRIGHTNESS: Final = (0.12, 0.3)
_COLOUR: Final = (0.06, 0.14)
_SEED: Final = 0.3
_STRANGE = _OPEN = 0.5
_MOST_STEPS: Final = 10
"""Mesh edges from a thing to what may still belong to it: about a third of the face."""
_MUCH: Final = 0.2
"""Share of the points from which the open part is compared with the face."""
_THE_FACE: Final = 0.45
"""Correlation from which it is the face itself.

Hands have 0.4 at most, a darkened or coloured half at least 0.7.
"""


class AppearanceMemory:
    """Log colours of the mesh points as they usually are."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the face."""
        self._usual: LogColour | None = None

    def learn(self, colours: LogColour) -> None:
        """Learn from a frame (468, 3) of log colours without occlusion."""
        if self._usual is None:
            self._usual = colours.copy()
        else:
            self._usual += np.float32(_LEARN) * (colours - self._usual)

    @property
    def has_appearance(self) -> bool:
        """Whether the face was seen without an occlusion."""
        return self._usual is not None

    def shows_face(self, colours: LogColour, opened: Shares) -> bool:
        """Whether a large open part is the face itself, darkened or coloured.

        Args:
            colours: (468, 3) log colours of the live face at its points.
            opened: (468,) 0..1 how far the live picture is kept there.
        """
        points = (opened >= _OPEN) & _INSIDE
        if self._usual is None or points.sum() < _MUCH * _INSIDE.sum():
            return False
        points &= points[_NEIGHBOURS].all(1)
        luma = np.stack([colours[points].mean(1), self._usual[points].mean(1)])
        u, v = (topology.UV[points] - topology.UV[points].mean(0)).T
        slow, _ = np.linalg.qr(np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], 1))
        now, usual = luma - (luma @ slow) @ slow.T
        return float(now @ usual) > _THE_FACE * float(np.linalg.norm(now) * np.linalg.norm(usual))

    def find_hidden(self, colours: LogColour, covered: Shares) -> Shares:
        """Return how likely each point is hidden, in a frame with an occlusion.

        Args:
            colours: (468, 3) log colours of the live face at its points.
            covered: (468,) 0..1 what is known to cover them.

        Returns:
            (468,) 0..1, above 0 only where unusual points join those known to be covered.
        """
        bare = covered < _BARE
        if self._usual is None or bare.sum() < _LEAST_BARE:
            return np.zeros(len(colours), np.float32)
        change = colours - self._usual
        change -= np.median(change[bare], axis=0)
        unlike = _unlike(change)
        found = np.where(_joined(covered >= _SEED, unlike >= _STRANGE), unlike, np.float32(0))
        learnt = np.where(bare & (found == 0), np.float32(_LEARN), np.float32(0))
        self._usual += learnt[:, None] * (colours - self._usual)
        return found


def _unlike(change: LogColour) -> Shares:
    """Return (n,) 0..1 of changes of log colour (n, 3).

    Brightness alone also changes with the light, so it counts less.
    """
    luma = change.mean(1)
    colour = np.abs(change - luma[:, None]).max(1)
    (low, high), (least, most) = _BRIGHTNESS, _COLOUR
    both = np.maximum((np.abs(luma) - low) / (high - low), (colour - least) / (most - least))
    return np.asarray(np.clip(both, 0, 1), np.float32)


def _joined(seeds: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the allowed points (468,) that mesh edges connect to a seed.

    The path has at most a few edges between allowed points.
    """
    reached = seeds
    for _ in range(_MOST_STEPS if seeds.any() else 0):
        grown = reached | allowed & reached[_NEIGHBOURS].any(1)
        if np.array_equal(grown, reached):
            break
        reached = grown
    return reached & allowed


def _neighbours() -> NDArray[np.intp]:
    """Return (468, most) the points next to each, filled up with itself."""
    near: list[set[int]] = [{n} for n in range(468)]
    for corner in topology.TRIANGLES.tolist():
        for point in corner:
            near[point].update(corner)
    most = max(map(len, near))
    return np.array([sorted(others) + [n] * (most - len(others)) for n, others in enumerate(near)], np.intp)


_NEIGHBOURS: Final = _neighbours()
_INSIDE: Final = ~np.isin(np.arange(468), topology.OVAL)
