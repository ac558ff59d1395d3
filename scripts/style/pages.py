"""Check the sentences and the width of Markdown pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.style.sentences import judge

WIDTH = 100
"""Columns of a line of prose; tables, code, headings, pictures and generated parts may be wider."""

_ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")
_GENERATED = re.compile(r"^<!-- (?!end)")
_GENERATED_END = re.compile(r"^<!-- end")
_NO_PROSE = re.compile(r"^\s*(?:#|<!--|!\[|\[[^\]]+\]:|---)")


@dataclass(slots=True)
class _Reader:
    """Collect lines into paragraphs."""

    start: int = 0
    lines: list[str] = field(default_factory=list)

    def take(self) -> Iterator[tuple[int, str]]:
        if self.lines:
            yield self.start, " ".join(self.lines)
        self.lines = []

    def add(self, number: int, line: str) -> None:
        if not self.lines:
            self.start = number
        self.lines.append(line.strip().removeprefix(">").strip())


def _without_generated(text: str) -> str:
    """Return text with an empty line in place of each line that a program writes, between two comments."""
    lines, is_generated = [], False
    for line in text.splitlines():
        is_generated = bool(_GENERATED.match(line)) or (is_generated and not _GENERATED_END.match(line))
        lines.append("" if is_generated else line)
    return "\n".join(lines)


def split_paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and text of every paragraph, list item and table cell; code is left out."""
    reader, is_code = _Reader(), False
    for number, line in enumerate(_without_generated(text).splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
            yield from reader.take()
        elif is_code or not line.strip() or _NO_PROSE.match(line):
            yield from reader.take()
        elif line.lstrip().startswith("|"):
            yield from reader.take()
            yield from ((number, cell.strip()) for cell in re.split(r"(?<!\\)\|", line) if cell.strip())
        elif line.startswith("    ") and not reader.lines and not _ITEM.match(line):
            continue
        else:
            if _ITEM.match(line):
                yield from reader.take()
            reader.add(number, _ITEM.sub("", line))
    yield from reader.take()


def find_long_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and reason for every sentence that is too long or has two colons."""
    for number, paragraph in split_paragraphs(text):
        for reason in judge(paragraph):
            yield number, reason


def find_wide_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and reason for every line of prose that is too wide."""
    is_code = False
    for number, line in enumerate(_without_generated(text).splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        is_one_word = " " not in _ITEM.sub("", line).strip()
        if is_code or is_one_word or line.lstrip().startswith("|") or _NO_PROSE.match(line):
            continue
        if len(line) > WIDTH:
            yield number, f"{len(line)} columns, at most {WIDTH}"
