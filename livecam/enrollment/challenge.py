"""Random instructions for a person in front of a camera.

Two turns of the head and a phrase, new every time.
"""

import random
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from livecam.core.clock import NS_PER_S

MOVES: Final = 2
_HOLD_S: Final = (0.5, 1.5)
_WORDS_IN_PHRASE: Final = 6
_WORDS: Final = (
    "amber", "anchor", "autumn", "basket", "button", "candle", "carpet", "cherry", "coffee", "copper", "corner",
    "cotton", "dinner", "dragon", "eleven", "engine", "forest", "garden", "guitar", "hammer", "harbour",
    "honey", "island", "jacket", "kettle", "ladder", "lemon", "magnet", "marble", "meadow", "mirror", "morning",
    "number", "orange", "paper", "pepper", "pencil", "planet", "pocket", "potato", "rabbit", "ribbon", "river",
    "saddle", "salmon", "sailor", "seven", "silver", "spider", "summer", "table", "thunder", "ticket", "tomato",
    "tunnel", "velvet", "village", "violin", "walnut", "water", "window", "winter", "yellow", "zebra",
)  # fmt: skip


class Move(StrEnum):
    """A turn of the head, as the person sees it: left is their own left."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is asked.

    Attributes:
        moves: Two different turns of the head, in this order.
        holds_ns: For how long the person looks straight before each of them; chance decides that too.
        phrase: To be said aloud.
    """

    moves: tuple[Move, ...]
    holds_ns: tuple[int, ...]
    phrase: str


def draw_challenge(chance: random.Random, name: str, today: date) -> Challenge:
    """Draw a challenge.

    Args:
        chance: `random.SystemRandom()`, or a seeded one in tests.
        name: Of the persona; part of the phrase.
        today: Part of the phrase.
    """
    moves = tuple(chance.sample(list(Move), MOVES))
    holds_ns = tuple(int(chance.uniform(*_HOLD_S) * NS_PER_S) for _ in moves)
    words = " ".join(chance.sample(_WORDS, _WORDS_IN_PHRASE))
    return Challenge(moves, holds_ns, f"I agree to the persona {name}, on {today:%d %B %Y}: {words}.")
