"""A conversation that is typed: what is taken, what ends it, what its file says. No process is started."""

from dataclasses import replace

import pytest

from livecam.app import typed_speech
from livecam.app.typed_speech import Conversation
from livecam.audio.process import components
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import ConsentError, EngineError, UsageError
from livecam.core.label import Label
from livecam.personas.built_in_voices import open_builtin_voice
from tests.unit.audio.process.test_monitor import Scripted
from tests.unit.audio.typed_voice import FakeSynthesizer


@pytest.fixture
def children(monkeypatch):
    """The audio processes a conversation starts, scripted."""
    started: list[Scripted] = []

    def start(job, clock):
        started.append(Scripted(job, clock))
        return started[-1]

    real = typed_speech.VoiceProcessMonitor
    monkeypatch.setattr(
        typed_speech, "VoiceProcessMonitor", lambda job, names, clock, **given: real(job, names, clock, start, **given)
    )
    monkeypatch.setattr(components, "open_synthesizer", lambda *given: FakeSynthesizer())
    monkeypatch.setattr(components, "learn_synthesizer", lambda *given: open_builtin_voice("birch"))
    return started


@pytest.fixture
def conversation(children, tmp_path):
    settings = Settings(voice="willow", voice_sink="null", data_folder=tmp_path)
    made = Conversation(settings, ManualClock())
    made._voice.turn()
    return made


def test_typed_text_needs_no_microphone_and_is_announced_as_generated(conversation, children):
    job = children[0].job
    assert job.synthesizer == "espeak-ng" and job.microphone == "typed"
    assert job.notice_style.label is Label.GENERATED and "typed text" in conversation.names.microphone


def test_a_text_is_handed_on_once_the_process_is_up(conversation, children):
    children[0].say(typed=0, unsaid=False)
    conversation.say("Hello.")
    assert children[0].texts == ["Hello."]


def test_a_process_that_never_comes_up_is_said(conversation):
    with pytest.raises(EngineError, match="nothing is spoken"):
        conversation.say("Hello.")


@pytest.mark.parametrize("text", ["", "...", "x" * 6000])
def test_what_cannot_be_spoken_is_refused_before_it_is_handed_on(conversation, children, text):
    children[0].say(typed=0)
    with pytest.raises(UsageError):
        conversation.say(text)
    assert not children[0].texts


def test_nothing_is_spoken_after_the_right_to_the_voice_has_ended(conversation, children):
    children[0].say(typed=0)

    def ended() -> None:
        raise ConsentError("the consent is withdrawn", command="livecam voice list")

    conversation._parts = replace(conversation._parts, check=ended)
    for _ in range(2):
        with pytest.raises(ConsentError):
            conversation.say("Hello.")
    conversation._voice.turn()
    assert not children[0].texts and not children[0].is_alive


def test_it_waits_until_all_is_spoken(conversation, children):
    children[0].say(typed=0)
    conversation.say("Hello.")
    children[0].say(typed=1, unsaid=False)
    assert conversation.wait_until_spoken()


def test_what_waits_in_a_process_that_ends_is_lost_and_said(conversation, children):
    children[0].say(typed=0)
    conversation.say("Hello.")
    children[0].is_alive = False
    conversation._voice.turn()
    conversation._voice.turn()
    assert len(children) == 2 and not conversation.wait_until_spoken()
    children[1].say(typed=0)
    conversation.say("Again.")
    assert children[1].texts == ["Again."]


def test_a_conversation_without_a_voice_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no voice is named"):
        Conversation(Settings(data_folder=tmp_path))
