"""The conversation with OBS, against one that answers as obs-websocket's protocol.md says."""

import base64
import hashlib
import json
import sys
from typing import Any

import pytest

from livecam.core.errors import OutputError
from livecam.devices.virtual_camera.obs import Obs, open_wire

PASSWORD, SALT, CHALLENGE = "supersecret", "c2FsdA==", "Y2hhbGxlbmdl"


class FakeObs:
    """OBS with the sources in `sources`; asks for a password if `locked`."""

    def __init__(self, sources: dict[str, dict[str, Any]] | None = None, locked: bool = False) -> None:
        self.sources, self.locked = {} if sources is None else sources, locked
        hello: dict[str, Any] = {"rpcVersion": 1}
        if locked:
            hello["authentication"] = {"salt": SALT, "challenge": CHALLENGE}
        self._words = [{"op": 0, "d": hello}]
        self.closed = False

    def open(self, address: str) -> "FakeObs":
        assert address == "ws://localhost:4455"
        return self

    def recv(self) -> str:
        return json.dumps(self._words.pop(0)) if self._words else ""

    def send(self, payload: str) -> None:
        message = json.loads(payload)
        if message["op"] == 1:
            if not self.locked or message["d"]["authentication"] == proof():
                self._words.append({"op": 2, "d": {"negotiatedRpcVersion": 1}})
            return
        asked = message["d"]
        code, answer = getattr(self, asked["requestType"])(**asked["requestData"])
        status = {"result": code == 100, "code": code, **({} if code == 100 else {"comment": f"no {code}"})}
        self._words.append({"op": 5, "d": {"eventType": "SomethingElse"}})
        self._words.append({"op": 7, "d": {"requestStatus": status, "responseData": answer}})

    def GetCurrentProgramScene(self) -> tuple[int, dict[str, str]]:
        return 100, {"currentProgramSceneName": "On air"}

    def CreateInput(
        self, sceneName: str, inputName: str, inputKind: str, inputSettings: dict[str, str], sceneItemEnabled: bool
    ) -> tuple[int, dict[str, str]]:
        if sceneName not in ("On air", "Second"):
            return 600, {}
        if inputName in self.sources:
            return 601, {}
        self.sources[inputName] = {"scene": sceneName, "kind": inputKind, **inputSettings}
        return 100, {}

    def SetInputSettings(self, inputName: str, inputSettings: dict[str, str]) -> tuple[int, dict[str, str]]:
        self.sources[inputName].update(inputSettings)
        return 100, {}

    def close(self) -> None:
        self.closed = True


def proof() -> str:
    secret = base64.b64encode(hashlib.sha256((PASSWORD + SALT).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + CHALLENGE).encode()).digest()).decode()


def test_the_camera_is_put_into_the_scene_on_air() -> None:
    running = FakeObs()
    obs = Obs(wire=running.open)
    assert obs.add_camera("livecam", "/dev/video10") == "On air"
    assert running.sources == {"livecam": {"scene": "On air", "kind": "v4l2_input", "device_id": "/dev/video10"}}
    obs.close()
    assert running.closed


def test_a_camera_on_pipewire_is_another_kind_of_source() -> None:
    running = FakeObs()
    Obs(wire=running.open).add_camera("livecam", "pipewire")
    assert running.sources["livecam"] == {"scene": "On air", "kind": "pipewire-camera-source", "device_id": "livecam"}


def test_a_source_of_that_name_is_pointed_to_the_device() -> None:
    running = FakeObs({"livecam": {"device_id": "/dev/video3"}})
    Obs(wire=running.open).add_camera("livecam", "/dev/video10", "Second")
    assert running.sources["livecam"]["device_id"] == "/dev/video10"


def test_a_missing_scene_is_reported_in_obs_own_words() -> None:
    with pytest.raises(OutputError, match="no 600"):
        Obs(wire=FakeObs().open).add_camera("livecam", "/dev/video10", "Third")


def test_the_password_is_proven_and_a_wrong_one_is_reported() -> None:
    assert Obs(password=PASSWORD, wire=FakeObs(locked=True).open).add_camera("livecam", "/dev/video10")
    with pytest.raises(OutputError, match="another password") as refusal:
        Obs(password="wrong", wire=FakeObs(locked=True).open)
    assert "OBS_WEBSOCKET_PASSWORD" in refusal.value.help_text


def test_a_missing_obs_is_reported_with_where_to_switch_it_on() -> None:
    def refuse(address: str) -> FakeObs:
        raise ConnectionRefusedError

    with pytest.raises(OutputError, match="does not answer at ws://localhost:4455") as refusal:
        Obs(wire=refuse)
    assert "Enable WebSocket server" in refusal.value.help_text


def test_an_obs_that_falls_silent_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    running = FakeObs()
    obs = Obs(wire=running.open)

    def silent() -> str:
        raise TimeoutError("timed out")

    monkeypatch.setattr(running, "recv", silent)
    with pytest.raises(OutputError, match="timed out"):
        obs.add_camera("livecam", "/dev/video10")


class Websocket(FakeObs):
    """In place of the package websocket-client, with errors of its own; goes wrong at the step in `fails`."""

    class WebSocketException(Exception):
        """Not an OSError."""

    def __init__(self, fails: str) -> None:
        super().__init__()
        self._fails = fails

    def _step(self, name: str) -> None:
        if name == self._fails:
            raise self.WebSocketException(f"{name}\nfailed")

    def create_connection(self, address: str, timeout: float) -> "Websocket":
        self._step("create_connection")
        return self

    def send(self, payload: str) -> None:
        self._step("send")
        super().send(payload)

    def recv(self) -> str:
        self._step("recv")
        return super().recv()


@pytest.mark.parametrize(
    ("fails", "reported"),
    [
        ("create_connection", "does not answer at ws://localhost:4455"),
        ("recv", "does not go on: recv failed"),
        ("send", "does not go on: send failed"),
    ],
)
def test_an_error_of_the_websocket_is_reported_as_silence(
    monkeypatch: pytest.MonkeyPatch, fails: str, reported: str
) -> None:
    monkeypatch.setitem(sys.modules, "websocket", Websocket(fails))
    with pytest.raises(OutputError, match=reported):
        Obs()
    monkeypatch.setitem(sys.modules, "websocket", Websocket(""))
    obs = Obs()
    assert obs.add_camera("livecam", "/dev/video10") == "On air"
    obs.close()


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websocket", None)
    with pytest.raises(OutputError, match="websocket-client is not installed"):
        open_wire("ws://localhost:4455")
