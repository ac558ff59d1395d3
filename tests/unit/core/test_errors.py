"""Every error says what helps: a command that can be run as it stands, or a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from livecam.core.errors import DeviceError, LivecamError, Remedy, UsageError, is_command, remedy

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "text",
    [
        "livecam devices",
        "livecam run --engine slow:100ms --persona robin",
        'sudo usermod -aG video "$USER"   # then log in again',
        "mkdir -p /home/a/b",
        "/usr/bin/python3.13 -m pip install onnx",
        '"C:\\Program Files\\python.exe" -m pip install onnx',
        "OBS_WEBSOCKET_PASSWORD=… livecam obs   # shown in OBS: Tools",
    ],
)
def test_what_can_be_run_as_it_stands_is_a_command(text):
    assert is_command(text)
    assert remedy(text) == Remedy(command=text)


@pytest.mark.parametrize(
    "text",
    [
        "use another file",
        "livecam doctor, or another model",
        "livecam run without --record",
        "livecam persona list (built-in faces)",
        "--voice-engine vocoder",
        "livecamera is something else",
    ],
)
def test_a_sentence_is_advice_also_where_it_begins_with_a_command(text):
    assert not is_command(text)
    assert remedy(text)["advice"].endswith(text)


def test_a_command_is_tried_and_advice_is_said_plainly():
    assert LivecamError("a", command="livecam devices").help_line == "try: livecam devices"
    assert LivecamError("a", advice="do not use it").help_line == "do not use it"


@pytest.mark.parametrize("helps", [Remedy(command="livecam doctor"), Remedy(advice="use another"), Remedy()])
def test_what_helps_goes_on_with_an_error_that_is_raised_from_another(helps):
    first = UsageError("a", **helps)
    then = DeviceError("b", **first.remedy)
    assert (then.command, then.advice) == (first.command, first.advice)
    assert then.help_text == (helps.get("command") or helps.get("advice") or "")


def given() -> Iterator[tuple[str, str, str]]:
    """Every literal command or advice of an error: where, which, its text with values as 7."""
    for package in ("livecam", "engines", "calibration"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                for keyword in node.keywords if isinstance(node, ast.Call) else ():
                    text = literal(keyword.value)
                    if keyword.arg in ("command", "advice") and text is not None:
                        yield f"{path.relative_to(ROOT)}:{keyword.value.lineno}", keyword.arg, text


def literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "livecam" for part in node.values)
    return None


def test_commands_are_commands_and_advice_is_sentences():
    found = list(given())
    assert len(found) > 150
    wrong = [f"{place}: {kind} {text}" for place, kind, text in found if is_command(text) != (kind == "command")]
    assert wrong == []


def test_every_error_that_is_raised_says_what_helps():
    silent = []
    for package in ("livecam", "engines", "calibration"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                call = node.exc if isinstance(node, ast.Raise) else None
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS:
                    named = [keyword.arg for keyword in call.keywords]
                    if len([name for name in named if name in ("command", "advice", None)]) != 1:
                        silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


KINDS = {kind.__name__ for kind in LivecamError.__subclasses__()} | {
    kind.__name__ for base in LivecamError.__subclasses__() for kind in base.__subclasses__()
}
