"""Files of `livecam models serve-files` on real servers, and the remote engine against them.

Triton: LIVECAM_TRITON names a folder with the unpacked wheel of nvidia-pytriton, LIVECAM_TRITON_PYTHON a Python of one
of its stubs with NumPy 1 and ONNX Runtime. MLServer: LIVECAM_MLSERVER names a Python with mlserver and onnxruntime.
"""

import json
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from engines.models.serve import PYTHON, ServeConfig, write_serving_files
from engines.swap.remote.engine import open_engine
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame
from livecam.personas.built_in import open_builtin
from tests.unit.engines.models.test_serve import livecam_model

pytest.importorskip("grpc", reason="the extra remote is not installed")
pytestmark = pytest.mark.long
FACE = FaceMesh(fake_face_points((160, 110), 60), 1.0, 7)
FRAME = Frame(np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8), 7, 0)
GUARD_S = 120
TRITON, TRITON_PYTHON = os.environ.get("LIVECAM_TRITON"), os.environ.get("LIVECAM_TRITON_PYTHON")
MLSERVER = os.environ.get("LIVECAM_MLSERVER")
RUNTIME = """
import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse, MetadataTensor


class Negative(MLModel):
    async def load(self):
        self._session = onnxruntime.InferenceSession(self.settings.parameters.uri)
        self.inputs = [MetadataTensor(name=v.name, datatype="FP32", shape=[-1, *v.shape[1:]])
                       for v in self._session.get_inputs()]
        self.outputs = [MetadataTensor(name=v.name, datatype="FP32", shape=[-1, *v.shape[1:]])
                        for v in self._session.get_outputs()]
        return True

    async def predict(self, payload):
        face = NumpyCodec.decode_input(payload.inputs[0]).astype(np.float32)
        made = self._session.run(None, {payload.inputs[0].name: face})[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("texture", made)])
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def server(words, port, log, **more):
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, **more)
    try:
        for _ in range(GUARD_S * 5):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, log.read_text()
            Event().wait(0.2)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def triton(tmp_path):
    """The command line of a Triton with its Python backend."""
    if not TRITON or not TRITON_PYTHON:
        pytest.skip("LIVECAM_TRITON and LIVECAM_TRITON_PYTHON name no Triton")
    root, version = Path(TRITON) / "pytriton" / "tritonserver", TRITON_PYTHON
    shown = subprocess.run(
        [version, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True, text=True, check=True
    )
    backends = tmp_path / "backends"
    shutil.copytree(root / "backends", backends)
    stub = shutil.copy(root / "python_backend_stubs" / shown.stdout.strip() / "triton_python_backend_stub",
                       backends / "python")  # fmt: skip
    program = shutil.copy(root / "bin" / "tritonserver", tmp_path)
    for path in (stub, program):
        Path(path).chmod(0o755)
    env = {**os.environ, "LD_LIBRARY_PATH": str(Path(TRITON) / "nvidia_pytriton.libs"),
           "PATH": f"{Path(version).parent}:{os.environ['PATH']}"}  # fmt: skip

    def words(repository, port):
        return [program, "--model-repository", str(repository), "--backend-directory", str(backends),
                "--grpc-address", "127.0.0.1", "--grpc-port", str(port), "--allow-http=false",
                "--allow-metrics=false"]  # fmt: skip

    return words, env


def check_textures(port):
    engine = open_engine(f"//127.0.0.1:{port}/negative?deadline-ms=800")
    engine.prepare(open_builtin("kim"))
    texture = engine.refresh(FRAME, FACE)
    assert texture.pixels.shape == (96, 96, 3) and np.ptp(texture.pixels) > 50
    engine.close()


def test_triton_serves_what_was_written(tmp_path, triton):
    words, env = triton
    model = livecam_model(tmp_path / "negative.onnx", "n")
    write_serving_files(model, tmp_path / "out", ServeConfig("negative", gpu=False, instances=2, backend=PYTHON))
    port = free_port()
    with server(words(tmp_path / "out" / "model-repository", port), port, tmp_path / "log", env=env):
        check_textures(port)


def test_triton_reads_the_configuration_for_onnx_runtime(tmp_path, triton):
    """The wheel has no such backend: it must fail for that alone, after it has read every line."""
    words, env = triton
    model = livecam_model(tmp_path / "negative.onnx", "n")
    write_serving_files(model, tmp_path / "out", ServeConfig("negative", gpu=False))
    ended = subprocess.run(words(tmp_path / "out" / "model-repository", free_port()), capture_output=True, text=True,
                           env=env, timeout=GUARD_S)  # fmt: skip
    assert "unable to find backend library for backend 'onnxruntime'" in ended.stdout + ended.stderr


def test_mlserver_serves_the_model_of_the_repository(tmp_path):
    if not MLSERVER:
        pytest.skip("LIVECAM_MLSERVER names no Python with mlserver")
    model = livecam_model(tmp_path / "negative.onnx", "n")
    written = write_serving_files(model, tmp_path / "out", ServeConfig("negative", gpu=False))
    folder, port = written[0].parent, free_port()
    (folder / "negative_runtime.py").write_text(RUNTIME)
    settings = {"name": "negative", "implementation": "negative_runtime.Negative",
                "parameters": {"uri": str(written[0])}}  # fmt: skip
    (folder / "model-settings.json").write_text(json.dumps(settings))
    own = {"grpc_port": port, "http_port": free_port(), "metrics_port": free_port(), "host": "127.0.0.1",
           "parallel_workers": 0, "debug": False}  # fmt: skip
    (folder / "settings.json").write_text(json.dumps(own))
    with server([str(Path(MLSERVER).parent / "mlserver"), "start", "."], port, tmp_path / "log", cwd=folder,
                env={**os.environ, "PYTHONPATH": str(folder)}):  # fmt: skip
        for left in reversed(range(50)):
            try:
                check_textures(port)
                break
            except EngineError:
                if left == 0:
                    raise AssertionError((tmp_path / "log").read_text()) from None
                Event().wait(0.2)
