"""Every `livecam ...` that a hint, a finding or a help text names is a command that this version takes."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from livecam.cli.app import app

ROOT = Path(__file__).parents[3]
IN_QUOTES = re.compile(r"`(livecam [^`]+)`")
END = re.compile(r"\s#|[;:\n()]|[,.] |  +| (?:without|there|to|and|or|on|first|again|asks)\b")
KNOWN = set(get_command(app).commands)
PLACEHOLDERS = {"SECONDS": "5", "S": "5", "N": "1", "WxH": "640x360", "MS": "5"}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a module, values of f-strings as 7, without docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings | inside:
                yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)
            yield node.lineno, "".join(parts)


def commands() -> list[tuple[str, str]]:
    found = []
    for package in ("livecam", "engines", "calibration"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for line, text in texts(path):
                quoted = IN_QUOTES.findall(text)
                bare = (
                    [text] if text.startswith("livecam ") else re.findall(r"(?:: |run |^try )(livecam [a-z].*)", text)
                )
                for command in quoted or bare:
                    named = END.split(command)[0].strip().rstrip(".,")
                    if named.split()[1:2] and named.split()[1] in KNOWN:
                        found.append((f"{path.relative_to(ROOT)}:{line}", named))
    return found


def usage_fault(command: str) -> str | None:
    """Why the command line would be refused before anything runs; None: it would run."""
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(command)[1:] if word != "…"]
    known, context = get_command(app), None
    try:
        while isinstance(known, typer.core.TyperGroup):
            context = known.make_context(known.name, words, parent=context)
            words = [*context._protected_args, *context.args]
            if not words:
                return None
            _, known, words = known.resolve_command(context, words)
        known.make_context(known.name, words, parent=context)
    except Exception as error:
        # By version, Typer has its own copy of Click or uses Click: classes are recognised by their attributes.
        if not hasattr(error, "exit_code"):
            raise
        # A command may be named without what it takes: "livecam persona export".
        named = error.exit_code == 0 or type(error).__name__ == "MissingParameter"
        return None if named else f"{type(error).__name__}: {getattr(error, 'message', error)}"
    return None


@pytest.mark.parametrize(("place", "command"), [pytest.param(*found, id=found[0]) for found in commands()])
def test_a_named_command_is_one_that_is_taken(place: str, command: str) -> None:
    assert usage_fault(command) is None, f"{place} names: {command}"


@pytest.mark.parametrize(("place", "command"), [pytest.param(*found, id=found[0]) for found in commands()])
def test_a_named_command_leaves_nothing_out(place: str, command: str) -> None:
    """A command with an ellipsis is refused as it is printed: an option to add is advice."""
    assert "…" not in command, f"{place} names: {command}"


@pytest.mark.parametrize(
    "command", ["livecam fly", "livecam run --wings", "livecam voice --microphone a", "livecam persona lost"]
)
def test_a_command_that_would_be_refused_is_noticed(command: str) -> None:
    assert usage_fault(command)


@pytest.mark.parametrize("what", [("persona", "robin"), ("voice", "cedar")])
@pytest.mark.parametrize("word", ["remove", "revoke"])
def test_what_is_built_in_stays_and_is_not_called_unknown(livecam, what, word):
    said = livecam(what[0], word, what[1])
    assert said.code == 5 and f"{what[1]} is built in and stays" in said.err
