"""Whole numbers in text of others, which may be a power sign or of five thousand digits."""

from typing import Final

_MOST_DIGITS: Final = 18


def read_count(text: str) -> int | None:
    """Return the number that a text of ASCII digits is.

    None for any other text, and beyond 18 digits.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
