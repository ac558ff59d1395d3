"""Questions break between words."""

import pytest

from livecam.cli.terminal import TerminalPrompter
from livecam.console.prompt import wrapped

LONG = "     I have the permission of the person in the photo, who knows what it is for, and I stop when asked to: "


@pytest.mark.parametrize("width", [30, 40, 80, 200])
def test_no_word_is_broken_and_every_line_fits(width):
    shown = wrapped(f"Who is shown in it?\n{LONG}", width)
    assert max(map(len, shown.split("\n"))) <= width
    assert shown.split() == f"Who is shown in it? {LONG}".split()
    assert all(line.startswith("     ") for line in shown.split("\n")[1:])
    assert shown.endswith("to: ")


def test_a_path_stays_whole():
    path = "/home/robin/" + "pictures-of-the-year/" * 6
    assert path in wrapped(f"the photo is kept in {path} for you", 40)


def test_what_is_short_stays_as_it_is():
    assert wrapped("Answer 1, 2 or 3: ", 80) == "Answer 1, 2 or 3: "


def test_an_answer_comes_back_as_it_was_typed(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda text: " Yes")
    assert TerminalPrompter().ask("yes or no? ") == " Yes"
