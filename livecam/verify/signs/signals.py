"""Small operations on values over time."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def resample(times_s: Values, values: Values, rate_hz: float) -> Values:
    """Return values (n,) at a steady rate from the first time to the last."""
    count = int((times_s[-1] - times_s[0]) * rate_hz)
    return np.asarray(np.interp(times_s[0] + np.arange(count) / rate_hz, times_s, values), np.float64)


def remove_slow(values: Values, span: int) -> Values:
    """Return values (n,) less their running mean over `span` values."""
    return values - smooth(values, span)


def smooth(values: Values, span: int) -> Values:
    """Return the running mean (n,) over `span` values; ends are repeated."""
    span = max(1, min(span, len(values)))
    before = span // 2
    padded = np.pad(values, (before, span - 1 - before), mode="edge")
    return np.convolve(padded, np.ones(span) / span, mode="valid")


def correlate(one: Values, other: Values, most: int) -> Values:
    """Return the correlation (2 * most + 1,) of two series for every shift.

    The value at `most + k` compares `one` with `other` that is `k` values later.
    """
    found = np.zeros(2 * most + 1)
    for shift in range(-most, most + 1):
        first = one[max(0, -shift) : len(one) - max(0, shift)]
        second = other[max(0, shift) : len(other) - max(0, -shift)]
        spread = float(first.std() * second.std())
        if spread > 1e-12:
            found[most + shift] = float(((first - first.mean()) * (second - second.mean())).mean()) / spread
    return found


def find_peak(values: Values) -> tuple[float, float]:
    """Return place and height of the highest value, between samples by a parabola."""
    top = int(np.argmax(values))
    if not 0 < top < len(values) - 1:
        return float(top), float(values[top])
    before, at, after = values[top - 1 : top + 2]
    bend = before - 2 * at + after
    step = 0.0 if abs(bend) < 1e-12 else float(0.5 * (before - after) / bend)
    return top + step, float(at - 0.25 * (before - after) * step)
