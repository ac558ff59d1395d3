"""What the helper does, by name.

Each takes the data folder and plain words, and returns plain types. A module is imported when its first action is
asked for: a list of personas needs none of the libraries that read a photo.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

Action = Callable[..., Any]

ACTIONS: Final[Mapping[str, str]] = {
    "questions": "lists:questions",
    "personas": "lists:personas",
    "voices": "lists:voices",
    "persona": "people:show",
    "persona-picture": "people:picture",
    "persona-check": "people:check",
    "persona-add": "people:add",
    "persona-import": "people:take_in",
    "persona-synth": "people:synth",
    "persona-renew": "people:renew",
    "persona-remove": "people:remove",
    "persona-revoke": "people:revoke",
    "persona-export": "people:export",
    "voice": "voices:show",
    "voice-add": "voices:add",
    "voice-remove": "voices:remove",
    "voice-revoke": "voices:revoke",
    "training": "trained:list_all",
    "training-check": "trained:check",
    "training-remove": "trained:remove",
    "training-revoke": "trained:revoke",
    "machine": "machine:facts",
    "devices": "machine:devices",
    "doctor": "machine:doctor",
    "probe": "machine:probe_file",
}
"""Module of this package and function, by the name that the server asks for."""


def action_named(name: str) -> Action:
    """Return one of them."""
    module, _, function = ACTIONS[name].partition(":")
    action: Action = getattr(import_module(f"{__package__}.{module}"), function)
    return action
