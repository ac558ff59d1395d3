"""`livecam studio`: the control room on this computer."""

import webbrowser
from collections.abc import Sequence
from threading import Thread

import typer

from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.errors import UsageError
from livecam.studio.server import serve


def run_studio(settings: Settings, port: int, opens: bool, allowed: Sequence[str]) -> None:
    """Serve until Ctrl-C; a session that runs is ended cleanly.

    Raises:
        DeviceError: The port is taken.
        OutputError: Another studio runs.
        UsageError: A host with a character that no host has.
    """
    for host in allowed:
        if not host.replace("-", "").replace(".", "").isalnum():
            raise UsageError(f"{host} is no host name", command="livecam studio --allow-host my-computer.local")

    def ready(address: str) -> None:
        typer.echo(address)
        if opens:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    serve(settings.data_folder or data_folder(), port, allowed, ready)
