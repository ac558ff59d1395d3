"""Settings of a measurement.

The defaults are the sample and the first built-in persona.
"""

from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.personas.built_in import builtin_names


def bench_settings(given: CommandLine) -> Settings:
    """Return the given settings.

    The sample and the first built-in persona replace what is not given, whatever the profile has.
    """
    camera = given.options["camera"] or "sample"
    persona = given.options["persona"] or builtin_names()[0]
    return given.resolved(camera=camera, persona=persona, sink="null", voice="off").settings
