"""MLServer from PyPI, in an environment of its own, its model gives a face's negative upside down; and a line to it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

MLSERVER = "mlserver==1.7.1"
_RUNTIME = """
import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Negative(MLModel):
    async def predict(self, payload):
        face = NumpyCodec.decode_input(payload.inputs[0])
        texture = NumpyCodec.encode_output("texture", (255 - face[:, :, ::-1]).astype(np.uint8))
        return InferenceResponse(model_name=self.name, outputs=[texture])
"""
_SQUARE = {"datatype": "UINT8", "shape": [1, 3, 128, 128]}


def installed() -> Path:
    """The folder of the server's programs; installed once and kept. Skips by name where that is not possible."""
    if sys.version_info >= (3, 13):
        pytest.skip(f"{MLSERVER} needs a Python before 3.13")
    folder = Path.home() / ".cache" / "livecam-tests" / f"{MLSERVER.replace('==', '-')}-py{sys.version_info.minor}"
    done = folder / "done"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:", MLSERVER]
        got = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if got.returncode:
            pytest.skip(f"{MLSERVER} cannot be installed here: {got.stderr.strip().splitlines()[-1]}")
        done.touch()
    return folder / "bin"


@contextmanager
def mlserver(folder: Path, host: str, port: int, inside: Sequence[str] = ()) -> Iterator[None]:
    """The server on a port, in a network namespace if one is named, until the block is left."""
    programs = installed()
    (folder / "runtime.py").write_text(_RUNTIME)
    model = {"name": "negative", "implementation": "runtime.Negative",
             "inputs": [{"name": "face", **_SQUARE}], "outputs": [{"name": "texture", **_SQUARE}]}  # fmt: skip
    (folder / "model-settings.json").write_text(json.dumps(model))
    ports = {"http_port": free_port(), "metrics_port": free_port(), "grpc_port": port}
    (folder / "settings.json").write_text(json.dumps({"host": host, "parallel_workers": 0, **ports}))
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    command = [*inside, str(programs / "mlserver"), "start", str(folder)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Namespace:
    """A network of its own, with one cable to this one."""

    name: str
    cable: str
    address: str

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        ip("link", "set", self.cable, "down")

    def repair(self) -> None:
        ip("link", "set", self.cable, "up")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """A namespace with a cable; skips by name where none can be made."""
    if os.geteuid() or shutil.which("ip") is None:
        pytest.skip("a network namespace needs root and the program ip")
    number = os.getpid() % 250
    made = Namespace(f"livecam{number}", f"lcv{number}", f"10.213.{number}.2")
    try:
        ip("netns", "add", made.name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made here: {error.stderr.decode().strip()}")
    try:
        try:
            ip("link", "add", made.cable, "type", "veth", "peer", "name", "far", "netns", made.name)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no cable into a namespace can be made here: {error.stderr.decode().strip()}")
        ip("addr", "add", f"10.213.{number}.1/24", "dev", made.cable)
        ip("link", "set", made.cable, "up")
        ip("-n", made.name, "addr", "add", f"{made.address}/24", "dev", "far")
        ip("-n", made.name, "link", "set", "far", "up")
        ip("-n", made.name, "link", "set", "lo", "up")
        yield made
    finally:
        ip("netns", "del", made.name)


@contextmanager
def delayed(place: tuple[str, int], delay_s: float) -> Iterator[int]:
    """A port that delays bytes in both directions."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    open_sockets = [listening]

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                over.wait(delay_s)
                target.sendall(chunk)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(place)
                open_sockets.extend((near, far))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        for one in open_sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
