"""Heads for the check in front of the camera: drawn ones that turn, and the sample camera's."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import CANONICAL
from livecam.devices.source import open_source
from livecam.enrollment.challenge import Challenge, Move

FRAME_NS = NS_PER_S // 30
HALF_S = NS_PER_S // 2


def head(yaw_deg: float = 0.0, pitch_deg: float = 0.0, flat: bool = False) -> Points:
    """(468, 3) the mean head, 90 px between the eyes; `flat`: a flat picture with a mesh that claims to be turned."""
    yaw, pitch = np.radians([yaw_deg, pitch_deg])
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    return np.asarray(CANONICAL @ (turn @ tilt).T * 90 + np.array([320, 200, 0]), np.float32)


def towards(move: Move, share: float) -> tuple[float, float]:
    """Yaw and pitch in degrees of a head on its way; 1 is far enough."""
    yaw, pitch = {Move.LEFT: (24, 0), Move.RIGHT: (-24, 0), Move.UP: (0, 15), Move.DOWN: (0, -15)}[move]
    return yaw * share, pitch * share


def path_of(challenge: Challenge) -> Iterator[tuple[float, float]]:
    """Yaw and pitch, frame by frame, of a person who does what is asked."""
    for move, hold_ns in zip(challenge.moves, challenge.holds_ns, strict=True):
        yield from [(0.0, 0.0)] * (hold_ns // FRAME_NS + 2)
        yield from [(0.0, 0.0)] * 10  # reads the word
        yield from (towards(move, share) for share in np.linspace(0.1, 1, 8))
        yield from (towards(move, share) for share in np.linspace(1, 0, 8))


@cache
def sample() -> tuple[Pixels, ...]:
    """Every picture of the sample camera."""
    source, pictures = open_source("sample", paced=False), []
    while (frame := source.read()) is not None:
        pictures.append(frame.pixels)
    return tuple(pictures)


STILL = [*range(4, 24), *range(23, 3, -1)]
_TURNS = {
    Move.LEFT: [*range(66, 83), *range(82, 65, -1)],
    Move.RIGHT: [*range(117, 105, -1), *range(106, 118)],
    Move.DOWN: [*range(144, 151), *range(150, 143, -1)],
}
TALKING = [*range(30, 66), *range(65, 29, -1)] * 6


def acted(moves: Sequence[Move], then: Sequence[int] = ()) -> list[Pixels]:
    """The sample camera's head doing these turns, with a second and a half of looking straight before each."""
    order = [number for move in moves for number in (*STILL, *STILL[:8], *_TURNS[move])]
    return [sample()[number] for number in (*order, *STILL, *then)]
