"""Count the words that are heard otherwise than they were said."""

import re
from collections.abc import Sequence


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without marks."""
    return re.sub(r"[^a-z' ]", " ", text.lower().replace("-", " ")).split()


def count_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words must be put in, left out or changed to get from one line to the other (Levenshtein)."""
    costs = list(range(len(heard) + 1))
    for row, word in enumerate(said, 1):
        before, costs[0] = costs[0], row
        for column, other in enumerate(heard, 1):
            before, costs[column] = (
                costs[column],
                min(costs[column] + 1, costs[column - 1] + 1, before + (word != other)),
            )
    return costs[-1]
