"""Questions in the terminal, with whole words on every line."""

import textwrap

from livecam.console.help_page import terminal_width


def wrapped(text: str, width: int | None = None) -> str:
    """Return a text with its lines broken between words.

    What does not break, such as a path, stays whole.

    Args:
        text: Lines of any length.
        width: Columns there are; those of the terminal by default.
    """
    columns = (width or terminal_width()) - 1
    return "\n".join(line if len(line) <= columns else _broken(line, columns) for line in text.split("\n"))


def _broken(line: str, columns: int) -> str:
    """Return a long line as several, indented alike.

    A space at its end, behind which an answer is typed, stays.
    """
    indent = " " * (len(line) - len(line.lstrip()))
    filled = textwrap.fill(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return filled + (" " if line.endswith(" ") else "")
