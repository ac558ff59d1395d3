"""Add the virtual camera to a running OBS by its websocket protocol.

It uses version 5, by obs-websocket's protocol.md.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from livecam.core.errors import OutputError
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_json
from livecam.core.install import install_command
from livecam.devices.virtual_camera.setup import NODE

PORT = 4455
SOURCE_KIND = "v4l2_input"
PIPEWIRE_KIND = "pipewire-camera-source"  # OBS 30 and newer
PIPEWIRE = "pipewire"
_HELLO, _IDENTIFY, _IDENTIFIED, _REQUEST, _RESPONSE = 0, 1, 2, 6, 7
_ALREADY_THERE = 601
_PATIENCE_S = 10.0
_SWITCH_ON = "in OBS: Tools, WebSocket Server Settings, Enable WebSocket server"
_SCENES = "livecam obs --scene NAME   # one of the scenes in OBS"
_PASSWORD = "OBS_WEBSOCKET_PASSWORD=… livecam obs   # shown in OBS: Tools, WebSocket Server Settings"


class Wire(Protocol):
    """The part of a websocket that is used."""

    def send(self, payload: str, /) -> object:
        """Send one message."""
        ...

    def recv(self) -> str | bytes:
        """Wait for the next message; empty when the other side has closed."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def open_wire(address: str) -> Wire:
    """Open a websocket by websocket-client, with the system's errors.

    The library has its own errors for half of them.

    Raises:
        OSError: No program listens there, or it is not OBS.
        OutputError: The package is not installed.
    """
    try:
        import websocket
    except ImportError as error:
        raise OutputError(
            "the package websocket-client is not installed", command=install_command("websocket-client")
        ) from error
    with _as_system_errors(websocket.WebSocketException):
        return _Websocket(websocket.create_connection(address, timeout=_PATIENCE_S), websocket.WebSocketException)


@contextmanager
def _as_system_errors(own: type[Exception]) -> Iterator[None]:
    try:
        yield
    except own as error:
        raise OSError(" ".join(str(error).split())) from error


class _Websocket:
    """A connection of websocket-client."""

    def __init__(self, connection: Wire, own: type[Exception]) -> None:
        self._connection, self._own = connection, own

    def send(self, payload: str, /) -> object:
        with _as_system_errors(self._own):
            return self._connection.send(payload)

    def recv(self) -> str | bytes:
        with _as_system_errors(self._own):
            return self._connection.recv()

    def close(self) -> None:
        with _as_system_errors(self._own):
            self._connection.close()


class Obs:
    """A running OBS."""

    def __init__(
        self, host: str = "localhost", port: int = PORT, password: str = "", wire: Callable[[str], Wire] = open_wire
    ) -> None:
        """Connect and identify.

        Raises:
            OutputError: It does not answer, or wants another password; the hint says where that is set.
        """
        address = f"ws://{host}:{port}"
        try:
            self._wire = wire(address)
        except OSError as error:
            raise OutputError(f"OBS does not answer at {address}", advice=_SWITCH_ON) from error
        hello = self._next(_HELLO)
        answer: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": 0}
        if "authentication" in hello:
            answer["authentication"] = _proof(password, **hello["authentication"])
        self._say(_IDENTIFY, answer)
        self._next(_IDENTIFIED)

    def request(self, kind: str, **data: object) -> dict[str, Any]:
        """Ask for something and wait for the answer.

        Raises:
            OutputError: OBS refuses; the message is its own.
        """
        status, found = self._asked(kind, data)
        if not status["result"]:
            raise OutputError(
                f"OBS refuses {kind}: {status.get('comment', status['code'])}", command="livecam obs --help"
            )
        return found

    def add_camera(self, name: str, device: str, scene: str | None = None) -> str:
        """Put a video device into a scene, or point the source of that name to it.

        Args:
            name: What the source is called in OBS.
            device: The device file, or "pipewire" for livecam's camera there.
            scene: None takes the one on air.

        Returns:
            The scene's name.

        Raises:
            OutputError: There is no such scene, or OBS has no such kind of source.
        """
        scene = scene or str(self.request("GetCurrentProgramScene")["currentProgramSceneName"])
        kind, place = (PIPEWIRE_KIND, NODE) if device == PIPEWIRE else (SOURCE_KIND, device)
        settings = {"device_id": place}
        source = {"inputName": name, "inputKind": kind, "inputSettings": settings, "sceneItemEnabled": True}
        status, _ = self._asked("CreateInput", {"sceneName": scene, **source})
        if status["code"] == _ALREADY_THERE:
            # OBS looks for a camera on PipeWire only when its name changes.
            self.request("SetInputSettings", inputName=name, inputSettings={"device_id": ""})
            self.request("SetInputSettings", inputName=name, inputSettings=settings)
        elif not status["result"]:
            raise OutputError(f"OBS does not add the source: {status.get('comment', status['code'])}", command=_SCENES)
        return scene

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _asked(self, kind: str, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        self._say(_REQUEST, {"requestType": kind, "requestId": kind, "requestData": data})
        answer = self._next(_RESPONSE)
        return answer["requestStatus"], answer.get("responseData", {})

    def _say(self, code: int, data: dict[str, Any]) -> None:
        try:
            self._wire.send(json.dumps({"op": code, "d": data}))
        except OSError as error:
            raise OutputError(f"OBS does not go on: {reason_of(error)}", advice=_SWITCH_ON) from error

    def _next(self, code: int) -> dict[str, Any]:
        """Return the next message of that kind; OBS closes on a wrong password."""
        while True:
            try:
                said = self._wire.recv()
            except OSError as error:
                raise OutputError(f"OBS does not go on: {reason_of(error)}", advice=_SWITCH_ON) from error
            try:
                message = parse_json(said)
            except ValueError as error:
                raise OutputError("OBS hung up: it wants another password", command=_PASSWORD) from error
            if message["op"] == code:
                found: dict[str, Any] = message["d"]
                return found


def _proof(password: str, salt: str, challenge: str) -> str:
    """Return the proof of knowing the password, without the password."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest())
    return base64.b64encode(hashlib.sha256(secret + challenge.encode()).digest()).decode()
