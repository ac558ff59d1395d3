"""What the helper does, by name: each takes the data folder and plain words, and returns plain types."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from livecam.studio.helper import machine, people, voices

Action = Callable[..., Any]

ACTIONS: Final[Mapping[str, Action]] = {
    "questions": people.questions,
    "personas": people.list_all,
    "persona": people.show,
    "persona-picture": people.picture,
    "persona-check": people.check,
    "persona-add": people.add,
    "persona-synth": people.synth,
    "persona-renew": people.renew,
    "persona-remove": people.remove,
    "persona-revoke": people.revoke,
    "persona-export": people.export,
    "voices": voices.list_all,
    "voice": voices.show,
    "voice-add": voices.add,
    "voice-remove": voices.remove,
    "voice-revoke": voices.revoke,
    "machine": machine.facts,
    "devices": machine.devices,
    "doctor": machine.doctor,
    "probe": machine.probe_file,
}
