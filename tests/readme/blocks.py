"""Fenced code blocks of a Markdown page.

Their first line says what becomes of them:

    ```sh         every line is run, in order, in a fresh folder that holds a photo `me.jpg`, and must end with 0
    ```sh check   needs a camera, a person or the network: not run, but every command and option in it must exist
    ```sh api     needs a studio: run against one by tests/session/test_api_page.py
    ```python     must compile
    ```toml       must be a valid profile
    ```json       must be JSON
    ```text       shown to people only

`make` lines are never run, they set up a machine and run these very tests: the target must exist.
"""

import re
from dataclasses import dataclass
from pathlib import Path

KINDS = frozenset(("sh", "sh check", "sh api", "python", "toml", "json", "text"))
_FENCE = re.compile(r"^```(?P<kind>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A block, its kind and the line it begins at."""

    kind: str
    body: str
    place: str

    @property
    def commands(self) -> list[str]:
        """Its command lines: continued ones joined, comments and empty ones left out."""
        lines = (line.strip() for line in self.body.replace("\\\n", " ").splitlines())
        return [line.removeprefix(".venv/bin/") for line in lines if line and not line.startswith("#")]

    @property
    def to_run(self) -> list[str]:
        """The command lines a test runs."""
        return [line for line in self.commands if self.kind == "sh" and not line.startswith("make ")]


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(match["kind"].strip(), match["body"], f"{page.name}:{line}"))
    return found
