"""Which panel of the help an option stands in. Pure."""

from typing import Final

BASIC: Final = ("face", "persona", "camera", "size", "voice", "microphone", "sink", "record", "consent", "json")
"""Settings that most people need first, in this order; the others are advanced."""

PANELS: Final = {
    "Persona": ("face", "persona", "strength", "mode", "skin", "engine", "enhance", "refine", "data-folder"),
    "Picture": ("camera", "size", "fps", "faces", "when-lost", "mirror", "label-corner", "label-icon", "language"),
    "Voice": (
        "voice",
        "microphone",
        "synthesizer",
        "voice-engine",
        "own-voice",
        "denoise",
        "av-offset",
        "sign-every",
        "sentence-every",
        "sound",
    ),
    "Output": ("sink", "record", "voice-sink", "duration", "time-stamp"),
    "Consent": ("consent", "identity-model", "reconsent"),
    "Diagnostics": ("json", "profile", "trust-plugin", "help", "version", "debug", "log-level", "log-file"),
}
"""Keys of settings and names of options, without dashes."""

OPTIONS: Final = "Options"
ADVANCED: Final = "Advanced: {}"
FEW: Final = 12
"""A command with so many options or fewer has one panel."""


def panel_of(name: str) -> str:
    """Return the panel of an option; "Options" for one of the command alone."""
    return next((panel for panel, names in PANELS.items() if name in names), OPTIONS)


def grouped(names: list[str]) -> dict[str, list[str]]:
    """Group option names by panel: own, basic, then advanced ones."""
    if len(names) <= FEW:
        return {OPTIONS: names}
    shown: dict[str, list[str]] = {OPTIONS: [name for name in names if panel_of(name) == OPTIONS]}
    basic = [name for name in names if name in BASIC or name == "help"]
    for title, chosen in (("{}", basic), (ADVANCED, [n for n in names if n not in basic])):
        for panel, members in PANELS.items():
            shown[title.format(panel.lower() if title == ADVANCED else panel)] = [n for n in members if n in chosen]
    return shown
