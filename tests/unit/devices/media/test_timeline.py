"""Wild stamps are replaced, jumps that stay are closed, pauses are kept."""

from collections.abc import Sequence

import pytest

from livecam.devices.media.timeline import Timeline

S = 1_000_000_000
PERIOD_NS = S // 25


def placed(stamps_s: Sequence[float | None]) -> tuple[list[float], int]:
    line, last_ns, found = Timeline(slack_ns=PERIOD_NS - 1), -PERIOD_NS, []
    stamps_ns = [None if stamp is None else round(stamp * S) for stamp in stamps_s]
    for stamp, following in zip(stamps_ns, [*stamps_ns[1:], None], strict=True):
        last_ns = line.place(stamp, following, last_ns + PERIOD_NS)
        found.append(last_ns / S)
    return found, line.wild


@pytest.mark.parametrize(
    ("stamps_s", "right_s", "wild"),
    [
        ([0, 0.04, 0.08], [0, 0.04, 0.08], 0),
        ([5, 5.04, 9.0], [0, 0.04, 4.0], 0),
        ([0, 0.04, 3600, 0.12, 0.16], [0, 0.04, 0.08, 0.12, 0.16], 1),
        ([0, 0.04, -9, 0.12, 0.16], [0, 0.04, 0.08, 0.12, 0.16], 1),
        ([3600, 0.04, 0.08], [0, 0.04, 0.08], 1),
        ([-3600, 0.0, 0.04], [0, 0.04, 0.08], 1),
        ([0, 0.04, 3600, 3600.04, 3601], [0, 0.04, 0.08, 0.12, 1.08], 1),
        ([0, 0.04, 0.0, 0.04, 0.08], [0, 0.04, 0.08, 0.12, 0.16], 1),
        ([0, 0, 0, 0.12, 0.12, 0.12, 0.24], [0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24], 4),
        ([0, 0, 0.08, 0.08, 0.16], [0, 0.04, 0.08, 0.12, 0.16], 2),
        ([0, 0.04, 3600], [0, 0.04, 0.08], 1),
        ([0, None, None], [0, 0.04, 0.08], 0),
        ([0, 30, 60], [0, 30, 60], 0),
    ],
)
def test_a_timeline(stamps_s: Sequence[float | None], right_s: Sequence[float], wild: int) -> None:
    found, replaced = placed(stamps_s)
    assert found == pytest.approx(right_s)
    assert replaced == wild
