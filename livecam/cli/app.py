"""The commands. Each imports what it needs when it is called, so that `--help` is there at once."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.cli.engines_commands import engines
from livecam.cli.persona_commands import personas
from livecam.cli.plain_words import legend
from livecam.cli.plugin_commands import add_brought
from livecam.cli.voice_commands import voices
from livecam.console.options import CommandLine, takes_settings

app = typer.Typer(
    name="livecam",
    epilog="First steps: livecam demo, then livecam run --persona NAME with a name from: livecam persona list",
    add_completion=False,
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]

bench = typer.Typer(help="What this machine does: every stage, whole frames, a live session, against a bare floor.")
app.add_typer(bench, name="bench")

config = typer.Typer(help="Settings and where they come from.")
app.add_typer(personas, name="persona")
app.add_typer(voices, name="voice")
app.add_typer(engines, name="engines")
app.add_typer(config, name="config")
add_brought(app)


@app.callback(invoke_without_command=True)
def livecam(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
) -> None:
    """A live camera that shows a persona you have the right to use. Every picture carries the plate AI MODIFIED."""
    if version:
        from livecam import __version__

        typer.echo(__version__)
    elif context.invoked_subcommand is None:
        from livecam.cli.overview import overview

        typer.echo(overview())


@app.command(epilog=legend())
@takes_settings(without=("sound",))
def run(given: CommandLine) -> None:
    """Be seen as a persona: camera in, virtual camera out, until Ctrl-C or q."""
    from livecam.cli.run_command import run_live

    run_live(given.resolved().settings)


@app.command()
@takes_settings(only=("persona", "data-folder"))
def demo(
    given: CommandLine,
    folder: Annotated[Path, typer.Option("--folder", help="Where the three files are written.")] = Path(),
) -> None:
    """Ten seconds of the built-in sample camera with a face that belongs to nobody."""
    from livecam.cli.demo_command import run_demo

    run_demo(given, folder)


@app.command()
@takes_settings(
    without=(
        "camera",
        "sink",
        "identity-model",
        "record",
        "duration",
        "microphone",
        "voice-sink",
        "av-offset",
    )
)
def replay(
    given: CommandLine,
    clip: Annotated[Path, typer.Argument(metavar="IN", help="Clip or folder of pictures.")],
    out: Annotated[str, typer.Option("--out", metavar="OUT|null", help="The mp4 to write, or null to measure only.")],
) -> None:
    """Every frame of a clip, as fast as it goes; the same result every time. Sound: --voice NAME or --sound keep."""
    from livecam.cli.replay_command import run_replay

    run_replay(given, clip, out)


@app.command()
def verify(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|camera:NAME", help="A picture, a video, a sound, a folder of pictures, or a camera."
        ),
    ] = None,
    screen: Annotated[bool, typer.Option("--screen", help="Watch the screen instead.")] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1.0, max=600.0, help="How long a camera or the screen is watched.")
    ] = 10.0,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Where a plot of what was seen is written.", metavar="PNG|HTML")
    ] = None,
    policy: Annotated[
        bool, typer.Option("--policy", help="Print which measures of the EU Code this recording satisfies.")
    ] = False,
    json: AsJson = False,
) -> None:
    """What marks a file, a camera or the screen carries and how certain that is; exit code 0 marked, 1 not marked."""
    from livecam.cli.verify_command import answer

    text, marked = answer(what, screen, seconds, json, plot, policy)
    typer.echo(text)
    if not marked:
        raise typer.Exit(1)


@app.command()
@takes_settings(only=("data-folder",))
def sign(
    given: CommandLine,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording of livecam that is not signed yet.")],
) -> None:
    """Sign a recording that was killed, or was written where it could not be signed (C2PA)."""
    from livecam.cli.sign_command import sign_file

    typer.echo(sign_file(file, given.resolved().settings.data_folder))


@config.command("show")
@takes_settings(without=("json",))
def config_show(given: CommandLine, json: AsJson = False) -> None:
    """Every setting with its value and where that comes from."""
    from livecam.cli.config_command import as_json, as_table

    resolved = given.resolved()
    typer.echo(as_json(resolved) if json else as_table(resolved))


@app.command()
def devices(json: Annotated[bool, typer.Option("--json", help="As JSON, with every format.")] = False) -> None:
    """The cameras and outputs of this machine."""
    from livecam.cli.doctor_command import devices_as_json, devices_as_text

    typer.echo(devices_as_json() if json else devices_as_text())


@app.command()
@takes_settings(only=("sink", "size", "fps"))
def doctor(
    given: CommandLine,
    json: AsJson = False,
    fix: Annotated[bool, typer.Option("--fix", help="Run the commands that mend what fails.")] = False,
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Watch livecam's own camera as a meeting program would.",
        ),
    ] = False,
) -> None:
    """What is missing on this machine, and the command that mends it; exit code 3 if something fails."""
    from livecam.cli.doctor_command import run_doctor

    run_doctor(json=json, fix=fix, self_test_of=given.resolved().settings if self_test else None)


@app.command()
def obs(
    scene: Annotated[str | None, typer.Option("--scene", help="The scene; the one on air by default.")] = None,
    name: Annotated[str, typer.Option("--name", help="What the source is called in OBS.")] = "livecam",
    device: Annotated[str | None, typer.Option("--device", help="A device file, or pipewire; else the first.")] = None,
    host: Annotated[str, typer.Option("--host", help="Where OBS runs.")] = "localhost",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of its WebSocket server.")] = 4455,
) -> None:
    """Add the virtual camera to a running OBS; its password is read from OBS_WEBSOCKET_PASSWORD."""
    from livecam.cli.obs_command import add_to_obs

    add_to_obs(host=host, port=port, scene=scene, name=name, device=device)


@bench.callback(invoke_without_command=True)
@takes_settings(only=("persona", "camera", "engine", "enhance", "strength", "mode", "fps", "data-folder", "json"))
def bench_here(
    given: CommandLine,
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="720p only, a quarter of a minute.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Where a page with plots is written.", metavar="PATH")
    ] = None,
    quality: Annotated[bool, typer.Option("--quality", help="How good the picture is, instead of how fast.")] = False,
    marks: Annotated[bool, typer.Option("--marks", help="What the marks survive and cost, instead.")] = False,
    voice: Annotated[
        bool, typer.Option("--voice", help="What the voice costs, beside the picture too, instead.")
    ] = False,
    identity_model: Annotated[
        Path | None, typer.Option("--identity-model", help="An ArcFace-like network, for --quality.", metavar="ONNX")
    ] = None,
    soak: Annotated[
        float | None, typer.Option("--soak", help="A live session instead, that long, and what grows.", metavar="S")
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="What the cost grows with instead: sizes, faces, rate.")
    ] = False,
) -> None:
    """What this machine does: every stage, whole frames, a live session, against a bare floor in the same run."""
    from livecam.bench.settings import bench_settings
    from livecam.cli.bench_command import measure
    from livecam.cli.endurance_command import measure_growth, measure_soak
    from livecam.cli.marks_command import measure_marks
    from livecam.cli.quality_command import measure_quality
    from livecam.cli.voice_bench_command import measure_voice

    if context.invoked_subcommand is not None:
        return
    if marks:
        measure_marks(bench_settings(given).json_path, quick)
    elif voice:
        measure_voice(bench_settings(given), quick)
    elif quality:
        measure_quality(bench_settings(given), quick, identity_model)
    elif soak is not None:
        measure_soak(bench_settings(given), soak)
    elif growth:
        measure_growth(bench_settings(given))
    else:
        measure(bench_settings(given), quick, html)


@bench.command("compare")
def bench_compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE.json")],
    after: Annotated[Path, typer.Argument(metavar="AFTER.json")],
    json: AsJson = False,
) -> None:
    """What got better or worse between two files of --json, by more than chance."""
    from livecam.cli.compare_command import compare

    compare(before, after, json)
