"""One place in a file that breaks a rule."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that a line of a file breaks, and how."""

    file: Path
    line: int
    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file.as_posix()}:{self.line}: {self.rule}: {self.reason}"
