"""The commands; each imports what it needs when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.cli.bench_commands import AsJson, bench
from livecam.cli.engines_commands import engines
from livecam.cli.examples import EPILOGS
from livecam.cli.jobs_commands import Ray, Shared, jobs
from livecam.cli.nodes_commands import nodes
from livecam.cli.persona_commands import personas
from livecam.cli.plugin_commands import add_brought
from livecam.cli.voice_commands import voices
from livecam.console.commands import Group, use_panels
from livecam.console.options import CommandLine, takes_settings

app = typer.Typer(
    cls=Group,
    name="livecam",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

config = typer.Typer(help="Show settings and where their values come from.")
app.add_typer(bench, name="bench")
app.add_typer(personas, name="persona")
app.add_typer(voices, name="voice")
app.add_typer(engines, name="engines")
app.add_typer(config, name="config")
app.add_typer(jobs, name="jobs")
app.add_typer(nodes, name="nodes")
add_brought(app)


@app.callback(invoke_without_command=True)
def livecam(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of a failure.")] = False,
    log_level: Annotated[
        str | None,
        typer.Option("--log-level", metavar="LEVEL", help="Log from debug, info, warning or error on."),
    ] = None,
    log_file: Annotated[
        Path | None,
        typer.Option("--log-file", metavar="PATH", help="Append the log to this file instead of standard error."),
    ] = None,
) -> None:
    """Show and speak a persona you have the right to use.

    livecam is a virtual camera and microphone. Every picture carries a visible label and a watermark.
    """
    if log_level is not None or log_file is not None:
        from livecam.cli.logs import start_logging

        context.call_on_close(start_logging(log_level or "info", log_file))
    if version:
        from livecam import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.command()
@takes_settings(without=("sound",))
def run(given: CommandLine) -> None:
    """Show your camera as a persona on a virtual camera, until Ctrl-C or q.

    Give --face PHOTO or --persona NAME.
    """
    from livecam.cli.run_command import run_live

    run_live(given.resolved().settings)


@app.command()
@takes_settings(only=("persona", "data-folder"), defaults={"persona": "robin"})
def demo(
    given: CommandLine,
    folder: Annotated[
        Path,
        typer.Option("--folder", metavar="FOLDER", help="Write the three files here.", show_default="this folder"),
    ] = Path(),
) -> None:
    """Record ten seconds of the built-in clip with a synthetic face."""
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
    ),
    defaults={"size": "size of the clip"},
)
def replay(
    given: CommandLine,
    clip: Annotated[Path, typer.Argument(metavar="IN", help="A clip, a folder of pictures, or sample.")],
    out: Annotated[str, typer.Option("--out", metavar="OUT|null", help="Write this mp4 file, or measure only (null).")],
) -> None:
    """Render every frame of a clip, at any speed, with the same result every time."""
    from livecam.cli.replay_command import run_replay

    run_replay(given, clip, out)


@app.command()
@takes_settings(
    only=(
        *("persona", "engine", "enhance", "mode", "when-lost", "faces", "sound", "strength", "mirror", "size"),
        *("label-corner", "voice", "voice-engine", "denoise", "own-voice", "language", "sign-every", "data-folder"),
    ),
    defaults={"size": "size of the clip", "voice": "off"},
)
def batch(
    given: CommandLine,
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="Clips, each with a name of its own.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Write the results and SHA256SUMS here.")],
    ray: Ray = None,
    at_once: Annotated[
        int | None,
        typer.Option(
            "--at-once",
            metavar="NUMBER",
            min=1,
            max=256,
            help="Run this many clips of this machine at once.",
            show_default="its cores",
        ),
    ] = None,
    shared: Shared = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try the clips again that failed.")] = False,
) -> None:
    """Change the face in many clips, on all cores or on a cluster.

    The same command goes on where it was stopped, and does nothing again.
    """
    from livecam.cli.batch_command import BatchRequest, run_batch

    run_batch(given, BatchRequest(tuple(clips), out, ray, at_once, shared, retry))


@app.command()
def verify(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|camera:NAME",
            help="A picture, a video, a sound, a folder of pictures, or a camera by index or name.",
            show_default="with --screen: none",
        ),
    ] = None,
    screen: Annotated[bool, typer.Option("--screen", help="Watch the screen, not a file.")] = False,
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds",
            min=1.0,
            max=600.0,
            metavar="SECONDS",
            help="Watch a camera or the screen for this many seconds, 1 to 600.",
        ),
    ] = 10.0,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Plot what was found to this file.", metavar="PNG|HTML")
    ] = None,
    policy: Annotated[
        bool, typer.Option("--policy", help="Print which measures of the EU Code this recording satisfies.")
    ] = False,
    signs: Annotated[
        bool, typer.Option("--signs", help="Look for signs of alteration too, for clips that carry no mark.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="With --signs: write the report to this page.", metavar="HTML")
    ] = None,
    challenge: Annotated[
        bool, typer.Option("--challenge", help="Propose three tasks for the other side of a live call.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Find the marks of livecam in a file, a camera or the screen.

    Exit code 0: marked, 1: not marked.
    """
    if challenge:
        from livecam.cli.challenge_command import answer_challenge

        for line in answer_challenge(what, screen, seconds, json):
            typer.echo(line)
        return
    from livecam.cli.verify_command import answer

    if signs or html is not None:
        from livecam.cli.signs_command import answer_signs

        text, marked = answer_signs(what, screen, seconds, json, plot, html, policy)
    else:
        text, marked = answer(what, screen, seconds, json, plot, policy)
    typer.echo(text)
    if not marked:
        raise typer.Exit(1)


