"""Rows of a table hold names that other people chose."""

import pytest

from livecam.console.columns import columns, in_one_line

ODD = ["a\nb", "a\rb", "\x1b[2J", "\x07", "\u202egpj", "a\u2028b", "\udcff", "\x9b2J", "\x7f", "\u200f"]


@pytest.mark.parametrize("name", ODD)
def test_no_name_moves_the_cursor_or_turns_a_line_round(name):
    shown = columns([("name", "state"), (name, "done")])
    assert len(shown.splitlines()) == 2 and shown.replace("\n", "").isprintable()


def test_every_script_stays_as_it_is():
    assert in_one_line("Zoë 张伟 мама 😀 a\u00a0b") == "Zoë 张伟 мама 😀 a b"
