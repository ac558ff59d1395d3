"""Print settings: each value, its origin, and its option or line."""

import json
from typing import Any

from livecam.config.setting_values import SETTINGS
from livecam.config.settings import Resolved, value_of
from livecam.console.columns import columns


def as_json(resolved: Resolved) -> str:
    """Return a JSON object by key: value, origin, place (empty for a default)."""
    shown = {}
    for key, setting in SETTINGS.items():
        origin = resolved.origins[key]
        shown[key] = {"value": value_of(resolved.settings, setting), "origin": str(origin.kind), "place": origin.place}
    return json.dumps(shown, indent=2)


def as_table(resolved: Resolved) -> str:
    """Return one line per setting: key, value, origin, place."""
    rows = [("setting", "value", "origin")]
    for key, setting in SETTINGS.items():
        origin = resolved.origins[key]
        rows.append((key, _shown(value_of(resolved.settings, setting)), f"{origin.kind} {origin.place}".rstrip()))
    return columns(rows)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value is None else str(value)
