"""`livecam obs`: add the virtual camera to a running OBS."""

import os
import sys

import typer

from livecam.core.errors import NoVirtualCamera, UsageError, remedy
from livecam.devices.camera.listing import list_loopbacks
from livecam.devices.virtual_camera.obs import Obs
from livecam.devices.virtual_camera.setup import setup_hint

PASSWORD_VARIABLE = "OBS_WEBSOCKET_PASSWORD"


def add_to_obs(*, host: str, port: int, scene: str | None, name: str, device: str | None) -> None:
    """Add the source and print where it is.

    Raises:
        UsageError: OBS lists no virtual camera on this system.
        OutputError: There is no virtual camera, or OBS does not answer or refuses.
    """
    if sys.platform != "linux":
        raise UsageError(
            "OBS lists no virtual camera as a source on this system",
            advice="run: livecam run --sink file:take.mp4, and add that to OBS",
        )
    device = device or _device()
    obs = Obs(host, port, os.environ.get(PASSWORD_VARIABLE, ""))
    try:
        scene = obs.add_camera(name, device, scene)
    finally:
        obs.close()
    typer.echo(f"{name} ({device}) is in the scene {scene} and shows pictures while livecam runs")


def _device() -> str:
    found = list_loopbacks()
    if not found:
        raise NoVirtualCamera("there is no virtual camera on this system", **remedy(setup_hint()))
    return str(found[0].path)
