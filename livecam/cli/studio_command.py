"""`livecam studio`: the control room on this computer."""

import webbrowser
from collections.abc import Sequence
from io import StringIO
from threading import Thread
from typing import TYPE_CHECKING

import typer

from livecam.core.errors import UsageError
from livecam.studio.server import serve

if TYPE_CHECKING:
    from livecam.config.settings import Settings


def run_studio(
    settings: "Settings",
    port: int,
    opens: bool,
    allowed: Sequence[str],
    on_lan: bool = False,
    ray: str | None = None,
) -> None:
    """Serve until Ctrl-C; end a running session cleanly.

    Raises:
        DeviceError: The port is taken.
        OutputError: Another studio runs.
        UsageError: A host with a character that no host has.
    """
    for host in allowed:
        if not host.replace("-", "").replace(".", "").isalnum():
            raise UsageError(f"{host} is no host name", command="livecam studio --allow-host my-computer.local")

    def ready(address: str, phone: str) -> None:
        typer.echo(address)
        if phone:
            typer.echo(_phone_text(phone))
        if opens:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    serve(settings.folder, port, allowed, ready, on_lan=on_lan, ray=ray)


def _phone_text(address: str) -> str:
    """Return the phone's address as a QR code, and how its certificate is trusted."""
    import segno

    picture = StringIO()
    segno.make(address, error="m").terminal(picture, compact=True)
    return (
        f"\nanyone in this network can reach the studio now; they need a token\nfor a phone as camera: {address}\n"
        f"{picture.getvalue()}\nthe phone warns until it trusts this computer: the page Settings has the certificate"
    )
