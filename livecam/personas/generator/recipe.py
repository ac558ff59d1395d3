"""The heads from which a synthetic persona is composed.

One gives hair and outline, others give eyes, nose and mouth.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from livecam.personas.generator.heads import HeadIndex, load_head_index

FEATURES: Final = ("eyes", "nose", "mouth")
_NEAREST = 9
_TONE_WEIGHT, _YEARS_WEIGHT, _BEARD_WEIGHT = 1.0, 1 / 40, 2.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Heads by number.

    Attributes:
        head: Hair, ears, neck, skin and the outline of the face.
        eyes, nose, mouth: Source of these and their places in the face.
        strength: Distance of the shape from the mean of all heads: 1 is unchanged, above 1 is more marked.
        mirrored: Left and right exchanged at the end.
    """

    head: int
    eyes: int
    nose: int
    mouth: int
    strength: float = 1.0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if len({self.head, self.eyes, self.nose, self.mouth}) < 4:
            raise ValueError(f"a persona takes four different heads, got {self}")


def _draw(seed: int, what: str, count: int) -> int:
    digest = hashlib.sha256(f"{seed} {what}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def _kin(index: HeadIndex, head: int, with_beard: bool) -> list[int]:
    """Return heads of the same sex that match this one, the nearest first.

    The distance is in skin and age, and beard if asked.
    """
    gap = _TONE_WEIGHT * np.abs(index.tones - index.tones[head]) + _YEARS_WEIGHT * np.abs(
        index.years - index.years[head]
    )
    if with_beard:
        gap = gap + _BEARD_WEIGHT * (index.beards != index.beards[head])
    order = np.argsort(gap, kind="stable")
    return [int(n) for n in order if n != head and index.women[n] == index.women[head]][:_NEAREST]


def draw_recipe(seed: int) -> Recipe:
    """Return the recipe of a seed; it never changes."""
    index = load_head_index()
    head = _draw(seed, "head", len(index.names))
    taken: list[int] = [head]
    for feature in FEATURES:
        free = [n for n in _kin(index, head, with_beard=feature == "mouth") if n not in taken]
        taken.append(free[_draw(seed, feature, len(free))])
    eyes, nose, mouth = taken[1:]
    strength = 1.0 + 0.05 * _draw(seed, "strength", 6)
    return Recipe(head, eyes, nose, mouth, strength, mirrored=_draw(seed, "mirrored", 2) == 1)
