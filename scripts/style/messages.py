"""Check the form of help texts and error messages."""

import ast
import re
from collections.abc import Iterator

from scripts.style.sentences import judge

_HELP = frozenset(("help", "about", "short_help"))
_ADVICE = frozenset(("hint", "advice", "command"))
_CAPITALISED = re.compile(r"[A-Z][a-z]+\b")
_NAMES = frozenset(("Linux", "Windows", "Python", "Debian", "Core", "Triton", "Chromium", "Zoom", "Teams", "Meet"))


def find_bad_help(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line number and reason for every help text that breaks the guide."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _HELP and (text := _text_of(node.value)):
            yield from ((node.value.lineno, reason) for reason in _judge_help(text))


def _judge_help(text: str) -> Iterator[str]:
    shown = text[:50]
    if ";" in text:
        yield f'a semicolon in help: "{shown}"'
    if text[0].islower():
        yield f'help begins with a capital: "{shown}"'
    if text.rstrip()[-1] not in ".]":
        yield f'help ends with a full stop: "{shown}"'
    yield from judge(text)


def find_bad_errors(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line number and reason for every raised message that breaks the guide."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            continue
        if node.exc.args and (text := _text_of(node.exc.args[0])):
            yield from ((node.lineno, reason) for reason in _judge_error(text))
        for keyword in node.exc.keywords:
            if keyword.arg in _ADVICE and ";" in (text := _text_of(keyword.value)):
                yield keyword.value.lineno, f'a semicolon in advice: "{text[:50]}"'


def _judge_error(text: str) -> Iterator[str]:
    shown = text[:50]
    if ";" in text:
        yield f'a semicolon in an error: "{shown}"'
    if text.endswith("."):
        yield f'an error ends without a full stop: "{shown}"'
    if (first := _CAPITALISED.match(text)) and first[0] not in _NAMES:
        yield f'an error begins in lower case: "{shown}"'
    yield from judge(text)


def _text_of(node: ast.expr) -> str:
    """Return a string, with a value that is put in as one lower-case word; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""
