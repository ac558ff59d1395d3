"""Settings of a measurement.

What is not named is the sample and the first built-in persona.
"""

from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.personas.built_in import builtin_names


def bench_settings(given: CommandLine) -> Settings:
    """Return the settings given.

    The sample and the first built-in persona where none is named, whatever the profile says.
    """
    camera = given.options["camera"] or "sample"
    persona = given.options["persona"] or builtin_names()[0]
    return given.resolved(camera=camera, persona=persona, sink="null", voice="off").settings
