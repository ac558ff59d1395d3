"""Say what an enrolment shows and what is missing, in words.

Expressions, gaze and turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.expression import KINDS, read_amounts
from livecam.core.pose import fit_pose
from livecam.core.topology import MOUTH_OPENING, opening_ratio
from trainer.material import Material
from trainer.quality import look_of_eyes

Floats = NDArray[np.float32]
_GAZE: Final = 0.22
"""Part of an eye's width by which the dark of the eye is off its usual place."""
_COLUMNS: Final = np.linspace(-1, 1, 6, dtype=np.float32)
_ROWS: Final = np.linspace(-1, 1, 4, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to show.

    Attributes:
        name: What a table calls it.
        ask: What the person is asked to do.
        wanted: So many different pictures of it are enough.
        seen: So many there are.
    """

    name: str
    ask: str
    wanted: int
    seen: int

    @property
    def is_missing(self) -> bool:
        """Whether there are fewer than half of those wanted."""
        return 2 * self.seen < self.wanted


def measure_coverage(material: Material) -> tuple[Item, ...]:
    """Return what the pictures of an enrolment show.

    In the order in which it is asked for.
    """
    amounts = np.array([read_amounts(shape) for shape in material.shapes]).reshape(-1, len(KINDS))
    above = amounts - np.percentile(amounts, 20, axis=0) if len(amounts) else amounts
    kind = {name: above[:, number] for number, name in enumerate(KINDS)}
    mouth = np.array([opening_ratio(points, MOUTH_OPENING) for points in material.points], np.float32)
    across, down = _measure_gaze(material)
    yaw = material.yaw_deg if len(material) else np.zeros(0, np.float32)
    pitch = np.array([fit_pose(points).pitch_deg for points in material.points], np.float32)
    still = (above.sum(1) < 0.5) & (np.abs(yaw) < 12) if len(amounts) else np.zeros(0, bool)
    return tuple(
        Item(name, ask, wanted, int(np.count_nonzero(which)))
        for name, ask, wanted, which in (
            ("calm and straight", "look into the camera, calm, for five seconds", 12, still),
            ("gaze to one side", "look to your left, the head still", 6, across < -_GAZE),
            ("gaze to the other side", "look to your right, the head still", 6, across > _GAZE),
            ("gaze up", "look up with the eyes", 4, down < -_GAZE / 2),
            ("gaze down", "look down with the eyes", 4, down > _GAZE / 2),
            ("lids shut", "blink ten times, slowly", 8, kind["blink"] > 0.3),
            ("brows up", "raise the brows", 6, kind["brows_up"] > 0.25),
            ("brows together", "frown", 6, kind["frown"] > 0.25),
            ("closed smile", "smile with closed lips", 6, (kind["smile"] > 0.25) & (mouth < 0.08)),
            ("open smile", "smile and show the teeth", 6, (kind["smile"] > 0.25) & (mouth > 0.12)),
            ("mouth wide open", 'say "a" and "o", wide', 8, mouth > 0.35),
            ("lips forward", 'say "u"', 4, kind["pucker"] > 0.25),
            ("turned to one side", "turn the head 20 degrees to the left", 6, yaw < -12),
            ("turned to the other side", "turn the head 20 degrees to the right", 6, yaw > 12),
            ("raised or lowered", "nod slowly", 6, np.abs(pitch - np.median(pitch)) > 8 if len(pitch) else pitch > 0),
        )
    )


def _measure_gaze(material: Material) -> tuple[Floats, Floats]:
    """Return how far the dark of the eyes is off its usual place (k,).

    Across and down, in half eye widths.
    """
    if not len(material):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    looks = np.array([look_of_eyes(detail) for detail in material.detail])
    dark = np.clip(np.percentile(looks, 90, axis=(2, 3), keepdims=True) - looks, 0, None) ** 2
    total = dark.sum((2, 3)) + 1e-6
    across = ((dark * _COLUMNS).sum((2, 3)) / total).mean(1)
    down = ((dark * _ROWS[:, None]).sum((2, 3)) / total).mean(1)
    return across - np.median(across), down - np.median(down)


def missing_items(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return what is to be shown still."""
    return tuple(item for item in items if item.is_missing)


def describe_coverage(items: Sequence[Item]) -> str:
    """Return in one line what is shown, and with counts what is asked for still."""
    missing = missing_items(items)
    still = ", ".join(f"{item.name} {item.seen}/{item.wanted}" for item in missing)
    return f"shown {len(items) - len(missing)} of {len(items)}" + (f", still to show: {still}" if still else "")


def coverage_rows(items: Sequence[Item]) -> list[tuple[str, str, str]]:
    """Return the table: what, how many pictures, and whether that is enough."""
    rows = [("shown", "pictures", "")]
    for item in items:
        enough = "missing" if item.is_missing else "few" if item.seen < item.wanted else "enough"
        rows.append((item.name, str(item.seen), enough))
    return rows