@app.command()
@takes_settings(only=("time-stamp", "data-folder"))
def sign(
    given: CommandLine,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording by livecam without a manifest.")],
) -> None:
    """Sign a recording with a C2PA manifest, where its run could not."""
    from livecam.app.sign import sign_recording

    settings = given.resolved().settings
    unstamped = sign_recording(file, settings.data_folder, settings.time_stamp)
    typer.echo(f"{file}: signed (C2PA) with this installation's own certificate; no authority vouches for it")
    if unstamped is not None:
        typer.echo(f"note: no time stamp: {unstamped}", err=True)


@config.command("show")
@takes_settings(without=("json",))
def config_show(given: CommandLine, json: AsJson = False) -> None:
    """Show every setting, its value and where that comes from."""
    from livecam.cli.config_command import as_json, as_table

    resolved = given.resolved()
    typer.echo(as_json(resolved) if json else as_table(resolved))


@app.command()
def devices(
    json: Annotated[bool, typer.Option("--json", help="Print JSON, including all pixel formats.")] = False,
) -> None:
    """List the cameras, outputs and microphones of this machine."""
    from livecam.cli.doctor_command import devices_as_json, devices_as_text

    typer.echo(devices_as_json() if json else devices_as_text())


@app.command()
@takes_settings(only=("sink", "size", "fps"), defaults={"size": "1280x720"})
def doctor(
    given: CommandLine,
    json: AsJson = False,
    fix: Annotated[bool, typer.Option("--fix", help="Run the commands that fix what fails.")] = False,
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Watch the virtual camera for 3 s as a meeting program does.",
        ),
    ] = False,
) -> None:
    """Check this machine and name the command that fixes what fails.

    Exit code 3: a check fails.
    """
    from livecam.cli.doctor_command import run_doctor

    run_doctor(json=json, fix=fix, self_test_of=given.resolved().settings if self_test else None)


@app.command()
@takes_settings(only=("data-folder",))
def studio(
    given: CommandLine,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="PORT", min=0, max=65535, help="Listen on this port, 1 to 65535. 0: a free one."
        ),
    ] = 0,
    opens: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.", show_default="on")
    ] = True,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Accept this host name too. May be repeated."),
    ] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="Listen on the local network too, by HTTPS, for a phone as camera.")
    ] = False,
    ray: Ray = None,
) -> None:
    """Open the control room of this computer in the browser.

    It shows sessions, personas, voices and conversions.
    """
    from livecam.cli.studio_command import run_studio

    run_studio(given.resolved().settings, port, opens, allow_host or (), lan, ray)


@app.command()
def obs(
    scene: Annotated[
        str | None,
        typer.Option("--scene", metavar="SCENE", help="Add it to this scene.", show_default="the scene on air"),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name the source in OBS.")] = "livecam",
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            metavar="DEVICE",
            help="Use this device file, or pipewire.",
            show_default="the first virtual camera",
        ),
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="HOST", help="Connect to OBS on this host.")] = "localhost",
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="PORT", min=1, max=65535, help="Use this port of the WebSocket server, 1 to 65535."
        ),
    ] = 4455,
) -> None:
    """Add the virtual camera to a running OBS.

    Set its password in OBS_WEBSOCKET_PASSWORD.
    """
    from livecam.cli.obs_command import add_to_obs

    add_to_obs(host=host, port=port, scene=scene, name=name, device=device)


use_panels(app, EPILOGS)
