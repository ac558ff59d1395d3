"""Apply every rule to the files it concerns."""

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path

from scripts.style.docstrings import find_bad_first_lines
from scripts.style.finding import Finding
from scripts.style.messages import find_bad_errors, find_bad_help
from scripts.style.pages import find_long_sentences, find_wide_lines
from scripts.style.words import find_words

LONGEST_TEST_NAME = 70
MAY_USE_ANY_WORD = (
    "LICENSE",
    "docs/glossary.md",
    "constraints/*",
    "scripts/style/words.py",
    "tests/unit/packaging/test_style.py",
    "*.json",
)
"""Files in which any word may stand: texts of other people, and those that name the words."""
IS_GENERATED = ("docs/benchmarks.md",)
"""Pages that a program writes from measured figures."""
_PRODUCT = ("livecam/", "engines/", "calibration/", "trainer/", "training/")


def check_file(name: str, text: str) -> Iterator[Finding]:
    """Yield what is wrong with a file; its name decides which rules apply."""
    path = Path(name)
    if not _matches(name, MAY_USE_ANY_WORD):
        yield from (Finding(path, line, "words", word) for line, word in find_words(text))
    if name.endswith(".md") and not _matches(name, IS_GENERATED):
        yield from (Finding(path, line, "sentences", reason) for line, reason in find_long_sentences(text))
        yield from (Finding(path, line, "width", reason) for line, reason in find_wide_lines(text))
    if name.endswith(".py"):
        yield from _check_python(path, name, ast.parse(text, name))


def _check_python(path: Path, name: str, tree: ast.Module) -> Iterator[Finding]:
    if name.startswith("tests/"):
        yield from (Finding(path, line, "names", reason) for line, reason in _find_long_names(tree))
    if name.startswith(_PRODUCT):
        yield from (Finding(path, line, "docstrings", reason) for line, reason in find_bad_first_lines(tree))
        yield from (Finding(path, line, "help", reason) for line, reason in find_bad_help(tree))
        yield from (Finding(path, line, "errors", reason) for line, reason in find_bad_errors(tree))


def _find_long_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and len(node.name) > LONGEST_TEST_NAME:
            yield node.lineno, f"{len(node.name)} characters, at most {LONGEST_TEST_NAME}: {node.name}"


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
