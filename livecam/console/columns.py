"""Rows of text under each other."""

from collections.abc import Sequence
from unicodedata import category


def in_one_line(text: str) -> str:
    """Return the text in one line, with control characters escaped.

    Names come from other people: none may move the cursor or turn the line around.
    """
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if category(character) == "Zs":  # a space of another width
        return " "
    return character.encode("unicode_escape", "backslashreplace").decode()


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Lay out rows, every column as wide as its widest cell."""
    rows = [tuple(map(in_one_line, row)) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)
