"""The statistics of the audio process are the same on both ends of its pipe."""

import json
from dataclasses import asdict

import pytest

from livecam.audio.process.child import _answer
from livecam.core.voice_stats import SCHEMA, VoiceStats

STATS = VoiceStats(engine="grain", sent=480, latency_ms={"p50": 81.0}, xruns={"microphone": 1, "output": 0})


def test_statistics_come_as_they_went():
    message = json.loads(json.dumps(STATS.to_message()))
    assert message["schema"] == SCHEMA
    assert VoiceStats.from_message(message) == STATS


def test_what_other_messages_said_is_left_out():
    assert VoiceStats.from_message({**asdict(STATS), "learned": "aGk=", "garbled": 2}) == STATS


def test_before_the_first_message_nothing_is_known():
    stats = VoiceStats.from_message({})
    assert (stats.sent, stats.now_ms, stats.trouble) == (None, None, None)


def test_another_schema_is_refused():
    with pytest.raises(ValueError, match="schema 9, expected 1"):
        VoiceStats.from_message({"schema": 9})


def test_a_message_of_another_schema_is_a_garbled_line():
    assert _answer(json.dumps({**STATS.to_message(), "schema": 9})) is None
    assert _answer(json.dumps(STATS.to_message())) is not None
    assert _answer(json.dumps({"learned": "aGk="})) is not None
