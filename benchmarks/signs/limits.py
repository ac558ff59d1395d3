"""Where a score begins to be unusual, so that all signs together alarm in at most 1 % of untouched windows.

Every sign has a budget, its share of the 1 %. A share that small is seldom seen in a few hundred windows, so the tail
of the untouched scores is continued: beyond the highest tenth they fall off exponentially, as fast as they do in it.
No limit is within what untouched windows reached.
"""

import numpy as np
from numpy.typing import NDArray

from livecam.verify.signs.catalogue import SIGNS

FAMILY = 0.01
"""Share of untouched windows in which any sign may be unusual."""
OF_LIPS = 0.7
"""Part of it that lips and sound have: the sign that pays back most for it."""
OTHERS = len(SIGNS) - 1
TAIL, LEAST_OF_TAIL = 0.1, 10
Values = NDArray[np.float64]


def budget_of(name: str) -> float:
    """The share of untouched windows that a sign may call unusual."""
    return FAMILY * OF_LIPS if name == "lips" else FAMILY * (1 - OF_LIPS) / OTHERS


def find_limit(untouched: Values, share: float) -> float:
    """The score that this share of untouched windows exceeds.

    Args:
        untouched: Scores (n,) of which high ones are suspicious.
        share: As small as it may be.
    """
    ordered = np.sort(untouched)
    count = min(max(LEAST_OF_TAIL, round(TAIL * len(ordered))), len(ordered) - 1)
    begin = ordered[-count - 1]
    spread = float((ordered[-count:] - begin).mean())
    return float(max(begin + spread * np.log(count / len(ordered) / share), ordered[-1]))
