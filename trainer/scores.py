"""How good a model is on held-out pictures, in numbers and in words."""

from dataclasses import dataclass
from typing import Final

_S_PER_MIN: Final = 60


@dataclass(frozen=True, slots=True)
class Scores:
    """What held-out pictures say.

    Attributes:
        error: Mean weighted difference from the true face, in units of plain skin.
        photo: The same of the calm face that never changes.
        linear: The same of the linear model.
        follows: Correlation of what changes in the texture with what changes in the true face, -1 to 1.
        lids: Part in which shut lids are shut and open ones open, both counted alike; None: none were seen shut.
        sharpness: Fine structure of eyes and mouth over that of the person's own.
    """

    error: float
    photo: float
    linear: float
    follows: float = 0.0
    lids: float | None = None
    sharpness: float = 0.0

    @property
    def gain(self) -> float:
        """Part of the photo's error that is gone."""
        return 1 - self.error / max(self.photo, 1e-9)


def describe_scores(scores: Scores, left_s: float | None = None) -> str:
    """Return a status line in the words of a user.

    It has the time left where that is known.
    """
    lids = "not seen shut" if scores.lids is None else f"right in {scores.lids:.0%}"
    line = (
        f"expression follows {max(scores.follows, 0):.0%}, lids {lids}, sharpness {scores.sharpness:.0%} of the "
        f"person's own, {describe_gain(scores.gain)} than the photo"
    )
    return line if left_s is None else f"{line}, {describe_left(left_s)}"


def describe_gain(gain: float) -> str:
    """Return how much nearer to the face something is."""
    return f"{gain:.0%} nearer" if gain >= 0 else f"{-gain:.0%} further"


def describe_left(left_s: float) -> str:
    """Return the time that is left."""
    if left_s < _S_PER_MIN:
        return "less than a minute left" if left_s > 0 else "the time is over"
    return f"{left_s / _S_PER_MIN:.0f} min left"
