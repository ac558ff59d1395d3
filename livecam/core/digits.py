"""Read whole numbers in texts of other people without surprises.

A digit may be a power sign, and a number may have five thousand digits.
"""

from typing import Final

_MOST_DIGITS: Final = 18


def read_count(text: str) -> int | None:
    """Return the number that a text of ASCII digits is.

    None for any other text, and beyond 18 digits.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
