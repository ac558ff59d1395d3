"""Lay out help: panels of options, wrapped between words at any width."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WIDEST: Final = 100
NARROWEST: Final = 20
"""A terminal may say that it has one column, or -3."""
_STACKED_BELOW: Final = 60
"""Columns under which a description stands below its option, not in a column of its own."""
_NAME_COLUMN: Final = 27
_INDENT: Final = 2
_DEFAULT: Final = re.compile(r"\[default: [^\]]*\]")
_TIE: Final = "\u00a0"
_TIED_UP_TO: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a panel: an option, argument or command, and what it does."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows under one title."""

    title: str
    rows: Sequence[Row]


def terminal_width() -> int:
    """Return the columns of the terminal, at most 100; 80 without one."""
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)


def rule() -> str:
    """Return the character of rules: a line, or a dash where it cannot be encoded."""
    try:
        "\u2500".encode(sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return "-"
    return "\u2500"


def page(usage: str, about: str, panels: Iterable[Panel], epilog: str, width: int) -> str:
    """Lay out the help of a command.

    Args:
        usage: The command and what follows it, without "Usage:".
        about: What the command does; paragraphs have an empty line between them.
        panels: In the order to show them; empty ones are left out.
        epilog: Lines as `_epilog` takes them.
        width: Columns there are.
    """
    parts = [_filled(f"Usage: {usage}", width, "    ")]
    parts += [_filled(" ".join(paragraph.split()), width) for paragraph in about.split("\n\n") if paragraph.strip()]
    parts += [_panel(panel, width) for panel in panels if panel.rows]
    parts += [_epilog(epilog, width)] if epilog.strip() else []
    return "\n\n".join(parts)


def examples(*pairs: tuple[str, str]) -> str:
    """Return an epilog of examples.

    Args:
        pairs: A command line, and what it does.
    """
    return "\n".join(["Examples:", *(line for command, does in pairs for line in (f"# {does}", command))])


def table(rows: Sequence[Row], width: int) -> str:
    """Lay out rows: names in one column, or above their text if narrow."""
    column = min(max(len(row.name) for row in rows), _NAME_COLUMN)
    return "\n".join(line for row in rows for line in _row(row, column, width))


def _panel(panel: Panel, width: int) -> str:
    """Lay out a title with a rule, then the rows."""
    return f"{_title(panel.title, width)}\n{table(panel.rows, width)}"


def _title(title: str, width: int) -> str:
    return f"{2 * rule()} {title} ".ljust(width - 1, rule())


def _row(row: Row, column: int, width: int) -> list[str]:
    return _stacked(row, width) if width < _STACKED_BELOW else _in_columns(row, column, width)


def _stacked(row: Row, width: int) -> list[str]:
    return [*_wrapped(row.name, width - _INDENT, 1), *_wrapped(row.text, width - 3 * _INDENT, 3)]


def _in_columns(row: Row, column: int, width: int) -> list[str]:
    """Lay out name and text side by side; a longer name has its own line."""
    text_at = column + 2 * _INDENT
    texts = _broken(row.text, width - text_at - 1)
    name = " " * _INDENT + row.name
    if len(row.name) > column:
        return [name, *(" " * text_at + text for text in texts)]
    first = f"{name.ljust(text_at)}{texts[0]}" if texts else name
    return [first, *(" " * text_at + text for text in texts[1:])]


def _wrapped(text: str, columns: int, indents: int) -> list[str]:
    return [" " * _INDENT * indents + line for line in _broken(text, columns - 1)]


def _filled(text: str, width: int, indent: str = "") -> str:
    return "\n".join(_broken(text, width - 1, indent))


def _broken(text: str, columns: int, indent: str = "") -> list[str]:
    """Wrap between words; a short default in brackets stays in one line."""
    tied = _DEFAULT.sub(lambda found: found[0].replace(" ", _TIE) if len(found[0]) <= _TIED_UP_TO else found[0], text)
    lines = textwrap.wrap(tied, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_TIE, " ") for line in lines]


def _epilog(epilog: str, width: int) -> str:
    """Lay out an epilog.

    Lines are "Title:", "# comment", "word | meaning", or a command that can be pasted.
    """
    lines: list[str] = []
    for line in epilog.strip().splitlines():
        if line.endswith(":"):
            lines += [*([""] if lines else []), _title(line[:-1], width)]
        elif line.startswith("# "):
            lines += _wrapped(line, width - _INDENT, 1)
        elif " | " in line:
            name, _, text = line.partition(" | ")
            lines += _row(Row(name, text), _NAME_COLUMN, width)
        else:
            lines += _command(line, width)
    return "\n".join(lines)


def _command(line: str, width: int) -> list[str]:
    """Continue a command with a backslash where it does not fit."""
    parts = _broken(line, width - 3 * _INDENT - 3)
    ended = [f"{part} \\" for part in parts[:-1]] + parts[-1:]
    return [" " * _INDENT * (1 if number == 0 else 3) + part for number, part in enumerate(ended)]
