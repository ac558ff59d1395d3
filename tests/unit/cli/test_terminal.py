"""The ports of a use case in a terminal."""

import pytest

from livecam.cli.terminal import TerminalProgress, TerminalPrompter
from livecam.console import terminal
from livecam.core.prompter import NoAnswer, Progress, Prompter


def test_the_terminal_has_both_ports():
    assert isinstance(TerminalPrompter(), Prompter)
    assert isinstance(TerminalProgress(), Progress)


def test_an_answer_is_what_was_typed(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda text: f"{text}! ")
    assert TerminalPrompter().ask("yes or no? ") == "yes or no? ! "


@pytest.mark.parametrize("left", [EOFError, KeyboardInterrupt])
def test_leaving_a_question_ends_its_line(monkeypatch, capsys, left):
    def leave(text):
        raise left

    monkeypatch.setattr("builtins.input", leave)
    with pytest.raises(NoAnswer):
        TerminalPrompter().ask("yes or no? ")
    assert capsys.readouterr().out == "\n"


def test_the_end_of_input_leaves_a_passphrase_and_ctrl_c_ends_the_program(monkeypatch):
    def leave(text):
        raise left

    monkeypatch.setattr(terminal, "getpass", leave)
    left = EOFError
    with pytest.raises(NoAnswer):
        TerminalPrompter().ask_secret("Passphrase: ")
    left = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        TerminalPrompter().ask_secret("Passphrase: ")


def test_a_note_is_named_one(capsys):
    TerminalPrompter().note("it was dark")
    TerminalPrompter().say("done")
    assert capsys.readouterr().out == "note: it was dark\ndone\n"


def test_progress_leaves_nothing_in_a_log(capsys):
    with TerminalProgress().task("hearing", measured=True) as bar:
        bar.update(0.5)
        bar.update(1.0, "heard")
    with TerminalProgress().task("learning") as spinner:
        spinner.update(0.5)
        spinner.update(text="nearly")
    said = capsys.readouterr()
    assert (said.out, said.err.strip()) == ("", "")
