"""`livecam bench …`: what this machine can do, one subcommand per measurement."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from livecam.console.commands import Group
from livecam.console.options import CommandLine, takes_settings

_SETTINGS: Final = (
    "persona",
    "camera",
    "engine",
    "enhance",
    "refine",
    "strength",
    "mode",
    "fps",
    "data-folder",
    "json",
)
_DEFAULTS: Final = {"persona": "robin", "camera": "sample"}
_OLD_MODES: Final = {
    "--quality": ("quality",),
    "--marks": ("marks",),
    "--voice": ("voice",),
    "--growth": ("scaling",),
    "--soak": ("soak", "--seconds"),
}
"""Flags that chose a measurement before there were subcommands; to be removed in version 0.3."""

Quick = Annotated[bool, typer.Option("--quick", help="Measure fewer cases: a quarter of a minute, not several.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class BenchGroup(Group):
    """The group; flags of version 0.1 and no subcommand mean a subcommand too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, after flags of earlier versions have become subcommands."""
        return super().parse_args(ctx, args if ctx.resilient_parsing else subcommand_first(args))


def subcommand_first(args: list[str]) -> list[str]:
    """Put a subcommand in front: ["--quick", "--marks"] is ["marks", "--quick"]."""
    if args and (not args[0].startswith("-") or args[0] == "--help"):
        return args
    for flag, mode in _OLD_MODES.items():
        for place, word in enumerate(args):
            if word.partition("=")[0] == flag:
                value = [word.partition("=")[2]] if "=" in word else args[place + 1 : place + len(mode)]
                rest = args[:place] + args[place + 1 + len(value) * ("=" not in word) :]
                return [*mode, *value, *rest]
    return ["run", *args]


bench = typer.Typer(
    cls=BenchGroup,
    help="Measure this machine: speed, a live session, picture and voice quality. Without a COMMAND: run.",
)


@bench.command("run")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_run(
    given: CommandLine,
    quick: Quick = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with plots to this file.", metavar="PATH")
    ] = None,
) -> None:
    """Measure frames at three sizes, five scenes, a live session and a start.

    Every stage of a frame is timed.
    """
    from livecam.bench.settings import bench_settings
    from livecam.cli.bench_command import measure

    measure(bench_settings(given), quick, html)


@bench.command("live")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_live(
    given: CommandLine,
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=2.0, max=600.0, metavar="SECONDS", help="Run for this many seconds, 2 to 600."),
    ] = 10.0,
) -> None:
    """Measure a live session at 1280x720: rate, latency, processor, memory."""
    from livecam.bench.settings import bench_settings
    from livecam.cli.bench_command import measure_live_session

    measure_live_session(bench_settings(given), seconds)


@bench.command("soak")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_soak(
    given: CommandLine,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="SECONDS", help="Run for this many seconds, 50 or more.")
    ] = 600.0,
) -> None:
    """Run a live session for SECONDS and report resource growth."""
    from livecam.bench.settings import bench_settings
    from livecam.cli.endurance_command import measure_soak

    measure_soak(bench_settings(given), seconds)


@bench.command("quality")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_quality(
    given: CommandLine,
    quick: Quick = False,
    identity_model: Annotated[
        list[Path] | None,
        typer.Option(
            "--identity-model", help="Compare identities with this ArcFace-like network. Give it twice for two.",
            metavar="ONNX", show_default="not compared",
        ),
    ] = None,
) -> None:  # fmt: skip
    """Measure picture quality.

    The figures are flicker, seam, sharpness, pose, expression, unrest and identity, and with --mode head what is left.
    """
    from livecam.bench.settings import bench_settings
    from livecam.cli.quality_command import measure_quality

    measure_quality(bench_settings(given), quick, identity_model or ())


@bench.command("voice")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_voice(given: CommandLine, quick: Quick = False) -> None:
    """Measure cost and delay of the voice, alone and in a live session."""
    from livecam.bench.settings import bench_settings
    from livecam.cli.voice_bench_command import measure_voice

    measure_voice(bench_settings(given), quick)


@bench.command("marks")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_marks(given: CommandLine, quick: Quick = False) -> None:
    """Measure what the watermarks survive and cost.

    The cases are encoders, cropping and lost frames.
    """
    from livecam.bench.settings import bench_settings
    from livecam.cli.marks_command import measure_marks

    measure_marks(bench_settings(given).json_path, quick)


@bench.command("scaling")
@takes_settings(only=_SETTINGS, defaults=_DEFAULTS)
def bench_scaling(given: CommandLine) -> None:
    """Measure how cost scales with resolution, face count and frame rate."""
    from livecam.bench.settings import bench_settings
    from livecam.cli.endurance_command import measure_growth

    measure_growth(bench_settings(given))


@bench.command("compare")
def bench_compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE.json", help="The earlier file of: livecam bench run.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER.json", help="The later file.")],
    json: AsJson = False,
) -> None:
    """Compare two files of bench run --json, and name changes beyond chance."""
    from livecam.cli.compare_command import compare

    compare(before, after, json)
