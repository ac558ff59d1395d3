"""Settings of a measurement: what is not named is the sample and the first built-in persona."""

from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.personas.built_in import builtin_names


def bench_settings(given: CommandLine) -> Settings:
    """The settings given; the sample and the first built-in persona where none is named, whatever the profile says."""
    camera = given.options["camera"] or "sample"
    persona = given.options["persona"] or builtin_names()[0]
    return given.resolved(camera=camera, persona=persona, sink="null", voice="off").settings
