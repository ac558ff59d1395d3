"""Questions break between words and can be left."""

import pytest

from livecam.cli.prompt import ask, wrapped
from livecam.core.errors import ConsentError

LONG = "     I have the permission of the person in the photo, who knows what it is for, and I stop when asked to: "


@pytest.mark.parametrize("width", [30, 40, 80, 200])
def test_no_word_is_broken_and_every_line_fits(width):
    shown = wrapped(f"Whose face does it show?\n{LONG}", width)
    assert max(map(len, shown.split("\n"))) <= width
    assert shown.split() == f"Whose face does it show? {LONG}".split()
    assert all(line.startswith("     ") for line in shown.split("\n")[1:])
    assert shown.endswith("to: ")


def test_a_path_stays_whole():
    path = "/home/somebody/" + "pictures-of-the-year/" * 6
    assert path in wrapped(f"the photo is kept in {path} for you", 40)


def test_what_is_short_stays_as_it_is():
    assert wrapped("Answer 1, 2 or 3: ", 80) == "Answer 1, 2 or 3: "


@pytest.mark.parametrize("answer", ["q", " QUIT ", EOFError, KeyboardInterrupt])
def test_it_can_be_left(monkeypatch, answer):
    def typed(text):
        if isinstance(answer, str):
            return answer
        raise answer

    monkeypatch.setattr("builtins.input", typed)
    with pytest.raises(ConsentError, match="left without an answer") as caught:
        ask("yes or no? ")
    assert caught.value.exit_code == 5
    own = ConsentError("nobody has said", hint="add --consent")
    with pytest.raises(ConsentError, match="nobody has said"):
        ask("yes or no? ", own)


def test_an_answer_comes_back_as_it_was_typed(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda text: " Yes")
    assert ask("yes or no? ") == " Yes"
