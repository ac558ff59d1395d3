"""The fakes of the two ports of a use case keep what they are shown."""

import pytest

from livecam.core.fake_prompter import RecordedProgress, ScriptedPrompter
from livecam.core.levels import level_bar
from livecam.core.prompter import NoAnswer, Progress, Prompter


def test_a_prompter_without_answers_is_not_interactive():
    assert ScriptedPrompter().interactive is False
    assert ScriptedPrompter([]).interactive is True
    assert isinstance(ScriptedPrompter(), Prompter)


def test_answers_come_in_order_and_after_the_last_the_person_leaves():
    prompter = ScriptedPrompter(["1", "secret"])
    assert (prompter.ask("who?"), prompter.ask_secret("word?")) == ("1", "secret")
    with pytest.raises(NoAnswer):
        prompter.ask("sure?")
    assert prompter.asked == ["who?", "word?", "sure?"]


def test_lines_and_notes_are_kept_apart():
    prompter = ScriptedPrompter()
    prompter.say("done")
    prompter.note("it was dark")
    assert (prompter.said, prompter.notes) == (["done"], ["it was dark"])


def test_a_task_that_fails_ends_too():
    progress = RecordedProgress()
    assert isinstance(progress, Progress)
    with pytest.raises(ValueError), progress.task("hearing", measured=True) as task:
        task.update(0.5)
        task.update(text="louder")
        raise ValueError
    assert progress.shown == [("hearing", 0.5, None), ("hearing", None, "louder")]
    assert progress.ended == ["hearing"]


def test_a_level_is_a_bar_with_its_decibels():
    assert level_bar(0.1) == "█" * 13 + "·" * 7 + "  -20 dB"
