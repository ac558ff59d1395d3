"""What became of pictures on their way from a camera to a program, as figures."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.report import Report

Seen = tuple[int | None, int, bool]
"""Of a picture that arrived: its number, when, and whether it had the plate."""


def percentiles(values_ms: Sequence[float]) -> dict[str, float]:
    p50, p95, worst = np.percentile(values_ms, (50, 95, 100))
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "max": round(float(worst), 1)}


def rate_of(arrived_ns: Sequence[int]) -> float:
    return round((len(arrived_ns) - 1) * NS_PER_S / (arrived_ns[-1] - arrived_ns[0]), 2)


def judged(seen: Sequence[Seen], captured_ns: Sequence[int], report: Report) -> dict[str, Any]:
    """A session, from capture into a program's hands; `captured_ns` goes by the pictures' numbers."""
    whole = [(number, arrived_ns) for number, arrived_ns, _ in seen if number is not None]
    delays_ns = {number: arrived_ns - captured_ns[number] for number, arrived_ns in reversed(whole)}
    arrivals_ns = [arrived_ns for _, arrived_ns, _ in seen]
    return {
        "client_hz": rate_of(arrivals_ns),
        "longest_gap_ms": round(max(b - a for a, b in pairwise(arrivals_ns)) / NS_PER_MS, 1),
        "pictures": len(seen),
        "new_pictures": len(delays_ns),
        "out_of_order": sum(b < a for (a, _), (b, _) in pairwise(whole)),
        "without_plate": sum(not good for _, _, good in seen),
        "unswapped": report.frames.unswapped_shown,
        "capture_to_client_ms": percentiles([ns / NS_PER_MS for ns in delays_ns.values()]),
        "capture_to_sink_ms": dict(report.latency_ms),
    }
